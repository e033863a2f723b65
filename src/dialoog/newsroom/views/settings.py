"""The settings of the newsroom, and the code to put its headlines elsewhere."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dialoog.core.clock import now as read_clock
from dialoog.core.errors import Invalid
from dialoog.newsroom.actions import change_newsroom
from dialoog.newsroom.forms import NewsroomForm
from dialoog.newsroom.models import Newsroom
from dialoog.newsroom.queries import the_newsroom
from dialoog.organisations.access import MemberRequest, screen
from dialoog.organisations.roles import may
from dialoog.ui.page import page

_FIELDS = ("title", "intro", "slug", "language", "is_public")


@screen("channel.view")
@require_GET
def settings(request: MemberRequest) -> HttpResponse:
    """Show how the newsroom presents itself, and the code for other sites."""
    newsroom = the_newsroom()
    initial = {name: getattr(newsroom, name) for name in _FIELDS} if newsroom else None
    return _page(request, newsroom, NewsroomForm(initial=initial))


@screen("channel.manage")
@require_POST
def change(request: MemberRequest) -> HttpResponse:
    """Change the settings."""
    newsroom = the_newsroom()
    if newsroom is None:
        return _home(request)
    form = NewsroomForm(request.POST)
    if form.is_valid():
        try:
            change_newsroom(request.member, **form.cleaned_data, now=read_clock())
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, _("The newsroom has been changed."))
            return _home(request)
    return _page(request, newsroom, form)


def _page(request: MemberRequest, newsroom: Newsroom | None, form: NewsroomForm) -> HttpResponse:
    context: dict[str, Any] = {
        "newsroom": newsroom,
        "form": form,
        "may_manage": may(request.member, "channel.manage"),
        "slug": request.organisation.slug,
    }
    if newsroom:
        context |= _codes(newsroom)
    return page(request, "newsroom/settings.html", context)


def _codes(newsroom: Newsroom) -> dict[str, str]:
    title = _("News of %(title)s") % {"title": newsroom.title}
    quoted = title.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return {
        "script_code": f'<script src="{newsroom.url}widget.js?aantal=5" async></script>',
        "frame_code": (
            f'<iframe src="{newsroom.url}widget/?aantal=5" title="{quoted}" '
            'width="360" height="420" loading="lazy"></iframe>'
        ),
        "rss_url": f"{newsroom.url}feed.xml",
        "json_url": f"{newsroom.url}feed.json",
    }


def _home(request: MemberRequest) -> HttpResponseRedirect:
    address = reverse("newsroom:settings", args=[request.organisation.slug])
    answer = HttpResponseRedirect(address)
    answer.status_code = 303
    return answer
