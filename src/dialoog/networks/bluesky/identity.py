"""Where an account lives, by its DID: the directory says so, not the server that claims it.

Source: https://atproto.com/specs/did (did:plc in a directory, did:web at its own host)
"""

import re
from collections.abc import Mapping
from typing import Any

from dialoog.core.http import GuardedClient
from dialoog.networks.answers import checked_address, reached, understood
from dialoog.networks.bluesky.session import raise_for
from dialoog.networks.errors import NeedsConsent

PLC_DIRECTORY = "https://plc.directory"
_PLC = re.compile(r"did:plc:[a-z2-7]{24}")
_WEB = re.compile(r"did:web:(?P<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)")


def home_of(http: GuardedClient, did: str, *, said_by: str, directory: str = PLC_DIRECTORY) -> str:
    """Return the address of the PDS where the account lives.

    Shape:  `said_by` is the server that says the account is there. Where the operator named that server
            (a PDS on loopback, which no public directory knows), its own word is taken.
    Errors: NeedsConsent("other_account") when the DID doesn't lead to a PDS; Refused, TryLater.
    """
    if http.allows(said_by) and directory == PLC_DIRECTORY:
        found = _fetch(http, f"{said_by.rstrip('/')}/xrpc/com.atproto.repo.describeRepo?repo={did}").get(
            "didDoc"
        )
    else:
        found = _fetch(http, _document_address(did, directory))
    with understood():
        if not isinstance(found, dict) or found["id"] != did:
            raise NeedsConsent("other_account", "the document is of another DID")
        homes = [
            one["serviceEndpoint"] for one in found["service"] if str(one["id"]).endswith("#atproto_pds")
        ]
    if len(homes) != 1:
        raise NeedsConsent("other_account", "no PDS in the document")
    return checked_address(http, str(homes[0]))


def _document_address(did: str, directory: str) -> str:
    if _PLC.fullmatch(did):
        return f"{directory.rstrip('/')}/{did}"
    if match := _WEB.fullmatch(did):
        return f"https://{match['host']}/.well-known/did.json"
    raise NeedsConsent("other_account", "not a DID")


def _fetch(http: GuardedClient, url: str) -> Mapping[str, Any]:
    with reached():
        answer = http.request("GET", url)
    raise_for(answer)
    with understood():
        return dict(answer.json())
