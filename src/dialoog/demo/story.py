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
