"""`aadsim preview`."""

import re
from pathlib import Path
from typing import Any

import click

import simulator.commands as commands
from simulator.cli.options import (
    directory_options,
    objects_option,
    options_of,
    output_options,
    read_objects,
    run_options,
    strict_option,
)
from simulator.cli.output import FINDINGS, INCOMPLETE, deliver
from simulator.compare import Change
from simulator.errors import UsageError
from simulator.reports.json_form import dump, preview_form
from simulator.reports.text import preview_lines
from simulator.rulefiles import load_rules


@click.command()
@click.option(
    "--before",
    "-b",
    multiple=True,
    required=True,
    metavar="R",
    help="Rules as they are; repeatable.",
)
@click.option(
    "--after",
    "-a",
    multiple=True,
    required=True,
    metavar="R",
    help="Rules as they would be; repeatable.",
)
@objects_option
@run_options
@directory_options
@output_options
@strict_option
@click.option(
    "--max-removed",
    default=commands.DEFAULT_MAXIMUM_REMOVED,
    show_default=True,
    metavar="N|N%",
    help="Exit with 1 if more objects than this leave the cloud.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=50,
    show_default=True,
    help="List at most this many objects of each change; 0 lists all.",
)
def preview(
    before: tuple[str, ...], after: tuple[str, ...], objects: str, format_: str,
    output: Path | None, strict: bool, max_removed: str, limit: int, **values: Any,
) -> int:  # fmt: skip
    """What a rule change does to each object: enters, leaves, stays, and why.

    \b
    aadsim preview --before standard-1.4 --after standard-1.4 --after server-2012-r2 \\
        --objects fixtures/fleet.jsonl
    """
    if not re.fullmatch(r"\d+|\d+(\.\d+)?%", max_removed):
        raise UsageError(
            f"--max-removed {max_removed}: is neither a number nor a percentage", "write 500 or 2%"
        )
    old, new = load_rules(*before), load_rules(*after)
    source = read_objects(objects, values, old, new)
    result = commands.preview(old, new, source, options_of(values, source), max_removed)
    if format_ == "json":
        deliver([dump(preview_form(result))], output)
    else:
        deliver(preview_lines(result, limit), output)
    undecided = any(c.change is Change.UNDECIDED for c in result.changes)
    if (strict and undecided) or not source.complete:
        return INCOMPLETE
    return FINDINGS if result.gate_passed else 0
