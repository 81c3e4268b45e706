"""`aadsim snapshot`."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from simulator.cli.options import (
    directory_options,
    instant,
    no_color_option,
    quiet_option,
    secret,
    source_request,
    writing_option,
)
from simulator.cli.output import INCOMPLETE
from simulator.cli.progress import Progress
from simulator.cli.swapped import telling_swaps
from simulator.errors import UsageError
from simulator.sources.carried import COMPUTER_ATTRIBUTES
from simulator.sources.ldap_resume import UPDATE_NUMBER, came_before, resume
from simulator.sources.ldap_url import is_ldap_url
from simulator.sources.merge import open_all
from simulator.sources.snapshot_write import incomplete_path, write_snapshot
from simulator.sources.textfile import file_sum

KEY_VARIABLE = "AADSIM_REDACTION_KEY"
KEY_FILE_VARIABLE = "AADSIM_REDACTION_KEY_FILE"


@click.command()
@click.argument("objects", metavar="O...", nargs=-1, required=True)
@writing_option(
    "--output",
    "Parquet, or JSON Lines where the name ends in .jsonl; whole or not at all.",
    required=True,
)
@click.option(
    "--rules",
    "-r",
    multiple=True,
    metavar="R",
    help="Ask for what these rules read as well; the shipped ones are always covered.",
)
@click.option(
    "--attribute",
    multiple=True,
    metavar="NAME",
    help="Ask for this attribute as well; repeatable.",
)
@click.option(
    "--captured-at",
    metavar="TIME",
    help="When the objects of a file were exported, ISO 8601; of a server it is known.",
)
@click.option(
    "--redact",
    "redacted",
    is_flag=True,
    help="Replace names, DNs and SIDs by pseudonyms. The key comes from AADSIM_REDACTION_KEY, or "
    "from the file that AADSIM_REDACTION_KEY_FILE names; the same key gives the same pseudonyms.",
)
@click.option(
    "--keep",
    multiple=True,
    metavar="NAME",
    help="With --redact: leave this attribute as it is; repeatable.",
)
@click.option(
    "--resume",
    "resumed",
    is_flag=True,
    help="Go on with a pull of a server that stopped: what came of it lies beside the output, in "
    "a file with `.incomplete` in its name.",
)
@directory_options
@quiet_option
@no_color_option
@telling_swaps
def snapshot(
    objects: tuple[str, ...], output: Path, rules: tuple[str, ...], attribute: tuple[str, ...],
    captured_at: str | None, redacted: bool, keep: tuple[str, ...], resumed: bool, **values: Any,
) -> int:  # fmt: skip
    """Pulls objects once into a file from which everything runs later, offline.

    \b
    aadsim snapshot ldaps://dc1.contoso.com --user reader@contoso.com --output contoso.parquet

    Every attribute of a file is kept. A server is asked for the attributes that rules read, and
    for no others: all attributes of a computer would include its local administrator's password.
    """
    if keep and not redacted:
        raise UsageError("--keep says what --redact leaves", "give --redact as well")
    if resumed:
        _refuse_beside_resume(objects, redacted, captured_at)
    key = _key() if redacted else b""
    live = all(is_ldap_url(location) for location in objects)
    kept = incomplete_path(output)
    goes_on = resumed and kept.exists()
    moment = "" if goes_on else _moment(captured_at, live)
    # only what a server sends is dear enough to be kept
    least = came_before(str(kept)) if goes_on else 0
    keeping = least if live and len(objects) == 1 and not redacted else None
    with Progress(values["quiet"]) as progress:
        request = source_request(values, _attributes(rules, attribute))
        request = replace(request, progress=progress.read)
        stream = resume(objects[0], request, str(kept)) if goes_on else open_all(objects, request)
        if redacted:
            from simulator.sources.redact import redact

            stream = redact(stream, key, frozenset(keep))
        count = write_snapshot(stream, output, progress.written, captured_at=moment, keep=keeping)
    if live:  # what a pull of one left; beside the copy of a file it may be that file
        kept.unlink(missing_ok=True)
    told = stream.provenance
    state = "complete" if told.complete else "INCOMPLETE"
    click.echo(f"{output}: {count} objects of {told.source}, {state}")
    captured = moment or told.captured_at or "a time that nobody told (--captured-at)"
    if resumed and not goes_on:
        click.echo(f"there was no {kept} to go on with: everything was pulled")
    click.echo(f"captured at {captured}")
    click.echo(f"sha256 {file_sum(output)}")
    for note in told.notes:
        click.echo(f"note: {note}")
    return 0 if told.complete else INCOMPLETE


def _refuse_beside_resume(
    objects: tuple[str, ...], redacted: bool, captured_at: str | None
) -> None:
    """Raises `UsageError` for what does not go with --resume, and names that alone."""
    message = "--resume goes on with the pull of one server, as it began"
    for location in objects:
        if not is_ldap_url(location):
            raise UsageError(
                f"{message}; {location} is no server", "leave out --resume: a file is read anew"
            )
    given = [
        name
        for name, there in (
            ("--redact", redacted),
            ("--captured-at", captured_at),
            ("all servers but one", len(objects) > 1),
        )
        if there
    ]
    if given:
        raise UsageError(message, f"leave out {' and '.join(given)}")


def _attributes(rules: tuple[str, ...], more: tuple[str, ...]) -> frozenset[str]:
    read = frozenset[str]()
    if rules:
        from simulator.rulefiles import load_rules

        read = load_rules(*rules).attributes_read
    return read | {*COMPUTER_ATTRIBUTES, UPDATE_NUMBER, *more}


def _moment(given: str | None, live: bool) -> str:
    """The time of the capture: what was told, or for servers that of its beginning."""
    if given:
        return instant("--captured-at", given).isoformat()
    if not live:
        return ""
    return datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _key() -> bytes:
    key = secret(KEY_VARIABLE, KEY_FILE_VARIABLE)
    if key is None:
        raise UsageError(
            "--redact needs a key",
            f"let {KEY_FILE_VARIABLE} name a file with one, made for example by: openssl rand -hex"
            " 32; keep it, for the same key gives the same pseudonyms",
        )
    if len(key.strip()) < 16:
        raise UsageError(
            "the key of --redact is too short", "take 16 characters or more, made by chance"
        )
    return key.strip().encode()
