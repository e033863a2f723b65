"""Sending mail beside the request, so that nobody waits for a mail server, or learns from it who has an account."""

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage

log = logging.getLogger(__name__)
_sending = ThreadPoolExecutor(max_workers=2, thread_name_prefix="mail")


def can_mail() -> bool:
    """Tell whether this installation knows a mail server."""
    return bool(settings.EMAIL_HOST)


def post(message: EmailMessage) -> "Future[bool] | None":
    """Send a message soon; what fails stands in the log, without the address or what is in it.

    Shape: returns what becomes of it, None where there is no mail server.
    """
    return _sending.submit(_send, message) if can_mail() else None


def _send(message: EmailMessage) -> bool:
    try:
        message.send()
    except (SMTPException, OSError) as error:
        log.warning("a mail could not be sent: %s", type(error).__name__)
        return False
    return True
