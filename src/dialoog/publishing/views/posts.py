"""A post after it was written: its state, its deliveries, and what can be done with it."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dialoog.core.clock import now as read_clock
from dialoog.core.errors import Conflict, Invalid
from dialoog.organisations.access import MemberRequest, screen
from dialoog.organisations.roles import may
from dialoog.publishing import actions, media, undo
from dialoog.publishing.actions.planning import is_changed_since
from dialoog.publishing.composing import open_desk
from dialoog.publishing.forms import MoveForm
from dialoog.publishing.models import Media, Post
from dialoog.publishing.queries.cards import title_of
from dialoog.publishing.queries.pages import approvals_of, deliveries_of, delivery_rows, history
from dialoog.publishing.rules import can_change, state_of
from dialoog.publishing.views.common import explained, find, to
from dialoog.publishing.views.compose import answer, planned_words
from dialoog.publishing.words import sentence, state_row
from dialoog.ui.formats import clock, day_long
from dialoog.ui.page import page


@screen("post.view")
@require_GET
def post(request: MemberRequest, post_id: int) -> HttpResponse:
    """Show a post; a draft opens in the composer for who may write."""
    found, now, slug = find(post_id), read_clock(), request.organisation.slug
    deliveries = deliveries_of(found)
    if not deliveries and may(request.member, "post.write"):
        return answer(request, open_desk(request.member, found, now=now))
    states = [one.state for one in deliveries]
    waiting = [one for one in approvals_of(found) if one.state == "asked"]
    is_open = can_change(states)
    context = {
        "post": found,
        "title": title_of(found.text),
        "state": state_row(state_of(states, [one.state for one in waiting])),
        "deliveries": delivery_rows(deliveries, slug=slug),
        "draft_text": "" if deliveries else found.text,
        "waiting": waiting,
        "history": history(found),
        "is_changed": is_open and bool(deliveries) and is_changed_since(found, deliveries),
        "is_open": is_open,
        "may_write": may(request.member, "post.write"),
        "may_resolve": may(request.member, "delivery.resolve"),
        "may_approve": may(request.member, "post.approve"),
    }
    return page(request, "publishing/post.html", context)


@screen("post.write")
@require_http_methods(["GET", "POST"])
@explained
def post_move(request: MemberRequest, post_id: int) -> HttpResponse:
    """Move a planned post to another day and time."""
    found, now = find(post_id), read_clock()
    zone = request.organisation.zone
    shown = found.due_at.astimezone(zone) if found.due_at else None
    if shown is None:
        raise Conflict("post_not_planned")
    initial = {"day": f"{shown:%d-%m-%Y}", "time": f"{shown:%H:%M}"}
    form = MoveForm(request.POST or None, initial=initial, today=now.astimezone(zone).date())
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            moved = actions.move_post(
                request.member,
                post=found,
                day=data["day"],
                time=data["time"],
                fold=data["fold"] or None,
                now=now,
            )
        except Invalid as error:
            form.refuse(error)
        else:
            return _moved(request, found, moved)
    context = {"form": form, "post": found, "asks_fold": "fold" in form.errors}
    return page(request, "publishing/move.html", context)


def _moved(request: MemberRequest, before: Post, moved: actions.Planned) -> HttpResponse:
    due = moved.post.due_at
    said = _("Moved to %(day)s, %(time)s.") % {"day": day_long(due), "time": clock(due)}
    if moved.is_awaited:
        said = f"{said} {planned_words(moved)}"
    back = undo.replan(before, moved.post, said=said)
    day = due.astimezone(request.organisation.zone).date().isoformat() if due else ""
    return to(request, "calendar", query=f"dag={day}&ongedaan={back.token()}")


@screen("post.write")
@require_POST
@explained
def post_withdraw(request: MemberRequest, post_id: int) -> HttpResponse:
    """Take back what hasn't gone out."""
    found = find(post_id)
    after = actions.withdraw_post(request.member, post=found, now=read_clock())
    said = _("Withdrawn. It stands with the drafts again and does not go out.")
    token = undo.replan(found, after, said=said).token()
    return to(request, "calendar", query=f"ongedaan={token}")


@screen("post.write")
@require_POST
@explained
def post_now(request: MemberRequest, post_id: int) -> HttpResponse:
    """Send a planned post at once."""
    found = find(post_id)
    try:
        planned = actions.publish_now(request.member, post=found, now=read_clock())
    except Invalid as error:
        messages.error(request, sentence(error))
        return to(request, "post-edit", post_id, fragment="side")
    messages.success(request, planned_words(planned, at_once=True))
    return to(request, "post", post_id)


@screen("post.write")
@require_POST
@explained
def post_ask(request: MemberRequest, post_id: int) -> HttpResponse:
    """Ask again for the consent that a planned post misses."""
    try:
        is_awaited = actions.ask_approval_for_post(request.member, post=find(post_id), now=read_clock())
    except Invalid as error:
        messages.error(request, sentence(error))
    else:
        said = _("Approval has been asked.") if is_awaited else _("This post needs no approval.")
        messages.success(request, said)
    return to(request, "post", post_id)


@screen("post.write")
@require_POST
@explained
def post_copy(request: MemberRequest, post_id: int) -> HttpResponse:
    """Begin a draft like this post."""
    copy = actions.duplicate_post(request.member, post=find(post_id), now=read_clock())
    messages.success(request, _("This is a copy, without a date."))
    return to(request, "post", copy.pk)


@screen("post.write")
@require_POST
@explained
def post_remove(request: MemberRequest, post_id: int) -> HttpResponse:
    """Remove a draft."""
    after = actions.remove_draft(request.member, post=find(post_id), now=read_clock())
    said = _("The draft has been removed.")
    back = undo.Undo(do="restore", post_id=after.pk, revision=after.revision, said=said)
    return to(request, "calendar", query=f"ongedaan={back.token()}")


@screen("post.write")
@require_POST
@explained
def post_undo(request: MemberRequest, post_id: int, token: str) -> HttpResponse:
    """Take a change back."""
    found = find(post_id, removed=True)
    change = undo.read(token)
    if change is None:
        raise Conflict("undo_stale")
    try:
        undo.undo(request.member, post=found, change=change, now=read_clock())
    except Invalid as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, _("Undone."))
    return to(request, "post", post_id)


@screen("post.view")
@require_GET
@cache_control(private=True, max_age=31_536_000, immutable=True)
def image(request: MemberRequest, media_id: int) -> FileResponse:
    """Send an image as it goes out."""
    return _file(media_id, small=False)


@screen("post.view")
@require_GET
@cache_control(private=True, max_age=31_536_000, immutable=True)
def image_small(request: MemberRequest, media_id: int) -> FileResponse:
    """Send the small form of an image, for lists."""
    return _file(media_id, small=True)


def _file(media_id: int, *, small: bool) -> FileResponse:
    row = get_object_or_404(Media, pk=media_id)
    try:
        file = media.path_of(row, small=small).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    answer = FileResponse(file, content_type="image/jpeg" if small else row.mime)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
