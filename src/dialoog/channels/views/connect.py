"""Choosing a network, and the ways to connect an account there."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from dialoog.channels.actions import connect, kept_app
from dialoog.channels.forms import WayForm
from dialoog.channels.models import Channel
from dialoog.channels.queries import channel_of, network_choices
from dialoog.channels.sentences import said
from dialoog.channels.sign_in import begin_sign_in, site
from dialoog.channels.views.channels import to_list
from dialoog.core.clock import now as read_clock
from dialoog.core.errors import Invalid
from dialoog.networks.base import Connector
from dialoog.networks.registry import UnknownNetwork, kind_of, way_of
from dialoog.networks.ways import ConsentWay, Way
from dialoog.organisations.access import MemberRequest, screen
from dialoog.ui.networks import shown_name
from dialoog.ui.page import page


@screen("channel.manage")
@require_GET
def add(request: MemberRequest) -> HttpResponse:
    """Show the networks."""
    context = {"choices": network_choices(), "slug": request.organisation.slug}
    return page(request, "channels/add.html", context)


@screen("channel.manage")
@require_GET
def network(request: MemberRequest, network: str) -> HttpResponse:
    """Show the ways to connect an account of one network."""
    return _form_page(request, network, None)


@screen("channel.manage")
@sensitive_post_parameters()
@require_POST
def way(request: MemberRequest, network: str, way: str) -> HttpResponse:
    """Take one of the ways: connect at once, or begin the sign-in at the network."""
    taken = _way(network, way)
    form = WayForm(taken, network, request.POST, kept=kept_app(network))
    try:
        if isinstance(taken, ConsentWay):
            return _begin(request, network, taken, form)
        channels = connect(request.member, network=network, way=way, typed=form.typed(), now=read_clock())
    except Invalid as error:
        form.refuse(error)
        return _form_page(request, network, form)
    return connected(request, channels)


def _begin(request: MemberRequest, network: str, taken: Way, form: WayForm) -> HttpResponse:
    attempt = begin_sign_in(
        request.member,
        network=network,
        way=taken.name,
        typed=form.typed(),
        session_key=request.session.session_key or "",
        now=read_clock(),
    )
    answer = HttpResponseRedirect(reverse("channels:go", args=[request.organisation.slug, attempt.pk]))
    answer.status_code = 303
    return answer


def connected(request: MemberRequest, channels: list[Channel]) -> HttpResponseRedirect:
    """Say what was connected, and go to the list."""
    names = ", ".join(channel.name for channel in channels)
    words = _("%(name)s is connected.") if len(channels) == 1 else _("%(name)s are connected.")
    messages.success(request, words % {"name": names})
    return to_list(request)


def _way(network: str, name: str) -> Way:
    try:
        return way_of(network, name)
    except UnknownNetwork as error:
        raise Http404 from error


def _form_page(request: MemberRequest, network: str, sent: WayForm | None) -> HttpResponse:
    try:
        kind = kind_of(network)
    except UnknownNetwork as error:
        raise Http404 from error
    if not kind.ways:
        raise Http404
    ways = [_shown(request, kind, one, sent) for one in kind.ways]
    context = {
        "network": {"name": shown_name(kind.capabilities), "network": network},
        "about": said(kind.about),
        "ways": ways,
        "form": sent,
        "slug": request.organisation.slug,
    }
    return page(request, "channels/connect.html", context)


def _shown(
    request: MemberRequest, kind: type[Connector], one: Way, sent: WayForm | None
) -> dict[str, object]:
    """Return one way as the page shows it: its words, and its form with what is known."""
    name = kind.capabilities.network
    is_sent = sent is not None and sent.way.name == one.name
    form = sent if is_sent else WayForm(one, name, initial=_known(request, name), kept=kept_app(name))
    return {
        "name": one.name,
        "title": said(one.title),
        "lead": said(one.lead),
        "steps": [{"text": said(step.text), "url": step.url, "link": said(step.link)} for step in one.steps],
        "scopes": [said(scope.why) for scope in one.scopes],
        "form": form,
        "fields": [form[field.name] for field in one.fields] if form else [],
        "closed": said(one.offered(site(name))),
        "is_consent": isinstance(one, ConsentWay),
        # What a network asks for when the organisation registers its app there.
        "callback": site(name).redirect_uri if any(field.of_app for field in one.fields) else "",
    }


def _known(request: MemberRequest, network: str) -> dict[str, str]:
    """Return what is known of the account that is connected again."""
    found = channel_of(network, request.GET.get("kanaal", ""))
    return {"address": found.address, "handle": found.handle} if found else {}
