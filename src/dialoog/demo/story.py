"""The people, goals and texts of the example organisation, Gemeente Vaartland. All of it is made up."""

from typing import Final, NamedTuple

PASSWORD: Final = "vaartland-voorbeeld-2026"  # noqa: S105 - an example that anybody may open
ORGANISATION: Final = "Gemeente Vaartland"
DEPARTMENTS: Final = ("Communicatie", "Burgerzaken", "Openbare ruimte")


class Colleague(NamedTuple):
    """Somebody who works there."""

    name: str
    roles: tuple[str, ...]
    department: str


OWNER: Final = "Sanne de Wit"
COLLEAGUES: Final = (
    Colleague("Youssef Amrani", ("editor", "service"), "Communicatie"),
    Colleague("Karin Postma", ("approver",), "Communicatie"),
    Colleague("Dylan Bos", ("strategist",), "Burgerzaken"),
    Colleague("Fatima El Idrissi", ("service",), "Burgerzaken"),
    Colleague("Henk Visser", ("reader",), "Openbare ruimte"),
)

# Subject and text; the first goal is for service, the second for being seen, the third for recruitment.
POSTS: Final = (
    (0, "Maandag halen we de grijze containers op in Noord en Oost. Zet hem voor half acht buiten."),
    (
        0,
        "De balie van Burgerzaken is donderdag open tot acht uur. Een afspraak maak je op vaartland.example.",
    ),
    (0, "De Kadeweg is tot vrijdag dicht. Omrijden kan over de Dijkstraat, fietsers kunnen er wel langs."),
    (0, "Een nieuw paspoort kost deze maand een week. Heb je haast, bel dan even."),
    (0, "Gladheid: we strooien vannacht eerst de busroutes en de fietspaden."),
    (1, "De lichtjesroute is terug. Vierentwintig straten doen mee, van de haven tot de molen."),
    (1, "Bewoners van de Werfstraat maakten samen een tuin. Zaterdag kun je kijken."),
    (1, "De raad praat dinsdag over de haven. Iedereen mag komen luisteren, de koffie staat klaar."),
    (1, "Dit jaar planten we tweehonderd bomen. Waar mist er volgens jou nog een?"),
    (1, "De bieb en het archief maakten een kaart van Vaartland in 1926. Herken je je straat?"),
    (2, "We zoeken een adviseur participatie: iemand die luistert voor het plan er ligt."),
    (2, "Een dag mee met onze groenploeg: om zes uur op, om drie uur klaar, en de lucht is altijd anders."),
)
# What was published a few hours ago, and what people said to it who are still waiting.
LATELY: Final = (0, "Vannacht kan het stormen. Haal losse spullen van je balkon en zet je fiets binnen.")
WAITING: Final = (
    "Gaat de markt morgen wel door?",
    "Bij ons in de Werfstraat hangt een tak los boven het fietspad. Waar kan ik dat melden?",
    "Is de pont vanavond uit de vaart?",
)
# Days from now, hour on the wall, and the post; the subject of the third asks for approval.
PLANNED: Final = (
    (1, 9, (0, "Deze week is de milieustraat elke dag een uur langer open: tot zes uur.")),
    (2, 12, (1, "De lichtjesroute begint dit weekend om vijf uur bij de molen. Loop je mee?")),
    (3, 10, (1, "Er komen verkiezingen aan. Wil je een dag op een stembureau zitten? Meld je aan.")),
    (5, 10, (2, "Werk je graag buiten? Onze groenploeg zoekt twee mensen voor het voorjaar.")),
)
# Drafts that somebody began.
BEGUN: Final = ((1, "Wie is volgens jou de vrijwilliger van het jaar?"),)
RESIDENTS: Final = ("anja", "fietsersbond", "havenkwartier", "dirk")
REACTIONS: Final = (
    "Mijn container is vandaag niet geleegd. Komen jullie nog langs?",
    "Fijn dat dit er weer is. Is de route ook met een rolstoel te doen?",
    "Tot wanneer duurt de omleiding precies?",
    "Kan ik ook zonder afspraak langskomen?",
    "Wat een mooi plan. Hoe kan ik meedoen?",
    "De prullenbak bij de haven loopt over.",
)
ANSWERS: Final = (
    "Dank je voor het melden. We kijken het na en komen er vandaag op terug.",
    "Ja, dat kan. Op onze site staat hoe.",
    "Goede vraag. We hebben het doorgegeven aan de collega's die erover gaan.",
)
CONCLUSIONS: Final = (
    ("Vragen over afval komen vooral op maandag.", "Zondagavond alvast plaatsen wat er maandag gebeurt."),
    (
        "Berichten over de buurt krijgen meer reacties dan aankondigingen.",
        "Elke week één verhaal uit een straat.",
    ),
)
OUTCOME: Final = "Gedaan, en het scheelde: minder vragen aan de balie."
