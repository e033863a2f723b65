"""Starts and stops real WordPress sites (Debian's package, PHP's own server, a MariaDB of their own), and asks them.

From the command line: `python tests/servers/wordpress_server.py` fetches and installs what they need.
"""

import contextlib
import fcntl
import hashlib
import html
import http.cookiejar
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RECIPE = Path(__file__).parent / "wordpress"


class WordpressUnavailable(RuntimeError):
    """Something is missing; the message says what."""


@dataclass(frozen=True)
class Kind:
    """A sort of site: the prefix of its tables, its folder, whether its addresses are numbers, and a network."""

    prefix: str = "wp_"
    folder: str = ""
    is_plain: bool = False
    network: str = ""


PRETTY = Kind()
PLAIN = Kind(is_plain=True)
IN_A_FOLDER = Kind(folder="/blog")
NETWORK = Kind(prefix="ms_", network="ready")


@dataclass(frozen=True)
class Person:
    """Somebody with an account and an application password."""

    id: int
    name: str
    password: str = field(repr=False)
    uuid: str


def install() -> Path:
    """Fetch WordPress and make the tables of a site and of a network of sites; kept per recipe."""
    kept = _cache() / f"wordpress-{_recipe()}"
    kept.parent.mkdir(parents=True, exist_ok=True)
    with (kept.parent / "wordpress.lock").open("w") as lock:
        # Several processes of one run of the tests come here at once.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (kept / "complete").exists():
            _install(kept)
    return kept


def _install(kept: Path) -> None:
    for name in ("php", "mariadbd", "mariadb-install-db", "dpkg-deb", "apt-get"):
        _command(name)
    shutil.rmtree(kept, ignore_errors=True)
    (kept / "packed").mkdir(parents=True)
    subprocess.run(
        [_command("apt-get"), "download", "-qq", "wordpress", "php-getid3"],
        cwd=kept / "packed",
        check=True,
        capture_output=True,
    )
    for package in (kept / "packed").glob("*.deb"):
        subprocess.run([_command("dpkg-deb"), "-x", package, kept / "packed"], check=True)
    _put_code(kept)
    _put_content(kept / "content")
    _put_tables(kept)
    shutil.rmtree(kept / "packed")
    (kept / "complete").touch()


def _recipe() -> str:
    read = b"".join(file.read_bytes() for file in sorted(RECIPE.rglob("*.*")))
    return hashlib.sha256(read + Path(__file__).read_bytes()).hexdigest()[:16]


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dialoog"


