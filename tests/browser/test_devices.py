"""Signing in with more than a password, as a person does it: passkeys, codes from an app, recovery codes."""

import base64
import hashlib
import hmac
import re
import struct
import time
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client

pytestmark = pytest.mark.browser

PASSWORD = "vier losse woorden samen"
LOGIN = "/account/login/"
DEVICES = "/account/2fa/"


def totp(secret, *, step=0):
    """Return the code of an app, `step` half minutes from now. Source: RFC 6238 and RFC 4226, section 5.3."""
    counter = struct.pack(">Q", int(time.time()) // 30 + step)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    (number,) = struct.unpack(">I", digest[start : start + 4])
    return f"{(number & 0x7FFFFFFF) % 10**6:06}"


def other_than(*codes):
    return next(code for code in ("123456", "654321", "111222", "222111") if code not in codes)


@pytest.fixture(autouse=True)
def local(site, settings):
    """Reach the site by the name at which browsers allow passkeys, with nobody's failures counted yet."""
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "localhost"]
    site.address = site.address.replace("127.0.0.1", "localhost")
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def with_password():
    """Return a function that gives a member the password of these tests."""

    def given(member):
        member.user.set_password(PASSWORD)
        member.user.save()
        return member

    return given


class Device:
    """A device with a fingerprint reader, plugged into a page.

    The debugger takes it away when another of its sessions ends, as that of axe does; so it is
    unplugged before, and plugged in again with the passkeys that it holds.
    """

    def __init__(self, page):
        self.page, self.keys = page, []
        self.plug()

    def plug(self):
        self.session = self.page.context.new_cdp_session(self.page)
        self.session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        added = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self.id = {"authenticatorId": added["authenticatorId"]}
        for key in self.keys:
            self.session.send("WebAuthn.addCredential", {**self.id, "credential": key})

    def unplug(self):
        self.keys = self.session.send("WebAuthn.getCredentials", self.id)["credentials"]
        self.session.detach()

    def forget(self):
        self.session.send("WebAuthn.clearCredentials", self.id)


@pytest.fixture
def devices():
    """Return what is plugged in, by page."""
    return {}


@pytest.fixture
def plug_in(devices):
    """Return a function that plugs a device into a page."""

    def plugged(page):
        return devices.setdefault(page, Device(page))

    return plugged


@pytest.fixture
def good(axe, fits, devices):
    """Return a function that asserts that a page is for everybody: at both widths, in both themes."""

    def checked(page):
        device, was = devices.get(page), page.viewport_size
        if device:
            device.unplug()
        for width, scheme in ((390, "dark"), (1280, "light")):
            page.set_viewport_size({"width": width, "height": 844})
            page.emulate_media(color_scheme=scheme)
            # Colours that still change between two themes are nobody's to judge.
            page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished)).then(() => 0)")
            assert page.locator("h1").count() == 1
            axe(page, where=f"{page.url} {width} {scheme}")
            fits(page)
        page.set_viewport_size(was)
        if device:
            device.plug()

    return checked


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def follow(page, name):
    page.get_by_role("link", name=name, exact=True).click()


def fill_in(page, member, password=PASSWORD):
    page.goto(LOGIN)
    page.get_by_label("E-mailadres").fill(member.user.email)
    page.get_by_label("Wachtwoord", exact=True).fill(password)
    press(page, "Aanmelden")


def confirm(page, good=None):
    """Show with the password that it is still you, when asked."""
    page.wait_for_load_state()
    if "reauthenticate" in page.url:
        if good:
            good(page)
        page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
        press(page, "Verder")


def sign_out(page):
    page.goto("/account/logout/")
    press(page, "Afmelden")
    page.wait_for_url(re.compile(LOGIN))


def in_dialoog(page):
    page.wait_for_url(re.compile("/o/korenaar/$"))
    return True


def says(page, words):
    page.get_by_text(words).first.wait_for(timeout=8000)
    return True


def add_passkey(page, name, good=None):
    page.goto(DEVICES)
    follow(page, "Voeg een passkey toe")
    confirm(page, good)
    page.get_by_label("Naam van de passkey").fill(name)
    if good:
        good(page)
    press(page, "Voeg passkey toe")
    page.wait_for_url(re.compile("recovery-codes|2fa/$"), timeout=8000)


def turn_on_codes(page, good=None):
    """Turn on codes from an app; return the secret and the recovery codes."""
    page.goto(DEVICES)
    follow(page, "Zet codes uit een app aan")
    confirm(page)
    secret = page.get_by_label("Geheim, als je niet kunt scannen").input_value()
    if good:
        good(page)
    page.get_by_label("Code").fill(totp(secret))
    press(page, "Zet aan")
    page.wait_for_url(re.compile("recovery-codes"))
    if good:
        good(page)
    return secret, page.locator("#recovery-codes").input_value().split()


