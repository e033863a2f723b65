"""What the domain answers when something can't be done: a code, the facts, and the status for the web.

DomainError          422
├── NotAllowed       403  this person may not do this
├── NotFound         404  it isn't there, or not for this person
├── Conflict         409  it changed meanwhile, or its state forbids it
└── Invalid          422  a field holds something that can't be used
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar


class DomainError(Exception):
    """Refuse an action: `code` names the reason, `params` hold plain values for its sentence."""

    status: ClassVar[int] = 422

    def __init__(self, code: str, params: Mapping[str, object] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, object] = MappingProxyType(dict(params or {}))

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code}({facts})" if facts else self.code


class NotAllowed(DomainError):
    """This person may not do this."""

    status = 403


class NotFound(DomainError):
    """It isn't there, or not for this person: the two look the same on purpose."""

    status = 404


class Conflict(DomainError):
    """It changed meanwhile, or the state it's in forbids this."""

    status = 409


class Invalid(DomainError):
    """A field holds something that can't be used; an empty `field` means the form as a whole."""

    status = 422

    def __init__(self, field: str, code: str, params: Mapping[str, object] | None = None) -> None:
        super().__init__(code, params)
        self.field = field

    def __str__(self) -> str:
        return f"{self.field}: {super().__str__()}"
