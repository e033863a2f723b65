"""What the rules say of an answer: the same function as for posts, with the facts of a reply."""

from datetime import datetime

from dialoog.core.text import find_urls
from dialoog.inbox.models import Conversation
from dialoog.organisations.models import Member
from dialoog.policy.queries import judge_in_force, known_links
from dialoog.policy.rules.facts import Judgement, MessageFacts


def judge_answer(actor: Member, conversation: Conversation, text: str, *, now: datetime) -> Judgement:
    """Judge a text as an answer that goes out now."""
    return judge_in_force(facts_of(actor, conversation, text, now=now))


def facts_of(actor: Member, conversation: Conversation, text: str, *, now: datetime) -> MessageFacts:
    """Return what rules may know of an answer."""
    post = conversation.delivery.post if conversation.delivery else None
    organisation = conversation.organisation
    return MessageFacts(
        text=text,
        language=organisation.language,
        kind="reply",
        network=conversation.channel.network,
        channel_id=str(conversation.channel_id),
        purpose=post.goal.purpose if post and post.goal else "",
        goal_id=str(post.goal_id or "") if post else "",
        author_roles=frozenset(role.value for role in actor.roles),
        author_department=str(actor.department or ""),
        links=known_links([url for _start, _end, url in find_urls(text)]),
        planned_at=now,
        judged_at=now,
        zone=organisation.zone,
    )
