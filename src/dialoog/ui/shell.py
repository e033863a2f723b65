"""What the frame around a page shows: filled by the rooms above, drawn by `ui/app.html`."""

from dataclasses import dataclass, field
from typing import Literal

CourseState = Literal["open", "done", "attention"]


@dataclass(frozen=True)
class NavItem:
    """A line in a menu.

    `count` is shown behind the label and read out as `count_label` ("4 conversations wait");
    `hot` gives the count the colour of "needs you". `shortcut` is typed keys such as "g v".
    """

    label: str
    url: str
    icon: str
    count: int | None = None
    hot: bool = False
    current: bool = False
    shortcut: str = ""
    count_label: str = ""


@dataclass(frozen=True)
class CourseItem:
    """A station of the course: in order, in need of attention, or not started; `fact` is the only nudge."""

    label: str
    url: str
    state: CourseState = "open"
    fact: str = ""
    current: bool = False
    shortcut: str = ""


@dataclass(frozen=True)
class SearchItem:
    """Something the palette finds besides the menus: a command, a page, a person."""

    label: str
    url: str
    hint: str = ""
    shortcut: str = ""


@dataclass(frozen=True)
class Shell:
    """The frame for one person in one organisation.

    `search_url` answers `?q=` with a list of links in HTML (posts, people); empty when there is none.
    `sign_out_url` is posted to. An empty `new_url` leaves "new post" out, for who may not write one.
    """

    organisation_name: str
    person_name: str
    person_initials: str
    role_label: str
    daily: list[NavItem]
    course: list[CourseItem]
    settings: list[NavItem]
    new_url: str = ""
    search: list[SearchItem] = field(default_factory=list)
    home_url: str = "/"
    search_url: str = ""
    sign_out_url: str = ""
