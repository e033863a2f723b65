"""What the pages of posts share."""

from django.http import Http404, HttpResponseRedirect
from django.urls import reverse

from dialoog.organisations.access import MemberRequest
from dialoog.publishing.models import Post


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
