"""What people do with posts; import it from here."""

from dialoog.publishing.actions.approvals import ask_approval_for_post, decide_on_post
from dialoog.publishing.actions.drafts import (
    duplicate_post,
    remove_draft,
    restore_draft,
    save_draft,
    start_draft,
)
from dialoog.publishing.actions.images import add_image, move_image, remove_image
from dialoog.publishing.actions.planning import Planned, move_post, plan_post, publish_now, withdraw_post

__all__ = [
    "Planned",
    "add_image",
    "ask_approval_for_post",
    "decide_on_post",
    "duplicate_post",
    "move_image",
    "move_post",
    "plan_post",
    "publish_now",
    "remove_draft",
    "remove_image",
    "restore_draft",
    "save_draft",
    "start_draft",
    "withdraw_post",
]