def _command(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        raise WordpressUnavailable(f"{name} is missing; install php-cli, php-mysql and mariadb-server-core.")
    return found


def _put_code(kept: Path) -> None:
    shutil.copytree(kept / "packed/usr/share/wordpress", kept / "code", symlinks=True)
    for link in (kept / "code").rglob("*"):
        if link.is_symlink() and not link.exists():
            link.unlink()
    # It reads the length of films.
    shutil.copytree(kept / "packed/usr/share/php/getid3", kept / "code/wp-includes/ID3", dirs_exist_ok=True)
    for name in ("wp-config.php", "install.php", "network.php", "proof.php", "router.php"):
        shutil.copy(RECIPE / name, kept / "code")


def _put_content(content: Path) -> None:
    (content / "mu-plugins").mkdir(parents=True)
    (content / "uploads").mkdir()
    shutil.copy(RECIPE / "always.php", content / "mu-plugins")
    shutil.copytree(RECIPE / "theme", content / "themes/proof")


def _put_tables(kept: Path) -> None:
    data = kept / "data"
    subprocess.run(
        [
            _command("mariadb-install-db"),
            *("--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal"),
            *("--skip-test-db", "--skip-log-bin", "--innodb-log-file-size=8M", *_as_root()),
        ],
        check=True,
        capture_output=True,
    )
    with tempfile.TemporaryDirectory(prefix="dialoog-wp-") as place:
        database = _Database(data, Path(place))
        try:
            code = kept / "code"
            make = f"(new mysqli(null, 'root', '', '', 0, '{database.socket}'))->query('CREATE DATABASE wordpress');"
            _php(code, ["-r", make], {})
            about = {"WP_SOCKET": str(database.socket), "WP_CONTENT": str(kept / "content")}
            _php(code, ["install.php"], {**about, "WP_PREFIX": "wp_"})
            _php(code, ["install.php"], {**about, "WP_PREFIX": "ms_", "WP_NETWORK": "making"})
            _php(code, ["network.php"], {**about, "WP_PREFIX": "ms_", "WP_NETWORK": "ready"})
        finally:
            database.stop()


def _php(code: Path, arguments: list[str], about: Mapping[str, str]) -> None:
    done = subprocess.run(
        [_command("php"), "-d", "display_errors=stderr", *arguments],
        cwd=code,
        env={**os.environ, **about},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise WordpressUnavailable(f"{arguments}: {done.stderr[-2000:]}{done.stdout[-2000:]}")


def _as_root() -> list[str]:
    return ["--user=root"] if os.geteuid() == 0 else []


class _Database:
    """A MariaDB that only this machine's files lead to."""

    def __init__(self, data: Path, place: Path) -> None:
        self.socket = place / "db.sock"
        self._process = subprocess.Popen(
            [
                _command("mariadbd"),
                *("--no-defaults", f"--datadir={data}", f"--socket={self.socket}", "--skip-networking"),
                *("--innodb-flush-log-at-trx-commit=0", "--innodb-log-file-size=8M", "--skip-log-bin"),
                *(
                    "--innodb-buffer-pool-size=32M",
                    "--innodb-use-native-aio=0",
                    f"--log-error={place}/db.log",
                ),
                *(f"--pid-file={place}/db.pid", f"--tmpdir={place}", *_as_root()),
            ],
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        _wait_for(self._answers, self._process, place / "db.log")

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as found:
            return found.connect_ex(str(self.socket)) == 0

    def stop(self) -> None:
        _end(self._process)


def _wait_for(answers: Any, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        if answers():
            return
        time.sleep(0.05)
    _end(process)
    raise WordpressUnavailable(log.read_text()[-2000:] if log.exists() else "It did not start.")


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a process that we started, and what it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


class Site:
    """A running site; `url` is its address without the last slash."""

    def __init__(self, place: Path, kept: Path, database: Path, kind: Kind) -> None:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        self.origin, self.kind = f"http://127.0.0.1:{port}", kind
        self.url = f"{self.origin}{kind.folder}"
        about = {
            "WP_SOCKET": str(database),
            "WP_CONTENT": str(place / "content"),
            "WP_CODE": str(kept / "code"),
            "WP_PREFIX": kind.prefix,
            "WP_FOLDER": kind.folder,
            "WP_PLAIN": "1" if kind.is_plain else "",
            "WP_NETWORK": kind.network,
            "PHP_CLI_SERVER_WORKERS": "4",
        }
        command = [_command("php"), "-d", "opcache.enable_cli=1", "-d", "display_errors=stderr"]
        with (place / "php.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *command,
                    "-S",
                    f"127.0.0.1:{port}",
                    "-t",
                    str(kept / "code"),
                    str(kept / "code/router.php"),
                ],
                env={**os.environ, **about},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        _wait_for(lambda: _listens(port), self._process, place / "php.log")

    def stop(self) -> None:
        """End it."""
        _end(self._process)

    def ask(self, **asked: Any) -> Any:
        """Ask WordPress itself, past its REST interface."""
        request = urllib.request.Request(f"{self.url}/_proof", json.dumps(asked).encode())
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def person(self, name: str, role: str = "editor") -> Person:
        """Make somebody."""
        made = self.ask(do="person", name=name, role=role)
        return Person(made["id"], name, made["password"], made["uuid"])

    def posts(self, person: Person, status: str = "publish", kind: str = "post") -> list[dict[str, Any]]:
        """Return what is under somebody's name, oldest first."""
        return list(self.ask(do="posts", id=person.id, status=status, type=kind))


def _listens(port: int) -> bool:
    with socket.socket() as found:
        return found.connect_ex(("127.0.0.1", port)) == 0


class Browser:
    """Somebody at a site's own pages, without JavaScript."""

    def __init__(self, site: Site) -> None:
        self._site = site
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar, _NoRedirect())

    def _open(self, url: str, form: Mapping[str, str] | None = None) -> Any:
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        try:
            return self._opener.open(url, data, timeout=60)
        except urllib.error.HTTPError as answer:
            return answer

    def sign_in(self, name: str, password: str) -> None:
        """Sign in with the account's own password."""
        page = f"{self._site.url}/wp-login.php"
        self._open(page)
        self._open(page, {"log": name, "pwd": password, "testcookie": "1"})

    def approve(self, url: str, answer: str) -> str:
        """Press "approve" or "reject" on the page of consent, and return where that leads to."""
        page = self._open(url).read().decode()
        fields = {
            name: html.unescape(value)
            for name, value in re.findall(r'<input type="hidden"[^>]*name="(\w+)"[^>]*value="([^"]*)"', page)
        }
        sent = {"app_name": "Dialoog", **fields, answer: "yes"}
        return str(self._open(url.partition("?")[0], sent).headers["location"])


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class Sites:
    """One database, and the sites on it that somebody asked for."""

    def __init__(self, place: Path) -> None:
        self._place, self._kept = place, install()
        shutil.copytree(self._kept / "data", place / "data")
        shutil.copytree(self._kept / "content", place / "content")
        self._database = _Database(place / "data", place)
        self._sites: dict[Kind, Site] = {}

    def site(self, kind: Kind = PRETTY) -> Site:
        """Return the site of this kind, started when nobody asked for it before."""
        if kind not in self._sites:
            self._sites[kind] = Site(self._place, self._kept, self._database.socket, kind)
        return self._sites[kind]

    def stop(self) -> None:
        """End all that runs."""
        for site in self._sites.values():
            site.stop()
        self._database.stop()


@contextlib.contextmanager
def running() -> Iterator[Sites]:
    """Run sites until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="dialoog-wp-") as place:
        sites = Sites(Path(place))
        try:
            yield sites
        finally:
            sites.stop()


if __name__ == "__main__":
    sys.stdout.write(f"{install()}\n")
