"""Options of a run over objects, and what they are turned into."""

import re
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from simulator.cli.options import chain, instant, source_request
from simulator.errors import Source, UsageError
from simulator.language.nodes import attributes_of
from simulator.language.parse import parse
from simulator.objects import ConnectorObject, ObjectSet, Provenance
from simulator.options import Options

if TYPE_CHECKING:
    from simulator.rule import Connector, RuleSet
    from simulator.sources.source import SourceRequest
    from simulator.sources.spool import Rows

_OF_A_WHOLE = ("output", "since", "current", "forecast")
_TELL_ALL = ("html", "json", "jsonl")  # these have every fact of every certificate


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
)

where_option = click.option(
    "--where",
    metavar="EXPRESSION",
    help="Only objects for which this expression is true.",
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
    given = click.get_current_context().params
    told = [f"--{name}" for name in _OF_A_WHOLE if given.get(name)]
    if told and int(match[2]) > 1:
        raise UsageError(
            f"{', '.join(told)}: tells of a whole result, and --shard computes a part",
            "ask for it when the parts are merged, or without --shard",
        )
    return int(match[1]), int(match[2])


def _connectors(paths: tuple[str, ...]) -> "tuple[Connector, ...]":
    if not paths:
        return ()
    from simulator.rulefiles import load_connector

    return tuple(c for path in paths for c in load_connector(path))


def read_objects(location: str, values: dict[str, Any], attributes: frozenset[str]) -> ObjectSet:
    """The objects at *location*, with these *attributes*."""
    from simulator.sources.merge import load_all

    return load_all((location,), _request(values, attributes))


def read_object(
    name: str, location: str, values: dict[str, Any], attributes: frozenset[str]
) -> tuple[ConnectorObject, Provenance]:
    """The one object called *name* at *location*, as of `read_objects`."""
    from simulator.find import find_object
    from simulator.sources.merge import open_all
    from simulator.sources.source import held

    stream = open_all((location,), _request(values, attributes))
    if stream.again is None:
        found = held(stream)
        return find_object(name, found), found.provenance
    from simulator.single import object_at, place_of
    from simulator.sources.spool import spooled

    with spooled(stream) as rows:
        return object_at(rows, place_of(name, rows)), rows.provenance


def rows_at(
    locations: tuple[str, ...], values: dict[str, Any], *rule_sets: "RuleSet"
) -> "AbstractContextManager[Rows]":
    """The objects at all *locations* as rows, with what the *rule_sets* and `--where` read."""
    from simulator.sources.spool import open_rows

    attributes = frozenset[str]().union(*(rules.attributes_read for rules in rule_sets))
    if where := values.get("where"):
        attributes |= attributes_of(parse(Source("--where", where)))
    return open_rows(*locations, request=_request(values, attributes))


def _request(values: dict[str, Any], attributes: frozenset[str]) -> "SourceRequest":
    request = source_request(values, attributes)
    return replace(request, progress=values["progress"].read) if "progress" in values else request
