"""Consent: the queue by deadline, and one post at a time with exactly what each network gets."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dialoog.core.clock import now as read_clock
from dialoog.core.errors import Conflict, Invalid
from dialoog.organisations.access import MemberRequest, screen
from dialoog.policy.queries import waiting_approvals
from dialoog.publishing import actions
from dialoog.publishing.actions.approvals import asked, digest_of, mine, planned_of
from dialoog.publishing.checks import check_planned
from dialoog.publishing.forms import DecideForm
from dialoog.publishing.models import Post
from dialoog.publishing.queries.approvals import queue
from dialoog.publishing.queries.pages import history, preview_of
from dialoog.publishing.rules import SUBJECT
from dialoog.publishing.showing import checklist
from dialoog.publishing.views.common import find, to
from dialoog.publishing.words import sentence
from dialoog.ui.page import page


@screen("post.approve")
@require_GET
def approvals(request: MemberRequest) -> HttpResponse:
    """Show what waits for consent, the nearest deadline first."""
    rows = queue(request.member, slug=request.organisation.slug, now=read_clock())
    return page(request, "publishing/approvals.html", {"rows": rows})


@screen("post.approve")
@require_http_methods(["GET", "POST"])
def approval(request: MemberRequest, post_id: int) -> HttpResponse:
    """Show one post as it would go out, and decide."""
    post = find(post_id)
    form = DecideForm(request.POST or None)
    stale = ""
    if request.method == "POST" and form.is_valid():
        approved = request.POST.get("do") == "approve"
        data = form.cleaned_data
        try:
            actions.decide_on_post(
                request.member,
                post=post,
                approved=approved,
                seen=data["seen"],
                reason=data["reason"],
                now=read_clock(),
            )
        except Invalid as error:
            form.add_error("reason", sentence(error))
        except Conflict as error:
            stale = sentence(error)
        else:
            messages.success(request, _("Approved.") if approved else _("The maker sees what must change."))
            return to(request, "approvals")
    context = _context(request, post, form) | {"stale": stale}
    return page(request, "publishing/approval.html", context, status=409 if stale else 200)


def _context(request: MemberRequest, post: Post, form: DecideForm) -> dict[str, object]:
    slug, now = request.organisation.slug, read_clock()
    open_ones = [one for one in waiting_approvals(request.member) if one.subject_kind == SUBJECT]
    waiting = [one for one in open_ones if one.subject_id == post.pk] or mine(request.member, asked(post))
    planned = planned_of(post)
    return {
        "post": post,
        "form": form,
        "seen": digest_of(planned),
        "waiting": waiting,
        "is_own": any(one.asked_by_id == request.member.pk for one in waiting),
        "is_late": any(one.needed_by is not None and one.needed_by <= now for one in waiting),
        "previews": [preview_of(one, slug=slug) for one in planned],
        "checks": checklist(check_planned(post, planned, now=now), organisation=request.organisation),
        "history": history(post),
        "next_id": next((one.subject_id for one in open_ones if one.subject_id != post.pk), None),
    }