def test_a_passkey_alone_lets_somebody_in_until_it_is_removed(page_for, noor, with_password, good, plug_in):
    page = page_for()
    plug_in(page)
    page.goto(LOGIN)
    good(page)
    fill_in(page, with_password(noor))
    assert in_dialoog(page)
    page.goto("/mijn-account/")
    good(page)
    follow(page, "Passkeys en codes uit een app")
    good(page)
    add_passkey(page, "Laptop van Noor", good)
    assert says(page, "De passkey is toegevoegd.")
    assert len(page.locator("#recovery-codes").input_value().split()) == 10

    sign_out(page)
    press(page, "Aanmelden met een passkey")
    assert in_dialoog(page)

    page.goto("/mijn-account/")
    assert says(page, "1 passkey")
    page.goto(DEVICES)
    assert says(page, "Laptop van Noor")
    good(page)
    follow(page, "Andere naam Laptop van Noor")
    confirm(page)
    good(page)
    page.get_by_label("Naam van de passkey").fill("Oude laptop")
    press(page, "Bewaar de naam")
    assert says(page, "Oude laptop")
    good(page)
    follow(page, "Verwijder Oude laptop")
    good(page)
    press(page, "Verwijder de passkey")
    assert says(page, "Je hebt geen passkeys. Je meldt je aan met je wachtwoord.")
    good(page)

    sign_out(page)
    press(page, "Aanmelden met een passkey")
    assert says(page, "Deze code klopt niet")
    assert LOGIN in page.url
    fill_in(page, noor)
    assert in_dialoog(page)


def test_a_passkey_is_a_second_step_too_and_a_refusal_is_a_sentence(
    page_for, noor, with_password, good, plug_in
):
    page = page_for()
    device = plug_in(page)
    fill_in(page, with_password(noor))
    assert in_dialoog(page)
    add_passkey(page, "Telefoon")
    page.goto(DEVICES)
    follow(page, "Voeg een passkey toe")
    press(page, "Voeg passkey toe")
    assert says(page, "Dit apparaat heeft al een passkey voor jou.")
    good(page)

    sign_out(page)
    fill_in(page, noor)
    assert says(page, "De tweede stap")
    good(page)
    device.forget()
    press(page, "Aanmelden met een passkey")
    assert says(page, "Er is geen passkey gebruikt.")
    good(page)


def with_code(page, member, code):
    """Sign out, and in again with the password and a code."""
    sign_out(page)
    fill_in(page, member)
    type_code(page, code)


def type_code(page, code):
    page.get_by_label("Code").fill(code)
    press(page, "Aanmelden met een code")


def test_codes_from_an_app_work_once_each(page_for, noor, with_password, good):
    page = page_for()
    fill_in(page, with_password(noor))
    assert in_dialoog(page)
    secret, _recovery = turn_on_codes(page, good)
    first, second = totp(secret), totp(secret, step=1)
    sign_out(page)
    fill_in(page, noor)
    assert says(page, "De tweede stap")
    good(page)
    type_code(page, other_than(first, second))
    assert says(page, "Deze code klopt niet of is al gebruikt. Wacht op de volgende in je app.")
    good(page)
    type_code(page, second)
    assert in_dialoog(page)
    with_code(page, noor, second)
    assert says(page, "Deze code klopt niet of is al gebruikt.")


def test_a_recovery_code_works_once_and_new_ones_replace_the_old(page_for, noor, with_password, good):
    page = page_for()
    fill_in(page, with_password(noor))
    assert in_dialoog(page)
    _secret, recovery = turn_on_codes(page)
    assert len(set(recovery)) == 10
    page.goto(DEVICES)
    assert says(page, "Je hebt nog 10 herstelcodes")
    good(page)
    with_code(page, noor, recovery[0])
    assert in_dialoog(page)
    with_code(page, noor, recovery[0])
    assert says(page, "Deze code klopt niet of is al gebruikt.")
    type_code(page, recovery[1])
    assert in_dialoog(page)

    page.goto(DEVICES)
    assert says(page, "Je hebt nog 8 herstelcodes")
    follow(page, "Maak nieuwe herstelcodes")
    confirm(page, good)
    good(page)
    press(page, "Maak nieuwe herstelcodes")
    page.wait_for_url(re.compile("recovery-codes/$"))
    assert not set(page.locator("#recovery-codes").input_value().split()) & set(recovery)


