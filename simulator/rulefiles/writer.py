"""Rules as files: the registry of writers, and what is the same for each.

A writer says of each thing that its format cannot hold that it is left out.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from simulator.errors import Diagnostic, Source
from simulator.registry import Registry
from simulator.rule import AttributeFlow, Direction, FlowType, JoinCondition, SyncRule
from simulator.rulefiles.rulefile import warning

NO_GUID = "00000000-0000-0000-0000-000000000000"
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Written:
    """Files by their names, and what is to be said of them."""

    files: Mapping[str, str]
    findings: tuple[Diagnostic, ...] = ()


Writer = Callable[[Sequence[SyncRule]], Written]
WRITERS: Registry[Writer] = Registry("simulator.rulefiles")


def writer(name: str) -> Callable[[Writer], Writer]:
    """Declares the function below it as the writer of the format *name*."""

    def declare(write: Writer) -> Writer:
        WRITERS.add(name, write)
        return write

    return declare


def write_rules(rules: Iterable[SyncRule], to: str) -> Written:
    """*rules* in the format *to*, low precedence number first."""
    ordered = sorted(rules, key=lambda r: (r.precedence, r.name.casefold(), r.id))
    written = WRITERS[to](ordered)
    return replace(written, findings=(*_shared_numbers(ordered), *written.findings))


def renamed(rules: Iterable[SyncRule], new: Callable[[], str]) -> tuple[SyncRule, ...]:
    """*rules* with identifiers that *new* gives, also where they name one another."""
    rules = tuple(rules)
    given = {rule.id: new() for rule in rules if rule.id}
    return tuple(
        replace(
            rule,
            id=given.get(rule.id) or new(),
            precedence_after=given.get(rule.precedence_after, rule.precedence_after),
            precedence_before=given.get(rule.precedence_before, rule.precedence_before),
        )
        for rule in rules
    )


def left_out(rule: SyncRule, what: str, format: str, help: str) -> Diagnostic:
    """The finding that *format* cannot hold *what* of *rule*."""
    place = Source(rule.name, "", file=rule.origin or None)
    return warning("cannot-hold", f"{format} cannot hold {what}: it is left out", place, help)


def not_held(rule: SyncRule, format: str) -> Iterable[Diagnostic]:
    """What no format but our own can hold."""
    if rule.reconstruction:
        help = "say in the description that the rule is a reconstruction"
        yield left_out(rule, "that the rule is a reconstruction", format, help)


def sides(condition: JoinCondition, direction: Direction) -> tuple[str, str]:
    """The attributes of *condition*: of the connector space, and of the metaverse."""
    pair = (condition.source, condition.target)
    return pair if direction is Direction.INBOUND else (pair[1], pair[0])


def source_list(flow: AttributeFlow) -> list[str]:
    """What the product's objects hold as the source of *flow*: names, or the constant."""
    return [flow.constant] if flow.type is FlowType.CONSTANT else list(flow.sources)


def _shared_numbers(rules: Sequence[SyncRule]) -> Iterable[Diagnostic]:
    """A finding for each precedence that a rule has after another of these rules."""
    first: dict[int, SyncRule] = {}
    for rule in rules:
        other = first.setdefault(rule.precedence, rule)
        if other is not rule:
            yield warning(
                "precedence-taken",
                f"precedence {rule.precedence} is that of `{other.name}` too",
                Source(rule.name, "", file=rule.origin or None),
                "give each rule a number of its own before the import: no two may share one",
            )
