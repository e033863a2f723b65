"""Where a site has its interface, whatever its addresses look like.

Source: https://developer.wordpress.org/rest-api/using-the-rest-api/discovery/
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from dialoog.core.http import GuardedClient, Response
from dialoog.networks.answers import WAIT_SECONDS, checked_address, reached
from dialoog.networks.errors import Refused, TryLater
from dialoog.networks.html import links_of

INTERFACE: Final = "https://api.w.org/"
_FIELDS: Final = "_fields=name,home,namespaces,authentication"


@dataclass(frozen=True)
class Found:
    """A site: the base address of its interface, and its page of consent ("" when it has none)."""

    root: str
    home: str
    consent: str


def discover(http: GuardedClient, address: str, headers: Mapping[str, str] | None = None) -> Found:
    """Return the site at an address as people know it: its front page, or the interface itself.

    Shape:  `headers` prove who we are, for sites that show their interface to members only; they go to the
            very server that the address leads to.
    Errors: Refused("no_wordpress", "interface_closed", "no_app_passwords"), TryLater.
    """
    base = checked_address(http, address)
    with reached():
        page = http.request("GET", base)
    seen = 0
    for root in dict.fromkeys(_roots(page, base)):
        with reached():
            answer = http.request("GET", _index(checked_address(http, root)), headers=headers)
        if (index := _as_index(answer)) is not None:
            return _read(root, index)
        seen = max(seen, 0 if answer.status == 404 else answer.status)
    if seen in {401, 403}:
        raise Refused("interface_closed")
    if seen == 429 or seen >= 500:
        raise TryLater(WAIT_SECONDS, "server_error", sent=True, detail=f"status {seen}")
    raise Refused("no_wordpress")


def _roots(page: Response, typed: str) -> Iterator[str]:
    """Return where the interface may be: what the page names, and what WordPress has by itself."""
    there = urlsplit(page.url)
    named = next((link["href"] for link in links_of(page.body) if _is_interface(link)), "")
    if named:
        goal = urlsplit(urljoin(page.url, named))
        # Only the server that was asked may name it; behind a proxy it often doesn't know that it's on https.
        if goal.netloc == there.netloc:
            yield goal._replace(scheme=there.scheme).geturl().rstrip("/")
    base = f"{there.scheme}://{there.netloc}{there.path.rstrip('/')}"
    yield from (base.removesuffix("/index.php"), f"{base}/wp-json", f"{base}/?rest_route=")
    yield typed


def _index(root: str) -> str:
    return f"{root}/{'&' if '?' in root else '?'}{_FIELDS}"


def _as_index(answer: Response) -> Mapping[str, Any] | None:
    if answer.status != 200:
        return None
    try:
        found = answer.json()
        return found if "wp/v2" in found["namespaces"] else None
    except (ValueError, KeyError, TypeError):
        return None


def _read(root: str, index: Mapping[str, Any]) -> Found:
    """Return what the index says; without application passwords there is no way in."""
    try:
        consent = str(index["authentication"]["application-passwords"]["endpoints"]["authorization"])
        home = str(index["home"]).rstrip("/")
    except (KeyError, TypeError) as error:
        raise Refused("no_app_passwords") from error
    there = urlsplit(root)
    page = urlsplit(consent)
    if page.netloc != there.netloc:
        return Found(root, home, "")
    return Found(root, home, page._replace(scheme=there.scheme).geturl())


def _is_interface(link: Mapping[str, str]) -> bool:
    return link.get("rel") == INTERFACE and bool(link.get("href"))
