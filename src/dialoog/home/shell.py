"""Fills the frame of every signed-in page: menus, counts and the course (design brief, part 3)."""

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_scopes import scope

from dialoog.home.stations import Counts, facts_of
from dialoog.organisations.labels import ROLE_LABELS
from dialoog.organisations.models import Member
from dialoog.organisations.roles import Role, may
from dialoog.strategy.queries import course_fact
from dialoog.ui.shell import CourseItem, CourseState, NavItem, SearchItem, Shell


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the frame for a request whose member is known, and whether mail can be sent from here."""
    context: dict[str, Any] = {"can_mail": bool(settings.EMAIL_HOST)}
    member = getattr(request, "member", None)
    if member is not None:
        # A page of refusal is drawn when the scope of its screen has closed.
        with scope(organisation=member.organisation):
            context["shell"] = shell_of(member, request.path)
    return context


def shell_of(member: Member, path: str) -> Shell:
    """Return the frame for a member on the page at `path`."""
    facts = facts_of(member)
    today, counted = facts.today, facts.counts
    menu = _Menu(member, path)
    return Shell(
        organisation_name=member.organisation.name,
        person_name=str(member.user),
        person_initials=member.user.initials,
        role_label=_role_label(member),
        daily=menu.daily(counted),
        course=menu.course(counted, today),
        settings=menu.settings(),
        new_url=menu.url("publishing:post-new") if may(member, "post.write") else "",
        search=menu.search(),
        home_url=menu.url("home:today"),
        sign_out_url=reverse("account_logout"),
    )


def _role_label(member: Member) -> str:
    first = next((role for role in Role if role in member.roles), None)
    label = str(ROLE_LABELS[first]) if first else ""
    return f"{member.department} · {label}" if member.department and label else label


class _Menu:
    """Makes menu items for a member: only what they may see, marked where they are."""

    def __init__(self, member: Member, path: str) -> None:
        self.member, self.path = member, path
        self.home = reverse("home:today", args=[member.organisation.slug])

    def url(self, name: str) -> str:
        """Return an address in this organisation."""
        return reverse(name, args=[self.member.organisation.slug])

    def is_here(self, url: str) -> bool:
        """Tell whether the page at `url`, or one below it, is on the screen."""
        return self.path == url if url == self.home else self.path.startswith(url)

    def daily(self, counted: Counts) -> list[NavItem]:
        """Return what people do every day."""
        items = [
            NavItem(
                label=_("Today"), url=self.home, icon="home", current=self.is_here(self.home), shortcut="g v"
            )
        ]
        calendar = self.url("publishing:calendar")
        posts = self.is_here(calendar) or "/berichten/" in self.path
        items.append(
            NavItem(label=_("Calendar"), url=calendar, icon="calendar", current=posts, shortcut="g k")
        )
        if may(self.member, "inbox.view"):
            items.append(self._inbox(counted.conversations))
        if may(self.member, "post.approve"):
            items.append(self._approvals(counted.approvals))
        return items

    def _inbox(self, waiting: int) -> NavItem:
        url = self.url("inbox:inbox")
        told = ngettext("%(n)s conversation waits", "%(n)s conversations wait", waiting) % {"n": waiting}
        return NavItem(
            label=_("Inbox"),
            url=url,
            icon="inbox",
            count=waiting or None,
            hot=waiting > 0,
            current=self.is_here(url),
            shortcut="g i",
            count_label=told,
        )

    def _approvals(self, asked: int) -> NavItem:
        url = self.url("publishing:approvals")
        told = ngettext("%(n)s post waits for approval", "%(n)s posts wait for approval", asked) % {
            "n": asked
        }
        return NavItem(
            label=_("Approval"),
            url=url,
            icon="approve",
            count=asked or None,
            current=self.is_here(url),
            shortcut="g a",
            count_label=told,
        )

    def course(self, counted: Counts, today: date) -> list[CourseItem]:
        """Return the stations of the method."""
        return [
            self._scan(today),
            self._strategy(),
            self._policy(counted),
            self._results(counted),
            self._learning(counted),
        ]

    def _scan(self, today: date) -> CourseItem:
        url = self.url("assess:scan")
        told = facts_of(self.member).standing
        if told.phase_low is None:
            return CourseItem(
                _("Growth scan"), url, "attention" if told.is_open else "open", "", self.is_here(url)
            )
        phases = (
            str(told.phase_low)
            if told.phase_low == told.phase_high
            else f"{told.phase_low}-{told.phase_high}"
        )
        is_old = told.last_on is not None and (today - told.last_on).days > 366
        state: CourseState = "attention" if is_old else "done"
        return CourseItem(_("Growth scan"), url, state, _("phase %(n)s") % {"n": phases}, self.is_here(url))

    def _strategy(self) -> CourseItem:
        url = self.url("strategy:plan")
        told = course_fact(facts_of(self.member).goals)
        return CourseItem(_("Strategy"), url, told.state, told.fact, self.is_here(url))

    def _policy(self, counted: Counts) -> CourseItem:
        url = self.url("policy:policy")
        if counted.policy_number is None:
            return CourseItem(_("Policy"), url, "open", "", self.is_here(url))
        fact = _("%(read)s of %(all)s read") % {"read": counted.policy_accepted, "all": counted.members}
        is_done = counted.policy_accepted >= counted.members
        return CourseItem(_("Policy"), url, "done" if is_done else "attention", fact, self.is_here(url))

    def _results(self, counted: Counts) -> CourseItem:
        url = self.url("measurement:results")
        is_here = self.is_here(url) or self.is_here(self.url("reports:report"))
        return CourseItem(_("Results"), url, "done" if counted.has_results else "open", "", is_here)

    def _learning(self, counted: Counts) -> CourseItem:
        url = self.url("learning:learning")
        if counted.conclusions_due:
            fact = _("%(n)s to look at") % {"n": counted.conclusions_due}
            return CourseItem(_("Learning"), url, "attention", fact, self.is_here(url))
        return CourseItem(
            _("Learning"), url, "done" if counted.conclusions else "open", "", self.is_here(url)
        )

    def settings(self) -> list[NavItem]:
        """Return what lies under the person's name."""
        wanted = [
            (_("Channels"), "channels:channels", "plug", "channel.view"),
            (_("Newsroom"), "newsroom:settings", "news", "channel.view"),
            (_("Report"), "reports:report", "report", "result.view"),
            (_("People"), "organisations:people", "users", "people.view"),
            (_("Settings"), "organisations:settings", "settings", "organisation.manage"),
            (_("Log"), "organisations:log", "history", "audit.view"),
        ]
        items = [
            NavItem(label=label, url=url, icon=icon, current=self.is_here(url))
            for label, name, icon, permission in wanted
            if may(self.member, permission) and (url := self._url_if_any(name))
        ]
        return [*items, NavItem(label=_("Your account"), url=reverse("home:account"), icon="user")]

    def _url_if_any(self, name: str) -> str:
        try:
            return self.url(name)
        except NoReverseMatch:
            return ""

    def search(self) -> list[SearchItem]:
        """Return the screens that the palette finds beside the menus."""
        wanted = [
            (_("New goal"), "strategy:goal-new", "strategy.edit"),
            (_("New rule"), "policy:rule-new", "policy.edit"),
            (_("Handbook"), "policy:handbook", "policy.view"),
            (_("Write down hours"), "measurement:hours", "cost.log"),
            (_("Rates and costs"), "measurement:books", "cost.view"),
            (_("Make a conclusion"), "learning:conclusion-new", "result.conclude"),
            (_("Connect a network"), "channels:add", "channel.manage"),
        ]
        return [
            SearchItem(label, self.url(name))
            for label, name, permission in wanted
            if may(self.member, permission)
        ]
