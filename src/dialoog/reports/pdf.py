"""Draws a page as a tagged PDF (PDF/UA), in a process of its own: its memory goes when it ends."""

import subprocess
import sys
from pathlib import Path
from typing import Final

from django.contrib.staticfiles import finders

WITHIN_SECONDS: Final = 60
_SHEETS: Final = ("dialoog/tokens.css", "reports/print.css")
_PROGRAM: Final = (
    "import sys\n"
    "from weasyprint import HTML, CSS\n"
    "def refuse(url, *_args, **_kwargs):\n"
    "    raise ValueError('a report fetches nothing')\n"
    "html = HTML(string=sys.stdin.read(), base_url=None, url_fetcher=refuse)\n"
    "sheets = [CSS(string=open(name, encoding='utf-8').read(), url_fetcher=refuse) for name in sys.argv[1:]]\n"
    "html.write_pdf(sys.stdout.buffer, stylesheets=sheets, pdf_variant='pdf/ua-1')\n"
)


class PdfUnavailable(Exception):
    """No PDF can be drawn here; the message is for the log."""


def pdf_of(html: str) -> bytes:
    """Return the page as PDF. Errors: PdfUnavailable when a part is missing or it takes over a minute."""
    sheets = [str(found) for name in _SHEETS if (found := finders.find(name))]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, the page goes in by its input
            [sys.executable, "-c", _PROGRAM, *(str(Path(sheet)) for sheet in sheets)],
            input=html.encode(),
            capture_output=True,
            timeout=WITHIN_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PdfUnavailable(str(error)) from error
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF"):
        raise PdfUnavailable(done.stderr.decode("utf-8", "replace")[-500:])
    return done.stdout
