"""Options of a run over objects, and what they are turned into."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from simulator.cli.options import chain, format_option, instant, output_option, source_request
from simulator.errors import Source, UsageError
from simulator.language.nodes import attributes_of
from simulator.language.parse import parse
from simulator.objects import ObjectSet
from simulator.options import Options
from simulator.rule import RuleSet
from simulator.sources.merge import load_all

F = TypeVar("F", bound=Callable[..., Any])


def _one_character(context: click.Context, parameter: click.Parameter, value: str) -> str:
    if len(value) != 1 or value in '"\r\n':
        raise UsageError(f"--delimiter {value}: is no single character", "write ; or ,")
    return value


objects_option = click.option(
    "--objects",
    "-o",
    required=True,
    multiple=True,
    metavar="O",
    help="Objects: a file, or an LDAP URL; repeatable.",
)

run_options = chain(
    click.option(
        "--as-of",
        metavar="TIME",
        help="The Now() of the run, ISO 8601 [default: the snapshot's capture time, else "
        "the present].",
    ),
    click.option(
        "--connector",
        metavar="FILE",
        multiple=True,
        help="Connector export that gives domains, units, classes, attributes, parameters.",
    ),
    click.option(
        "--assume",
        metavar="A-nn=READING",
        multiple=True,
        help="Take another reading of an assumption.",
    ),
    click.option(
        "--where",
        metavar="EXPRESSION",
        help="Only objects for which this expression is true.",
    ),
)


def report_options(command: F) -> F:
    """`--format` with every form of a result, `--delimiter` and `--output`."""
    from simulator.reports.report import REPORTS

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
        output_option,
    )
    return options(command)


current_option = click.option(
    "--current",
    metavar="FILE",
    help="What is in the cloud now: the portal's device list as CSV, Get-MgDevice as JSON, or an "
    "earlier result as JSON; tells adds and deletes.",
)

strict_option = click.option(
    "--strict", is_flag=True, help="Exit with 3 if an object ends in ERROR or UNCERTAIN."
)


def options_of(values: dict[str, Any], objects: ObjectSet) -> Options:
    """The run's options from the values of `run_options`; the clock is read here, if at all."""
    from simulator.assumptions import parse_readings
    from simulator.rulefiles import load_connector

    where = values.get("where")
    given = values.get("as_of")
    now = instant("--as-of", given) if given else None
    if now is None and not objects.captured_at:
        now = datetime.now(UTC)
    return Options(
        now,
        parse_readings(values.get("assume", ())),
        tuple(c for path in values.get("connector", ()) for c in load_connector(path)),
        parse(Source("--where", where)) if where else None,
    )


def checked_maximum(text: str) -> str:
    """The value of --max-removed, a number or a percentage."""
    if not re.fullmatch(r"\d+|\d+(\.\d+)?%", text):
        raise UsageError(
            f"--max-removed {text}: is neither a number nor a percentage", "write 500 or 2%"
        )
    return text


def read_objects(
    locations: str | tuple[str, ...], values: dict[str, Any], *rule_sets: RuleSet
) -> ObjectSet:
    """The objects at all *locations*, with what the *rule_sets* and `--where` read."""
    attributes = frozenset[str]().union(*(rules.attributes_read for rules in rule_sets))
    if where := values.get("where"):
        attributes |= attributes_of(parse(Source("--where", where)))
    return load_all(
        (locations,) if isinstance(locations, str) else locations,
        source_request(values, attributes),
    )
