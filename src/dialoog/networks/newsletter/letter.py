"""A message as a letter: plain text and simple HTML, pictures inside it, and how to leave the list.

Source: RFC 2369 and RFC 8058 (List-Unsubscribe), RFC 2919 (List-Id), RFC 2392 (cid), RFC 5322 (Message-ID)
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from typing import Final

from dialoog.networks.values import Message
from dialoog.networks.words import Words
from dialoog.networks.writing import headline, link_to, paragraphs

LINE: Final = "-- "
_POLICY: Final = policy.SMTP.clone(cte_type="7bit")
_NO_WORD: Final = re.compile(r"[^a-z0-9]+")
_WHY: Final = Words(
    nl="Je krijgt deze mail omdat je op de lijst van {name} staat.",
    en="You get this mail because you are on the list of {name}.",
)
_MAIL_US: Final = Words(
    nl="Wil je hem niet meer? Stuur een mail aan {leave} met als onderwerp: afmelden.",
    en="Don't want it any more? Send a mail to {leave} with the subject: unsubscribe.",
)
_PAGE: Final = Words(
    nl="Wil je hem niet meer? Meld je af: {leave}", en="Don't want it any more? Leave: {leave}"
)
_PICTURE: Final = Words(nl="Afbeelding", en="Image")


@dataclass(frozen=True)
class Sender:
    """Who sends, to which list: `to` is one address of a mailing list, or several of people.

    Shape: `leave` is a mail address or a page, "" when the list itself says how to leave.
    """

    name: str
    address: str
    to: tuple[str, ...]
    leave: str

    @property
    def domain(self) -> str:
        """The sender's domain."""
        return self.address.rpartition("@")[2]


def message_id(key: str, sender: Sender) -> str:
    """Return the letter's own name: our key, so that mail programs can see that a second is the same one."""
    return f"<{key}@{sender.domain}>"


def write(message: Message, key: str, sender: Sender, now: datetime) -> bytes:
    """Return the whole letter, the same bytes for the same message, key and moment."""
    language = message.languages[0] if message.languages else "nl"
    subject, text = headline(message)
    link = message.link if message.link and message.link.url not in message.text else None
    letter = EmailMessage(_POLICY)
    for name, value in _headers(key, sender, " ".join(subject.split()) or sender.name, language, now):
        letter[name] = value
    footer = _footer(sender, language)
    alts = [
        f"[{_PICTURE.in_language(language)}: {image.alt}]" for image in message.images if image.alt.strip()
    ]
    parts = [text, *([f"{link.title}\n{link.url}".strip()] if link else []), *alts]
    plain = "\n\n".join(part for part in parts if part.strip())
    letter.set_content(f"{plain}\n\n{LINE}\n{footer}" if footer else plain, cte="quoted-printable")
    card = link_to(link.url, link.title or link.url) if link else ""
    shown = [*paragraphs(text), *([card] if card else [])]
    letter.add_alternative(
        _html(shown, message, key, footer, language), subtype="html", cte="quoted-printable"
    )
    _put_pictures(letter, message, key)
    for number, part in enumerate(letter.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{key}_{number}")
    return letter.as_bytes()


def _headers(
    key: str, sender: Sender, subject: str, language: str, now: datetime
) -> list[tuple[str, str | Address]]:
    own = Address(sender.name, addr_spec=sender.address)
    list_name = _NO_WORD.sub("-", sender.name.lower()).strip("-") or "nieuwsbrief"
    headers: list[tuple[str, str | Address]] = [
        ("From", own),
        # Of several nobody sees the others.
        ("To", own if len(sender.to) > 1 else sender.to[0]),
        ("Subject", subject),
        ("Date", format_datetime(now)),
        ("Message-ID", message_id(key, sender)),
        ("Content-Language", language),
        ("List-Id", f"<{list_name}.{sender.domain}>"),
    ]
    if sender.leave:
        goal = sender.leave if _is_page(sender.leave) else f"mailto:{sender.leave}?subject=unsubscribe"
        headers.append(("List-Unsubscribe", f"<{goal}>"))
    return headers


def _is_page(leave: str) -> bool:
    return leave.startswith("https://")


def _footer(sender: Sender, language: str) -> str:
    if not sender.leave:
        return ""
    how = _PAGE if _is_page(sender.leave) else _MAIL_US
    lines = (_WHY.in_language(language), how.in_language(language))
    return " ".join(lines).format(name=sender.name, leave=sender.leave)


def _html(shown: list[str], message: Message, key: str, footer: str, language: str) -> str:
    pictures = [
        f'<p><img src="cid:{_cid(key, number)}" alt="{escape(image.alt)}" style="max-width:100%;height:auto"></p>'
        for number, image in enumerate(message.images)
    ]
    body = [*(f"<p>{part}</p>" for part in shown), *pictures]
    if footer:
        body += ["<hr>", *(f"<p><small>{part}</small></p>" for part in paragraphs(footer))]
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"></head>\n'
        '<body style="font-family:sans-serif;line-height:1.5;max-width:40em;margin:1em auto;padding:0 1em">\n'
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _put_pictures(letter: EmailMessage, message: Message, key: str) -> None:
    html = letter.get_body(("html",))
    for number, image in enumerate(message.images):
        kind, _, subtype = image.mime.partition("/")
        if isinstance(html, EmailMessage):
            html.add_related(
                image.load(),
                maintype=kind,
                subtype=subtype,
                cid=f"<{_cid(key, number)}>",
                filename=f"{number + 1}.{subtype.replace('jpeg', 'jpg')}",
                disposition="inline",
            )


def _cid(key: str, number: int) -> str:
    return f"{number}.{key}@dialoog"
