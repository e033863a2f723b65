"""What the pages of posts share."""

import functools
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from dialoog.core.errors import Conflict
from dialoog.organisations.access import MemberRequest
from dialoog.publishing.models import Post
from dialoog.publishing.words import sentence

View = Callable[..., HttpResponse]


def explained(view: View) -> View:
    """Say what came in between on the page of the post, where its present state stands too."""

    @functools.wraps(view)
    def told(request: MemberRequest, post_id: int, **kwargs: str) -> HttpResponse:
        try:
            return view(request, post_id, **kwargs)
        except Conflict as error:
            messages.error(request, sentence(error))
            is_there = Post.objects.filter(pk=post_id, removed_at__isnull=True).exists()
            return to(request, "post", post_id) if is_there else to(request, "calendar")

    return told


def find(post_id: int, *, removed: bool = False) -> Post:
    """Return a post of this organisation with its maker and goal.

    Errors: Http404 when there is none, or it was removed.
    """
    goal = ("goal__owner__user", "goal__strategic_goal")
    related = ("organisation", *goal, "author__user", "author__department", "changed_by__user")
    post = Post.objects.select_related(*related).filter(pk=post_id).first()
    if post is None or (post.removed_at is not None and not removed):
        raise Http404
    return post


def to(
    request: MemberRequest, name: str, *args: object, fragment: str = "", query: str = ""
) -> HttpResponseRedirect:
    """Go to a page of this room, after a change."""
    url = reverse(f"publishing:{name}", args=[request.organisation.slug, *args])
    url += f"?{query}" if query else ""
    return HttpResponseRedirect(f"{url}#{fragment}" if fragment else url, status=303)
