"""Where a result comes from: what it takes to judge it, and to compute it again."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from simulator.forecast import remark
from simulator.language.render import render
from simulator.objects import ObjectSet, Provenance
from simulator.options import Options
from simulator.rule import Connector, RuleSet, RuleSource
from simulator.sources.spool import Rows
from simulator.sources.textfile import file_sum
from simulator.version import __version__


@dataclass(frozen=True, slots=True)
class RulesUsed:
    """The files of one rule set, later ones laid over earlier ones, and what time means to it."""

    sources: tuple[RuleSource, ...]
    remark: str = ""


@dataclass(frozen=True, slots=True)
class ConnectorUsed:
    """A connector whose import filter applied: its name, and the file it came from, if any."""

    name: str
    origin: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a result comes from, and under what it was computed.

    *now* is the instant of `Now()`. *rules* are those of an audit, or before and after a change.
    *read* is the number of objects of the source, of which *where* may have left some. A result
    may be one *part* of several: its number, from 1, and how many there are. *version* is that of
    this program.
    """

    now: datetime
    rules: tuple[RulesUsed, ...]
    provenance: Provenance
    read: int
    connectors: tuple[ConnectorUsed, ...] = ()
    readings: Mapping[str, str] = field(default_factory=dict)
    where: str = ""
    part: tuple[int, int] = (1, 1)
    version: str = __version__


def origin_of(
    rule_sets: Iterable[RuleSet], objects: ObjectSet | Rows, now: datetime, options: Options
) -> Origin:
    """The origin of what *rule_sets* make of *objects* at the instant *now*."""
    return Origin(
        now,
        tuple(RulesUsed(rules.sources, remark(rules)) for rules in rule_sets),
        objects.provenance,
        objects.count,
        tuple(_used(connector) for connector in options.connectors),
        options.readings,
        render(options.where) if options.where else "",
        options.shard or (1, 1),
    )


def _used(connector: Connector) -> ConnectorUsed:
    file = Path(connector.origin)
    known = connector.origin and file.is_file()
    return ConnectorUsed(connector.name, connector.origin, file_sum(file) if known else "")


# What a result is computed from, by the name that a message gives it.
_BASES: Mapping[str, Callable[[Origin], object]] = {
    "version of aadsim": lambda origin: origin.version,
    "rules": lambda origin: [[s.sha256 for s in rules.sources] for rules in origin.rules],
    "objects": lambda origin: origin.provenance.sha256 or sums_of(origin.provenance.details),
    "instant": lambda origin: origin.now,
    "connectors": lambda origin: [c.sha256 for c in origin.connectors],
    "readings": lambda origin: origin.readings,
    "condition": lambda origin: origin.where,
}


def differing(one: Origin, other: Origin) -> tuple[str, ...]:
    """What two results were computed from differently, by name; without a hash it is different."""
    return tuple(
        name
        for name, of in _BASES.items()
        if of(one) != of(other) or (name == "objects" and not of(one))
    )


def sums_of(details: Mapping[str, str]) -> dict[str, str]:
    """The hashes of several sources, by their names."""
    end = ": sha256"
    return {name.removesuffix(end): v for name, v in details.items() if name.endswith(end)}
