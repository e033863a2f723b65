"""What a page says when the server can't do what was asked, by its HTTP status."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Refusal:
    """A title, and a cause with the way out."""

    title: str | Promise
    cause: str | Promise


_FAILED = Refusal(
    _("Something went wrong in Dialoog"),
    _(
        "What you saved before is safe. Try again; if it happens once more, tell your administrator when it was."
    ),
)
_BY_STATUS = {
    400: Refusal(
        _("This request can't be read"),
        _("The address or the form is not complete. Go back and try it again from the page itself."),
    ),
    403: Refusal(
        _("You may not do this"),
        _("Your role in this organisation doesn't allow it. An owner can give you another role."),
    ),
    404: Refusal(
        _("This page is not here"),
        _("The address is wrong, it has been removed, or it belongs to an organisation you are not in."),
    ),
    409: Refusal(
        _("Somebody was ahead of you"),
        _("What you were working on has changed in the meantime. Look how it stands now and do it again."),
    ),
    422: Refusal(
        _("This can't be saved like this"),
        _("Something in what was sent is not right. Go back: what you typed is still there."),
    ),
}


def refusal(status: int) -> Refusal:
    """Return the words for a status; every unknown one is a failure of ours."""
    return _BY_STATUS.get(status, _FAILED)
