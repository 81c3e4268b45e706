"""`aadsim repl`."""

import os
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli.options import directory_options, no_color_option
from simulator.cli.output import FINDINGS, deliver, tell
from simulator.cli.run import options_of, read_objects, run_options
from simulator.cli.session import Response, Session, is_complete
from simulator.errors import UsageError
from simulator.objects import ObjectSet, Provenance
from simulator.sources.carried import COMPUTER_ATTRIBUTES

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession


@click.command()
@click.option("--object", "name", metavar="OBJECT", help="Begin with this object of --objects.")
@click.option("--objects", "-o", metavar="O", help="Objects: a file, or an LDAP URL.")
@click.option("--trace", "traced", is_flag=True, help="Show every step.")
@click.option("--no-history", is_flag=True, help="Keep no history of what is typed.")
@run_options
@directory_options
@no_color_option
def repl(
    name: str | None, objects: str | None, traced: bool, no_history: bool, **values: Any
) -> int:
    """Evaluates one expression after another, with history and completion.

    Reads from a pipe too, and then exits with 1 if one failed. :help lists the commands.

    \b
    aadsim repl --objects fixtures/fleet.jsonl --object SRV2012R2-VALID
    """
    if name and not objects:
        raise UsageError("--object needs --objects", "say where the object is")

    def load(location: str) -> ObjectSet:
        return read_objects(location, values, frozenset(COMPUTER_ATTRIBUTES))

    found = load(objects) if objects else None
    options = options_of(values, found.provenance if found else Provenance(""))
    captured = found.captured_at if found else ""
    now = options.now or (datetime.fromisoformat(captured) if captured else datetime.now(UTC))
    session = Session(
        now.astimezone(UTC), load, found, None, [], dict(options.readings), options.connectors,
        traced,
    )  # fmt: skip
    if name:
        _show(session.respond(f":object {name}"))
        if session.subject is None:
            return UsageError.status
    if sys.stdin.isatty():
        _converse(session, no_history)
        return 0
    failed = False
    for text in inputs(sys.stdin):
        response = session.respond(text)
        _show(response)
        failed = failed or response.failed
        if response.quit:
            break
    return FINDINGS if failed else 0


def inputs(lines: Iterable[str]) -> Iterator[str]:
    """The inputs in *lines*: each as many lines as it takes, or up to an empty one."""
    begun = ""
    for line in lines:
        begun += line
        if is_complete(begun) or not line.strip():
            yield begun
            begun = ""
    if begun.strip():
        yield begun


def history_file() -> Path:
    """Where what was typed is kept: the user's folder for state, by the system's custom."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "aadsim" / "history"
    state = os.environ.get("XDG_STATE_HOME", "")
    base = Path(state) if state else Path.home() / ".local" / "state"
    return base / "aadsim" / "history"


def _show(response: Response) -> None:
    deliver(response.lines, None)
    for line in response.remarks:
        tell(line)


def _converse(session: Session, no_history: bool) -> None:
    prompting = prompt_session(session, no_history, click.get_current_context().color)
    click.echo(":help lists the commands, Ctrl-D leaves")
    while True:
        try:
            text = prompting.prompt(session.prompt)
        except KeyboardInterrupt:
            continue  # what was typed is dropped, as a shell does
        except EOFError:
            return
        response = session.respond(text)
        _show(response)
        if response.quit:
            return


def prompt_session(
    session: Session, no_history: bool, colour: bool | None = None
) -> "PromptSession[str]":
    """The line editor: completion, history, and Enter that goes on while an input is open."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import Completer, Completion
    from prompt_toolkit.document import Document
    from prompt_toolkit.history import FileHistory, History, InMemoryHistory
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
    from prompt_toolkit.output import ColorDepth

    class Names(Completer):
        def get_completions(
            self, document: Document, complete_event: object
        ) -> Iterator[Completion]:
            cursor = document.cursor_position
            for found in session.complete(document.text, cursor):
                yield Completion(found.text, found.start - cursor, display_meta=found.meaning)

    bindings = KeyBindings()

    @bindings.add("enter")
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if is_complete(buffer.text) or buffer.document.current_line == "":
            buffer.validate_and_handle()
        else:
            buffer.insert_text("\n")

    history: History = InMemoryHistory()
    if not no_history:
        file = history_file()
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file.touch(mode=0o600)
            history = FileHistory(file)
        except OSError as error:
            click.echo(f"no history is kept: {file}: {error.strerror}", err=True)
    return PromptSession(
        color_depth=ColorDepth.MONOCHROME if colour is False else None,
        completer=Names(),
        complete_while_typing=False,
        history=history,
        key_bindings=bindings,
        multiline=True,
        prompt_continuation=lambda width, line, wrapped: "." * (width - 1) + " ",
    )
