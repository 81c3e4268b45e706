"""Options of a run over objects, and what they are turned into."""

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from simulator.cli.options import (
    chain,
    format_option,
    instant,
    output_option,
    sign_option,
    source_request,
)
from simulator.errors import Source, UsageError
from simulator.language.nodes import attributes_of
from simulator.language.parse import parse
from simulator.objects import ObjectSet, Provenance
from simulator.options import Options
from simulator.rule import RuleSet
from simulator.saved import load_saved
from simulator.sources.merge import load_all
from simulator.sources.source import SourceRequest
from simulator.sources.spool import Rows, open_rows

_TELL_ALL = ("html", "json", "jsonl")  # these have every fact of every certificate
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
    """`--format` with every form of a result, `--delimiter`, `--output` and `--sign`."""
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
        sign_option,
    )
    return options(command)


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

jobs_option = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes for a snapshot [default: as many as its size is worth].",
)

statistics_option = click.option(
    "--stats", is_flag=True, help="Tell on standard error what the run did, in numbers."
)

save_options = chain(
    click.option(
        "--save",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Also keep the result in FILE, for aadsim report, merge and --since.",
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


def options_of(values: dict[str, Any], provenance: Provenance, form: str = "") -> Options:
    """The run's options from the values of `run_options`; the clock is read here, if at all."""
    from simulator.assumptions import parse_readings
    from simulator.rulefiles import load_connector

    where = values.get("where")
    given = values.get("as_of")
    now = instant("--as-of", given) if given else None
    if now is None and not provenance.captured_at:
        now = datetime.now(UTC)
    return Options(
        now,
        parse_readings(values.get("assume", ())),
        tuple(c for path in values.get("connector", ()) for c in load_connector(path)),
        parse(Source("--where", where)) if where else None,
        values.get("jobs"),
        details=form in _TELL_ALL or values.get("save") is not None,
        shard=_shard(values),
        progress=values["progress"].judged if "progress" in values else None,
    )


def _shard(values: dict[str, Any]) -> tuple[int, int] | None:
    """The part that --shard asks for; it is no whole result, and must be saved."""
    text = values.get("shard")
    if not text:
        return None
    match = re.fullmatch(r"([1-9]\d{0,5})/([1-9]\d{0,5})", text)
    if not match or int(match[1]) > int(match[2]):
        raise UsageError(f"--shard {text}: is no part of parts", "write 1/4, 2/4, 3/4 or 4/4")
    if not values.get("save"):
        raise UsageError("--shard: a part is no result to show", "keep it with --save FILE")
    return int(match[1]), int(match[2])


def refuse_unsigned(values: Mapping[str, Any], output: Path | None) -> None:
    """Refuses --sign where no file is written."""
    if values.get("sign") and not output and not values.get("save"):
        raise UsageError("--sign: no file is written", "name one with --output or --save")


def read_objects(
    locations: str | tuple[str, ...], values: dict[str, Any], *rule_sets: RuleSet
) -> ObjectSet:
    """The objects at all *locations*, with what the *rule_sets* and `--where` read."""
    return load_all(
        (locations,) if isinstance(locations, str) else locations, _request(values, *rule_sets)
    )


def rows_at(
    locations: tuple[str, ...], values: dict[str, Any], *rule_sets: RuleSet
) -> AbstractContextManager[Rows]:
    """The objects at all *locations* as rows, with what the *rule_sets* and `--where` read."""
    return open_rows(*locations, request=_request(values, *rule_sets))


def _request(values: dict[str, Any], *rule_sets: RuleSet) -> SourceRequest:
    attributes = frozenset[str]().union(*(rules.attributes_read for rules in rule_sets))
    if where := values.get("where"):
        attributes |= attributes_of(parse(Source("--where", where)))
    request = source_request(values, attributes)
    return replace(request, progress=values["progress"].read) if "progress" in values else request
