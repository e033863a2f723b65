"""The door of every page: who is this, which organisation, may they do this.

`@screen("post.view")` finds the member by the organisation's slug in the address, answers 404 when
they are none (another organisation must not show that it exists), 403 when the role lacks the
permission, and opens the scope in which all queries see one organisation only.
"""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from dialoog.core.errors import NotAllowed
from dialoog.organisations.models import Member, Organisation
from dialoog.organisations.roles import may, permissions

P = ParamSpec("P")


class MemberRequest(HttpRequest):
    """A request whose member and organisation are known."""

    member: Member
    organisation: Organisation


View = Callable[Concatenate[MemberRequest, P], HttpResponseBase]


def screen(permission: str) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """Guard a view by a permission; the matrix test reads `view.permission`.

    Errors: KeyError at import when no such permission exists.
    """
    if permission not in permissions:
        raise KeyError(permission)

    def guard(view: View[P]) -> Callable[..., HttpResponseBase]:
        @functools.wraps(view)
        def guarded(request: MemberRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            member = member_of(request.user.pk, slug)
            request.member, request.organisation = member, member.organisation
            with scope(organisation=member.organisation), timezone.override(member.organisation.zone):
                require(member, permission)
                return render(view(request, *args, **kwargs))

        guarded.permission = permission  # type: ignore[attr-defined] # read by the matrix test
        return guarded

    return guard


def render(answer: HttpResponseBase) -> HttpResponseBase:
    """Render a lazy answer while the scope is open."""
    if (
        isinstance(answer, HttpResponse)
        and hasattr(answer, "render")
        and not getattr(answer, "is_rendered", True)
    ):
        answer.render()
    return answer


def member_of(user_id: int, slug: str) -> Member:
    """Return the active membership.

    Errors: Http404 when there is none, whether or not the organisation exists.
    """
    with scopes_disabled():
        found = (
            Member.objects.select_related("organisation", "user", "department")
            .prefetch_related("grants")
            .filter(user_id=user_id, user__is_active=True, organisation__slug=slug, is_active=True)
            .first()
        )
        if found is None:
            raise Http404
        found.roles  # noqa: B018 - read while all organisations are in sight, then kept on the row
        return found


def require(member: Member, permission: str) -> None:
    """Raise NotAllowed unless the member has the permission; every action asks this first."""
    if not may(member, permission):
        raise NotAllowed(permission)
