"""The whole line, as people walk it: from the growth scan to a post that is answered, counted and judged."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hands import Keyboard, Pointer
from playwright.sync_api import expect
from product import Product
from pypdf import PdfReader
from walker import Walker

pytestmark = [pytest.mark.browser, pytest.mark.pds]
ZONE = ZoneInfo("Europe/Amsterdam")
PASSWORD = "roggebrood-fiets-maandag"


@pytest.mark.parametrize(
    ("language", "hand"), [("nl", Pointer()), ("en", Keyboard())], ids=["dutch", "english-keyboard"]
)
def test_from_the_growth_scan_to_a_post_that_is_answered_counted_and_judged(
    pds, chromium, axe, tmp_path, language, hand
):
    ours = pds.create_account(f"korenaar-{language}.test")
    theirs = pds.create_account(f"anja-{language}.test")
    product = Product(tmp_path / "data", allow=pds.host_port)
    try:
        noor = Walker(chromium, product, language, hand)
        slug = set_up(noor, product, axe)
        colleague_link = invite(noor, slug, axe)
        answer_scan(noor, slug, axe)
        make_goal(noor, slug, axe)
        write_rules(noor, slug, axe)
        connect(noor, slug, pds, ours, axe)
        ayse = Walker(chromium, product, language, hand)
        join(ayse, colleague_link)
        text, planned = write_post(noor, slug, axe)
        approve(ayse, slug, axe)
        record = wait_for_post(pds, ours, text, planned)
        react(pds, theirs, record)
        answer_reaction(noor, slug, axe)
        reply = wait_for_reply(pds, ours, record, theirs)
        assert reply["value"]["reply"]["root"]["uri"] == record["uri"]
        read_results(noor, slug, axe)
        read_report(noor, slug, axe)
        conclude(noor, slug, axe)
        assert noor.problems == []
        assert ayse.problems == []
    finally:
        assert product.stop() == 0, product.lines
    assert not [line for line in product.lines if "ERROR" in line or "Traceback" in line], product.lines


def set_up(noor, product, axe):
    noor.go(product.setup_url)
    noor.clean(axe)
    noor.write("name", "Bakkerij De Korenaar")
    noor.choose("language", noor.language)
    noor.submit()
    noor.clean(axe)
    noor.write("person", "Noor de Vries")
    noor.write("email", "noor@example.org")
    noor.write("password", PASSWORD)
    noor.submit()
    noor.clean(axe)
    for day in range(7):
        noor.write(f"day_{day}", "00:00-24:00")
    noor.submit()
    noor.clean(axe)
    return noor.page.url.split("/o/")[1].split("/")[0]


def invite(noor, slug, axe):
    noor.go(f"/o/{slug}/start/collegas/")
    noor.write("approvers", "1")
    noor.submit()
    noor.clean(axe)
    link = noor.find("#link-1").input_value()
    noor.go(f"/o/{slug}/start/controle/")
    noor.clean(axe)
    with noor.page.expect_navigation():
        noor.press("main .formfoot .btn--main")
    return link


def answer_scan(noor, slug, axe):
    assert "/groeiscan/" in noor.page.url
    noor.clean(axe)
    if noor.page.locator("input[name=answer]").count() == 0:
        with noor.page.expect_navigation():
            noor.press("main .btn--main")
    for number in range(1, 5):
        noor.page.wait_for_url(f"**/vraag/{number}/")
        noor.clean(axe)
        choices = noor.page.locator("input[name=answer]")
        noor.hand.choose(choices.nth(number % 2))
        noor.submit()
    noor.clean(axe)
    noor.submit()
    noor.clean(axe)


def make_goal(noor, slug, axe):
    noor.go(f"/o/{slug}/strategie/doelen/nieuw/")
    noor.clean(axe)
    noor.write("title", "Meer gesprekken")
    noor.write("why", "Mensen weten niet wat we bakken.")
    noor.choose("purpose", "relations")
    noor.select("metric", "replies")
    noor.write("target", "10")
    noor.write("starts_on", "1-1-2026")
    noor.write("due_on", "31-12-2030")
    noor.write("budget_hours", "40")
    owner = noor.page.locator('select[name="owner"] option').nth(1).get_attribute("value")
    noor.select("owner", owner)
    noor.submit()
    noor.sees("Meer gesprekken")
    noor.clean(axe)


def write_rules(noor, slug, axe):
    noor.go(f"/o/{slug}/beleid/")
    noor.clean(axe)
    write_rule(noor, slug, "words", title="Geen gratis", axe=axe)
    write_rule(noor, slug, "approval", title="Verkiezingen", axe=axe)
    noor.go(f"/o/{slug}/beleid/versies/nieuw/")
    noor.clean(axe)
    noor.write("note", "Twee regels erbij")
    noor.submit()
    noor.go(f"/o/{slug}/beleid/handboek/")
    noor.sees("Geen gratis")
    noor.clean(axe)


def write_rule(noor, slug, kind, *, title, axe):
    noor.go(f"/o/{slug}/beleid/regels/nieuw/?soort={kind}")
    noor.write("title", title)
    noor.write("text", f"{title}: zo doen we dat hier.")
    if kind == "words":
        noor.write("p_words", "gratis")
        noor.choose("strength", "block")
    else:
        noor.choose("p_roles", "approver")
        summary = noor.find("form.duo details summary")
        if noor.page.locator('[name="s_subjects"]').is_hidden():
            noor.hand.press(summary)
        noor.write("s_subjects", "verkiezingen")
    noor.clean(axe)
    noor.submit("form.duo .form")


def connect(noor, slug, pds, account, axe):
    noor.go(f"/o/{slug}/kanalen/toevoegen/bluesky/")
    noor.clean(axe)
    form = noor.page.locator('form:has([name="password"])')
    noor.hand.write(form.locator('[name="address"]'), pds.url)
    noor.hand.write(form.locator('[name="handle"]'), account.handle)
    noor.hand.write(form.locator('[name="password"]'), pds.app_password(account))
    with noor.page.expect_navigation():
        noor.hand.press(form.locator("button").last)
    noor.sees(account.handle)
    noor.clean(axe)


def write_post(noor, slug, axe):
    """A rule blocks it, it's mended, and it's planned for a minute from now; consent is asked."""
    noor.go(f"/o/{slug}/berichten/nieuw/")
    noor.clean(axe)
    noor.write("text", "Zaterdag gratis brood tijdens de verkiezingen")
    for box in noor.page.locator('input[name="channels"]').all():
        noor.hand.choose(box)
    goal = noor.page.locator('select[name="goal"] option').nth(1).get_attribute("value")
    noor.select("goal", goal)
    noor.write("subject", "verkiezingen")
    expect(noor.page.locator("#side .check--must")).not_to_have_count(0)
    expect(noor.page.locator("#side")).to_contain_text("Geen gratis")
    noor.clean(axe)
    planned = (datetime.now(UTC) + timedelta(seconds=100)).replace(second=0, microsecond=0)
    local = planned.astimezone(ZONE)
    noor.write("day", f"{local:%d-%m-%Y}")
    noor.write("time", f"{local:%H:%M}")
    noor.submit("#compose")
    assert noor.page.title().startswith(("Fout", "Error")), noor.page.title()
    noor.clean(axe)
    text = "Zaterdag brood tijdens de verkiezingen"
    noor.write("text", text)
    noor.submit("#compose")
    noor.page.wait_for_url("**/berichten/**")
    assert not noor.page.title().startswith(("Fout", "Error")), noor.page.inner_text("main")
    noor.clean(axe)
    return text, planned


def join(ayse, link):
    ayse.go(link)
    ayse.write("person", "Ayşe Kaya")
    ayse.write("email", "ayse@example.org")
    ayse.write("password", PASSWORD)
    ayse.submit()


def approve(ayse, slug, axe):
    ayse.go(f"/o/{slug}/akkoord/")
    ayse.clean(axe)
    with ayse.page.expect_navigation():
        ayse.press('main a[href*="/akkoord/"]')
    ayse.clean(axe)
    ayse.sees("Zaterdag brood tijdens de verkiezingen")
    with ayse.page.expect_navigation():
        ayse.press('main button[value="approve"]')


def wait_for_post(pds, account, text, planned):
    """The record stands there at its time, once, and not before."""
    until = planned + timedelta(seconds=30)
    while datetime.now(UTC) < until:
        found = [one for one in pds.records(account.did) if one["value"]["text"] == text]
        if found:
            assert datetime.now(UTC) >= planned, "it went out too early"
            assert len(found) == 1
            return found[0]
        time.sleep(0.2)
    raise AssertionError("the post never stood on the network")


def react(pds, person, record):
    ref = {"uri": record["uri"], "cid": record["cid"]}
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    reply = {"text": "Hebben jullie ook spelt?", "createdAt": now, "reply": {"root": ref, "parent": ref}}
    pds.create_record(person, "app.bsky.feed.post", reply)
    pds.create_record(person, "app.bsky.feed.like", {"subject": ref, "createdAt": now})


def answer_reaction(noor, slug, axe):
    noor.go(f"/o/{slug}/inbox/")
    noor.clean(axe)
    with noor.page.expect_navigation():
        noor.press('form[action$="/ophalen/"] button')
    noor.reload_until(".conv")
    noor.clean(axe)
    with noor.page.expect_navigation():
        noor.press(".conv__who")
    noor.sees("Hebben jullie ook spelt?")
    noor.clean(axe)
    noor.write("text", "Ja, elke zaterdag.")
    noor.submit("#answer")
    noor.sees("Ja, elke zaterdag.")
    noor.clean(axe)


def wait_for_reply(pds, account, record, person):
    for _ in range(150):
        found = [one for one in pds.records(account.did) if one["value"].get("reply")]
        if found:
            assert len(found) == 1
            assert found[0]["value"]["text"] == "Ja, elke zaterdag."
            return found[0]
        time.sleep(0.2)
    raise AssertionError("the answer never stood on the network")


def read_results(noor, slug, axe):
    noor.go(f"/o/{slug}/resultaten/")
    with noor.page.expect_navigation():
        noor.press('form[action$="/meten/"] button')
    noor.clean(axe)
    noor.page.wait_for_timeout(2000)
    noor.go(f"/o/{slug}/resultaten/")
    until = time.monotonic() + 40
    while time.monotonic() < until:
        if noor.page.locator(".goal__n b").first.inner_text().strip() == "1":
            break
        time.sleep(1)
        noor.page.reload()
    assert noor.page.locator(".goal__n b").first.inner_text().strip() == "1", noor.page.inner_text("main")
    with noor.page.expect_navigation():
        noor.press(".goal h3 a")
    noor.clean(axe)
    noor.go(f"/o/{slug}/")
    noor.sees("Meer gesprekken")
    noor.clean(axe)


def read_report(noor, slug, axe):
    noor.go(f"/o/{slug}/rapport/")
    noor.sees("Meer gesprekken")
    noor.clean(axe)
    with noor.page.expect_download() as download:
        noor.press('a[href*="/rapport/pdf/"]')
    pdf = PdfReader(download.value.path())
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "Meer gesprekken" in pdf.pages[0].extract_text()


def conclude(noor, slug, axe):
    noor.go(f"/o/{slug}/leren/nieuw/")
    noor.clean(axe)
    noor.write("text", "Een vraag over spelt komt vaker terug.")
    noor.write("action", "Elke week één bericht over wat we bakken.")
    noor.submit()
    noor.sees("Een vraag over spelt komt vaker terug.")
    noor.clean(axe)
