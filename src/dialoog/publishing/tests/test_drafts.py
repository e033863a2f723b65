from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from django_scopes import scope

from dialoog.core.errors import Conflict, Invalid, NotAllowed, NotFound
from dialoog.publishing.actions import (
    duplicate_post,
    plan_post,
    remove_draft,
    restore_draft,
    save_draft,
    start_draft,
)
from dialoog.publishing.drafting import Content, content_of
from dialoog.publishing.models import Post
from dialoog.publishing.tests.conftest import make_channel, make_goal


def test_a_draft_keeps_what_was_typed(sam, bluesky, goal, now):
    content = Content(
        text="Hallo\n  daar",
        language="en",
        subject="markt, kerst",
        goal_id=goal.pk,
        is_advertising=True,
        own_texts={bluesky.pk: "Eigen"},
        day=date(2026, 12, 1),
        at=time(12),
        advice_reason="omdat",
    )
    post = start_draft(sam, content=content, now=now)
    assert content_of(Post.objects.get(pk=post.pk)) == content
    assert post.author == sam
    assert post.due_at is None


def test_only_who_may_write_begins_or_saves(bram, draft, now):
    with pytest.raises(NotAllowed):
        start_draft(bram, now=now)
    with pytest.raises(NotAllowed):
        save_draft(bram, post=draft, content=content_of(draft), revision=None, now=now)


def test_saving_the_same_again_changes_nothing(sam, draft, now):
    before = draft.revision
    assert save_draft(sam, post=draft, content=content_of(draft), revision=0, now=now).revision == before


def test_a_colleague_in_between_is_a_conflict_that_loses_nothing(sam, ayse, draft, now):
    opened = draft.revision
    theirs = save_draft(
        ayse, post=draft, content=replace(content_of(draft), text="Van Ayşe"), revision=opened, now=now
    )
    with pytest.raises(Conflict) as refused:
        save_draft(
            sam, post=draft, content=replace(content_of(draft), text="Van Sam"), revision=opened, now=now
        )
    assert refused.value.code == "post_changed"
    assert refused.value.params == {"who": "Ayşe", "revision": theirs.revision}
    assert Post.objects.get().text == "Van Ayşe"
    mine = save_draft(
        sam, post=draft, content=replace(content_of(draft), text="Van Sam"), revision=theirs.revision, now=now
    )
    assert mine.text == "Van Sam"


def test_what_cannot_be_kept_is_taken_out(sam, draft, now):
    content = replace(content_of(draft), text="a\x00b\ud800c\r\nd", subject="x\x00")
    post = save_draft(sam, post=draft, content=content, revision=None, now=now)
    assert (post.text, post.subject) == ("abc\nd", "x")


def test_an_own_text_may_be_empty_and_a_dropped_channel_forgets_its_text(sam, draft, bluesky, now):
    save_draft(
        sam,
        post=draft,
        content=replace(content_of(draft), own_texts={bluesky.pk: ""}),
        revision=None,
        now=now,
    )
    assert draft.variants.get().own_text == ""
    save_draft(sam, post=draft, content=replace(content_of(draft), own_texts={}), revision=None, now=now)
    assert not draft.variants.exists()


def test_goals_and_channels_of_another_organisation_are_refused(sam, tom, draft, now):
    with scope(organisation=tom.organisation):
        theirs, channel = make_goal(tom), make_channel(tom.organisation)
    with pytest.raises(Invalid) as refused:
        save_draft(
            sam, post=draft, content=replace(content_of(draft), goal_id=theirs.pk), revision=None, now=now
        )
    assert refused.value.field == "goal"
    with pytest.raises(Invalid) as refused:
        save_draft(
            sam,
            post=draft,
            content=replace(content_of(draft), own_texts={channel.pk: None}),
            revision=None,
            now=now,
        )
    assert refused.value.field == "channels"
    with scope(organisation=tom.organisation), pytest.raises(NotFound):
        save_draft(tom, post=draft, content=content_of(draft), revision=None, now=now)


def test_a_removed_draft_comes_back(sam, draft, now):
    removed = remove_draft(sam, post=draft, now=now)
    with pytest.raises(NotFound):
        save_draft(sam, post=removed, content=Content(text="x"), revision=None, now=now)
    assert restore_draft(sam, post=removed, now=now).removed_at is None


def test_a_planned_post_is_not_removed(sam, draft, policy, now):
    plan_post(sam, post=draft, day=date(2026, 11, 27), time=time(12), now=now)
    with pytest.raises(Conflict, match="post_planned"):
        remove_draft(sam, post=draft, now=now)


def test_a_copy_has_the_texts_and_no_date(sam, ayse, draft, policy, now):
    plan_post(sam, post=draft, day=date(2026, 11, 27), time=time(12), now=now)
    copy = duplicate_post(ayse, post=Post.objects.get(pk=draft.pk), now=now + timedelta(minutes=1))
    assert copy.pk != draft.pk
    assert (copy.text, copy.goal_id, copy.author, copy.due_at) == (draft.text, draft.goal_id, ayse, None)
    assert copy.planned_day is None
