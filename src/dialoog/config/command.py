"""The command line `dialoog`: start, parts of it, and the care of an installation."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from dialoog.config import installation, messages, supervisor

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; a problem is one sentence on standard error."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dialoog.config.settings")
    arguments = parser().parse_args(argv)
    command: Command = arguments.command
    try:
        return command(arguments)
    except installation.InstallationError as error:
        sys.stderr.write(f"Dialoog: {error}\n")
        return 1


def parser() -> argparse.ArgumentParser:
    """Return the parser with all commands."""
    top = argparse.ArgumentParser(prog="dialoog", description="Decide why, then how, then use social media.")
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _up(commands)
    _worker(commands)
    _messages(commands)
    _check_migrations(commands)
    return top


def _up(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("up", help="start web and worker, and stop both on Ctrl-C")
    one.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    one.add_argument("--port", type=int, default=8000, help="the port to listen on (8000)")
    one.set_defaults(command=up)


def up(arguments: argparse.Namespace) -> int:
    """Prepare the data folder, then run web and worker until Ctrl-C."""
    installation.ensure(installation.data_folder())
    supervisor.check_port(arguments.host, arguments.port)
    os.environ.setdefault("DIALOOG_ADDRESS", f"http://localhost:{arguments.port}")
    messages.compile_all()
    for words in (["migrate", "--verbosity=0"], ["collectstatic", "--verbosity=0", "--noinput"]):
        _manage(*words)
    sys.stdout.write(f"Dialoog runs at {os.environ['DIALOOG_ADDRESS']}\n")
    sys.stdout.flush()
    web = supervisor.web_command(arguments.host, arguments.port)
    return supervisor.Supervisor([web, [sys.executable, "-m", "dialoog.config", "worker"]]).run()


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
