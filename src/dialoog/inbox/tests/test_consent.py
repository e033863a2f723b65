"""An answer for which a rule wants consent: asked, given, refused, taken back; nothing leaves without it."""

import pytest
from django.urls import reverse

from dialoog.channels.actions import install_builtin
from dialoog.core.clock import frozen
from dialoog.core.errors import Conflict, Invalid, NotAllowed
from dialoog.core.work.worker import run_due
from dialoog.inbox import actions, consent, queries
from dialoog.inbox.models import Conversation
from dialoog.inbox.tests.test_inbox import said
from dialoog.policy.actions import install_starter_policy
from dialoog.policy.models import Approval
from dialoog.publishing.models import Delivery
from dialoog.publishing.queries import failed_deliveries
from dialoog.publishing.queries.approvals import queue

pytestmark = pytest.mark.usefixtures("inside")
TOUCHY = "Over de verkiezingen bakken we niets."


@pytest.fixture
def channel(noor, now):
    """The newsroom, which needs no grant: what is judged well gets as far as its door."""
    install_starter_policy(noor, now=now)
    return install_builtin(noor, now=now)


@pytest.fixture
def conversation(channel, now):
    actions.take_in(channel, [said()], now=now)
    return Conversation.objects.get()


@pytest.fixture
def sent(conversation, ayse, bram, now):
    """An answer by Bram to which Ayşe may consent, after the worker looked at it."""
    delivery = actions.answer(bram, conversation=conversation, text=TOUCHY, now=now)
    run_due(now)
    delivery.refresh_from_db()
    return delivery


def state_of(delivery):
    return Delivery.objects.values_list("state", "reason_code").get(pk=delivery.pk)


def test_it_waits_and_stands_in_the_queue_of_who_may_consent(sent, ayse, bram, sam, now):
    assert state_of(sent) == ("held", "approval_missing")
    assert [one.row.title for one in queue(ayse, slug="korenaar", now=now)] == [TOUCHY]
    assert not queue(bram, slug="korenaar", now=now)
    assert not queue(sam, slug="korenaar", now=now)
    assert not failed_deliveries("korenaar"), "it's no trouble yet"


def test_with_consent_it_goes_its_way(sent, ayse, now):
    consent.decide(ayse, delivery=sent, approved=True, now=now)
    run_due(now)
    # The newsroom takes no answers, so it gets as far as the door.
    assert sent.steps.filter(old="held", new="scheduled").exists()
    assert state_of(sent) == ("failed", "no_replies")


def test_consent_before_the_worker_looked_is_enough(conversation, ayse, bram, now):
    delivery = actions.answer(bram, conversation=conversation, text=TOUCHY, now=now)
    consent.decide(ayse, delivery=delivery, approved=True, now=now)
    run_due(now)
    assert not delivery.steps.filter(new="held").exists()


def test_sent_back_it_never_leaves_and_its_writer_writes_on(sent, conversation, ayse, bram, sam, now):
    consent.decide(ayse, delivery=sent, approved=False, reason="Zonder mening.", now=now)
    run_due(now)
    assert state_of(sent) == ("withdrawn", "sent_back")
    messages = queries.messages_of(conversation)
    ours = next(one for one in queries.thread(conversation, messages, bram) if one.kind == "ours")
    assert ours.consent.must_change == "Zonder mening."
    assert consent.returned_text(messages, bram) == TOUCHY
    assert not consent.returned_text(messages, sam)
    seen = messages[0].pk
    actions.answer(sam, conversation=conversation, text="Kom langs.", seen_message_id=seen, now=now)


def test_sending_back_takes_a_reason(sent, ayse, now):
    with pytest.raises(Invalid, match="change_reason_empty"):
        consent.decide(ayse, delivery=sent, approved=False, reason="  ", now=now)
    assert state_of(sent) == ("held", "approval_missing")


def test_who_wrote_it_and_who_has_no_such_role_decide_nothing(sent, bram, sam, tom, now):
    with pytest.raises(NotAllowed):
        consent.decide(bram, delivery=sent, approved=True, now=now)
    with pytest.raises(NotAllowed):
        consent.decide(sam, delivery=sent, approved=True, now=now)
    with pytest.raises(Conflict, match="approval_none"):
        consent.decide(tom, delivery=sent, approved=True, now=now)
    assert Approval.objects.get().state == "asked"


def test_who_is_second_changes_nothing(sent, ayse, now):
    consent.decide(ayse, delivery=sent, approved=True, now=now)
    with pytest.raises(Conflict, match="approval_none"):
        consent.decide(ayse, delivery=sent, approved=False, reason="Toch niet.", now=now)


def test_without_anybody_else_who_may_consent_nothing_is_kept(conversation, noor, bram, now):
    with pytest.raises(Invalid, match="nobody_approves"):
        actions.answer(noor, conversation=conversation, text=TOUCHY, now=now)
    assert not Delivery.objects.exists()
    assert not Approval.objects.exists()


def test_its_writer_takes_it_back(sent, bram, now):
    consent.withdraw(bram, delivery=sent, now=now)
    assert state_of(sent)[0] == "withdrawn"
    assert Approval.objects.get().state == "withdrawn"


def test_consent_is_for_this_answer_only(sent, conversation, ayse, bram, now):
    consent.decide(ayse, delivery=sent, approved=True, now=now)
    again = actions.answer(bram, conversation=conversation, text=TOUCHY, now=now)
    run_due(now)
    assert state_of(again) == ("held", "approval_missing")


def test_the_page_lets_each_do_what_is_theirs(browse, sent, conversation, ayse, bram, now):
    def at(name, *more):
        return reverse(f"inbox:{name}", args=["korenaar", conversation.pk, *more])

    with frozen(now):
        assert "Wacht op akkoord van" in browse(bram).get(at("conversation")).content.decode()
        assert at("withdraw", sent.pk) in browse(bram).get(at("conversation")).content.decode()
        page = browse(ayse).get(at("conversation")).content.decode()
        assert at("decide", sent.pk) in page
        assert at("withdraw", sent.pk) not in page
        refused = browse(ayse).post(at("decide", sent.pk), {"do": "change", "reason": ""})
        assert refused.status_code == 422
        assert "Schrijf wat er anders moet" in refused.content.decode()
        back = browse(ayse).post(at("decide", sent.pk), {"do": "change", "reason": "Korter."}, follow=True)
        assert "Teruggestuurd: Korter." in back.content.decode()
        written = browse(bram).get(at("conversation")).content.decode()
        assert f">\n{TOUCHY}</textarea>" in written or f">{TOUCHY}</textarea>" in written


def test_an_answer_of_another_conversation_is_not_there(browse, sent, channel, ayse, now):
    actions.take_in(channel, [said(number=2, who="did:plc:piet")], now=now)
    other = Conversation.objects.exclude(messages__delivery=sent).get()
    address = reverse("inbox:decide", args=["korenaar", other.pk, sent.pk])
    assert browse(ayse).post(address, {"do": "approve"}).status_code == 404
