"""What the scripts promise, pressed and typed in a real browser with the CSP on."""

import re

import pytest
from gallery import gallery_site as site  # noqa: F401 - a fixture
from playwright.sync_api import expect


@pytest.fixture
def start(page_for):
    """Return the first page of the gallery."""
    page = page_for()
    page.goto("/galerij/")
    return page


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.tagName")


def test_the_palette_finds_screens_and_what_the_server_knows(start, axe):
    start.keyboard.press("/")
    expect(start.get_by_role("combobox")).to_be_focused()
    start.keyboard.type("kalén")
    expect(start.get_by_role("option")).to_have_text(["Kalenderg k"])
    start.keyboard.press("Escape")
    start.keyboard.press("Control+k")
    start.keyboard.type("licht")
    expect(start.get_by_role("option", name="Lichtjesroute")).to_be_visible()
    axe(start, where="palette")
    start.keyboard.press("Enter")
    start.wait_for_url("**/galerij/inbox/")


def test_keys_lead_to_screens_and_are_silent_in_fields(start):
    start.keyboard.press("g")
    start.keyboard.press("i")
    start.wait_for_url("**/galerij/inbox/")
    start.keyboard.press("r")
    expect(start.get_by_label("Antwoord", exact=True)).to_be_focused()
    start.keyboard.type("gv?n")
    expect(start.get_by_label("Antwoord", exact=True)).to_have_value("gv?n")
    assert start.url.endswith("/galerij/inbox/")


def test_j_and_k_walk_through_the_rows(start):
    start.keyboard.press("j")
    expect(start.get_by_role("link", name="Anja K.")).to_be_focused()
    start.keyboard.press("j")
    expect(start.get_by_role("link", name="Ondernemersvereniging")).to_be_focused()
    start.keyboard.press("k")
    expect(start.get_by_role("link", name="Anja K.")).to_be_focused()
    start.keyboard.press("Enter")
    start.wait_for_url("**/galerij/inbox/")


def test_the_keys_are_listed_and_can_be_switched_off(start, axe):
    start.keyboard.press("?")
    dialog = start.get_by_role("dialog", name="Sneltoetsen")
    expect(dialog).to_contain_text("Kalender")
    axe(start, where="shortcuts")
    dialog.get_by_role("checkbox").uncheck()
    start.keyboard.press("Escape")
    start.reload()
    start.keyboard.press("g")
    start.keyboard.press("i")
    start.keyboard.press("?")
    assert start.url.endswith("/galerij/")
    expect(dialog).not_to_be_visible()


def test_a_dialog_opens_keeps_the_focus_and_gives_it_back(start, axe):
    start.get_by_role("button", name="Open venster").click()
    expect(start.get_by_role("dialog", name="Verplaats bericht")).to_be_visible()
    axe(start, where="dialog")
    start.keyboard.press("Escape")
    expect(start.get_by_role("button", name="Open venster")).to_be_focused()


def test_a_menu_closes_on_escape(start):
    start.locator("summary", has_text="Meer").first.click()
    expect(start.get_by_role("link", name="Wijzig", exact=True).first).to_be_visible()
    start.keyboard.press("Escape")
    expect(start.locator("details.menu[open]")).to_have_count(0)


def test_messages_become_toasts_or_notices(start, axe):
    start.goto("/galerij/?melding")
    expect(start.locator(".toast")).to_contain_text("Verplaatst naar vrijdag")
    expect(start.get_by_role("alert")).to_contain_text("Bluesky weigerde")
    axe(start, where="messages")
    start.locator(".notice [data-close]").click()
    expect(start.get_by_role("alert")).to_have_count(0)


def test_night_is_kept(page_for):
    page = page_for()
    page.goto("/galerij/")
    page.get_by_role("button", name="Wissel tussen licht en donker").click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_copying_says_so(start):
    start.context.grant_permissions(["clipboard-read", "clipboard-write"])
    start.get_by_role("button", name="Kopieer adres").click()
    expect(start.locator(".toast")).to_contain_text("Gekopieerd")
    assert start.evaluate("navigator.clipboard.readText()") == "https://vaartland.example"


def test_a_refused_form_keeps_what_was_typed_and_leads_to_the_fields(page_for, axe):
    page = page_for()
    page.goto("/galerij/formulier/")
    page.locator("#id_text").fill("Dit blijft staan")
    page.get_by_role("button", name="Sla op").click()
    expect(page).to_have_title(re.compile("^Fout: "))
    expect(page.locator("#summary")).to_be_focused()
    expect(page.locator("#id_text")).to_have_value("Dit blijft staan")
    axe(page, where="refused form")
    page.locator("#summary a").first.click()
    expect(page.locator("#id_name")).to_be_focused()


