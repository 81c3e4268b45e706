"""`aadsim preview`."""

from pathlib import Path
from typing import Any

import click

import simulator.commands as commands
from simulator.answers import DEFAULT_MAXIMUM_REMOVED
from simulator.cli.finish import finish
from simulator.cli.options import directory_options, quiet_option, set_option, settings_of
from simulator.cli.progress import Progress
from simulator.cli.run import (
    jobs_option,
    objects_option,
    options_of,
    rows_at,
    run_options,
    statistics_option,
    where_option,
)
from simulator.cli.showing import (
    check_files,
    checked_maximum,
    current_option,
    layout_of,
    limit_option,
    limits_option,
    report_options,
    save_options,
    since_option,
    strict_option,
)
from simulator.cli.swapped import telling_swaps
from simulator.current import load_current
from simulator.errors import UsageError
from simulator.rulefiles import load_rules


def _refuse_rules(context: click.Context, parameter: click.Parameter, given: str | None) -> None:
    if given is not None:
        raise UsageError(
            f"--rules {given}: a preview has two rule sets", "give them with --before and --after"
        )


@click.command()
@click.option(
    "--rules", "-r", hidden=True, expose_value=False, is_eager=True, callback=_refuse_rules
)
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
@where_option
@directory_options
@report_options
@strict_option
@jobs_option
@save_options
@statistics_option
@quiet_option
@current_option
@since_option
@set_option
@click.option(
    "--max-removed",
    default=DEFAULT_MAXIMUM_REMOVED,
    show_default=True,
    metavar="N|N%",
    help="Exit with 1 if more objects than this leave the cloud.",
)
@limits_option
@limit_option(50, " of each change")
@telling_swaps
def preview(
    before: tuple[str, ...], after: tuple[str, ...], objects: tuple[str, ...], format_: str,
    output: Path | None, strict: bool, max_removed: str, limit: int, delimiter: str,
    only: tuple[str, ...], current: str | None, limits: tuple[tuple[str, str], ...],
    settings: tuple[str, ...],
    **values: Any,
) -> int:  # fmt: skip
    """What a rule change does to each object: enters, leaves, stays, and why.

    \b
    aadsim preview --before standard-1.4 --after standard-1.4 --after server-2012-r2 \\
        --objects fixtures/fleet.jsonl
    """
    layout = layout_of(format_, limit, delimiter, only, preview=True)
    checked_maximum(max_removed)
    check_files(values, output)
    state = load_current(current) if current else None
    given = settings_of(settings)
    old, new = (load_rules(*r, settings=given, shared=True) for r in (before, after))
    with (
        Progress(values["quiet"]) as values["progress"],
        rows_at(objects, values, old, new) as source,
    ):
        options = options_of(values, source.provenance, format_)
        result = commands.preview(old, new, source, options, max_removed, state, limits)
    return finish(result, format_, layout, output, strict, values)
