"""The example organisation as a command: a folder of its own that begins anew each time."""

import os
import shutil
import sys
from pathlib import Path
from typing import Any, Final

from dialoog.config import installation
from dialoog.config.installation import InstallationError

_MARK: Final = "this-is-the-example"


def prepare(*, is_running: bool = True) -> Any | None:
    """Empty the example's folder and start its Bluesky server; None where there is no Node.

    Without DIALOOG_DATA the folder is `demo` in the usual one, so that the example never touches your own
    data. Errors: InstallationError when the folder holds something else than an example.
    """
    if not os.environ.get("DIALOOG_DATA"):
        os.environ["DIALOOG_DATA"] = str(installation.data_folder() / "demo")
    folder = installation.data_folder()
    _empty(folder)
    if not is_running:
        return None
    from dialoog.demo import local_bluesky  # noqa: PLC0415 - only the example needs it

    sys.stdout.write("Making the example organisation, with a year of history (a minute) ...\n")
    sys.stdout.flush()
    bluesky = local_bluesky.start()
    if bluesky is not None:
        known = os.environ.get("DIALOOG_ALLOW_ADDRESSES", "")
        os.environ["DIALOOG_ALLOW_ADDRESSES"] = ",".join(filter(None, (known, bluesky.host_port)))
    return bluesky


def _empty(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise InstallationError(
            f"{folder} holds an installation that is no example. Set DIALOOG_DATA to an empty folder."
        )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).touch()


def fill(bluesky: Any | None) -> str:
    """Fill the example and return the lines that say who may look."""
    from dialoog.core.clock import now  # noqa: PLC0415 - after the settings
    from dialoog.demo import story  # noqa: PLC0415 - see above
    from dialoog.demo.fill import fill as fill_year  # noqa: PLC0415 - models need the set-up

    fill_year(now=now(), bluesky=bluesky)
    network = (
        f"Its own Bluesky server is {bluesky.url}.\n" if bluesky else "Without Node there is no Bluesky.\n"
    )
    return f"Sign in as sanne@vaartland.example (owner) with {story.PASSWORD}. {network}"
