"""What can be asked of policy; import it from here."""

from dialoog.policy.queries.approvals import approved_roles, waiting_approvals
from dialoog.policy.queries.force import (
    judge_in_force,
    known_links,
    rule_titles,
    rules_in_force,
    version_in_force,
)

__all__ = [
    "approved_roles",
    "judge_in_force",
    "known_links",
    "rule_titles",
    "rules_in_force",
    "version_in_force",
    "waiting_approvals",
]
