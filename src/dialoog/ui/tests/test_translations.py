"""Every text of every room can be read in Dutch and in English."""

from collections import defaultdict

import pytest
from django.utils.translation import gettext, override

from dialoog.ui.tests import extraction

ROOMS = extraction.rooms()
every_room = pytest.mark.parametrize("room", ROOMS)


@every_room
def test_every_text_of_a_room_has_its_dutch(room):
    said, known = extraction.marked(room), extraction.catalogue(room)
    if room == "config":  # it's no application, so Django's own catalogue has to know its few words
        with override("nl"):
            assert not [one.text for one in said if gettext(one.text) == one.text]
        return
    missing = [f"{file}: {one.text!r}" for one, file in said.items() if (one.text, one.context) not in known]
    assert not missing, f"{room}: {len(missing)} texts have no Dutch:\n" + "\n".join(missing)


@every_room
def test_no_translation_is_empty_doubtful_or_short_of_a_placeholder(room):
    wrong = []
    for entry in extraction.catalogue(room).values():
        texts = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        asked = entry.id if isinstance(entry.id, tuple) else (entry.id,)
        if entry.fuzzy or len(texts) != len(asked) or not all(text.strip() for text in texts):
            wrong.append(f"{entry.id!r} is empty or fuzzy")
        elif extraction.placeholders(asked[-1]) != extraction.placeholders(texts[-1]):
            wrong.append(f"{entry.id!r} and {entry.string!r} hold other placeholders")
        elif set(extraction.placeholders(texts[0])) - set(extraction.placeholders(asked[-1])):
            wrong.append(f"{entry.string!r} asks for what is not given")
        elif "!" in "".join(texts) and "!" not in "".join(asked):
            wrong.append(f"{entry.string!r} shouts")
    assert not wrong, f"{room}:\n" + "\n".join(wrong)


def test_one_text_has_one_dutch_in_all_rooms():
    """All rooms share one catalogue, so of two translations one would silently win."""
    by_text = defaultdict(dict)
    for room in ROOMS:
        for key, entry in extraction.catalogue(room).items():
            if entry.string:
                by_text[key].setdefault(entry.string, room)
    split = [f"{key[0]!r}: {rooms}" for key, rooms in by_text.items() if len(rooms) > 1]
    assert not split, "\n".join(split)


@every_room
def test_no_template_of_a_room_says_something_outside_a_translation(room):
    found = [
        f"{path.relative_to(extraction.PACKAGE)}: {text!r}"
        for path in extraction.templates(room)
        for text in extraction.hard_coded(path)
    ]
    assert not found, "\n".join(found)


def test_what_a_template_says_is_found(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '{% load i18n %}<p title="Loose">{% translate "Kept" %} Bare {{ word }}<kbd>Ctrl</kbd></p>'
        '{% notice "info" title="Said" %}{% blocktranslate count n=1 %}one{% plural %}more{% endblocktranslate %}'
    )
    assert extraction.hard_coded(page) == ['title="Said"', "Loose", "Bare"]
