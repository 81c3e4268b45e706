"""The command line: parses arguments, prints lines, sets the exit status; computes nothing."""

import os
import re
import signal
import sys
from contextlib import suppress
from importlib import import_module
from itertools import pairwise
from typing import NoReturn

import click

from simulator.errors import SimulatorError, UsageError
from simulator.interrupted import INTERRUPTED, TOLD
from simulator.version import __version__

# Each is a function of that name in a module of that name; its help begins with these words.
COMMANDS = {
    "audit": "For every object: its outcome, and the reason.",
    "preview": "What a rule change does to each object: enters, leaves, stays, and why.",
    "report": "A result that --save has kept, in any form, and what has changed since.",
    "merge": "One result from the parts that --shard has saved.",
    "explain": "One object: scope, join, flows, the deciding clause with its values, every "
    "certificate.",
    "eval": "The value of one expression; the value alone goes to standard output.",
    "check": "What is wrong with rules before anything runs: syntax, names, types, precedence, "
    "traps.",
    "rules": "Lists rules, shows one, converts them, tells what they read or how two sets differ.",
    "functions": "The reference of the language: all functions, or the page of one.",
    "repl": "Evaluates one expression after another, with history and completion.",
    "snapshot": "Pulls objects once into a file from which everything runs later, offline.",
    "doctor": "The directory's side of device registration, and what is wrong with it.",
}


class _ReaderGoneError(Exception):
    """Whoever read the output has closed it: `head` has its lines."""


class _Commands(click.Group):
    """The commands, each imported when it is called, so that the program starts at once."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = import_module(f"simulator.cli.{name}")
        command: click.Command = getattr(module, "eval_" if name == "eval" else name)
        return command

    def resolve_command(
        self, context: click.Context, given: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As of click; a value that is empty by mistake would count as an option not given.

        A misspelt command is told with the one that was meant.
        """
        empty = [o for o, value in pairwise(given) if not value and re.fullmatch(r"--?\w\S*", o)]
        empty += [each.removesuffix("=") for each in given if re.fullmatch(r"--\w[\w-]*=", each)]
        if empty:
            raise UsageError(
                f"{empty[0]}: its value is empty", "is a variable of the shell not set?"
            )
        name = given[0]
        if name not in COMMANDS and not name.startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(name, COMMANDS, n=1)
            raise UsageError(
                f"there is no command `{name}`",
                f"did you mean {near[0]}?" if near else "aadsim --help lists them",
            )
        return super().resolve_command(context, given)

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except BrokenPipeError:  # click would end the program with 1, which says findings
            raise _ReaderGoneError from None

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="aadsim")
def cli() -> None:
    """Simulates the synchronization rules of Azure AD Connect (Entra Connect Sync).

    Says which computers would sync, which are cloudFiltered, why, and what a rule change does to
    each, before any full synchronization. Reads only: no command writes to a directory.

    Rules (R) are a file or folder, or the name of a shipped set; given several times, later ones
    overlay earlier ones by rule name. Objects (O) are a file or an LDAP URL, for example
    ldaps://dc1.contoso.com/OU=Servers,DC=contoso,DC=com

    Exit status: 0 nothing found, 1 findings, 2 wrong use or unreadable input, 3 incomplete.
    """


def main() -> None:
    """Runs the program; every foreseen failure is one message on standard error and a status."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller: what is said goes nowhere
            from pathlib import Path

            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  # kept
    for stream in (sys.stdout, sys.stderr):
        if stream.encoding.lower().replace("-", "") != "utf8":
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # text streams
    # whoever ends the program otherwise than with Ctrl-C gets the same: files whole or not there
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        status = cli.main(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        _end(TOLD, INTERRUPTED)
    except click.ClickException as error:
        with suppress(OSError):
            error.show()
        _end("", 2)
    except SimulatorError as error:
        _end(f"error: {error.render()}", error.status)
    except (_ReaderGoneError, BrokenPipeError):
        _end("", 0)
    except OSError as error:
        place = error.filename or "the output cannot be written"
        _end(f"error: {place}: {error.strerror or error}", 2)
    sys.exit(status if isinstance(status, int) else 0)


def _end(message: str, status: int) -> NoReturn:
    """Ends the program with *status* after *message*, if there is one.

    What cannot be written any more goes nowhere, where the end of Python would try it again.
    """
    with suppress(OSError):
        if message:
            click.echo(message, err=True)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(status)
