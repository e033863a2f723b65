"""Requests that prove who sends them (DPoP): a key of our own per grant, and the servers' nonces.

Source: RFC 9449; https://atproto.com/specs/oauth#demonstrating-proof-of-possession-dpop
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dialoog.core.http import GuardedClient, Response

Jwk = dict[str, str]
_BYTES = 32
# FIPS 186-4, D.1.2.3
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_NONCES_KEPT = 1000


def b64url(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _number(value: int) -> str:
    return b64url(value.to_bytes(_BYTES))


def new_key() -> Jwk:
    """Return a new private key for ES256, as a JWK."""
    return _as_jwk(ec.generate_private_key(ec.SECP256R1()))


def derived_key(secret: bytes, purpose: bytes) -> Jwk:
    """Return the private key for ES256 that belongs to a secret; the same secret gives the same key."""
    # 16 bytes more than the order of the curve, so that the remainder is as good as evenly spread.
    drawn = HKDF(algorithm=SHA256(), length=_BYTES + 16, salt=None, info=purpose).derive(secret)
    jwk = _as_jwk(ec.derive_private_key(int.from_bytes(drawn) % (_ORDER - 1) + 1, ec.SECP256R1()))
    return {**jwk, "kid": b64url(hashlib.sha256(f"{jwk['x']}.{jwk['y']}".encode()).digest()[:12])}


def public_part(key: Jwk) -> Jwk:
    """Return what anybody may know of a key."""
    return {name: value for name, value in key.items() if name != "d"}


def _as_jwk(key: ec.EllipticCurvePrivateKey) -> Jwk:
    numbers = key.private_numbers()
    public = numbers.public_numbers
    point = {"x": _number(public.x), "y": _number(public.y)}
    return {"kty": "EC", "crv": "P-256", **point, "d": _number(numbers.private_value)}


def sign(header: Mapping[str, Any], claims: Mapping[str, Any], key: Jwk) -> str:
    """Return a JWT signed with ES256.

    Source: RFC 7518 section 3.4: the signature is r and s, 32 bytes each.
    """
    parts = [b64url(json.dumps(part).encode()) for part in (header, claims)]
    secret = int.from_bytes(base64.urlsafe_b64decode(key["d"] + "="))
    private = ec.derive_private_key(secret, ec.SECP256R1())
    r, s = decode_dss_signature(private.sign(".".join(parts).encode(), ec.ECDSA(SHA256())))
    return ".".join((*parts, b64url(r.to_bytes(_BYTES) + s.to_bytes(_BYTES))))


def proof(key: Jwk, method: str, url: str, *, nonce: str = "", access: str = "") -> str:
    """Return the proof for one request."""
    claims: dict[str, Any] = {"jti": secrets.token_urlsafe(16), "htm": method, "htu": _without_query(url)}
    # The other side holds it against its own clock: the real moment, whatever time a caller plans for.
    claims["iat"] = int(time.time())
    if nonce:
        claims["nonce"] = nonce
    if access:
        claims["ath"] = b64url(hashlib.sha256(access.encode()).digest())
    return sign({"typ": "dpop+jwt", "alg": "ES256", "jwk": public_part(key)}, claims, key)


def _without_query(url: str) -> str:
    return urlsplit(url)._replace(query="", fragment="").geturl()


class Nonces:
    """The last nonce of each server and key, for this process; the oldest are forgotten."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], str] = OrderedDict()

    def get(self, key: Jwk, url: str) -> str:
        """Return the nonce to use, "" when none is known."""
        with self._lock:
            return self._kept.get(self._place(key, url), "")

    def keep(self, key: Jwk, url: str, answer: Response) -> None:
        """Remember the nonce that came with an answer."""
        if nonce := answer.headers.get("dpop-nonce", ""):
            with self._lock:
                self._kept[self._place(key, url)] = nonce
                self._kept.move_to_end(self._place(key, url))
                while len(self._kept) > _NONCES_KEPT:
                    self._kept.popitem(last=False)

    def _place(self, key: Jwk, url: str) -> tuple[str, str]:
        return key["x"], urlsplit(url).netloc


_nonces = Nonces()


def send(  # noqa: PLR0913 - what a request is made of
    http: GuardedClient,
    key: Jwk,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    content: bytes | None,
    access: str = "",
) -> Response:
    """Send one request with its proof, once more when the server wants a newer nonce in it.

    Errors: those of GuardedClient.
    """
    for _ in range(2):
        signed = {**headers, "dpop": proof(key, method, url, nonce=_nonces.get(key, url), access=access)}
        if access:
            signed["authorization"] = f"DPoP {access}"
        answer = http.request(method, url, headers=signed, content=content)
        _nonces.keep(key, url, answer)
        if not _wants_nonce(answer):
            break
    return answer


def _wants_nonce(answer: Response) -> bool:
    """Tell whether it was refused for its nonce only; nothing was done then."""
    if answer.status not in {400, 401} or "dpop-nonce" not in answer.headers:
        return False
    return "use_dpop_nonce" in answer.headers.get("www-authenticate", "") or b"use_dpop_nonce" in answer.body
