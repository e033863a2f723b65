"""The colours by numbers: OKLCH tokens against the contrast that the design brief promises."""

import math
import re

import pytest

from dialoog.ui.charts import PAPER
from dialoog.ui.tests.extraction import PACKAGE

TOKENS = (PACKAGE / "ui/static/dialoog/tokens.css").read_text(encoding="utf-8")
DAY, NIGHT = 0, 1
_OKLCH = r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)"

# Brief, section 2: the pairs, and the contrast by day and by night. The first is the text.
TABLE = [
    ("ink", "surface", 16.6, 14.5),
    ("ink-2", "canvas", 6.6, 8.8),
    ("ink-2", "sunken", 6.2, 7.2),
    ("brand", "surface", 7.6, 9.4),
    ("on-brand", "brand", 7.6, 9.8),
    ("bad", "bad-tint", 5.7, 6.9),
    ("warn", "warn-tint", 5.7, 8.1),
    ("good", "good-tint", 5.8, 7.5),
    ("rail-ink", "rail", 13.6, 18.1),
    ("rail-ink-2", "rail", 8.3, 9.2),
    ("on-mark", "mark", 9.9, 9.9),
    ("line-strong", "surface", 3.9, 4.2),
]
# Pairs that screens use besides; 4.5 for text, 3 for what only has to be seen.
ALSO = [
    ("ink", "canvas", 4.5),
    ("ink", "brand-tint", 4.5),
    ("ink-2", "brand-tint", 4.5),
    ("ink-2", "surface", 4.5),
    ("ink-2", "warn-tint", 4.5),
    ("ink", "bad-tint", 4.5),
    ("ink", "warn-tint", 4.5),
    ("brand", "canvas", 4.5),
    ("brand-deep", "brand-tint", 4.5),
    ("bad", "surface", 4.5),
    ("warn", "surface", 4.5),
    ("good", "surface", 4.5),
    ("bad", "canvas", 4.5),
    ("warn", "canvas", 4.5),
    ("good", "canvas", 4.5),
    ("line-strong", "canvas", 3),
    ("data-1", "canvas", 3),
    ("mark", "rail", 3),
]


def colours():
    """Return each token as its linear red, green and blue by day and by night."""
    pairs = rf"--([\w-]+):\s*(?:light-dark\({_OKLCH},\s*{_OKLCH}\)|{_OKLCH});"
    found = {}
    for name, *numbers in re.findall(pairs, TOKENS):
        day, night, both = (tuple(map(float, numbers[n : n + 3])) if numbers[n] else () for n in (0, 3, 6))
        found[name] = (linear(*(day or both)), linear(*(night or both)))
    return found


def linear(lightness, chroma, hue):
    """Return linear sRGB, cut off to what a screen can show. Source: Ottosson, "A perceptual color space"."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return tuple(min(max(part, 0), 1) for part in (red, green, blue))


def contrast(one, other):
    """Return the ratio of WCAG 2.2."""
    lights = sorted(
        sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), c, strict=True)) for c in (one, other)
    )
    return (lights[1] + 0.05) / (lights[0] + 0.05)


COLOURS = colours()


@pytest.mark.parametrize(("text", "ground", "day", "night"), TABLE)
def test_the_contrast_is_what_the_brief_promises(text, ground, day, night):
    assert contrast(COLOURS[text][DAY], COLOURS[ground][DAY]) == pytest.approx(day, abs=0.1)
    assert contrast(COLOURS[text][NIGHT], COLOURS[ground][NIGHT]) == pytest.approx(night, abs=0.1)


@pytest.mark.parametrize(("text", "ground", "least"), ALSO)
@pytest.mark.parametrize("time", [DAY, NIGHT], ids=["day", "night"])
def test_every_other_pair_can_be_read(text, ground, least, time):
    assert contrast(COLOURS[text][time], COLOURS[ground][time]) >= least


@pytest.mark.parametrize("name", sorted(set(PAPER) & set(COLOURS)))
def test_pictures_on_paper_have_the_colours_of_the_day(name):
    drawn = [int(PAPER[name][n : n + 2], 16) for n in (1, 3, 5)]
    meant = [
        round(255 * (12.92 * p if p <= 0.0031308 else 1.055 * p ** (1 / 2.4) - 0.055))
        for p in COLOURS[name][DAY]
    ]
    assert all(abs(one - other) <= 3 for one, other in zip(drawn, meant, strict=True))


def test_screens_use_tokens_only():
    """The report's paper is left out: what draws it knows neither OKLCH nor light-dark()."""
    raw = re.compile(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(")
    for path in PACKAGE.glob("*/static/**/*.css"):
        if path.name not in {"tokens.css", "print.css"}:
            assert not raw.findall(path.read_text(encoding="utf-8")), path
