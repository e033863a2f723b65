"""What the text itself must be: its words, personal data, length and capitals, and not a copy."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from dialoog.policy.rules.checks.duties import word_list
from dialoog.policy.rules.facts import MessageFacts, Problem, Quote
from dialoog.policy.rules.params import Replacement
from dialoog.policy.rules.personal import FINDERS, Span
from dialoog.policy.rules.reading import Reading, fold
from dialoog.policy.rules.words import Hit, quotes_of

MOST_PROBLEMS: Final = 20
MOST_QUOTES: Final = 20
SHORT_TEXT: Final = 6
RUN: Final = 3
_LETTERS: Final = re.compile(r"[^\W\d_]{5,}")
_SIGNS: Final = re.compile(r"[\W_]+")


def words(reading: Reading, facts: MessageFacts, params: Mapping[str, Any]) -> Iterator[Problem]:
    """Words that we'd rather not use, each with what to write instead; links are left alone."""
    listed: dict[str, Replacement] = {entry.word: entry for entry in params["words"]}
    found: dict[str, list[Hit]] = {}
    for hit in word_list(tuple(listed)).find(reading):
        if not reading.in_link(reading.quote(hit.start, hit.end)):
            found.setdefault(hit.listed, []).append(hit)
    for word, hits in list(found.items())[:MOST_PROBLEMS]:
        instead = listed[word].instead
        yield Problem(
            code="words.replace" if instead else "words.avoid",
            params={"word": word, "instead": instead},
            quotes=quotes_of(reading, hits[:MOST_QUOTES]),
            fix="replace" if instead else "",
        )


def personal(reading: Reading, facts: MessageFacts, params: Mapping[str, Any]) -> Iterator[Problem]:
    """Data about a person; what belongs to the organisation itself may be allowed."""
    accounts = list(FINDERS["iban"](reading))
    for name in params["looks_for"]:
        spans = (span for span in FINDERS[name](reading) if name == "iban" or not _inside(span, accounts))
        quotes = list(_foreign(reading, name, spans, params["allowed"]))
        if quotes:
            yield Problem(
                code=f"personal.{name}",
                params={"count": len(quotes)},
                quotes=tuple(quotes[:MOST_QUOTES]),
                fix="remove",
            )


def _inside(span: Span, others: Sequence[Span]) -> bool:
    """Tell whether a find lies in one of the others, which are in order."""
    place = bisect_right(others, span[0], key=lambda other: other[0]) - 1
    return place >= 0 and span[1] <= others[place][1]


def _foreign(reading: Reading, name: str, spans: Iterable[Span], allowed: Sequence[str]) -> Iterator[Quote]:
    for start, end in spans:
        quote = reading.quote(start, end)
        is_link_number = name in {"bsn", "phone"} and reading.in_link(quote)
        if not is_link_number and not _is_ours(reading.folded[start:end], name, allowed):
            yield quote


def _is_ours(found: str, name: str, allowed: Sequence[str]) -> bool:
    if name == "email":
        domain = found.rpartition("@")[2]
        return any(fold(own).strip().lstrip("@") in {found, domain} for own in allowed)
    return any(_plain(own) == _plain(found) for own in allowed)


def _plain(number: str) -> str:
    """Write a number in one way, so that +31 20 and 020 are the same."""
    plain = _SIGNS.sub("", fold(number).replace("(0)", ""))
    for lead in ("0031", "31"):
        if plain.startswith(lead) and len(plain) == len(lead) + 9:
            return "0" + plain.removeprefix(lead)
    return plain


def length(reading: Reading, facts: MessageFacts, params: Mapping[str, Any]) -> Iterator[Problem]:
    """As long as people read, and not shouting."""
    count = reading.length
    if params["most"] and count > params["most"]:
        yield Problem(code="length.long", params={"count": count, "most": params["most"]}, fix="shorten")
    if params["least"] and count < params["least"]:
        yield Problem(code="length.short", params={"count": count, "least": params["least"]})
    if params["capitals"]:
        yield from _shouting(reading, params["capitals"])


def _shouting(reading: Reading, most: int) -> Iterator[Problem]:
    loud = [(match.start(), match.end()) for match in _LETTERS.finditer(reading.text) if match[0].isupper()]
    loud = [quote for quote in loud if not reading.in_link(quote)]
    if len(loud) > most:
        yield Problem(
            code="length.capitals",
            params={"count": len(loud), "most": most},
            quotes=tuple(loud[:MOST_QUOTES]),
            fix="lower",
        )


def same_text(reading: Reading, facts: MessageFacts, params: Mapping[str, Any]) -> Iterator[Problem]:
    """The same text on several networks: never more than advice, people chose it knowingly."""
    own = _runs(reading)
    if not own:
        return
    alike = {
        other.network: percent
        for other in facts.other_texts
        if (percent := _alike(own, _runs(Reading(other.text)))) >= params["percent"]
    }
    if alike:
        found = {"networks": sorted(alike), "percent": max(alike.values())}
        yield Problem(code="same_text.copied", params=found, fix="own_text", at_most="advice")


def _runs(reading: Reading) -> Counter[tuple[str, ...]]:
    """Count the runs of three words, links left out; of a short text all words are one run."""
    texts = [word.text for word in reading.written]
    if len(texts) < SHORT_TEXT:
        return Counter([tuple(texts)]) if texts else Counter()
    return Counter(zip(*(texts[shift:] for shift in range(RUN)), strict=False))


def _alike(own: Counter[tuple[str, ...]], other: Counter[tuple[str, ...]]) -> int:
    """Return how much two texts share of what they hold together, 0-100."""
    if not own or not other:
        return 0
    return 100 * (own & other).total() // (own | other).total()
