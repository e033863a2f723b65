"""A delivery that needs a person: try again, decide what is unknown, take it down."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dialoog.core.clock import now as read_clock
from dialoog.core.errors import Conflict, Invalid
from dialoog.organisations.access import MemberRequest, screen
from dialoog.organisations.roles import may
from dialoog.publishing import deliveries as actions
from dialoog.publishing.models import Delivery
from dialoog.publishing.queries.pages import delivery_rows, steps_with_names
from dialoog.publishing.words import sentence
from dialoog.ui.page import page


@screen("post.view")
@require_GET
def delivery(request: MemberRequest, delivery_id: int) -> HttpResponse:
    """Show one delivery; that of a post stands on the post's page."""
    found = _find(delivery_id)
    if found.post_id:
        return _home(request, found)
    rows = delivery_rows([found], slug=request.organisation.slug)
    context = {
        "deliveries": rows,
        "may_resolve": may(request.member, "delivery.resolve"),
        "may_write": may(request.member, "post.write"),
    }
    return page(request, "publishing/delivery.html", context)


@screen("delivery.resolve")
@require_POST
def delivery_retry(request: MemberRequest, delivery_id: int) -> HttpResponse:
    """Send it again."""
    found = _find(delivery_id)
    try:
        actions.retry_delivery(request.member, delivery=found, now=read_clock())
    except Conflict as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, _("It is being sent again."))
    return _home(request, found)


@screen("delivery.resolve")
@require_POST
def delivery_settle(request: MemberRequest, delivery_id: int) -> HttpResponse:
    """Say whether an unknown delivery stands on the network."""
    found = _find(delivery_id)
    is_there = request.POST.get("there") == "yes"
    url = request.POST.get("url", "").strip()
    if not url.startswith(("https://", "http://")):
        url = ""
    try:
        actions.settle_unknown(request.member, delivery=found, is_there=is_there, url=url, now=read_clock())
    except Conflict as error:
        messages.error(request, sentence(error))
    else:
        yes, no = _("It counts as published."), _("It counts as not published. You can send it again.")
        messages.success(request, yes if is_there else no)
    return _home(request, found)


@screen("post.write")
@require_POST
def delivery_by_hand(request: MemberRequest, delivery_id: int) -> HttpResponse:
    """Say that one published it by hand, with its address; or that nobody will."""
    found = _find(delivery_id)
    try:
        if request.POST.get("posted") == "no":
            actions.skip_by_hand(request.member, delivery=found, now=read_clock())
            messages.success(request, _("It is left out."))
        else:
            url = request.POST.get("url", "")
            actions.posted_by_hand(request.member, delivery=found, url=url, now=read_clock())
            messages.success(request, _("It counts as published."))
    except Invalid as error:
        messages.error(request, sentence(error))
        return _home(request, found, typed=request.POST.get("url", ""))
    except Conflict as error:
        messages.error(request, sentence(error))
    return _home(request, found)


@screen("delivery.resolve")
@require_POST
def delivery_remove(request: MemberRequest, delivery_id: int) -> HttpResponse:
    """Take a post off its network."""
    found = _find(delivery_id)
    try:
        actions.remove_published(request.member, delivery=found, now=read_clock())
    except Conflict as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, _("It has been taken off the network."))
    return _home(request, found)


def _find(delivery_id: int) -> Delivery:
    found = Delivery.objects.select_related("channel", "post").prefetch_related(steps_with_names())
    return get_object_or_404(found, pk=delivery_id)


def _home(request: MemberRequest, found: Delivery, *, typed: str = "") -> HttpResponseRedirect:
    """Go back to where the delivery stands; what was `typed` and refused goes along."""
    slug = request.organisation.slug
    if found.post_id:
        place = reverse("publishing:post", args=[slug, found.post_id])
        if typed:
            place += "?" + urlencode({"aflevering": found.pk, "adres": typed[:500]})
        return HttpResponseRedirect(f"{place}#delivery-{found.pk}", status=303)
    return HttpResponseRedirect(reverse("publishing:delivery", args=[slug, found.pk]), status=303)
