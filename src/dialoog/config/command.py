"""The command line `dialoog`: start, parts of it, and the care of an installation."""

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from dialoog.config import backup, checks, example, gate, installation, messages, supervisor
from dialoog.config.mail import MailError, read_mail
from dialoog.config.store import read_store
from dialoog.core.clock import now as read_clock

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; a problem is one sentence on standard error."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dialoog.config.settings")
    arguments = parser().parse_args(argv)
    command: Command = arguments.command
    try:
        return command(arguments)
    except (installation.InstallationError, MailError) as error:
        sys.stderr.write(f"Dialoog: {error}\n")
        return 1
    except KeyboardInterrupt:
        return supervisor.STOPPED


def parser() -> argparse.ArgumentParser:
    """Return the parser with all commands."""
    top = argparse.ArgumentParser(prog="dialoog", description="Decide why, then how, then use social media.")
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _up(commands)
    _prepare_alone(commands)
    _web(commands)
    _worker(commands)
    _demo(commands)
    _backup(commands)
    _restore(commands)
    _adopt(commands)
    _check_config(commands)
    _messages(commands)
    _check_migrations(commands)
    return top


def _up(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("up", help="start web and worker, and stop both on Ctrl-C")
    _listen(one)
    one.add_argument("--demo", action="store_true", help="begin anew with the example organisation")
    one.set_defaults(command=up)


def _setup_line() -> str:
    """Return the line with the one-time link, as long as nobody owns an organisation here."""
    from dialoog.organisations.actions import new_setup_link  # noqa: PLC0415 - models need the set-up

    token = new_setup_link(now=read_clock())
    return f"Set it up, once, at {os.environ['DIALOOG_ADDRESS']}/start/{token}/\n" if token else ""


def _migrate() -> None:
    messages.compile_all()
    _manage("migrate", "--verbosity=0")
    _manage("createcachetable")


def _example(bluesky: Any | None) -> int:
    """Fill the example, and say who may look."""
    _migrate()
    sys.stdout.write(example.fill(bluesky))
    return 0


def _prepare() -> int:
    """Compile texts, migrate, collect the static files, and say where it runs."""
    # This process ends in a second or two; looking for garbage would take a tenth of that.
    gc.disable()
    _migrate()
    _manage("collectstatic", "--verbosity=0", "--noinput")
    sys.stdout.write(f"Dialoog runs at {os.environ['DIALOOG_ADDRESS']}\n{_setup_line()}")
    return 0


def _prepare_alone(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser(
        "prepare", help="bring the tables up to date, once, before web and worker start"
    )
    one.set_defaults(command=prepare)


def prepare(_arguments: argparse.Namespace) -> int:
    """Do what `up` does first, for an installation whose parts are started apart."""
    installation.ensure(installation.data_folder())
    os.environ.setdefault("DIALOOG_ADDRESS", "http://localhost:8000")
    return _prepare()


def _listen(one: argparse.ArgumentParser) -> None:
    one.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    one.add_argument("--port", type=int, default=8000, help="the port to listen on (8000)")


def _check_start(arguments: argparse.Namespace) -> None:
    """Raise what would stop the web server, as one sentence before it starts."""
    supervisor.check_port(arguments.host, arguments.port)
    read_mail(os.environ)
    read_store(os.environ, installation.data_folder())


def up(arguments: argparse.Namespace) -> int:
    """Prepare the data folder, then run web and worker until Ctrl-C."""
    _check_start(arguments)
    # Held until the end: the example's own Bluesky server stops with this process.
    bluesky = example.prepare() if arguments.demo else None
    installation.ensure(installation.data_folder())
    os.environ.setdefault("DIALOOG_ADDRESS", f"http://localhost:{arguments.port}")
    try:
        # In processes of their own, so that the supervisor stays small.
        if arguments.demo and (status := supervisor.apart(lambda: _example(bluesky))):
            return status
        return _run(supervisor.web_command(arguments.host, arguments.port))
    finally:
        if bluesky is not None:
            bluesky.stop()


def _run(web: Sequence[str]) -> int:
    """Run web and worker; the web server loads while the database is prepared for both."""
    with supervisor.Supervisor() as processes:
        door = gate.Gate()
        processes.start(web, held=door)
        if status := supervisor.apart(_prepare):
            return status
        door.open()
        processes.start([sys.executable, "-m", "dialoog.config", "worker"])
        return processes.wait()


def _web(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("web", help="run the web server alone")
    _listen(one)
    one.add_argument("--processes", type=int, default=1, help="how many, of eight threads each (1)")
    one.set_defaults(command=web)


def web(arguments: argparse.Namespace) -> int:
    """Run the web server until it is told to stop; it takes this process's place."""
    installation.ensure(installation.data_folder())
    _check_start(arguments)
    words = supervisor.web_command(arguments.host, arguments.port, processes=arguments.processes)
    os.execv(words[0], words)  # noqa: S606 - our own command, no shell


def _worker(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("worker", help="run the worker alone: deliveries, polls, snapshots")
    one.set_defaults(command=worker)


def worker(_arguments: argparse.Namespace) -> int:
    """Run the worker until it is told to stop."""
    installation.ensure(installation.data_folder())
    import django  # noqa: PLC0415 - settings need the folder

    django.setup()
    from dialoog.core.work.worker import Worker  # noqa: PLC0415 - models need the set-up

    Worker().run()
    return 0


def _demo(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("demo", help="make the example organisation anew, without starting anything")
    one.set_defaults(command=demo)


def demo(_arguments: argparse.Namespace) -> int:
    """Make the example organisation, and say how to look at it."""
    bluesky = example.prepare(is_running=False)
    installation.ensure(installation.data_folder())
    return _example(bluesky)


def _backup(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("backup", help="write everything into one file, while Dialoog runs")
    one.add_argument("file", type=Path, help="where to write it, for instance dialoog.tar.gz")
    one.set_defaults(command=make_backup)


def make_backup(arguments: argparse.Namespace) -> int:
    """Write a backup and say where it lies."""
    made = backup.backup(installation.data_folder(), arguments.file, now=read_clock())
    sys.stdout.write(f"The backup lies in {made}. It holds the secrets of this installation: keep it safe.\n")
    return 0


def _restore(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("restore", help="bring a backup back into an empty data folder")
    one.add_argument("file", type=Path, help="the backup")
    one.set_defaults(command=bring_back)


def bring_back(arguments: argparse.Namespace) -> int:
    """Restore a backup as an installation of its own."""
    folder = installation.data_folder()
    backup.restore(folder, arguments.file)
    sys.stdout.write(
        f"The backup is back in {folder}. Nothing is published by itself: all that was planned waits for "
        "somebody who looks at it. Everybody must sign in again.\n"
    )
    return 0


def _adopt(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser(
        "adopt",
        help="say that this database is the original, after it was moved: what is planned goes out again",
    )
    one.set_defaults(command=adopt)


def adopt(_arguments: argparse.Namespace) -> int:
    """Let what is planned for later go out from here, and say what still waits."""
    installation.ensure(installation.data_folder())
    import django  # noqa: PLC0415 - settings need the folder

    django.setup()
    from dialoog.publishing.delivering.adopting import adopt as take  # noqa: PLC0415 - models need the set-up

    planned, left = take(now=read_clock())
    sys.stdout.write(
        f"{planned} planned deliveries go out from here again. {left} whose moment has passed wait for somebody "
        "who looks whether they are out already.\n"
    )
    return 0


def _check_config(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("check-config", help="look whether this installation works and is safe")
    one.set_defaults(command=check_config)


def check_config(_arguments: argparse.Namespace) -> int:
    """Print what was looked at; the exit status is 1 when something must be mended."""
    found = list(checks.look(installation.data_folder()))
    for one in found:
        sys.stdout.write(f"{one.level:8} {one.text}\n")
    return 1 if any(one.level == "bad" for one in found) else 0


def _messages(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("messages", help="compile the Dutch and English texts")
    one.set_defaults(command=lambda _arguments: messages.compile_all())


def _check_migrations(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("check-migrations", help="fail when a table changed without a migration")
    one.set_defaults(command=lambda _arguments: _manage("makemigrations", "--check", "--dry-run"))


def _manage(*words: str) -> int:
    installation.ensure(installation.data_folder())
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - settings need the folder

    execute_from_command_line(["dialoog", *words])
    return 0
