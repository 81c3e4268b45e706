"""Prints a result, or writes it to a file that is there whole or not at all."""

from collections.abc import Iterable
from pathlib import Path

import click

from simulator.whole_file import replacing

FINDINGS = 1
INCOMPLETE = 3


def deliver(lines: Iterable[str], output: Path | None) -> None:
    """Prints *lines*, or writes them to *output* as UTF-8."""
    if output is None:
        for line in lines:
            click.echo(line)
        return
    with (
        replacing(output) as temporary,
        temporary.open("w", encoding="utf-8", newline="\n") as file,
    ):
        for line in lines:
            file.write(f"{line}\n")
