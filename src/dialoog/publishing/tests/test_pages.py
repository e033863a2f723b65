import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django_scopes import scope

from dialoog.publishing.actions import plan_post, save_draft, start_draft
from dialoog.publishing.drafting import Content, content_of
from dialoog.publishing.media import load
from dialoog.publishing.models import Delivery, Media, Post
from dialoog.publishing.tests.conftest import make_channel

FRIDAY, NOON = date(2026, 11, 27), time(12)
XSS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    "{{ request }}{% debug %}",
    "<a href='javascript:alert(1)'>x</a>",
)


@pytest.fixture(autouse=True)
def _now(stopped):
    return stopped


@pytest.fixture
def to():
    return lambda name, *args: reverse(f"publishing:{name}", args=["korenaar", *args])


@pytest.fixture
def desk(browse, sam):
    return browse(sam)


@pytest.fixture
def planned(sam, draft, policy, now):
    plan_post(sam, post=draft, day=FRIDAY, time=NOON, now=now)
    return Post.objects.get()


@pytest.fixture
def asked(sam, ayse, draft, policy, now):
    content = replace(content_of(draft), text="Over de verkiezingen bakken we niets.")
    save_draft(sam, post=draft, content=content, revision=None, now=now)
    plan_post(sam, post=draft, day=FRIDAY, time=NOON, now=now)
    return Post.objects.get()


def whole(post, **fields):
    channels = list(post.variants.values_list("channel_id", flat=True))
    values = {
        "text": post.text,
        "goal": post.goal_id,
        "channels": channels,
        "language": "nl",
        "day": "",
        "time": "",
    }
    return {**values, "post": post.pk, "revision": Post.objects.get(pk=post.pk).revision, **fields}


def upload(name, data, kind="image/jpeg"):
    return SimpleUploadedFile(name, data, kind)


def test_an_image_is_added_described_moved_and_taken_out(desk, to, draft, picture):
    jpeg = picture(draft).media
    assert Media.objects.get() == jpeg

    answer = desk.post(
        to("post-edit", draft.pk), whole(draft, do="add_image", image=upload("nog een.jpg", load(jpeg)))
    )
    assert answer.status_code == 303
    first, second = draft.images.all()
    described = {f"alt_{first.pk}": "Een brood", f"alt_{second.pk}": "Twee broden"}
    desk.post(to("post-edit", draft.pk), whole(draft, do=f"image_up:{second.pk}", **described))
    assert [image.alt for image in draft.images.all()] == ["Twee broden", "Een brood"]
    desk.post(to("post-edit", draft.pk), whole(draft, do=f"image_remove:{second.pk}", **described))
    assert [image.alt for image in draft.images.all()] == ["Een brood"]


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        ("x.jpg", b"<html><script>alert(1)</script>", "image/jpeg"),
        ("../../etc/passwd", b"\xff\xd8\xff", "image/jpeg"),
        ("x" * 300 + ".png", b"\x89PNG", "image/png"),
    ],
)
def test_what_is_no_image_is_refused_and_the_text_stays(desk, to, draft, name, data, kind):
    sent = whole(draft, text="Blijft staan", do="add_image", image=upload(name, data, kind))
    answer = desk.post(to("post-edit", draft.pk), sent)
    assert answer.status_code == 422
    assert "Blijft staan" in answer.content.decode()
    assert Post.objects.get().text == "Blijft staan"
    assert not Media.objects.exists()


def test_an_image_is_served_as_an_image_to_its_own_people_only(desk, browse, tom, to, draft, picture):
    row = picture(draft).media
    for name in ("image", "image-small"):
        answer = desk.get(to(name, row.pk))
        assert answer["Content-Type"] == "image/jpeg"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert b"".join(answer.streaming_content)[:3] == b"\xff\xd8\xff"
        other = reverse(f"publishing:{name}", args=["vaartland", row.pk])
        assert browse(tom).get(other).status_code == 404
        assert browse(tom).get(to(name, row.pk)).status_code == 404


@pytest.mark.parametrize(
    "state", ["scheduled", "held", "failed", "unknown", "published", "removed", "sending"]
)
def test_a_post_tells_how_far_it_is(desk, to, planned, state):
    Delivery.objects.update(state=state, reason_code="worker_died", remote_url="https://bsky.app/x")
    page = desk.get(to("post", planned.pk))
    assert page.status_code == 200
    text = page.content.decode()
    assert ("delivery-settle" in text or "besluit/" in text) == (state == "unknown")
    assert ("opnieuw/" in text) == (state in {"failed", "held"})
    assert ("https://bsky.app/x" in text) == (state == "published")


def test_somebody_decides_on_what_is_unknown(desk, browse, ayse, to, planned):
    Delivery.objects.update(state="unknown", reason_code="person_decides")
    delivery = Delivery.objects.get()
    assert browse(ayse).post(to("delivery-settle", delivery.pk), {"there": "yes"}).status_code == 403
    desk.post(to("delivery-settle", delivery.pk), {"there": "no", "url": "javascript:alert(1)"})
    assert Delivery.objects.get().state == "failed"
    desk.post(to("delivery-retry", delivery.pk))
    assert Delivery.objects.get().state == "scheduled"


