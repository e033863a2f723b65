"""The gallery: every part of the design language in its states, as pages of a server under test.

`urlpatterns` is a urlconf of its own; the rows are those of the design pictures.
"""

import functools
import sys
import time
from pathlib import Path

import gallery_rows as drawn
import pytest
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone

from dialoog.core.errors import Conflict, Invalid, NotAllowed
from dialoog.ui import charts, rows
from dialoog.ui.page import page


class Example(forms.Form):
    """A field of every kind."""

    name = forms.CharField(label="Naam", help_text="Zoals die onder berichten staat.")
    text = forms.CharField(label="Bericht", widget=forms.Textarea, required=False)
    goal = forms.ChoiceField(
        label="Doel", choices=[("", "Kies een doel"), ("1", "Abonnees op de nieuwsbrief")]
    )
    amount = forms.DecimalField(label="Bedrag", required=False)
    day = forms.CharField(label="Dag", required=False, help_text="Bijvoorbeeld: morgen, vrijdag, 26 nov.")
    secret = forms.CharField(label="App-wachtwoord", widget=forms.PasswordInput, required=False)
    picture = forms.FileField(label="Afbeelding", required=False)
    phase = forms.ChoiceField(
        label="Wie leest wat er over jullie gezegd wordt?",
        choices=[("a", "Wie tijd heeft"), ("b", "Iemand met een rooster")],
        widget=forms.RadioSelect,
    )
    networks = forms.MultipleChoiceField(
        label="Netwerken",
        choices=[("b", "Bluesky"), ("l", "LinkedIn")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    agreed = forms.BooleanField(
        label="Ik heb het beleid gelezen", help_text="Je naam komt bij deze versie te staan."
    )


def answer(request, template, **context):
    """Answer with the shell."""
    return page(request, f"gallery/{template}.html", {"shell": drawn.shell(), **context})


def in_dutch_time(view):
    """Let a view work in the zone of the pictures."""

    @functools.wraps(view)
    def timed(request):
        with timezone.override("Europe/Amsterdam"):
            return view(request)

    return timed


@in_dutch_time
def index(request):
    """All parts."""
    if "melding" in request.GET:
        messages.success(request, "Verplaatst naar vrijdag 27 november, 12:00.")
        messages.error(request, "Bluesky weigerde het bericht.")
        return redirect("/galerij/")
    shares = [
        charts.Share("Berichten maken", 248, "€ 248", "5,5 u"),
        charts.Share("Antwoorden", 180, "€ 180", "4 u"),
        charts.Share("Advertenties", 120, "€ 120"),
        charts.Share("Overleg", 67, "€ 67", "1,5 u"),
    ]
    return answer(
        request,
        "index",
        conversations=drawn.conversations(),
        posts=drawn.posts(),
        goals=drawn.goals(),
        line=drawn.line(),
        checks=drawn.checks(),
        shares=charts.stack(shares, 900),
        ladder=charts.ladder(3, {2: 2, 3: 3, 4: 1}),
        table=drawn.table(),
        preview=drawn.preview(),
        figures=[
            rows.Figure(label="Antwoorden op tijd", value="87%", sub="beloofd: 90%"),
            rows.Figure(
                label="Kosten per antwoord", value="€ 11,20", sub="vorige maand € 12,80", url="/galerij/"
            ),
            rows.Figure(label="Bereik per uur werk", value="1.940", sub="tussen 1.700 en 2.200"),
        ],
        facts=[
            ("Organisatie", "Gemeente Vaartland"),
            ("Tijdzone", "Europe/Amsterdam"),
            ("Openingstijd", "ma t/m vr 09:00 tot 17:00"),
        ],
        tabs=[
            rows.Tab(label="Week", url="?w", current=True),
            rows.Tab(label="Maand", url="?m"),
            rows.Tab(label="Lijst", url="?l", count=12),
        ],
        pager=rows.Pager(newer_url="?n", older_url="?o", text="1 tot 50"),
    )


def form(request):
    """A form; refused when it isn't right."""
    sent = Example(request.POST or None, request.FILES or None)
    if request.method == "POST" and sent.is_valid():
        messages.success(request, "Bewaard.")
        return redirect("/galerij/formulier/")
    return answer(request, "form", form=sent)


@in_dutch_time
def inbox(request):
    """Three panes."""
    return answer(request, "inbox", conversations=drawn.conversations())


def empty(request):
    """What an empty list says."""
    return answer(request, "empty")


def wait(request):
    """Answer late."""
    time.sleep(0.8)
    return answer(request, "swaps", said="Er is gewacht.")


def swaps(request):
    """Parts that change in place."""
    return answer(request, "swaps", said=request.GET.get("zeg", "Nog niets."))


def autosave(request):
    """Keep a draft, or refuse it as the query says."""
    status = int(request.GET.get("antwoord", 200))
    return HttpResponse(status=status)


def find(request):
    """Answer the palette."""
    return HttpResponse('<ul><li><a href="/galerij/inbox/" data-hint="bericht">Lichtjesroute</a></li></ul>')


def refuse(request, status):
    """Answer with the page of a status."""
    causes = {
        403: NotAllowed("role"),
        404: Http404(),
        409: Conflict("changed"),
        422: Invalid("text", "empty"),
        1: PermissionDenied(),
    }
    raise causes.get(status, RuntimeError("a failure on purpose"))


urlpatterns = [
    path("galerij/", index),
    path("galerij/formulier/", form),
    path("galerij/inbox/", inbox),
    path("galerij/leeg/", empty),
    path("galerij/deel/", swaps),
    path("galerij/traag/", wait),
    path("galerij/bewaar/", autosave),
    path("galerij/zoek/", find),
    path("galerij/fout/<int:status>/", refuse),
]


@pytest.fixture(name="site")
def gallery_site(site, settings):
    """Serve the gallery instead of the application."""
    settings.ROOT_URLCONF = sys.modules[__name__]
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [Path(__file__).with_name("templates")]}]
    return site
