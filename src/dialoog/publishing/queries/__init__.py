"""What is known of posts: the calendar, cards in lists, what waits for consent, one post in full."""

from dialoog.publishing.queries.calendar import calendar_list, calendar_month, calendar_week
from dialoog.publishing.queries.cards import Card, post_card
from dialoog.publishing.queries.overview import (
    Trouble,
    drafts,
    failed_deliveries,
    next_out,
    waiting_for_approval,
)

__all__ = [
    "Card",
    "Trouble",
    "calendar_list",
    "calendar_month",
    "calendar_week",
    "drafts",
    "failed_deliveries",
    "next_out",
    "post_card",
    "waiting_for_approval",
]
