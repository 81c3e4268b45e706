"""`aadsim audit`."""

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
    report_options,
    save_options,
    since_option,
    strict_option,
)
from simulator.cli.swapped import telling_swaps
from simulator.current import load_current
from simulator.forecast import parse_span
from simulator.rulefiles import load_rules


@click.command()
@click.option(
    "--rules", "-r", multiple=True, required=True, metavar="R", help="Rules; repeatable."
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
    help="With --current: exit with 1 if more than this would be deleted.",
)
@click.option(
    "--forecast",
    metavar="SPAN",
    help="Tell who leaves within this time as certificates expire, for example 90d.",
)
@limit_option(0)
@telling_swaps
def audit(
    rules: tuple[str, ...], objects: tuple[str, ...], format_: str, output: Path | None,
    strict: bool, limit: int, delimiter: str, only: tuple[str, ...], current: str | None,
    max_removed: str, forecast: str | None, settings: tuple[str, ...], **values: Any,
) -> int:  # fmt: skip
    """For every object: its outcome, and the reason.

    \b
    aadsim audit --rules standard-2016 --objects fixtures/fleet.jsonl
    """
    layout = layout_of(format_, limit, delimiter, only, preview=False)
    checked_maximum(max_removed)
    check_files(values, output)
    span = parse_span(forecast) if forecast else None
    state = load_current(current) if current else None
    rule_set = load_rules(*rules, settings=settings_of(settings))
    with (
        Progress(values["quiet"]) as values["progress"],
        rows_at(objects, values, rule_set) as source,
    ):
        options = options_of(values, source.provenance, format_)
        result = commands.audit(rule_set, source, options, state, max_removed, span)
    return finish(result, format_, layout, output, strict, values)
