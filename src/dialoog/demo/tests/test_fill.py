from datetime import UTC, datetime

import pytest
from django_scopes import scopes_disabled

from dialoog.config import example
from dialoog.config.installation import InstallationError
from dialoog.demo.fill import fill
from dialoog.newsroom.models import Item
from dialoog.organisations.logfields import FIELDS, HIDDEN
from dialoog.organisations.logwords import DEEDS, KINDS
from dialoog.organisations.models import AuditEntry
from dialoog.policy.models import Approval
from dialoog.publishing.models import Delivery, Post

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


@pytest.mark.django_db
def test_the_example_is_a_year_of_work_that_ends_today():
    fill(now=NOW, weeks=3)
    with scopes_disabled():
        sent = Delivery.objects.filter(state="published")
        assert sent.count() >= 3
        assert not Delivery.objects.exclude(state__in=("published", "scheduled")).exists()
        assert sent.earliest("published_at").published_at < NOW
        assert Delivery.objects.filter(state="scheduled", due_at__gt=NOW).count() == 4
        assert Approval.objects.filter(state="asked").count() == 1
        assert Post.objects.filter(due_at=None).count() == 1
        assert Item.objects.count() == sent.count()


@pytest.mark.django_db
def test_the_log_of_a_year_has_words_for_all_that_it_tells():
    fill(now=NOW, weeks=14)
    with scopes_disabled():
        entries = list(AuditEntry.objects.all())
    told = {name for one in entries for name in (*one.before, *one.after)}
    assert told <= set(FIELDS) | HIDDEN
    assert {one.what for one in entries} <= set(DEEDS)
    assert {one.subject_kind for one in entries} <= set(KINDS)


@pytest.mark.django_db
def test_the_same_day_and_seed_give_the_same_example():
    from django.core.management import call_command

    texts = []
    for _ in range(2):
        call_command("flush", interactive=False, verbosity=0)
        fill(now=NOW, weeks=2)
        with scopes_disabled():
            texts.append(list(Delivery.objects.order_by("pk").values_list("content", "due_at")))
    assert texts[0] == texts[1]


def test_the_example_never_empties_a_folder_that_is_no_example(tmp_path, monkeypatch):
    (tmp_path / "dialoog.sqlite3").write_text("mine")
    monkeypatch.setenv("DIALOOG_DATA", str(tmp_path))
    with pytest.raises(InstallationError, match="no example"):
        example.prepare(is_running=False)
    assert (tmp_path / "dialoog.sqlite3").read_text() == "mine"
