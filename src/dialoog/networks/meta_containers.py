"""Containers, in which Instagram and Threads gather a post: made beforehand, seen by nobody, shown once.

A container can be shown only once, so its id is the key: what is in doubt is asked of the container.
Source: https://developers.facebook.com/docs/instagram-platform/content-publishing,
https://developers.facebook.com/documentation/threads/posts (looked at on 2026-11-23)
"""

import contextlib
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from dialoog.networks.answers import understood, without_secrets
from dialoog.networks.errors import NetworkError, Refused, TryLater
from dialoog.networks.meta import Graph
from dialoog.networks.values import Published
from dialoog.networks.words import Words

# They live for 24 hours; we stop relying on one before that.
LIVE: Final = timedelta(hours=23)
# All that is prepared must be done in a hundred seconds.
WAIT_SECONDS: Final = 80.0
_PAUSES: Final = (0.1, 0.3, 0.6, 1.0, 2.0, 3.0)
_SUBCODE: Final = re.compile(r"\b\d{7}\b")

ERRORS: Final[Mapping[str, Words]] = {
    "container_lost": Words(
        nl="Meta is kwijt wat klaarstond. Dialoog zet het opnieuw klaar.",
        en="Meta lost what was ready. Dialoog prepares it anew.",
    ),
    "container_expired": Words(
        nl="Dit stond te lang klaar bij Meta en is vervallen. Verstuur het opnieuw.",
        en="This was ready at Meta for too long and has expired. Send it again.",
    ),
    "media_fetch_failed": Words(
        nl="Meta kon een afbeelding of video niet ophalen van deze installatie. Dialoog probeert het opnieuw.",
        en="Meta could not fetch an image or video from this installation. Dialoog tries again.",
    ),
    "media_processing": Words(
        nl="Meta is nog bezig met een afbeelding of video. Dialoog probeert het opnieuw.",
        en="Meta is still busy with an image or video. Dialoog tries again.",
    ),
}
# Codes of ours for what passes by itself, with how many seconds to wait.
PASSING: Final[Mapping[str, float]] = {
    "container_lost": 5,
    "media_fetch_failed": 20,
    "media_processing": 10,
}


@dataclass(frozen=True)
class Containers:
    """The containers of one account.

    Shape: `root` is the version in paths; `state_field` and `why_field` are what this network calls how a
           container is, and what is wrong with it.
    """

    api: Graph
    root: str
    state_field: str
    why_field: str

    def make(self, path: str, form: Mapping[str, str]) -> str:
        """Return the id of a new container."""
        found = self.api.json(self.api.call("POST", path, form=dict(form), timeout=60))
        with understood():
            return str(found["id"])

    def state(self, container: str) -> str:
        """Return how a container is: IN_PROGRESS, FINISHED, PUBLISHED or EXPIRED.

        Errors: Refused or TryLater with the network's reason when it can't be used (ERROR); TryLater when
        Meta can't find it, which it says of containers that are there too.
        """
        query = {"fields": f"{self.state_field},{self.why_field}"}
        try:
            found = self.api.get(f"{self.root}/{container}", query)
        except Refused as refused:
            if refused.code == "not_found":
                self.api.raise_own("container_lost", refused.detail)
            raise
        with understood():
            state, why = str(found[self.state_field]), str(found.get(self.why_field) or "")
        if state == "ERROR":
            subcode = _SUBCODE.search(why)
            code = self.api.codes.get(f"/{subcode[0]}" if subcode else why, "media_refused")
            self.api.raise_own(code, without_secrets(why))
        return state

    def wait(self, containers: Iterable[str]) -> None:
        """Wait until all are finished.

        Errors: those of `state`; TryLater("media_processing").
        """
        until, waited = time.monotonic() + WAIT_SECONDS, 0
        for container in containers:
            while (state := self.state(container)) != "FINISHED":
                if state == "EXPIRED" or time.monotonic() > until:
                    self.api.raise_own("media_processing", state)
                time.sleep(_PAUSES[min(waited, len(_PAUSES) - 1)])
                waited += 1

    def show(
        self,
        container: str,
        path: str,
        *,
        found: Callable[[], Published | None],
        read: Callable[[str], Published],
        unseen: Callable[[str], Published],
    ) -> Published:
        """Show a container once, whoever asks again.

        Shape:  `found` looks for it among what stands there; `read` asks for what was just shown, by its id;
                `unseen` makes do with the id when that can't be read: shown it is.
        Errors: the four. Refused("container_expired").
        """
        state = self.state(container)
        if state == "PUBLISHED":
            return found() or unseen(f"container-{container}")
        if state == "EXPIRED":
            raise Refused("container_expired", container)
        if state != "FINISHED":
            raise TryLater(PASSING["media_processing"], "media_processing", sent=True, detail=state)
        answer = self.api.call("POST", path, form={"creation_id": container}, mutates=True)
        told = self.api.json(answer, mutates=True)
        with understood(mutates=True):
            made = str(told["id"])
        with contextlib.suppress(NetworkError):
            return read(made)
        return unseen(made)