def test_a_changed_plan_says_that_it_is_old(desk, to, sam, planned, now):
    save_draft(sam, post=planned, content=replace(content_of(planned), text="Nieuw"), revision=None, now=now)
    page = desk.get(to("post", planned.pk)).content.decode()
    assert "Gewijzigd sinds het gepland is" in page
    assert "amandelspijs" in page


def test_what_is_typed_stays_when_the_post_went_out_meanwhile(desk, to, planned):
    opened = desk.get(to("post-edit", planned.pk))
    assert opened.status_code == 200
    Delivery.objects.update(state="published")
    answer = desk.post(to("post-edit", planned.pk), whole(planned, text="Nog gauw iets erbij", do="plan"))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Nog gauw iets erbij" in page
    assert "is geplaatst" in page
    assert Post.objects.get().text == planned.text
    again = desk.get(to("post-edit", planned.pk), follow=True)
    assert again.redirect_chain[0][0] == to("post", planned.pk)


def test_moving_can_be_undone(desk, to, planned):
    old = planned.due_at
    wrong = desk.post(to("post-move", planned.pk), {"day": "niks", "time": "12"})
    assert wrong.status_code == 422
    assert "niks" in wrong.content.decode()
    twice = desk.post(to("post-move", planned.pk), {"day": "31-10-2027", "time": "02:30"})
    assert twice.status_code == 422
    assert 'value="second"' in twice.content.decode()
    answer = desk.post(to("post-move", planned.pk), {"day": "maandag", "time": "9.15"}, follow=True)
    page = answer.content.decode()
    assert "Verplaatst naar maandag 30 november, 09:15." in page
    assert Post.objects.get().due_at == datetime(2026, 11, 30, 8, 15, tzinfo=UTC)
    undo = re.search(r'action="([^"]*/ongedaan/[^"]*)"', page)[1]
    desk.post(undo)
    assert Post.objects.get().due_at == old
    assert "kan niet meer ongedaan" in desk.post(undo, follow=True).content.decode()
    assert Post.objects.get().due_at == old


def test_withdrawing_and_removing_can_be_undone(desk, to, planned):
    page = desk.post(to("post-withdraw", planned.pk), follow=True).content.decode()
    assert Post.objects.get().due_at is None
    desk.post(re.search(r'action="([^"]*/ongedaan/[^"]*)"', page)[1])
    assert Post.objects.get().due_at == planned.due_at
    desk.post(to("post-withdraw", planned.pk))
    page = desk.post(to("post-remove", planned.pk), follow=True).content.decode()
    assert desk.get(to("post", planned.pk)).status_code == 404
    desk.post(re.search(r'action="([^"]*/ongedaan/[^"]*)"', page)[1])
    assert Post.objects.get().removed_at is None
    forged = desk.post(to("post-undo", planned.pk, "verzonnen"), follow=True)
    assert "kan niet meer ongedaan" in forged.content.decode()


def test_the_calendar_shows_the_week_the_month_and_the_list(desk, to, planned):
    for query in ("", "?weergave=maand", "?weergave=lijst", "?weergave=week&dag=2026-11-24"):
        page = desk.get(to("calendar") + query).content.decode()
        assert "kerststol" in page
        assert "12:00" in page
    assert "kerststol" not in desk.get(to("calendar") + "?dag=2026-12-07").content.decode()
    jump = desk.get(to("calendar") + "?naar=7 december&weergave=maand")
    assert "dag=2026-12-07" in jump.url


@pytest.mark.parametrize(
    "query",
    [
        "dag=9999-99-99",
        "dag=0001-01-01&weergave=maand",
        "weergave=lijst&eerder=x&later=y",
        "weergave=lijst&later=20261126T093000000000-99999999999999999999",
        "kanaal=abc&doel=-1&staat=onzin",
        "kanaal=1&kanaal=2&doel[]=3",
        "ongedaan=" + "a" * 4000,
        "naar=%F0%9F%8E%84",
        "weergave=%3Cscript%3E",
    ],
)
def test_the_calendar_takes_any_address(desk, to, planned, query):
    assert desk.get(f"{to('calendar')}?{query}").status_code in {200, 302}


def test_filters_narrow(desk, to, planned, bluesky, goal):
    def found(query):
        return "kerststol" in desk.get(f"{to('calendar')}?{query}").content.decode()

    assert found(f"kanaal={bluesky.pk}&doel={goal.pk}&staat=planned")
    assert found("weergave=lijst&staat=planned")
    assert not found("staat=failed")
    assert not found("weergave=lijst&staat=failed")
    Delivery.objects.update(state="failed")
    assert found("weergave=lijst&staat=failed")


