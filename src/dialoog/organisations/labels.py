"""The words for roles."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from dialoog.organisations.roles import Role

ROLE_LABELS: Final = {
    Role.OWNER: _("Owner"),
    Role.STRATEGIST: _("Strategist"),
    Role.EDITOR: _("Editor"),
    Role.APPROVER: _("Approver"),
    Role.SERVICE: _("Service"),
    Role.READER: _("Reader"),
    Role.ADVISER: _("Outside adviser"),
}
ROLE_MEANINGS: Final = {
    Role.OWNER: _("May do everything, and decides who else may do what."),
    Role.STRATEGIST: _("Sets goals, writes the policy, draws conclusions."),
    Role.EDITOR: _("Writes and plans posts, and answers people."),
    Role.APPROVER: _("Gives or refuses approval, and writes posts."),
    Role.SERVICE: _("Answers people in the inbox."),
    Role.READER: _("Sees everything and changes nothing."),
    Role.ADVISER: _("Comes from outside: sees goals, policy and results, no people and no conversations."),
}
