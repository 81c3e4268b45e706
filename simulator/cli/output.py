"""Prints a result, or writes it to a file that is there whole or not at all."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from simulator.errors import UsageError, printable
from simulator.reports.table import Table, plain

FINDINGS = 1
INCOMPLETE = 3


def deliver(lines: Iterable[str], output: Path | None) -> None:
    """Prints *lines*, or writes them to *output* as UTF-8; a terminal gets no HTML."""
    if output is None:
        for line in lines:
            if line.startswith("<!DOCTYPE html>") and sys.stdout.isatty():
                raise UsageError(
                    "--format html is a page for a browser, not for a terminal",
                    "write it to a file: --output report.html",
                )
            if sys.stdout.isatty():  # where the mark of UTF-8 means nothing
                line = printable(line.removeprefix("\ufeff"))
            # names come from a directory: they steer no terminal, and reach a pipe unchanged
            click.echo(line, color=True)
        return
    from simulator.whole_file import replacing

    with (
        replacing(output) as temporary,
        temporary.open("w", encoding="utf-8", newline="\n") as file,
    ):
        for line in lines:
            file.write(f"{line}\n")


def tell(line: str) -> None:
    """Prints *line* on standard error, beside the result."""
    click.echo(printable(line), err=True)


def deliver_text(parts: Iterable[str | Table], output: Path | None) -> None:
    """Prints text in the way of the terminal, where there is one; else as `deliver`."""
    if output is None and sys.stdout.isatty():
        from simulator.cli.terminal import show

        show(parts, click.get_current_context().color)
        return
    deliver(plain(parts), output)


def refuse_overwriting(option: str, output: Path, read: Iterable[str]) -> None:
    """Raises `UsageError` if *output* is a file that is *read*, or one in a folder that is."""
    from simulator.rulefiles.shipped import shipped_sets

    for location in read:
        places = [Path(location), *(p for n, p in shipped_sets().items() if n == location)]
        inside = output.resolve().parents if output.exists() else ()
        if any(_is_same(place, each) for place in places for each in (output, *inside)):
            raise UsageError(
                f"{option} {output}: would overwrite what is read from {location}",
                "name another file",
            )


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):  # one is not there, or its name is no path
        return False