def test_the_list_is_paged_by_key_without_gaps(desk, to, sam, bluesky, goal, now):
    for number in range(120):
        post = start_draft(
            sam, content=Content(text=f"post-{number:03}.", own_texts={bluesky.pk: None}), now=now
        )
        Post.objects.filter(pk=post.pk).update(due_at=now + timedelta(hours=number // 2))
    seen, url, pages = [], f"{to('calendar')}?weergave=lijst", 0
    while url:
        page = desk.get(url).content.decode()
        seen += re.findall(r"post-(\d{3})\.", page)
        pages += 1
        more = re.search(r'href="([^"]*later=[^"]*)"', page)
        url = more[1].replace("&amp;", "&") if more else ""
    assert pages == 3
    assert seen == [f"{number:03}" for number in range(120)]
    back = re.search(r'href="([^"]*eerder=[^"]*)"', page)[1].replace("&amp;", "&")
    assert re.findall(r"post-(\d{3})\.", desk.get(back).content.decode())[-1] == "099"


def test_consent_on_the_screen(browse, ayse, to, asked):
    approver = browse(ayse)
    assert "verkiezingen" in approver.get(to("approvals")).content.decode()
    page = approver.get(to("approval", asked.pk)).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    refused = approver.post(to("approval", asked.pk), {"do": "change", "seen": seen, "reason": "  "})
    assert refused.status_code == 422
    stale = approver.post(to("approval", asked.pk), {"do": "approve", "seen": "iets anders"})
    assert stale.status_code == 409
    assert approver.post(to("approval", asked.pk), {"do": "approve", "seen": seen}).status_code == 303
    assert "verkiezingen" not in approver.get(to("approvals")).content.decode()


def test_a_post_that_is_sent_back_says_what_must_change(browse, desk, ayse, to, asked):
    page = browse(ayse).get(to("approval", asked.pk)).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    browse(ayse).post(
        to("approval", asked.pk), {"do": "change", "seen": seen, "reason": "Noem <b>de datum</b>."}
    )
    page = desk.get(to("post", asked.pk)).content.decode()
    assert "Ayşe: Noem &lt;b&gt;de datum&lt;/b&gt;." in page


@pytest.mark.parametrize("nasty", XSS)
def test_what_people_type_stays_text(browse, ayse, to, sam, asked, nasty):
    desk, now = browse(sam), asked.changed_at
    content = replace(
        content_of(asked), text=f"verkiezingen {nasty}", subject=nasty[:80], advice_reason=nasty
    )
    save_draft(sam, post=asked, content=content, revision=None, now=now)
    plan_post(sam, post=asked, day=FRIDAY, time=NOON, now=now)
    pages = [
        to("post", asked.pk),
        to("post-edit", asked.pk),
        to("calendar"),
        f"{to('calendar')}?weergave=lijst",
    ]
    for client, place in [*((desk, url) for url in pages), (browse(ayse), to("approval", asked.pk))]:
        text = client.get(place).content.decode()
        assert "alert(1)</script>" not in text
        assert "<img src=x" not in text
        assert "<svg/onload" not in text
        assert 'href="javascript' not in text


@pytest.mark.parametrize(
    "text",
    [
        "\u202eomgekeerd",
        "שלום",
        "👨‍👩‍👧‍👦" * 50,
        "a\u0301" * 200,
        "\x00nul",
        "e" * 20_000,
        "   ",
        "",
    ],
)
def test_any_text_is_kept_and_shown(desk, to, draft, text):
    answer = desk.post(to("post-edit", draft.pk), whole(draft, text=text, do="check"), follow=True)
    assert answer.status_code == 200
    assert desk.get(to("calendar")).status_code == 200


def test_strangers_and_who_may_not_write_see_and_do_nothing(browse, tom, bram, to, planned):
    for name in ("post", "post-edit", "post-move"):
        assert browse(tom).get(to(name, planned.pk)).status_code == 404
        theirs = reverse(f"publishing:{name}", args=["vaartland", planned.pk])
        assert browse(tom).get(theirs).status_code == 404
    for name in ("post-withdraw", "post-now", "post-copy", "post-remove", "post-ask"):
        assert browse(tom).post(to(name, planned.pk)).status_code == 404
        assert browse(bram).post(to(name, planned.pk)).status_code == 403
    assert browse(bram).get(to("post", planned.pk)).status_code == 200
    assert browse(bram).get(to("approvals")).status_code == 403
    with scope(organisation=tom.organisation):
        make_channel(tom.organisation)
    assert Delivery.objects.get().state == "scheduled"


@pytest.mark.parametrize("place", ["calendar", "post-new", "post", "post-edit", "post-move"])
def test_a_page_asks_little_of_the_database(desk, to, asked, place, django_assert_max_num_queries):
    url = to(place) if place in {"calendar", "post-new"} else to(place, asked.pk)
    desk.get(url)
    with django_assert_max_num_queries(15):
        assert desk.get(url).status_code == 200


def test_consent_asks_little_of_the_database(browse, ayse, to, asked, django_assert_max_num_queries):
    approver = browse(ayse)
    for url in (to("approvals"), to("approval", asked.pk)):
        approver.get(url)
        with django_assert_max_num_queries(15):
            assert approver.get(url).status_code == 200
