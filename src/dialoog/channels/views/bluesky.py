"""Connecting an account on Bluesky."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from dialoog.channels.actions import connect_app_password
from dialoog.channels.forms import BlueskyForm, SignInForm
from dialoog.channels.models import Channel
from dialoog.channels.sign_in import is_possible
from dialoog.channels.views.channels import to_list
from dialoog.core.clock import now as read_clock
from dialoog.core.errors import Invalid
from dialoog.organisations.access import MemberRequest, screen
from dialoog.ui.page import page


@screen("channel.manage")
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def connect(request: MemberRequest) -> HttpResponse:
    """Connect by app password."""
    if request.method == "GET":
        return form_page(request, BlueskyForm(initial=_known(request)))
    form = BlueskyForm(request.POST)
    if form.is_valid():
        try:
            channel = connect_app_password(
                request.member, network="bluesky", **form.cleaned_data, now=read_clock()
            )
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, _("%(name)s is connected.") % {"name": channel.name})
            return to_list(request)
    return form_page(request, form)


def _known(request: MemberRequest) -> dict[str, str]:
    """Return what is known of the account that is connected again."""
    asked = request.GET.get("kanaal", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        return {}
    found = Channel.objects.filter(pk=int(asked), network="bluesky").first()
    return {"address": found.address, "handle": found.handle} if found else {}


def form_page(request: MemberRequest, form: BlueskyForm, sign_in: SignInForm | None = None) -> HttpResponse:
    """Show both ways to connect."""
    context = {
        "form": form,
        "sign_in": sign_in or SignInForm(initial=form.initial),
        "may_sign_in": is_possible(),
        "slug": request.organisation.slug,
    }
    return page(request, "channels/bluesky.html", context)
