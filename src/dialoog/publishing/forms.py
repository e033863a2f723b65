"""The forms of posts: they read what was typed as it was typed, and say in words what can't be."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from babel import Locale
from django import forms
from django.forms import BoundField
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dialoog.channels.models import Channel
from dialoog.core.clock import parse_day, parse_time
from dialoog.core.errors import DomainError, Invalid
from dialoog.core.text import clean_text
from dialoog.publishing.drafting import (
    LANGUAGES,
    LONGEST_ALT,
    LONGEST_REASON,
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    Content,
)
from dialoog.publishing.models import Post, PostMedia
from dialoog.publishing.queries.cards import channel_labels
from dialoog.publishing.words import sentence
from dialoog.strategy.labels import GAP_LABELS
from dialoog.strategy.queries import GoalBrief

_TOO_LONG: Final = gettext_lazy("This is %(show_value)s characters; at most %(limit_value)s can be kept.")


class WrittenField(forms.CharField):
    """A text that people write: line ends and spaces stay, what can't be kept (NUL) is taken out."""

    def __init__(self, *, longest: int, **options: Any) -> None:
        super().__init__(
            max_length=longest,
            strip=False,
            required=False,
            error_messages={"max_length": _TOO_LONG},
            **options,
        )

    def to_python(self, value: Any) -> str:
        """Clean before the length is looked at."""
        return clean_text(str(value or "")).text


class Tab(NamedTuple):
    """One channel in the composer: its tick for an own text, that text, and whether it is chosen."""

    channel: Channel
    own: BoundField
    text: BoundField
    is_chosen: bool


class ManyFilesInput(forms.ClearableFileInput):
    """Takes several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; what is in them is judged by the action that takes them."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the files, or none."""
        return data or []


def _area(rows: int, *, css: str = "") -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "dir": "auto", "class": css})


class WhenFields(forms.Form):
    """A day and a time as people type them; `fold` chooses when the time comes twice."""

    day = forms.CharField(
        label=gettext_lazy("Day"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("26 November, Friday, tomorrow"),
    )
    time = forms.CharField(
        label=gettext_lazy("Time"), max_length=20, required=False, help_text=gettext_lazy("12:00")
    )
    fold = forms.ChoiceField(
        label=gettext_lazy("Which of the two?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("first", gettext_lazy("The first, still in summer time")),
            ("second", gettext_lazy("The second, an hour later")),
        ],
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today

    def clean_day(self) -> Any:
        """Read the day; an open one is fine until the post is planned."""
        return self._read("day", lambda typed: parse_day(typed, today=self.today))

    def clean_time(self) -> Any:
        """Read the time."""
        return self._read("time", parse_time)

    def _read(self, name: str, parse: Any) -> Any:
        typed = clean_text(self.cleaned_data[name]).text
        if not typed.strip():
            return None
        try:
            return parse(typed)
        except Invalid as error:
            raise forms.ValidationError(sentence(error)) from error

    def refuse(self, error: DomainError) -> None:
        """Show an action's refusal at its field."""
        field = getattr(error, "field", "")
        self.add_error(field if field in self.fields else None, sentence(error))


class MoveForm(WhenFields):
    """Another day and time for a planned post."""

    field_order = ("day", "time", "fold")


class ComposeForm(WhenFields):
    """The composer: one text, what deviates per channel, images with their descriptions, and when."""

    text = WrittenField(label=gettext_lazy("Text"), longest=LONGEST_TEXT, widget=_area(8, css="input--tall"))
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=[])
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=LONGEST_SUBJECT,
        required=False,
        help_text=gettext_lazy("For rules and for finding it back. Several: put a comma between them."),
        error_messages={"max_length": _TOO_LONG},
    )
    goal = forms.TypedChoiceField(label=gettext_lazy("Goal"), required=False, coerce=int, empty_value=None)
    is_advertising = forms.BooleanField(
        label=gettext_lazy("This is advertising"),
        required=False,
        help_text=gettext_lazy("Somebody pays for it, or gets something in return. The text must say so."),
    )
    channels = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Networks"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    image = FilesField(
        label=gettext_lazy("Add images"),
        required=False,
        widget=ManyFilesInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )
    advice_reason = WrittenField(
        label=gettext_lazy("Why do you put the advice aside?"), longest=LONGEST_REASON, widget=_area(2)
    )
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    post = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        channels: Sequence[Channel],
        goals: Sequence[GoalBrief],
        images: Sequence[PostMedia] = (),
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.channel_rows, self.image_rows = list(channels), list(images)
        _choose(self.fields["language"], language_choices())
        _choose(
            self.fields["goal"], [("", _("No goal yet")), *((goal.id, goal_label(goal)) for goal in goals)]
        )
        labels = channel_labels(channels)
        _choose(self.fields["channels"], list(labels.items()))
        for channel in channels:
            self.fields[f"own_{channel.pk}"] = forms.BooleanField(label=_("Own text"), required=False)
            self.fields[f"text_{channel.pk}"] = WrittenField(
                label=_("Text for %(channel)s") % {"channel": labels[channel.pk]},
                longest=LONGEST_TEXT,
                widget=_area(5),
            )
        for number, image in enumerate(self.image_rows, start=1):
            self.fields[f"alt_{image.pk}"] = WrittenField(
                label=_("What does image %(number)s show?") % {"number": number},
                longest=LONGEST_ALT,
                widget=_area(2),
            )

    def clean_subject(self) -> str:
        """Take out what can't be kept."""
        return clean_text(self.cleaned_data["subject"]).text

    @property
    def can_be_kept(self) -> bool:
        """Whether the texts fit; a day or a time that can't be read never stands in the way of keeping them."""
        return not (set(self.errors) - {"day", "time", "fold", "channels", "goal", "image", "revision"})

    def content(self, stored: Content) -> Content:
        """Return what was typed; where that can't be read, what was stored before."""
        data = self.cleaned_data
        return Content(
            text=data["text"],
            language=data["language"],
            subject=data["subject"],
            goal_id=data.get("goal", stored.goal_id),
            is_advertising=data["is_advertising"],
            own_texts=self._own_texts(stored) if "channels" in data else stored.own_texts,
            alts={image.pk: data[f"alt_{image.pk}"] for image in self.image_rows},
            day=data.get("day", stored.day),
            at=data.get("time", stored.at),
            advice_reason=data["advice_reason"],
        )

    def _own_texts(self, stored: Content) -> dict[int, str | None]:
        return {key: self._own_text(key, stored) for key in self.cleaned_data["channels"]}

    def _own_text(self, key: int, stored: Content) -> str | None:
        data = self.cleaned_data
        if not data[f"own_{key}"]:
            return None
        # A text of its own begins as the main text, for who has no script to do so.
        is_new = stored.own_texts.get(key) is None and not data[f"text_{key}"]
        return str(data["text"] if is_new else data[f"text_{key}"])

    def tabs(self) -> Iterator[Tab]:
        """Give the channels with their fields, in order."""
        chosen = {str(key) for key in self["channels"].value() or ()}
        for channel in self.channel_rows:
            yield Tab(
                channel, self[f"own_{channel.pk}"], self[f"text_{channel.pk}"], str(channel.pk) in chosen
            )

    def described_images(self) -> Iterator[tuple[PostMedia, BoundField]]:
        """Give the images with the field of their description."""
        for image in self.image_rows:
            yield image, self[f"alt_{image.pk}"]


