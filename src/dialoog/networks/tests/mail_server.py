"""A real mail server on loopback (aiosmtpd) that keeps what it takes, and does wrong what it is told to."""

import contextlib
import datetime
import ipaddress
import socket
import ssl
import tempfile
import threading
from email import message_from_bytes
from email.policy import default
from functools import cache
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# What it takes, in bytes.
LARGEST = 1_000_000
USER, PASSWORD = "nieuws", "geheim-van-de-bakker"


class Postbox:
    """What the server took, as (recipients, letter). `says` is a reply by step: "MAIL", "RCPT", "DATA", or
    "cut" to break off instead; of recipients `unknown` are refused one by one."""

    def __init__(self):
        self.letters, self.says, self.unknown, self.keeps_anyway = [], {}, {}, False

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - names that aiosmtpd calls
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        return self._reply(server, "MAIL")

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.unknown:
            return self.unknown[address]
        envelope.rcpt_tos.append(address)
        return self._reply(server, "RCPT")

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        reply = self._reply(server, "DATA")
        if reply.startswith("250") or self.keeps_anyway:
            letter = message_from_bytes(envelope.content.replace(b"\r\n", b"\n"), policy=default)
            self.letters.append((list(envelope.rcpt_tos), letter))
        return reply

    def _reply(self, server, step):
        said = self.says.get(step, "250 good")
        if said == "cut":
            server.transport.abort()
        return said


def _admit(_server, _session, _envelope, _mechanism, data):
    is_known = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_known, handled=False)


@contextlib.contextmanager
def running(security="none"):
    """Run a server; gives its postbox and its port."""
    postbox = Postbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(
        postbox,
        hostname="127.0.0.1",
        port=port,
        authenticator=_admit,
        auth_require_tls=False,
        data_size_limit=LARGEST,
        **_secured(security),
    )
    controller.start()
    try:
        yield postbox, port
    finally:
        controller.stop(no_assert=True)


def _secured(security):
    if security == "none":
        return {}
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "both.pem"
        file.write_bytes(b"".join(certificate()))
        context.load_cert_chain(file)
    if security == "tls":
        return {"ssl_context": context}
    return {"tls_context": context, "require_starttls": True}


@cache
def certificate():
    """Return a certificate for 127.0.0.1 and its key, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    began = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(began)
        .not_valid_after(began + datetime.timedelta(days=30))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return made.public_bytes(pem), secret


@contextlib.contextmanager
def saying(*replies, then=None):
    """Run something that says these lines, one after each line it hears, and then does `then(peer)`; gives its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def run():
        with contextlib.suppress(OSError):
            peer, _ = listener.accept()
            with peer, contextlib.suppress(OSError), peer.makefile("rb") as lines:
                for reply in replies:
                    peer.sendall(reply)
                    lines.readline()
                if then:
                    then(peer, done)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        done.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
