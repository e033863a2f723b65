"""A link for a new password by mail: asked for in the request, sent by a job, so nobody waits for a mail server."""

import logging
from collections.abc import Sequence
from datetime import datetime
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from typing import Final
from urllib.parse import urlsplit

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from dialoog.core.work.jobs import Task, enqueue, handles
from dialoog.organisations.models import User

log = logging.getLogger(__name__)
MAIL_JOB: Final = "organisations.new_password"


class MailNotSentError(Exception):
    """No mail server took the mail; the job tries again. Shape: names the kind of failure, and no address."""


def can_mail() -> bool:
    """Tell whether this installation knows a mail server."""
    return bool(settings.EMAIL_HOST)


def ask_for_link(people: Sequence[User], *, now: datetime) -> None:
    """Ask that these people get a link for a new password.

    For nobody the same is written as for somebody: how long it takes tells nothing about who has an account.
    """
    if not can_mail():
        return
    wanted: list[int | None] = [person.pk for person in people]
    for user_id in wanted or [None]:
        enqueue(
            MAIL_JOB,
            key=f"new-password:{user_id or 'nobody'}",
            due_at=now,
            now=now,
            payload={"user_id": user_id},
        )


@handles(MAIL_JOB)
def send_link(task: Task) -> None:
    """Send the link; it is made here, so that it lies in no table.

    Errors: MailNotSentError when it is worth another try.
    """
    person = User.objects.filter(pk=task.payload["user_id"], is_active=True).first()
    if person is None or not can_mail():
        return
    try:
        _letter(person).send()
    except (SMTPException, OSError) as error:
        log.warning("a mail could not be sent: %s", type(error).__name__)
        if not _is_final(error):
            raise MailNotSentError(type(error).__name__) from None


def _letter(person: User) -> EmailMessage:
    key = default_token_generator.make_token(person)
    path = reverse(
        "account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(person), "key": key}
    )
    told = {
        "email": person.email,
        "domain": urlsplit(settings.ADDRESS).netloc,
        "password_reset_url": settings.ADDRESS + path,
    }
    with override(person.language):
        subject = render_to_string("account/email/password_reset_key_subject.txt", told)
        text = render_to_string("account/email/password_reset_key_message.txt", told)
    # https://www.rfc-editor.org/rfc/rfc3834: no machine is to answer this.
    return EmailMessage(
        subject.strip(), text, to=[person.email], headers={"Auto-Submitted": "auto-generated"}
    )


def _is_final(error: Exception) -> bool:
    """Tell whether the server refused this very mail for good (RFC 5321, 4.2.1: replies of 500 and more)."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _told in error.recipients.values())
    return isinstance(error, SMTPDataError) and error.smtp_code >= 500
