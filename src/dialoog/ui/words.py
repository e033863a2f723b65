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
            "not_copied": _("Copying is not allowed here. Select the text and copy it yourself."),
            "saved": _("Saved %s"),
            "kept": _("Not saved yet. Your text is still here; it is tried again."),
            "refused": _("Not saved: something is not right yet. Your text is still here."),
            "offline": _("No connection with Dialoog. Nothing is lost; try again in a moment."),
            "failed": _("That did not work. Nothing has changed; try again."),
        },
        ensure_ascii=False,
    )