def test_codes_can_be_turned_off(page_for, noor, with_password, good):
    page = page_for()
    fill_in(page, with_password(noor))
    assert in_dialoog(page)
    turn_on_codes(page)
    page.goto(DEVICES)
    follow(page, "Zet de codes uit")
    good(page)
    press(page, "Zet de codes uit")
    assert says(page, "De codes uit je app staan uit.")
    sign_out(page)
    fill_in(page, noor)
    assert in_dialoog(page)


def test_the_secrets_are_not_in_the_database(page_for, noor, with_password):
    from allauth.mfa.models import Authenticator

    page = page_for()
    fill_in(page, with_password(noor))
    assert in_dialoog(page)
    secret, recovery = turn_on_codes(page)
    stored = " ".join(str(row.data) for row in Authenticator.objects.all())
    assert secret not in stored
    assert not [code for code in recovery if code in stored]


def test_a_breached_password_is_refused_with_a_sentence(
    page_for, noor, with_password, good, settings, tmp_path
):
    settings.DATA = tmp_path
    leaked = "een bekend gelekt wachtwoord"
    digests = sorted(hashlib.sha1(word.encode()).hexdigest().upper() for word in (leaked, "a", "b", "c"))
    (tmp_path / "breached.txt").write_text("".join(f"{digest}\n" for digest in digests))
    page = page_for()
    fill_in(page, with_password(noor))
    assert in_dialoog(page)
    page.goto("/account/password/change/")
    good(page)
    for word, answer in (
        (leaked, "Dit wachtwoord staat in een openbaar datalek."),
        ("kort", "Dit wachtwoord is te kort. Gebruik minstens 12 tekens."),
        ("noor@example.org", "Dit wachtwoord lijkt te veel op je naam of je e-mailadres."),
    ):
        page.get_by_label("Je wachtwoord nu").fill(PASSWORD)
        page.get_by_label("Nieuw wachtwoord").fill(word)
        page.get_by_label("Het nieuwe wachtwoord nog een keer").fill(word)
        press(page, "Wijzig je wachtwoord")
        assert says(page, answer)
        good(page)
    page.get_by_label("Je wachtwoord nu").fill(PASSWORD)
    page.get_by_label("Nieuw wachtwoord").fill("vijf heel andere losse woorden")
    page.get_by_label("Het nieuwe wachtwoord nog een keer").fill("vijf heel andere losse woorden")
    press(page, "Wijzig je wachtwoord")
    assert says(page, "Je wachtwoord is gewijzigd.")


def test_who_guesses_is_told_when_to_try_again(page_for, noor, with_password, good):
    page = page_for()
    with_password(noor)
    for _number in range(5):
        fill_in(page, noor, "dit is het niet")
        assert says(page, "Dit e-mailadres en dit wachtwoord horen niet bij elkaar.")
    good(page)
    fill_in(page, noor, "dit is het niet")
    assert says(page, "Te veel pogingen. Probeer het over 5 minuten opnieuw.")
    good(page)


def test_who_asks_too_often_gets_our_own_page(page_for, noor, good):
    guesser = Client()
    for _number in range(30):
        guesser.post(LOGIN)
    page = page_for()
    fill_in(page, noor, "dit is het niet")
    assert says(page, "Probeer het over een minuut opnieuw")
    assert page.get_by_role("heading", name="Te veel pogingen").count() == 1
    good(page)


def test_nobody_sees_or_touches_the_devices_of_a_colleague(page_for, noor, ayse, with_password, plug_in):
    page = page_for()
    plug_in(page)
    fill_in(page, with_password(noor))
    assert in_dialoog(page)
    add_passkey(page, "Laptop van Noor")
    page.goto(DEVICES)
    hers = page.get_by_role("link", name="Verwijder Laptop van Noor").get_attribute("href")

    other = page_for()
    fill_in(other, with_password(ayse))
    assert in_dialoog(other)
    for address in (DEVICES, f"{DEVICES}webauthn/"):
        other.goto(address)
        assert "Laptop van Noor" not in other.content()
    assert says(other, "Je hebt geen passkeys.")
    other.goto(f"/account/reauthenticate/?next={hers}")
    other.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
    with other.expect_navigation() as went:
        press(other, "Verder")
    assert went.value.status == 404
    page.reload()
    assert says(page, "Laptop van Noor")


