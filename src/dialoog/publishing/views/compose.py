"""The composer: every answer keeps what was typed."""

from datetime import date
from typing import Final

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dialoog.core.clock import now as read_clock
from dialoog.core.errors import Conflict, Invalid
from dialoog.organisations.access import MemberRequest, screen
from dialoog.publishing import actions
from dialoog.publishing.composing import Desk, context_of, open_desk
from dialoog.publishing.models import Post
from dialoog.publishing.views.common import explained, find, to
from dialoog.ui.formats import moment
from dialoog.ui.page import page, wants_partial

_IMAGE_MOVES: Final = {"image_up": -1, "image_down": 1}


@screen("post.write")
@require_http_methods(["GET", "POST"])
def post_new(request: MemberRequest) -> HttpResponse:
    """Write a new post; it is kept from the first words on."""
    if request.method == "POST":
        known = request.POST.get("post", "")
        return _posted(request, find(int(known)) if known.isdecimal() and len(known) < 19 else None)
    return answer(request, open_desk(request.member, None, now=read_clock(), day=_day(request)))


@screen("post.write")
@require_http_methods(["GET", "POST"])
@explained
def post_edit(request: MemberRequest, post_id: int) -> HttpResponse:
    """Write on; of a planned post, what is planned stays until it is planned again."""
    post = find(post_id)
    if request.method == "POST":
        return _posted(request, post)
    desk = open_desk(request.member, post, now=read_clock())
    if not desk.is_open:
        raise Conflict("post_under_way")
    return answer(request, desk)


def answer(request: MemberRequest, desk: Desk, *, status: int = 200) -> HttpResponse:
    """Show the composer, or only its side when that is asked for."""
    context = context_of(desk, slug=request.organisation.slug)
    is_swap = bool(wants_partial(request))
    response = page(request, "publishing/compose.html", {**context, "is_swap": is_swap}, status=status)
    if is_swap:
        # The side may say that something is wrong, but checking is no refusal.
        response.status_code = 200
        if desk.post:
            response["HX-Replace-Url"] = reverse(
                "publishing:post", args=[request.organisation.slug, desk.post.pk]
            )
    return response


def _day(request: MemberRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("dag", ""))
    except ValueError:
        return None


def _posted(request: MemberRequest, post: Post | None) -> HttpResponse:
    desk = open_desk(request.member, post, now=read_clock(), data=request.POST, files=request.FILES)
    what, _sign, which = request.POST.get("do", "check").partition(":")
    desk.form.is_valid()
    if not desk.form.can_be_kept:
        return answer(request, desk)
    try:
        _keep(desk, is_asked=what != "check" or not wants_partial(request))
    except Conflict as error:
        return _clashed(request, desk, error)
    except Invalid as error:
        desk.form.refuse(error)
        return answer(request, desk)
    if desk.post is None:
        return answer(request, desk)
    return _do(request, desk, desk.post, what, which)


def _keep(desk: Desk, *, is_asked: bool) -> None:
    """Keep what was typed; a page on which nothing was typed yet makes no draft by itself."""
    content = desk.form.content(desk.stored)
    if desk.post is None:
        if is_asked or content.text.strip():
            desk.post = actions.start_draft(desk.member, content=content, now=desk.now)
    else:
        revision = desk.form.cleaned_data.get("revision")
        desk.post = actions.save_draft(
            desk.member, post=desk.post, content=content, revision=revision, now=desk.now
        )
    if desk.post:
        desk.post, desk.is_kept = find(desk.post.pk), True


def _clashed(request: MemberRequest, desk: Desk, error: Conflict) -> HttpResponse:
    if desk.post is None:
        raise error
    desk.clash, desk.post = error, find(desk.post.pk)
    return answer(request, desk, status=409)


def _do(request: MemberRequest, desk: Desk, post: Post, what: str, which: str) -> HttpResponse:
    if what in {"plan", "now"}:
        return _plan(request, desk, post, at_once=what == "now")
    if what == "add_image":
        return _add_images(request, desk, post)
    if what in {*_IMAGE_MOVES, "image_remove"} and which.isdecimal() and len(which) < 19:
        if what == "image_remove":
            actions.remove_image(request.member, post=post, image_id=int(which), now=desk.now)
        else:
            by = _IMAGE_MOVES[what]
            actions.move_image(request.member, post=post, image_id=int(which), by=by, now=desk.now)
        return to(request, "post-edit", post.pk, fragment="images")
    if desk.form.errors or wants_partial(request):
        return answer(request, _fresh(request, desk))
    return to(request, "post-edit", post.pk, fragment="side")


def _fresh(request: MemberRequest, desk: Desk) -> Desk:
    """Return the same desk; a form without errors shows what is kept, with its new revision."""
    if desk.form.errors:
        return desk
    return open_desk(request.member, desk.post, now=desk.now)


def _add_images(request: MemberRequest, desk: Desk, post: Post) -> HttpResponse:
    files = desk.form.cleaned_data.get("image", [])
    if not files:
        desk.form.add_error("image", _("Choose an image first."))
    for file in files:
        try:
            actions.add_image(request.member, post=post, data=file.read(), name=file.name or "", now=desk.now)
        except Invalid as error:
            desk.form.refuse(error)
    if desk.form.errors:
        return answer(request, _with_images(request, desk, post))
    return to(request, "post-edit", post.pk, fragment="images")


def _with_images(request: MemberRequest, desk: Desk, post: Post) -> Desk:
    """Return the desk with the images that could be added, and what was wrong with the others."""
    fresh = open_desk(request.member, find(post.pk), now=desk.now)
    bound = open_desk(request.member, fresh.post, now=desk.now, data=_retyped(request, fresh))
    bound.form.is_valid()
    for text in desk.form.errors.get("image", []):
        bound.form.add_error("image", text)
    return bound


def _retyped(request: MemberRequest, fresh: Desk) -> QueryDict:
    data = request.POST.copy()
    data["revision"] = str(fresh.post.revision if fresh.post else "")
    return data


def _plan(request: MemberRequest, desk: Desk, post: Post, *, at_once: bool) -> HttpResponse:
    if desk.form.errors and not at_once:
        return answer(request, desk)
    data = desk.form.cleaned_data
    try:
        if at_once:
            planned = actions.publish_now(request.member, post=post, now=desk.now)
        else:
            planned = actions.plan_post(
                request.member,
                post=post,
                day=data.get("day"),
                time=data.get("time"),
                fold=data.get("fold") or None,
                now=desk.now,
            )
    except Invalid as error:
        desk.form.refuse(error)
        return answer(request, desk)
    except Conflict as error:
        return _clashed(request, desk, error)
    messages.success(request, planned_words(planned, at_once=at_once))
    return to(request, "post", post.pk)


def planned_words(planned: actions.Planned, *, at_once: bool = False) -> str:
    """Say what was planned, and what summer time made of it."""
    when = {"moment": moment(planned.post.due_at)}
    if planned.is_awaited and at_once:
        return _("Approval has been asked. With it, this goes out at once.")
    if planned.is_awaited:
        return _("Approval has been asked. With it, this goes out %(moment)s.") % when
    if at_once:
        return _("This is being sent now.")
    if planned.wall == "skipped":
        return _("Planned for %(moment)s: the time that you typed is skipped that night.") % when
    return _("Planned for %(moment)s.") % when
