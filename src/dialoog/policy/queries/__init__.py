"""What can be asked of policy; import it from here."""

from dialoog.policy.queries.approvals import approved_roles, waiting_approvals
from dialoog.policy.queries.books import (
    accepted_at,
    changes_in,
    draft_changes,
    handbook_rules,
    policy_page,
    policy_share,
    readers,
    versions,
)
from dialoog.policy.queries.force import (
    judge_in_force,
    known_links,
    rule_titles,
    rules_in_force,
    version_in_force,
)

__all__ = [
    "accepted_at",
    "approved_roles",
    "changes_in",
    "draft_changes",
    "handbook_rules",
    "judge_in_force",
    "known_links",
    "policy_page",
    "policy_share",
    "readers",
    "rule_titles",
    "rules_in_force",
    "version_in_force",
    "versions",
    "waiting_approvals",
]