def test_a_link_for_a_new_password_is_copied_whole_and_works_once(page_for, noor, ayse, good):
    page = page_for(noor, permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"/o/korenaar/mensen/{ayse.pk}/")
    press(page, "Maak een link voor een nieuw wachtwoord")
    press(page, "Kopieer link")
    assert says(page, "Gekopieerd.")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.get_by_label("Link", exact=True).input_value()

    hers = page_for()
    hers.goto(urlsplit(link).path)
    good(hers)
    hers.get_by_label("Nieuw wachtwoord").fill("Welkom-2026!")
    hers.get_by_label("Het nieuwe wachtwoord nog een keer").fill("Welkom-2026!")
    press(hers, "Kies dit wachtwoord")
    assert says(hers, "Dit wachtwoord is makkelijk te raden.")
    hers.get_by_label("Nieuw wachtwoord").fill(PASSWORD)
    hers.get_by_label("Het nieuwe wachtwoord nog een keer").fill(PASSWORD)
    press(hers, "Kies dit wachtwoord")
    assert says(hers, "Je wachtwoord is gewijzigd")
    good(hers)
    follow(hers, "Naar aanmelden")
    fill_in(hers, ayse)
    assert in_dialoog(hers)
    sign_out(hers)
    hers.goto(urlsplit(link).path)
    assert says(hers, "Deze link werkt niet meer")
    good(hers)


def test_an_owner_helps_who_lost_the_device_and_the_log_says_so(page_for, noor, ayse, with_password, good):
    hers = page_for()
    fill_in(hers, with_password(ayse))
    assert in_dialoog(hers)
    turn_on_codes(hers)
    sign_out(hers)

    page = page_for(noor)
    page.goto(f"/o/korenaar/mensen/{ayse.pk}/")
    good(page)
    press(page, "Haal passkeys en codes weg")
    assert says(page, "De passkeys en codes zijn weg.")
    page.goto(f"/o/korenaar/mensen/{ayse.pk}/")
    assert page.get_by_role("button", name="Haal passkeys en codes weg").count() == 0
    page.goto("/o/korenaar/logboek/")
    assert says(page, "haalde passkeys en codes van iemand weg")
    fill_in(hers, ayse)
    assert in_dialoog(hers)


def test_nobody_takes_the_devices_of_who_works_elsewhere_too(browse, noor, sam, tom, make_member, vaartland):
    from allauth.mfa.models import Authenticator

    with_two = make_member(vaartland, "Sam", "editor").user
    Authenticator.objects.create(user=with_two, type="totp", data={"secret": "x"})
    answer = browse(noor).post(f"/o/korenaar/mensen/{sam.pk}/apparaten/weg/", follow=True)
    assert "hoort ook bij een andere organisatie" in answer.content.decode()
    assert browse(sam).post(f"/o/korenaar/mensen/{noor.pk}/apparaten/weg/").status_code == 403
    assert browse(tom).post(f"/o/korenaar/mensen/{sam.pk}/apparaten/weg/").status_code == 404
    assert Authenticator.objects.filter(user=with_two).count() == 1


@pytest.mark.parametrize(
    ("address", "words", "mail_server"),
    [
        ("/account/password/reset/", "Wachtwoord vergeten", ""),
        ("/account/password/reset/", "Stuur me een link", "mail.example.org"),
        ("/account/password/reset/done/", "Deze server stuurt geen mail", ""),
        ("/account/password/reset/done/", "Kijk in je mail", "mail.example.org"),
        ("/account/signup/", "Op uitnodiging", ""),
        ("/account/inactive/", "Dit account is gesloten", ""),
    ],
)
def test_the_pages_around_sign_in_are_ours(
    page_for, korenaar, good, settings, *, address, words, mail_server
):
    settings.EMAIL_HOST = mail_server
    page = page_for()
    page.goto(address)
    assert says(page, words)
    good(page)


def test_sign_in_speaks_english_too(page_for, noor, with_password, good):
    noor.user.language = "en"
    page = page_for(language="en")
    page.goto(LOGIN)
    good(page)
    page.get_by_label("E-mail address").fill(with_password(noor).user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")
    assert in_dialoog(page)
    for address, words in (
        (DEVICES, "Add a passkey"),
        ("/account/password/change/", "The new password once more"),
        ("/mijn-account/", "None yet: your password alone lets somebody in."),
    ):
        page.goto(address)
        assert says(page, words)
        good(page)


def test_no_page_of_sign_in_allows_anything_inline(site):
    answer = Client(headers={"host": "localhost"}).get(LOGIN)
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    scripts = re.findall(r"<script[^>]*>", answer.content.decode())
    assert scripts
    assert all('src="/static/' in script for script in scripts)
    assert django_settings.STATIC_URL == "/static/"
