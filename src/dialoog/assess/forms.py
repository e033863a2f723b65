"""The forms of the growth scan: one question, the department, and a number of links."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from dialoog.assess.actions import MOST_LINKS
from dialoog.assess.labels import SENTENCES, sentence
from dialoog.assess.rules import Question
from dialoog.core.errors import DomainError, Invalid
from dialoog.organisations.models import Department


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what was sent, also when it is nothing; None when the page is only looked at."""
    return request.POST if request.method == "POST" else None


class QuestionForm(forms.Form):
    """One question of conscience with its two answers."""

    answer = forms.TypedChoiceField(
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": SENTENCES["answer_missing"],
            "invalid_choice": SENTENCES["answer_missing"],
        },
    )

    def __init__(self, *args: Any, question: Question, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["answer"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - tells the type checker
        field.label = question.question
        field.choices = [(option.points, option.label) for option in question.options]


class _DepartmentForm(forms.Form):
    """A form that may name a department."""

    department = forms.TypedChoiceField(
        label=_("Department"), required=False, coerce=int, empty_value=None, choices=[]
    )

    def __init__(self, *args: Any, departments: Sequence[Department], **options: Any) -> None:
        super().__init__(*args, **options)
        self.departments = {one.pk: one for one in departments}
        field = self.fields["department"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [
            ("", _("No department")),
            *((key, str(one)) for key, one in self.departments.items()),
        ]

    def chosen(self) -> Department | None:
        """Return the department that was chosen; only after `is_valid`."""
        return self.departments.get(self.cleaned_data["department"] or 0)

    def refuse(self, error: DomainError) -> None:
        """Show a refusal at its field, or above the form when it has none."""
        field = error.field if isinstance(error, Invalid) and error.field in self.fields else None
        self.add_error(field, sentence(error))


class SendForm(_DepartmentForm):
    """The last page before answers by link are sent."""


class InviteForm(_DepartmentForm):
    """How many links, and for whom."""

    field_order = ("count", "department")

    count = forms.IntegerField(
        label=_("How many links do you need?"),
        min_value=1,
        max_value=MOST_LINKS,
        initial=1,
        help_text=_("One for each person; each link is good for one answer."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": _("Choose a number from 1 to 50."),
            "invalid": _("Choose a number from 1 to 50."),
            "min_value": _("Choose a number from 1 to 50."),
            "max_value": _("Choose a number from 1 to 50."),
        },
    )
