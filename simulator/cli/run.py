"""Options of a run over objects, and what they are turned into."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from simulator.cli.options import chain, format_option, instant, output_option, source_request
from simulator.errors import Source, UsageError
from simulator.language.nodes import attributes_of
from simulator.language.parse import parse
from simulator.objects import ObjectSet, Provenance
from simulator.options import Options

if TYPE_CHECKING:
    from simulator.bulk import Statistics
    from simulator.rule import Connector, RuleSet
    from simulator.sources.source import SourceRequest
    from simulator.sources.spool import Rows

_TELL_ALL = ("json", "jsonl")  # these have every fact of every certificate
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

jobs_option = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes for a snapshot [default: as many as its size is worth].",
)

statistics_option = click.option(
    "--stats", is_flag=True, help="Tell on standard error what the run did, in numbers."
)

strict_option = click.option(
    "--strict", is_flag=True, help="Exit with 3 if an object ends in ERROR or UNCERTAIN."
)


def options_of(values: dict[str, Any], provenance: Provenance, form: str = "") -> Options:
    """The run's options from the values of `run_options`; the clock is read here, if at all."""
    from simulator.assumptions import parse_readings

    where = values.get("where")
    given = values.get("as_of")
    now = instant("--as-of", given) if given else None
    if now is None and not provenance.captured_at:
        now = datetime.now(UTC)
    return Options(
        now,
        parse_readings(values.get("assume", ())),
        _connectors(values.get("connector", ())),
        parse(Source("--where", where)) if where else None,
        values.get("jobs"),
        details=form == "html",
    )


def _connectors(paths: tuple[str, ...]) -> "tuple[Connector, ...]":
    if not paths:
        return ()
    from simulator.rulefiles import load_connector

    return tuple(c for path in paths for c in load_connector(path))


def checked_maximum(text: str) -> str:
    """The value of --max-removed, a number or a percentage."""
    if not re.fullmatch(r"\d+|\d+(\.\d+)?%", text):
        raise UsageError(
            f"--max-removed {text}: is neither a number nor a percentage", "write 500 or 2%"
        )
    return text


def read_objects(
    locations: str | tuple[str, ...], values: dict[str, Any], *rule_sets: "RuleSet"
) -> ObjectSet:
    """The objects at all *locations*, with what the *rule_sets* and `--where` read."""
    from simulator.sources.merge import load_all

    return load_all(
        (locations,) if isinstance(locations, str) else locations, _request(values, *rule_sets)
    )


@contextmanager
def objects_for(
    form: str, locations: tuple[str, ...], values: dict[str, Any], *rule_sets: "RuleSet"
) -> "Iterator[ObjectSet | Rows]":
    """As `read_objects`; as rows, where the *form* of the result does not tell all of each."""
    if form in _TELL_ALL or values.get("forecast"):
        yield read_objects(locations, values, *rule_sets)
        return
    with rows_at(locations, values, *rule_sets) as rows:
        yield rows


def rows_at(
    locations: tuple[str, ...], values: dict[str, Any], *rule_sets: "RuleSet"
) -> "AbstractContextManager[Rows]":
    """The objects at all *locations* as rows, with what the *rule_sets* and `--where` read."""
    from simulator.sources.spool import open_rows

    return open_rows(*locations, request=_request(values, *rule_sets))


def tell_statistics(statistics: "Sequence[Statistics]") -> None:
    """Prints what the run did on standard error."""
    for number, each in enumerate(statistics, 1):
        for name, count in each.figures().items():
            click.echo(f"stats: rule set {number}: {name}: {count:,}", err=True)


def _request(values: dict[str, Any], *rule_sets: "RuleSet") -> "SourceRequest":
    attributes = frozenset[str]().union(*(rules.attributes_read for rules in rule_sets))
    if where := values.get("where"):
        attributes |= attributes_of(parse(Source("--where", where)))
    return source_request(values, attributes)
