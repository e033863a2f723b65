"""Parameters of a check: what they are, and reading them strictly from stored JSON."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from types import MappingProxyType
from typing import Any, Final, Literal

ParamType = Literal["yes", "number", "words", "replacements", "roles", "domains", "choices", "time"]
MOST_ENTRIES: Final = 500
LONGEST_ENTRY: Final = 120


class BrokenRule(ValueError):
    """A rule can't be used as it is stored: `where` names the part, `problem` what is wrong with it."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.where, self.problem = where, problem


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """A word to avoid and what to write instead; `instead` may be empty."""

    word: str
    instead: str = ""


@dataclass(frozen=True, kw_only=True)
class Param:
    """A parameter of a kind of check, as an editor asks for it and a rule keeps it.

    Units:  numbers are whole, from `least` to `most`; a time is "HH:MM" on the wall, until "24:00".
    `choices` are the values that may be chosen; none: any.
    """

    name: str
    type: ParamType
    default: Any
    required: bool = False
    least: int = 0
    most: int = 0
    choices: tuple[str, ...] = ()


def read_params(schema: Sequence[Param], given: object) -> dict[str, Any]:
    """Return the parameters in usable values, defaults filled in.

    Errors: BrokenRule when one is missing, unknown, or of another type than declared.
    """
    if not isinstance(given, Mapping):
        raise BrokenRule("params", "not_an_object")
    if unknown := sorted(str(name) for name in given.keys() - {param.name for param in schema}):
        raise BrokenRule(unknown[0], "unknown")
    return {param.name: _read(param, given) for param in schema}


def _read(param: Param, given: Mapping[str, Any]) -> Any:
    value = _READERS[param.type](param, given.get(param.name, param.default))
    if param.required and not value:
        raise BrokenRule(param.name, "missing")
    return value


def _yes(param: Param, value: object) -> bool:
    if not isinstance(value, bool):
        raise BrokenRule(param.name, "not_a_yes_or_no")
    return value


def _number(param: Param, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BrokenRule(param.name, "not_a_number")
    if not param.least <= value <= param.most:
        raise BrokenRule(param.name, "out_of_range")
    return value


def _texts(param: Param, value: object) -> tuple[str, ...]:
    entries = _entries(param, value)
    if not all(isinstance(entry, str) and entry.strip() for entry in entries):
        raise BrokenRule(param.name, "not_a_text")
    if any(len(entry) > LONGEST_ENTRY for entry in entries):
        raise BrokenRule(param.name, "too_long")
    if param.choices and not set(entries) <= set(param.choices):
        raise BrokenRule(param.name, "not_a_choice")
    return tuple(entries)


def _entries(param: Param, value: object) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise BrokenRule(param.name, "not_a_list")
    if len(value) > MOST_ENTRIES:
        raise BrokenRule(param.name, "too_many")
    return value


def _replacements(param: Param, value: object) -> tuple[Replacement, ...]:
    return tuple(_replacement(param, entry) for entry in _entries(param, value))


def _replacement(param: Param, entry: object) -> Replacement:
    if not isinstance(entry, Mapping) or not entry.keys() <= {"word", "instead"}:
        raise BrokenRule(param.name, "not_a_word")
    word, instead = entry.get("word"), entry.get("instead", "")
    if not isinstance(word, str) or not isinstance(instead, str) or not word.strip():
        raise BrokenRule(param.name, "not_a_text")
    if max(len(word), len(instead)) > LONGEST_ENTRY:
        raise BrokenRule(param.name, "too_long")
    return Replacement(word=word, instead=instead)


def _time(param: Param, value: object) -> int:
    """Return minutes since midnight."""
    if value == "24:00":
        return 24 * 60
    try:
        read = time.fromisoformat(value) if isinstance(value, str) and len(value) == 5 else None
    except ValueError:
        read = None
    if read is None:
        raise BrokenRule(param.name, "not_a_time")
    return read.hour * 60 + read.minute


def _domains(param: Param, value: object) -> tuple[str, ...]:
    entries = _texts(param, value)
    if any("/" in entry or "." not in entry.strip(".") or " " in entry for entry in entries):
        raise BrokenRule(param.name, "not_a_domain")
    return tuple(entry.lower().strip(".").removeprefix("www.") for entry in entries)


_READERS: Final[Mapping[str, Callable[[Param, Any], Any]]] = MappingProxyType(
    {
        "yes": _yes,
        "number": _number,
        "words": _texts,
        "replacements": _replacements,
        "roles": _texts,
        "domains": _domains,
        "choices": _texts,
        "time": _time,
    }
)
