"""The forms of the inbox."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from dialoog.core.errors import DomainError

SENTENCES: Final = {
    "answer_empty": _("Write an answer first."),
    "answer_blocked": _("A rule stops this answer. Below it says which, and how to mend it."),
    "nobody_approves": _(
        "A rule asks for approval of this answer, and nobody else here may give it. Below it says which rule. "
        "Give a colleague that role, or write it differently."
    ),
    "change_reason_empty": _("Say what must change, so that your colleague can go on."),
    "approval_none": _("This answer does not wait for your approval any more."),
    "approval_decided": _("A colleague was first: this has been decided."),
    "delivery_in_doubt": _(
        "An earlier try may have reached the network. Dialoog is looking; then you can take it down there."
    ),
    "delivery_under_way": _("This answer is being sent, or has been sent. Look at it again."),
    "answered_meanwhile": _(
        "A colleague answered meanwhile. Read that first; send again if yours is still needed."
    ),
    "nothing_to_answer": _("There is no message here to answer."),
    "hand_over_without_line": _("Write one line for your colleague, so that they know what is asked."),
    "note_empty": _("Write a note first."),
    "note_too_long": _("A note has at most %(most)s characters."),
}


def sentence(error: DomainError) -> str:
    """Say a refusal in words."""
    words = SENTENCES.get(error.code, _("This cannot be done now. Look at it again."))
    return str(words) % error.params


class AnswerForm(forms.Form):
    """An answer to them. `seen` is the newest message that the page showed."""

    text = forms.CharField(
        label=_("Your answer"),
        max_length=10000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        strip=False,
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class DecideForm(forms.Form):
    """What must change in an answer that waits for approval; nothing when it's good."""

    reason = forms.CharField(
        label=_("What must change?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )


class NoteForm(forms.Form):
    """A note for colleagues."""

    note = forms.CharField(
        label=_("Note"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only colleagues see this."),
    )


class HandOverForm(forms.Form):
    """To whom a conversation goes, with one line."""

    to = forms.ChoiceField(label=_("Give to"), choices=[])
    line = forms.CharField(
        label=_("One line for them"), required=False, max_length=300, help_text=_("What do you ask of them?")
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = choices
