"""The data folder of one installation: its secrets, its instance id and where its files lie."""

import json
import os
import secrets
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

SECRETS_FILE = "secrets.json"


class InstallationError(Exception):
    """The data folder can't be used; the message is one sentence for the person who runs Dialoog."""


@dataclass(frozen=True)
class Installation:
    """What distinguishes this installation from a copy of it.

    `instance_id` is bound to every delivery: a restored backup gets another one and so publishes
    nothing by itself (docs/delivery.md).
    """

    secret_key: str
    field_keys: tuple[str, ...]
    instance_id: str
    is_ephemeral: bool = False

    def __repr__(self) -> str:
        """Show the instance only; the keys never reach a log."""
        return f"Installation(instance_id={self.instance_id!r})"


def data_folder() -> Path:
    """Return the data folder: `DIALOOG_DATA`, else `data/` in the folder where Dialoog was started."""
    return Path(os.environ.get("DIALOOG_DATA") or "data").resolve()


def fresh(*, is_ephemeral: bool = False) -> Installation:
    """Return new secrets; `field_keys` are Fernet keys (32 random bytes, url-safe base64)."""
    return Installation(
        secret_key=secrets.token_urlsafe(48),
        field_keys=(fernet_key(),),
        instance_id=str(uuid.uuid4()),
        is_ephemeral=is_ephemeral,
    )


def fernet_key() -> str:
    """Return one new key for encrypted fields."""
    return secrets.token_urlsafe(32) + "="


def read(folder: Path) -> Installation | None:
    """Return the secrets that lie in the data folder, or None when there are none yet.

    Errors: InstallationError when the file is there and can't be read.
    """
    try:
        found = json.loads((folder / SECRETS_FILE).read_text())
        return Installation(found["secret_key"], tuple(found["field_keys"]), found["instance_id"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InstallationError(
            f"The secrets in {folder / SECRETS_FILE} can't be read ({error}). Put back the file from a backup."
        ) from error


def ensure(folder: Path) -> Installation:
    """Return the installation of this folder, making folder and secrets on first use.

    Errors: InstallationError when the folder can't be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / "media").mkdir(exist_ok=True)
        found = read(folder)
        return found or write(folder, fresh())
    except OSError as error:
        raise InstallationError(
            f"The data folder {folder} can't be written ({error.strerror}). "
            "Choose another one with DIALOOG_DATA or change its permissions."
        ) from error


def write(folder: Path, installation: Installation) -> Installation:
    """Store the secrets, readable by the owner only."""
    kept = {key: value for key, value in asdict(installation).items() if key != "is_ephemeral"}
    target = folder / SECRETS_FILE
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(kept, file, indent=1)
    return installation
