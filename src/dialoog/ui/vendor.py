"""Front-end files of others: fetched from npm, pinned by version and hash in `vendor.lock.json`.

`python -m dialoog.ui.vendor` verifies what is here; `--fetch` takes the pinned packages from the
registry again, rebuilds the icon sprite and refuses anything whose hash differs from the lock;
`--lock` writes the hashes of what was fetched, which is how a version is raised.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

ROOM = Path(__file__).resolve().parent
LOCK = ROOM / "vendor.lock.json"
STROKE = "1.75"  # the one stroke width of the design language


class VendorError(Exception):
    """A package can't be fetched, or a file isn't what the lock says."""


@dataclass(frozen=True, kw_only=True)
class Vendored:
    """One file of others.

    `source` is the path inside the npm package. A sprite has `icons` (our name to a file in the
    folder `source`) and is assembled from those.
    """

    file: str
    package: str
    version: str
    licence: str
    source: str
    sha256: str
    icons: dict[str, str] | None = None


def read_lock() -> list[Vendored]:
    """Return what the lock names, in its order."""
    rows: list[dict[str, Any]] = json.loads(LOCK.read_text(encoding="utf-8"))["files"]
    return [Vendored(**row) for row in rows]


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def problems(entries: Iterable[Vendored]) -> list[str]:
    """Return a sentence for every file that is missing or differs from the lock."""
    found = []
    for entry in entries:
        path = ROOM / entry.file
        if not path.is_file():
            found.append(f"{entry.file} is missing; run: python -m dialoog.ui.vendor --fetch")
        elif digest(path.read_bytes()) != entry.sha256:
            found.append(f"{entry.file} differs from {entry.package} {entry.version} as locked")
    return found


def fetch(*, relock: bool) -> list[Vendored]:
    """Fetch every package of the lock, write its files and return the entries as they now are.

    Raises VendorError when npm is missing or fails, or when a hash differs and `relock` is false.
    """
    entries = read_lock()
    fresh = []
    for package, version in sorted({(entry.package, entry.version) for entry in entries}):
        mine = [e for e in entries if (e.package, e.version) == (package, version)]
        with _unpacked(package, version) as folder:
            fresh += [_place(entry, folder, relock=relock) for entry in mine]
    return sorted(fresh, key=lambda entry: entry.file)


def write_lock(entries: list[Vendored]) -> None:
    """Write the lock, one file per entry, without empty fields."""
    rows = [{k: v for k, v in asdict(entry).items() if v is not None} for entry in entries]
    LOCK.write_text(json.dumps({"files": rows}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def sprite(icons: dict[str, str], folder: Path) -> bytes:
    """Return an SVG sprite: one symbol per icon, drawn in the current colour of the text."""
    head = (
        f'fill="none" stroke="currentColor" stroke-width="{STROKE}"'
        ' stroke-linecap="round" stroke-linejoin="round"'
    )
    symbols = []
    for name, file in icons.items():
        drawing = (folder / f"{file}.svg").read_text(encoding="utf-8")
        shapes = [shape for shape in re.findall(r"<path[^>]*/>", drawing) if "M0 0h24v24H0z" not in shape]
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24" {head}>{"".join(shapes)}</symbol>')
    body = "\n".join(symbols)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n'.encode()


def _place(entry: Vendored, folder: Path, *, relock: bool) -> Vendored:
    source = folder / entry.source
    content = sprite(entry.icons, source) if entry.icons else source.read_bytes()
    if digest(content) != entry.sha256 and not relock:
        raise VendorError(f"{entry.package} {entry.version}: {entry.source} is not what the lock says")
    target = ROOM / entry.file
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return replace(entry, sha256=digest(content))


@contextmanager
def _unpacked(package: str, version: str) -> Iterator[Path]:
    npm = shutil.which("npm")
    if npm is None:
        raise VendorError("npm is needed to fetch; verifying works without it")
    with tempfile.TemporaryDirectory() as place:
        command = [npm, "pack", "--silent", "--pack-destination", place, f"{package}@{version}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - pinned names from our own lock
        if done.returncode:
            raise VendorError(f"npm pack {package}@{version} failed: {done.stderr.strip()}")
        with tarfile.open(next(Path(place).glob("*.tgz"))) as archive:
            archive.extractall(place, filter="data")
        yield Path(place) / "package"


def main() -> int:
    """Verify, fetch or relock; the exit code is 1 when something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m dialoog.ui.vendor")
    parser.add_argument("--fetch", action="store_true", help="take the files from npm again")
    parser.add_argument("--lock", action="store_true", help="fetch and write the hashes of what came")
    options = parser.parse_args()
    try:
        if options.fetch or options.lock:
            fresh = fetch(relock=options.lock)
            if options.lock:
                write_lock(fresh)
    except VendorError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    wrong = problems(read_lock())
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
