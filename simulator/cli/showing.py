"""Options of a result: how it is shown and kept, compared and limited."""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import click

from simulator.cli.options import (
    chain,
    format_option,
    no_color_option,
    output_option,
    sign_option,
    writing_option,
)
from simulator.compare import Change
from simulator.errors import UsageError
from simulator.reports.report import REPORTS, SELECTIVE, Layout
from simulator.saved import load_saved

F = TypeVar("F", bound=Callable[..., Any])


def _one_character(context: click.Context, parameter: click.Parameter, value: str) -> str:
    if len(value) != 1 or value in '"\r\n':
        raise UsageError(f"--delimiter {value}: is no single character", "write ; or ,")
    return value


def checked_maximum(text: str, option: str = "--max-removed") -> str:
    """The value of *option*, a number or a percentage."""
    if not re.fullmatch(r"\d+|\d+(\.\d+)?%", text):
        raise UsageError(
            f"{option} {text}: is neither a number nor a percentage", "write 500 or 2%"
        )
    return text


def _limits(
    context: click.Context, parameter: click.Parameter, values: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    for unit, maximum in values:
        checked_maximum(maximum, f"--max-removed-in {unit}")
    return values


def _names(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    """The outcomes, changes and reason codes that are named, each as it is spelt."""
    from simulator.results.groups import STATES
    from simulator.sync.reason import CODES

    known = {name.casefold(): name for name in (*CODES, *STATES)}  # ERROR before error
    for value in values:
        if value.casefold() not in known:
            near = get_close_matches(value.casefold(), known, n=3)
            raise UsageError(
                f"--only {value}: is no outcome, change or reason code",
                f"did you mean {' or '.join(known[n] for n in near)}?"
                if near
                else f"write one of {', '.join(STATES)}, or a reason code of README.md",
            )
    return tuple(known[value.casefold()] for value in values)


def report_options(command: F) -> F:
    """`--format` with every form of a result, how that is laid out, and where it goes."""
    options = chain(
        format_option(list(REPORTS), "For people (text, markdown, html) or for machines."),
        click.option(
            "--delimiter",
            default=",",
            show_default=True,
            metavar="CHARACTER",
            callback=_one_character,
            help="Between the cells of CSV.",
        ),
        click.option(
            "--only",
            multiple=True,
            metavar="NAME",
            callback=_names,
            help="List only objects with this outcome, reason code or, of a preview, change, for "
            "example UNCERTAIN; repeatable. Counts stay those of all.",
        ),
        output_option,
        sign_option,
        no_color_option,
    )
    return options(command)


def limit_option(default: int, of: str = "") -> Callable[[F], F]:
    """`--limit`: how many objects, *of* what, are listed unless another number is given."""
    return click.option(
        "--limit",
        type=click.IntRange(min=0),
        default=default,
        show_default=default > 0,
        help=f"List at most this many objects{of}; 0 lists all.",
    )


current_option = click.option(
    "--current",
    metavar="FILE",
    help="What is in the cloud now: the portal's device list as CSV, Get-MgDevice as JSON, or an "
    "earlier result as JSON; tells adds and deletes.",
)


def _saved(context: click.Context, parameter: click.Parameter, path: str | None) -> Any:
    """The result in the file *path*, with that name; read before anything else is done."""
    return (path, load_saved(path)) if path else None


since_option = click.option(
    "--since",
    metavar="FILE",
    callback=_saved,
    help="A result that --save has kept: tells what has changed since, object by object.",
)

limits_option = click.option(
    "--max-removed-in",
    "limits",
    nargs=2,
    multiple=True,
    metavar="UNIT N|N%",
    callback=_limits,
    help="Exit with 1 if more than this leave at or below the unit with this DN; repeatable.",
)

save_options = chain(
    writing_option(
        "--save", "Also keep the result in FILE, for aadsim report, merge and --since."
    ),
    click.option(
        "--shard",
        metavar="I/N",
        help="With --save: only the I-th of N parts of a snapshot; aadsim merge makes them whole.",
    ),
)

strict_option = click.option(
    "--strict", is_flag=True, help="Exit with 3 if an object ends in ERROR or UNCERTAIN."
)


def layout_of(
    form: str, limit: int, delimiter: str, only: tuple[str, ...], preview: bool
) -> Layout:
    """How to lay out a report in this *form*, from the values of `report_options`.

    Objects have changes in a *preview* alone.
    """
    if only and form not in SELECTIVE:
        raise UsageError(
            f"--only: --format {form} has every object", f"use it with {', '.join(SELECTIVE)}"
        )
    changes = [name for name in only if name in list(Change)]
    if changes and not preview:
        raise UsageError(
            f"--only {', '.join(changes)}: is a change, and an audit tells of none",
            "name an outcome or a reason code, or use aadsim preview",
        )
    return Layout(limit, delimiter, only)


def check_files(values: Mapping[str, Any], output: Path | None) -> None:
    """Refuses --sign where no file is written, and one file for both --save and --output."""
    keep = values.get("save")
    if values.get("sign") and not output and not keep:
        raise UsageError("--sign: no file is written", "name one with --output or --save")
    if output and keep and output.resolve() == keep.resolve():
        raise UsageError(f"--save {keep}: is the file of --output too", "name another file")
