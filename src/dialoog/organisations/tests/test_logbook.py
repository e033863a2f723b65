import re
from pathlib import Path

from dialoog.organisations.logwords import DEEDS, KINDS

PACKAGE = Path(__file__).resolve().parents[2]
CALL = re.compile(r"record\(\s*[\w.]+,\s*(?P<what>.*?),\s*kind=(?P<kind>[^,]+),", re.DOTALL)


def calls():
    for file in PACKAGE.glob("*/**/*.py"):
        if "tests" not in file.parts and file.name != "audit.py":
            yield from CALL.finditer(file.read_text())


def test_every_line_that_is_logged_has_words_for_what_was_done():
    said = {code for call in calls() for code in re.findall(r"\"([a-z_]+\.[a-z_]+)\"", call["what"])}
    assert len(said) > 40
    assert said - set(DEEDS) == set()


def test_every_kind_that_is_logged_has_a_word():
    named = {name for call in calls() for name in re.findall(r"\"([a-z_]+)\"", call["kind"])}
    assert len(named) > 10
    assert named - set(KINDS) == set()
