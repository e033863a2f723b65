"""What goes with a text: descriptions of images, and links that are allowed and work."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from dialoog.policy.rules.facts import ImageFacts, LinkFacts, MessageFacts, Problem, Quote
from dialoog.policy.rules.reading import Reading

MOST_PROBLEMS: Final = 20
_FILE_NAME: Final = re.compile(
    r"(?:img|dsc|dscn|image|afbeelding|foto|photo|schermafbeelding)?[\d\W_]*(?:\.\w{2,5})?"
)
_FILE_END: Final = re.compile(r"\.(?:jpe?g|png|gif|webp|heic|svg|avif)$")


def alt_text(reading: Reading, facts: MessageFacts, params: Mapping[str, Any]) -> Iterator[Problem]:
    """Every image that isn't decoration says what is on it."""
    meant = [(number, image) for number, image in enumerate(facts.images, 1) if not image.is_decorative]
    without = [number for number, image in meant if not image.alt.strip()]
    if without:
        yield Problem(
            code="alt.missing", params={"images": without, "total": len(facts.images)}, fix="write_alt"
        )
    named = [number for number, image in meant if _is_file_name(image)]
    if named:
        yield Problem(code="alt.file_name", params={"images": named}, fix="write_alt")
    short = [number for number, image in meant if 0 < len(image.alt.strip()) < params["least"]]
    if short := [number for number in short if number not in named]:
        found = {"images": short, "least": params["least"]}
        yield Problem(code="alt.short", params=found, fix="write_alt", at_most="advice")


def _is_file_name(image: ImageFacts) -> bool:
    alt = image.alt.strip().lower()
    return 0 < len(alt) < 200 and bool(_FILE_END.search(alt) or _FILE_NAME.fullmatch(alt))


def links(reading: Reading, facts: MessageFacts, params: Mapping[str, Any]) -> Iterator[Problem]:
    """Links go where we may send people, and arrive."""
    known = {_plain(link.url): link for link in facts.links}
    placed: dict[str, list[Quote]] = {_plain(link.url): [] for link in facts.links}
    for start, end, url in reading.links:
        placed.setdefault(_plain(url), []).append((start, end))
    for url, quotes in list(placed.items())[:MOST_PROBLEMS]:
        yield from _link_problems(url, known.get(url), tuple(quotes[:MOST_PROBLEMS]), params)


def _link_problems(
    url: str, known: LinkFacts | None, quotes: tuple[Quote, ...], params: Mapping[str, Any]
) -> Iterator[Problem]:
    host = host_of(url)
    if params["forbidden"] and _within(host, params["forbidden"]):
        yield Problem(code="links.forbidden", params={"host": host}, quotes=quotes, fix="remove")
    elif params["allowed"] and not _within(host, params["allowed"]):
        yield Problem(code="links.not_allowed", params={"host": host}, quotes=quotes, fix="remove")
    elif params["reachable"]:
        yield from _reaching(host, known, quotes)


def _reaching(host: str, known: LinkFacts | None, quotes: tuple[Quote, ...]) -> Iterator[Problem]:
    if known is None or known.reachable is None:
        yield Problem(code="links.unknown", params={"host": host}, quotes=quotes, at_most="fine")
    elif not known.reachable:
        found = {"host": host, "status": known.status}
        yield Problem(code="links.unreachable", params=found, quotes=quotes, fix="remove")


def host_of(url: str) -> str:
    """Return the host of an address in lower case; empty when it has none that can be read."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".").removeprefix("www.")
    except ValueError:
        return ""


def _within(host: str, domains: Sequence[str]) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def _plain(url: str) -> str:
    """Two spellings of one address are one link; the fragment never reaches the server."""
    return url.partition("#")[0]