BUSY = """button => {
  const wide = button.offsetWidth;
  new MutationObserver(() => sessionStorage.setItem("busy", JSON.stringify(
    [button.textContent, button.ariaBusy, button.offsetWidth - wide],
  ))).observe(button, { childList: true });
}"""


def test_a_sent_form_says_so_on_its_button(page_for):
    page = page_for()
    page.goto("/galerij/formulier/")
    page.locator("#vorm .btn--main").evaluate(BUSY)
    page.locator("#vorm .btn--main").click()
    expect(page.locator("#summary")).to_be_visible()
    assert page.evaluate("JSON.parse(sessionStorage.busy)") == ["Opslaan…", "true", 0]


def test_the_counter_counts_as_people_do(page_for):
    page = page_for()
    page.goto("/galerij/formulier/")
    page.locator("#id_text").fill("👩‍👩‍👧é👍🏽")
    expect(page.locator("[data-count]")).to_have_text("3 / 20")
    page.locator("#id_text").fill("x" * 21)
    expect(page.locator("[data-count]")).to_have_attribute("data-over", "")


def test_a_draft_saves_itself_and_survives_a_failure(page_for):
    page = page_for()
    page.goto("/galerij/formulier/")
    area, said = page.get_by_label("Concept"), page.locator("#concept [data-saved]")
    area.press_sequentially("Hallo")
    expect(said).to_have_text(re.compile(r"^Bewaard \d\d:\d\d$"))
    page.context.set_offline(True)
    area.press_sequentially(" daar")
    expect(said).to_contain_text("Nog niet bewaard")
    expect(area).to_have_value("Hallo daar")
    page.context.set_offline(False)
    expect(said).to_have_text(re.compile("^Bewaard"))


def test_leaving_with_unsaved_work_asks_first(page_for):
    page = page_for()
    page.goto("/galerij/formulier/")
    page.locator("#id_name").press_sequentially("Half")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Annuleer").click()
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert page.url.endswith("/galerij/formulier/")


@pytest.fixture
def part(page_for):
    page = page_for()
    page.goto("/galerij/deel/")
    return page


def test_after_a_swap_the_focus_stays_or_goes_to_the_new_heading(part, axe):
    part.locator("#snel").click()
    expect(part.locator("#deel")).to_contain_text("Gewisseld.")
    assert focused(part) == "snel"
    axe(part, where="after a swap")
    part.get_by_role("link", name="Wissel van binnen").focus()
    part.keyboard.press("Enter")
    expect(part.locator("#deel")).to_contain_text("Binnen.")
    expect(part.locator("#deel h2")).to_be_focused()


def test_a_line_on_top_appears_only_when_the_server_is_slow(part):
    part.locator("#traag").click()
    assert part.locator("#progress[data-on]").count() == 0
    expect(part.locator("#progress")).to_have_attribute("data-on", "", timeout=750)
    expect(part.locator("#deel")).to_contain_text("Er is gewacht.")
    expect(part.locator("#progress[data-on]")).to_have_count(0)


@pytest.mark.parametrize(("button", "words"), [("#stuk", "Wat je eerder bewaarde"), ("#mag-niet", "Je rol")])
def test_a_failed_swap_becomes_a_notice_that_stays(part, axe, button, words):
    part.locator(button).click()
    expect(part.get_by_role("alert")).to_contain_text(words)
    expect(part.locator("#deel")).to_contain_text("Nog niets.")
    axe(part, where="failed swap")


def test_without_a_connection_a_notice_says_so(part):
    part.context.set_offline(True)
    part.locator("#snel").click()
    expect(part.get_by_role("alert")).to_contain_text("Geen verbinding")


@pytest.mark.parametrize("status", [403, 404, 409, 422, 500])
def test_a_page_of_an_error_says_what_and_the_way_out(page_for, axe, fits, status):
    page = page_for(width=390)
    assert page.goto(f"/galerij/fout/{status}/").status == status
    expect(page.get_by_role("link", name="Naar Vandaag")).to_be_visible()
    assert len(page.locator("[data-problem]").inner_text()) > 30
    axe(page)
    fits(page)


def test_without_scripts_everything_but_the_palette_is_there(page_for):
    page = page_for(java_script_enabled=False)
    page.goto("/galerij/formulier/")
    expect(page.locator("[data-palette]")).not_to_be_visible()
    page.get_by_role("button", name="Sla op").click()
    expect(page.locator("#summary")).to_be_visible()
    page.goto("/galerij/deel/")
    page.locator("#snel").click()
    expect(page.locator("#deel")).to_contain_text("Gewisseld.")
