"""The rows of the gallery: those of the design pictures, in every state."""

from datetime import UTC, date, datetime, timedelta

from dialoog.ui import charts, rows
from dialoog.ui.clocks import clock_face
from dialoog.ui.shell import CourseItem, NavItem, SearchItem, Shell

NOW = datetime(2026, 11, 26, 9, 24, tzinfo=UTC)
NETWORKS = {
    name: rows.Network(icon=name, name=label)
    for name, label in {
        "facebook": "Facebook",
        "linkedin": "LinkedIn",
        "bluesky": "Bluesky",
        "instagram": "Instagram",
    }.items()
}
GOOD = rows.State(label="Geplaatst", tone="good", icon="circle-check")
BAD = rows.State(label="Niet geplaatst", tone="bad", icon="alert")
PLANNED = rows.State(label="Ingepland")
WAITING = rows.State(label="Wacht op Karin", tone="warn", icon="hourglass")


def shell():
    """Return the frame of the pictures."""
    return Shell(
        organisation_name="Gemeente Vaartland",
        person_name="Sanne de Wit",
        person_initials="SW",
        role_label="Communicatie",
        daily=[
            NavItem("Vandaag", "/galerij/", "home", current=True, shortcut="g v"),
            NavItem("Kalender", "/galerij/leeg/", "calendar", shortcut="g k"),
            NavItem(
                "Inbox",
                "/galerij/inbox/",
                "inbox",
                4,
                hot=True,
                shortcut="g i",
                count_label="4 gesprekken wachten",
            ),
            NavItem(
                "Akkoord",
                "/galerij/formulier/",
                "approve",
                2,
                shortcut="g a",
                count_label="2 wachten op akkoord",
            ),
        ],
        course=[
            CourseItem("Groeiscan", "#", "done", "fase 3"),
            CourseItem("Strategie", "#", "done"),
            CourseItem("Beleid", "#", "attention", "8 van 11 gelezen"),
            CourseItem("Resultaten", "#", "done"),
            CourseItem("Leren", "#", "open", "5 ideeën"),
        ],
        settings=[NavItem("Instellingen", "#", "settings"), NavItem("Mensen", "#", "users")],
        new_url="/galerij/formulier/",
        search=[SearchItem("Uren boeken", "/galerij/formulier/", "opdracht")],
        home_url="/galerij/",
        search_url="/galerij/zoek/",
        sign_out_url="/galerij/uit/",
    )


def face(minutes, promise=120, **options):
    """Return a clock with this many minutes left."""
    due = NOW + timedelta(minutes=minutes)
    return clock_face(
        left_seconds=minutes * 60, promise_seconds=promise * 60, deadline=due, now=NOW, **options
    )


def conversations():
    """Return a row in each state."""
    claim = rows.Action(label="Pak op", url="/galerij/pak/", post=True)
    wait = NOW + timedelta(days=1)
    common = {"url": "/galerij/inbox/"}
    return [
        rows.ConversationRow(
            id="c1",
            who="Anja K.",
            initials="AK",
            topic="Facebook-reactie · Afval",
            text="Mijn grijze container is vandaag wéér niet geleegd. Derde keer deze maand. Wie lost dit op?",
            clock=face(-34),
            network=NETWORKS["facebook"],
            owner="Nog van niemand.",
            claim=claim,
            is_new=True,
            **common,
        ),
        rows.ConversationRow(
            id="c2",
            who="Ondernemersvereniging Havenkwartier",
            initials="OH",
            topic="LinkedIn-reactie · Evenementen",
            text="Kunnen wij als standhouder ook nog meedoen aan de lichtjesroute?",
            clock=face(16),
            network=NETWORKS["linkedin"],
            typing="Youssef schrijft een antwoord",
            **common,
        ),
        rows.ConversationRow(
            id="c3",
            who="Fietsersbond Vaartland",
            initials="FV",
            topic="Bluesky-vermelding · Verkeer",
            text="Tot wanneer duurt de omleiding op de Kadeweg, en geldt die ook voor fietsers?",
            clock=face(126, 240),
            network=NETWORKS["bluesky"],
            owner="Van jou",
            is_current=True,
            **common,
        ),
        rows.ConversationRow(
            id="c4",
            who="Dylan B.",
            initials="DB",
            topic="Instagram-bericht",
            text="Is er morgen iemand bij het inloopspreekuur?",
            clock=face(60, resumes_at=wait),
            network=NETWORKS["instagram"],
            owner="Van team Burgerzaken",
            **common,
        ),
        rows.ConversationRow(
            id="c5",
            who="Wil",
            initials="W",
            topic="Bluesky-reactie",
            text="Dank je, opgelost.",
            owner="Klaar",
            is_done=True,
            **common,
        ),
    ]


