"""Prints a result, or writes it to a file that is there whole or not at all."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import click

from simulator.errors import UsageError

FINDINGS = 1
INCOMPLETE = 3


def deliver(lines: Iterable[str], output: Path | None) -> None:
    """Prints *lines*, or writes them to *output* as UTF-8."""
    if output is None:
        for line in lines:
            click.echo(line)
        return
    try:
        handle, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
    except OSError as error:
        raise UsageError(
            f"--output {output}: cannot be written: {error.strerror}",
            "name a file in a folder of yours",
        ) from None
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            for line in lines:
                file.write(f"{line}\n")
        temporary.replace(output)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
