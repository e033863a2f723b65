"""The tags and filters of the design language: `{% load ui %}`. The README beside it lists them all."""

from http import HTTPStatus
from typing import Any

from django import forms, template
from django.forms import BoundField
from django.template import Context, Engine
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dialoog.ui import fields
from dialoog.ui.formats import FILTERS
from dialoog.ui.refusals import Refusal, refusal
from dialoog.ui.words import script_words

register = template.Library()
for _name, _filter in FILTERS.items():
    register.filter(name=_name)(_filter)

_INPUT_KINDS = {"line", "area", "select", "secret", "group"}


def _part(name: str, context: Context, **values: Any) -> SafeString:
    """Render a part with only its own values, the request and its CSRF token.

    Not a new request context: that would run every context processor again for each row of a list.
    """
    values |= {"request": context.get("request"), "csrf_token": context.get("csrf_token")}
    engine = context.template.engine if context.template else Engine.get_default()
    return engine.get_template(f"ui/parts/{name}.html").render(context.new(values))


@register.simple_tag
def icon(name: str, *, label: str = "", **options: str) -> SafeString:
    """Show an icon of the sprite; silent unless it gets a label, for the few that stand alone."""
    css = f"i {options.get('class', '')}".strip()
    place = f"{static('dialoog/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', css, label, place
        )
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', css, place)


@register.simple_tag
def words() -> str:
    """Give the scripts their words, as JSON for an attribute."""
    return script_words()


@register.simple_tag(takes_context=True)
def tag(context: Context, tone: str, label: str, icon: str = "") -> SafeString:
    """Show a state: a word in its tone, with an icon; tone good, warn, bad, calm or brand."""
    return _part("state", context, state={"tone": tone, "label": label, "icon": icon})


@register.simple_tag(takes_context=True)
def stepper(context: Context, step: int, total: int) -> SafeString:
    """Show "Step 2 of 6" with a bar."""
    pitch = 100 / total
    bars = [{"on": n < step, "x": f"{n * pitch:.1f}%", "width": f"{pitch - 1:.1f}%"} for n in range(total)]
    return _part("stepper", context, step=step, total=total, bars=bars)


@register.simple_tag(takes_context=True)
def theme(context: Context) -> SafeString:
    """Set the theme that a person chose, from a functional cookie; without one the system decides."""
    request = context.get("request")
    chosen = request.COOKIES.get("dialoog_theme", "") if request else ""
    return format_html(' data-theme="{}"', chosen) if chosen in {"light", "dark"} else SafeString("")


@register.simple_tag(takes_context=True)
def refused(context: Context) -> Refusal:
    """Return the words of an error page: its own title and cause, else those of its status."""
    said = refusal(context.get("status") or HTTPStatus.INTERNAL_SERVER_ERROR)
    return Refusal(context.get("title") or said.title, context.get("cause") or said.cause)


@register.simple_tag(takes_context=True)
def field(context: Context, bound: BoundField, **options: Any) -> SafeString:
    """Show a form field with its label, hint, error and control; the README lists the options."""
    kind = fields.kind_of(bound)
    css = "input" if kind in _INPUT_KINDS else ""
    width = options.pop("width", "")
    attributes: dict[str, Any] = {
        key: options.pop(key) for key in ("placeholder", "autocomplete", "rows") if key in options
    }
    if kind == "area":
        attributes["data-autosize"] = "1"
    return _part(
        "field",
        context,
        bound=bound,
        kind=kind,
        label=options.pop("label", "") or bound.label,
        is_optional=options.pop("optional", True) and not bound.field.required,
        described_by=fields.described_by(bound),
        control=fields.control(bound, css=f"{css} w-{width}" if width else css, extra=attributes)
        if kind != "options"
        else "",
        choices=fields.choices(bound, options.pop("descriptions", None), options.pop("examples", None))
        if kind == "options"
        else [],
        **options,
    )


@register.simple_tag(takes_context=True)
def error_summary(context: Context, *all_forms: forms.BaseForm | None) -> SafeString:
    """List what is wrong in the given forms, with links to the fields; nothing when all is well."""
    bound = [form for form in all_forms if form is not None and form.is_bound]
    found = [problem for form in bound for problem in fields.problems(form)]
    return _part("error_summary", context, problems=fields.told_apart(found))


@register.simple_block_tag(takes_context=True)
def pagehead(context: Context, content: str, title: str, **options: Any) -> SafeString:
    """Head a page: over (date or group), title (h1), lead (one sentence), and buttons as content."""
    return _part("pagehead", context, content=SafeString(content.strip()), title=title, **options)


@register.simple_block_tag(takes_context=True)
def notice(context: Context, content: str, tone: str = "info", **options: Any) -> SafeString:
    """Name one problem (title), one cause (content) and one way out (action, url, post)."""
    return _part("notice", context, content=SafeString(content.strip()), tone=tone, **options)


@register.simple_block_tag(takes_context=True)
def empty(context: Context, content: str, kind: str = "first", **options: Any) -> SafeString:
    """Explain an empty list: kind first, done or filter; why (content), action, example."""
    return _part("empty", context, content=SafeString(content.strip()), kind=kind, **options)


@register.simple_block_tag(takes_context=True)
def menu(context: Context, content: str, label: str, **options: Any) -> SafeString:
    """Hang links and buttons under a button."""
    return _part("menu", context, content=content, label=label, **options)


@register.simple_block_tag(takes_context=True)
def dialog(context: Context, content: str, id: str, title: str) -> SafeString:  # noqa: A002 - the HTML attribute
    """Keep a dialog ready, opened by a button with `data-open` and its id."""
    return _part("dialog", context, content=content, id=id, title=title)


@register.simple_tag(takes_context=True)
def part(context: Context, name: str, item: object = None, **options: Any) -> SafeString:
    """Show one of the parts that take a prepared row, such as `conversation`, `post` or `check`."""
    return _part(name, context, item=item, **options)
