"""The few words that scripts show, handed over in an attribute so that they are translated once, here."""

import json

from django.utils.translation import gettext as _


def script_words() -> str:
    """Return the words as JSON, in the active language; %s stands for a duration, a sentence or a time."""
    return json.dumps(
        {
            "left": _("%s left"),
            "late": _("%s late"),
            "hour": _("h"),
            "minute": _("min"),
            "error": _("Error"),
            "busy": _("Busy…"),
            "copied": _("Copied."),
            "close": _("Close"),
            "unsaved": _("You have not saved yet. Leave this page?"),
            "offline": _("No connection with Dialoog. Nothing is lost; try again in a moment."),
            "failed": _("That did not work. Nothing has changed; try again."),
            "files": _("%s chosen"),
        },
        ensure_ascii=False,
    )
