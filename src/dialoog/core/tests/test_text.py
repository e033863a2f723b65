"""Counting, links and cleaning, on the texts that break naive code."""

import pytest

from dialoog.core.text import clean_text, find_urls, grapheme_count, utf8_length


@pytest.mark.parametrize(
    ("text", "graphemes", "size"),
    [
        ("", 0, 0),
        ("brood", 5, 5),
        ("café", 4, 5),
        ("cafe\u0301", 4, 6),
        ("👨‍👩‍👧‍👦", 1, 25),
        ("🇳🇱🇧🇪", 2, 16),
        ("👍🏽", 1, 8),
        ("مرحبا", 5, 10),
        ("नमस्ते", 3, 18),
        ("\r\n", 1, 2),
    ],
)
def test_people_count_graphemes_and_networks_count_bytes(text, graphemes, size):
    assert (grapheme_count(text), utf8_length(text)) == (graphemes, size)


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("Zie https://korenaar.nl/brood.", ["https://korenaar.nl/brood"]),
        (
            "(https://nl.wikipedia.org/wiki/Brood_(voedsel))",
            ["https://nl.wikipedia.org/wiki/Brood_(voedsel)"],
        ),
        (
            "korenaar.nl, en www.korenaar.nl/a?b=c#d!",
            ["https://korenaar.nl", "https://www.korenaar.nl/a?b=c#d"],
        ),
        ("e.d. en klaar.Daarna", []),
        ("mail noor@korenaar.nl", []),
        ("https://", []),
        ("🥖 https://bäckerei.de/ü 🥖", ["https://bäckerei.de/ü"]),
        ("a https://x.nl/1 b https://x.nl/2", ["https://x.nl/1", "https://x.nl/2"]),
        ("HTTPS://Korenaar.NL", ["HTTPS://Korenaar.NL"]),
        ("…https://x.nl/a…", ["https://x.nl/a"]),
    ],
)
def test_links_are_found_as_a_reader_sees_them(text, urls):
    found = find_urls(text)
    assert [url for _, _, url in found] == urls
    assert all(url.endswith(text[start:end]) for start, end, url in found)


def test_a_long_text_without_an_end_takes_no_time():
    assert find_urls("a." * 50_000) == []
    assert find_urls("-" * 100_000) == []


def test_cleaning_keeps_what_writing_needs():
    text = "regel\tmet 👨‍👩‍👧 en\n\u200fعربي \U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
    assert clean_text(text) == (type(clean_text(""))(text, ()))


def test_cleaning_says_what_it_took_out():
    clean = clean_text("a\x00b\x07c\ud800d\u202ee\ufefff\r\ng\uffff")
    assert clean.text == "abcdef\ng"
    assert clean.removed == ("U+0000", "U+0007", "U+202E", "U+D800", "U+FEFF", "U+FFFF")


def test_composed_and_decomposed_text_become_one():
    assert clean_text("cafe\u0301").text == "café"