def posts():
    """Return posts in each state."""
    several = [NETWORKS["facebook"], NETWORKS["instagram"], NETWORKS["bluesky"]]
    link = {"url": "/galerij/inbox/"}
    return [
        rows.PostRow(
            id="p1",
            time="08:30",
            title="Vacature: adviseur participatie",
            state=GOOD,
            networks=several[:2],
            facts=["212 weergaven, 9 kliks"],
            is_done=True,
            **link,
        ),
        rows.PostRow(
            id="p2",
            time="09:15",
            title="Beelden van de lichtjesroute: https://vaartland.example/" + "lichtjes" * 20,
            state=BAD,
            networks=several[1:2],
            facts=["koppeling verlopen"],
            actions=[rows.Action(label="Nieuw tijdstip", **link)],
            **link,
        ),
        rows.PostRow(
            id="p3",
            time="12:00",
            title="Omleiding Kadeweg: zo rijd je om",
            state=PLANNED,
            networks=several,
            facts=["over 1 u 36"],
            actions=[rows.Action(label="Wijzigen", **link)],
            **link,
        ),
        rows.PostRow(
            id="p4",
            time="15:30",
            title="Raadsavond: wat is er besloten over de haven, en waarom duurt het anderhalf jaar langer dan de bewoners van het Havenkwartier was beloofd?",
            state=WAITING,
            networks=several[2:],
            facts=["sinds gisteren 16:10"],
            actions=[rows.Action(label="Herinner Karin", post=True, **link)],
            **link,
        ),
    ]


def goals():
    """Return goals behind, nearly there and ahead."""
    return [
        rows.GoalRow(
            name="Abonnees op de nieuwsbrief",
            value="412",
            of="van 600 op 31 december",
            bar=charts.bullet(412, 600, 499),
            state=rows.State(label="Achter.", tone="bad", icon="alert"),
            fact="Nodig: 38 per week. Nu: 13.",
            url="/galerij/",
        ),
        rows.GoalRow(
            name="Vragen binnen 2 uur beantwoord",
            value="87%",
            of="van 90% in november",
            bar=charts.bullet(87, 100, 90),
            state=rows.State(label="Bijna.", tone="warn"),
            fact="Nog 6 antwoorden op tijd.",
        ),
        rows.GoalRow(
            name="Sollicitaties via LinkedIn",
            value="51",
            of="van 40 op 31 maart",
            bar=charts.bullet(51, 40, 16),
            state=rows.State(label="Voor.", tone="good", icon="circle-check"),
            fact="Verwacht op vandaag: 16.",
        ),
    ]


def line():
    """Return eight weeks of readings with a forecast of five."""
    first = date(2026, 10, 1)
    said = [300, 312, 331, 345, 340, 362, 390, 412]
    was = [charts.Reading(first + timedelta(weeks=n), value, str(value)) for n, value in enumerate(said)]
    coming = [
        charts.Expectation(
            first + timedelta(weeks=8 + n),
            412 + 6 * n,
            420 + 14 * n,
            425 + 24 * n,
            f"{412 + 6 * n} tot {425 + 24 * n}",
        )
        for n in range(5)
    ]
    return charts.band(was, coming, 600)


def checks():
    """Return a check of each level."""
    link = {"url": "/galerij/"}
    return [
        rows.CheckItem(
            level="must",
            rule="Geen persoonsgegevens",
            text="Dit lijkt op een burgerservicenummer.",
            quotes=["111222333"],
            rule_url="/galerij/",
            fix=rows.Action(label="Haal weg", **link),
        ),
        rows.CheckItem(
            level="advice",
            rule="Beschrijf elke afbeelding",
            text="Wie de foto niet ziet, weet nu niet wat erop staat.",
        ),
        rows.CheckItem(
            level="open", rule="Links werken", text="Of de link naar vaartland.nl werkt, weten we nog niet."
        ),
        rows.CheckItem(level="fine", rule="Noemt een doel", text=""),
    ]


def table():
    """Return a table with numbers, a state, actions and a sum."""
    edit = rows.Action(label="Wijzig", url="/galerij/")
    columns = [
        rows.Column(label="Werk", sort_url="?op=werk", sorted="ascending"),
        rows.Column(label="Staat"),
        rows.Column(label="Uren", is_number=True),
        rows.Column(label="Kosten", is_number=True, sort_url="?op=kosten"),
    ]
    lines = [
        rows.TableRow(
            cells=[
                rows.Cell(text="Berichten maken", url="/galerij/"),
                rows.Cell(state=GOOD),
                "5,5",
                "€ 248,00",
            ],
            actions=[edit],
        ),
        rows.TableRow(cells=["Antwoorden", rows.Cell(state=PLANNED), "4", "€ 180,00"], actions=[edit]),
    ]
    return rows.Table(
        caption="Kosten deze week", columns=columns, rows=lines, foot=["Samen", "", "9,5", "€ 428,00"]
    )


def preview():
    """Return a text that is too long for its network."""
    return rows.Preview(
        network=NETWORKS["bluesky"],
        author="Gemeente Vaartland",
        initials="GV",
        handle="@vaartland.example",
        text="De Kadeweg is tot vrijdag dicht. ",
        over="En dit past er niet meer bij.",
        link_title="Omleiding Kadeweg",
        link_host="vaartland.example",
        notes=["0 reacties"],
    )
