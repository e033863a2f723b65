"""The words for purposes, metrics and open questions."""

from typing import Final

from django.utils.translation import gettext_lazy as _

PURPOSE_LABELS: Final = {
    "profile": _("Profile"),
    "relations": _("Relations"),
    "recruitment": _("Recruitment"),
    "knowledge": _("Knowledge"),
    "service": _("Service"),
    "advertising": _("Advertising"),
    "sales": _("Sales"),
}
PURPOSE_MEANINGS: Final = {
    "profile": _("Visibility, name, authority."),
    "relations": _("New contacts, and keeping up old ones."),
    "recruitment": _("Finding colleagues."),
    "knowledge": _("Sharing and gathering knowledge."),
    "service": _("Helping people with questions and complaints."),
    "advertising": _("Letting people know about an offer."),
    "sales": _("Selling, in a web shop or elsewhere."),
}
STRATEGY_LABELS: Final = {
    "organisation": _("Organisation"),
    "marketing": _("Marketing"),
    "sales": _("Sales"),
    "communication": _("Communication"),
}
METRIC_LABELS: Final = {
    "likes": _("Likes"),
    "reposts": _("Reposts"),
    "replies": _("Reactions"),
    "reads": _("Reads in the newsroom"),
    "followers": _("Followers"),
    "posts": _("Posts that went out"),
    "conversations": _("Conversations answered"),
    "answered_on_time": _("Answered within the promise (%)"),
    "hand": _("A number that we enter ourselves"),
}
OVER_LABELS: Final = {
    "goal": _("the posts of this goal"),
    "channel": _("one channel"),
    "all": _("all channels"),
}
GAP_LABELS: Final = {
    "why": _("why"),
    "purpose": _("the purpose"),
    "metric": _("which number counts it"),
    "target": _("what is to be reached"),
    "due": _("by when"),
    "cost": _("what it may cost"),
    "owner": _("who sees to it"),
}