def initial_of(post: Post | None, content: Content) -> dict[str, Any]:
    """Return what the composer shows at first."""
    values: dict[str, Any] = {
        "text": content.text,
        "language": content.language,
        "subject": content.subject,
        "goal": content.goal_id or "",
        "is_advertising": content.is_advertising,
        "channels": list(content.own_texts),
        "advice_reason": content.advice_reason,
        "day": content.day.strftime("%d-%m-%Y") if content.day else "",
        "time": content.at.strftime("%H:%M") if content.at else "",
        "revision": post.revision if post else "",
        "post": post.pk if post else "",
    }
    for key, own in content.own_texts.items():
        values |= {f"own_{key}": own is not None, f"text_{key}": own or ""}
    return values | {f"alt_{key}": alt for key, alt in content.alts.items()}


def language_choices() -> list[tuple[str, str]]:
    """Return the languages of posts, named in the active language."""
    shown = Locale.parse(get_language() or "nl", sep="-")
    return [(code, (shown.languages.get(code) or code).capitalize()) for code in LANGUAGES]


def goal_label(goal: GoalBrief) -> str:
    """Name a goal; an unfinished one says what is still open."""
    if goal.is_finished:
        return goal.title
    gaps = ", ".join(str(GAP_LABELS.get(gap, gap)) for gap in goal.gaps)
    return _("%(goal)s (not finished: %(gaps)s)") % {"goal": goal.title, "gaps": gaps}


def _choose(field: forms.Field, choices: Sequence[tuple[Any, str]]) -> None:
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
    field.choices = choices


class DecideForm(forms.Form):
    """Approve, or say what must change; `seen` is a digest of what was on the screen."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = WrittenField(
        label=gettext_lazy("What must change?"),
        longest=LONGEST_REASON,
        widget=forms.Textarea(
            attrs={"rows": 3, "dir": "auto", "data-keys": "w", "data-label": gettext_lazy("Ask for a change")}
        ),
    )


class FilterForm(forms.Form):
    """What the calendar shows; a value in the address that isn't a choice filters nothing."""

    kanaal = forms.TypedChoiceField(
        label=gettext_lazy("Network"), required=False, coerce=int, empty_value=None
    )
    doel = forms.TypedChoiceField(label=gettext_lazy("Goal"), required=False, coerce=int, empty_value=None)
    staat = forms.ChoiceField(label=gettext_lazy("State"), required=False)

    def __init__(
        self,
        data: Mapping[str, str],
        *,
        channels: Sequence[Channel],
        goals: Sequence[GoalBrief],
        states: Sequence[tuple[str, str]],
    ) -> None:
        super().__init__(data)
        _choose(self.fields["kanaal"], [("", _("All networks")), *((one.pk, one.name) for one in channels)])
        _choose(self.fields["doel"], [("", _("All goals")), *((one.id, one.title) for one in goals)])
        _choose(self.fields["staat"], [("", _("Every state")), *states])
        self.is_valid()

    def chosen(self, name: str) -> Any:
        """Return the choice, or None when there is none."""
        return self.cleaned_data.get(name) or None
