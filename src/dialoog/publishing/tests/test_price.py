"""What a network takes for a message stands beside its preview, before anybody plans it."""

import pytest

from dialoog.publishing import showing
from dialoog.publishing.actions import start_draft
from dialoog.publishing.checks import check_post
from dialoog.publishing.drafting import Content
from dialoog.publishing.tests.conftest import make_channel


@pytest.mark.parametrize(
    ("network", "text", "said"),
    [
        ("x", "Vers brood", ["0,02"]),
        ("x", "Vers brood: https://korenaar.nl", ["0,20"]),
        ("bluesky", "Vers brood: https://korenaar.nl", []),
    ],
)
def test_a_price_is_told_where_there_is_one(inside, sam, now, network, text, said):
    channel = make_channel(inside, network=network, remote_id="1001")
    post = start_draft(sam, content=Content(text=text, own_texts={channel.pk: None}), now=now)
    (checked,) = check_post(post, planned_at=None, now=now).channels
    notes = " ".join(showing.preview(checked, (), slug="korenaar").notes)
    assert ("rekent" in notes or "takes about" in notes) is bool(said)
    assert all(one in notes or one.replace(",", ".") in notes for one in said)
