"""What can be done in policy; import it from here."""

from dialoog.policy.actions.approvals import (
    ask_approval,
    decide,
    expire_approval,
    require_approver,
    withdraw_approvals,
)
from dialoog.policy.actions.links import look_up_links, note_link
from dialoog.policy.actions.rules import (
    RuleDraft,
    add_rule,
    change_rule,
    move_rule,
    put_back_rule,
    remove_rule,
    switch_rule,
)
from dialoog.policy.actions.versions import accept_version, install_starter_policy, publish_policy

__all__ = [
    "RuleDraft",
    "accept_version",
    "add_rule",
    "ask_approval",
    "change_rule",
    "decide",
    "expire_approval",
    "install_starter_policy",
    "look_up_links",
    "move_rule",
    "note_link",
    "publish_policy",
    "put_back_rule",
    "remove_rule",
    "require_approver",
    "switch_rule",
    "withdraw_approvals",
]
