"""Text of HTML, also of HTML that was made to take for ever."""

import time

import pytest

from dialoog.networks.html import links_of, plain


def test_what_runs_or_styles_is_no_text():
    html = "a < b &amp; c<script>x</script><style>y</style><template>z</template><p>Hoi<br>dag</p>&lt;b&gt;"
    assert plain(html) == "a < b & c\n\nHoi\ndag<b>"


@pytest.mark.parametrize("part", ["<a ", "<!--", '<x y="', "<div>", "<b><p>", "</", "<", "&#"])
def test_no_html_takes_long(part):
    began = time.process_time()
    plain(part * 200_000)
    links_of(part.encode() * 200_000)
    assert time.process_time() - began < 3


def test_links_stand_in_the_head_alone():
    page = b'<html><head><style>a{}</style><link REL="alternate" href=" /feed "><body><link rel="x" href="y">'
    assert links_of(page) == [{"rel": "alternate", "href": "/feed"}]
