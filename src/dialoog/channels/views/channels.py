"""The list of channels, and what can be done with one."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dialoog.channels import actions
from dialoog.channels.models import Channel
from dialoog.channels.queries import channel_cards
from dialoog.core.clock import now as read_clock
from dialoog.organisations.access import MemberRequest, screen
from dialoog.organisations.roles import may
from dialoog.ui.page import page


@screen("channel.view")
@require_GET
def channels(request: MemberRequest) -> HttpResponse:
    """Show every channel with its health."""
    cards = channel_cards(now=read_clock())
    context = {
        "cards": [card for card in cards if card.is_connected],
        "gone": [card for card in cards if not card.is_connected],
        "has_newsroom": any(card.is_builtin for card in cards),
        "may_manage": may(request.member, "channel.manage"),
        "slug": request.organisation.slug,
    }
    return page(request, "channels/channels.html", context)


@screen("channel.manage")
@require_POST
def install(request: MemberRequest) -> HttpResponse:
    """Open the newsroom."""
    actions.install_builtin(request.member, now=read_clock())
    messages.success(request, _("The newsroom is open."))
    return to_list(request)


@screen("channel.manage")
@require_http_methods(["GET", "POST"])
def disconnect(request: MemberRequest, channel_id: int) -> HttpResponse:
    """Ask whether it is meant, and forget our permission for an account."""
    channel = get_object_or_404(Channel, pk=channel_id)
    if request.method == "GET":
        context = {"card": channel, "slug": request.organisation.slug}
        return page(request, "channels/disconnect.html", context)
    actions.disconnect(request.member, channel=channel, now=read_clock())
    messages.success(request, _("%(name)s is disconnected.") % {"name": channel.name})
    return to_list(request)


@screen("channel.manage")
@require_POST
def look(request: MemberRequest, channel_id: int) -> HttpResponse:
    """Look now whether a connection works."""
    channel = get_object_or_404(Channel, pk=channel_id)
    if actions.look_now(request.member, channel=channel, now=read_clock()):
        messages.success(request, _("%(name)s works.") % {"name": channel.name})
    else:
        messages.warning(request, _("%(name)s does not work yet. See below why.") % {"name": channel.name})
    return to_list(request)


def to_list(request: MemberRequest) -> HttpResponseRedirect:
    """Go back to the list of channels."""
    answer = HttpResponseRedirect(reverse("channels:channels", args=[request.organisation.slug]))
    answer.status_code = 303
    return answer
