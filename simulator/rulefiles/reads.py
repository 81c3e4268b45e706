"""Which attributes of the connected directory rules read, as lines and as JSON."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from simulator.rule import Direction, RuleSet, rule_attributes


@dataclass(frozen=True, slots=True)
class Read:
    """An attribute, the types of objects that it is read of (all if none), and the rules."""

    attribute: str
    types: tuple[str, ...]
    rules: tuple[str, ...]


def reads(rules: RuleSet, always: Collection[str] = ()) -> tuple[Read, ...]:
    """Every attribute that an enabled inbound rule reads, and those that are *always* read."""
    inbound = [rule for rule in rules.rules if rule.direction is Direction.INBOUND]
    read_by = {rule: rule_attributes(rule) for rule in inbound}
    names = {*always}.union(*read_by.values())
    found = []
    for name in sorted(names, key=str.casefold):
        readers = [rule for rule, attributes in read_by.items() if name in attributes]
        types = () if name in always else tuple(sorted({r.source_type for r in readers}))
        found.append(Read(name, types, tuple(rule.name for rule in readers)))
    return tuple(found)


def read_lines(found: Collection[Read]) -> Iterator[str]:
    """A line for each attribute: of which types, and by which rules."""
    heads = ("attribute", "of")
    cells = [(each.attribute, ", ".join(each.types) or "all") for each in found]
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    yield f"{heads[0]:<{widths[0]}}  {heads[1]:<{widths[1]}}  read by"
    for (name, types), each in zip(cells, found, strict=True):
        by = ", ".join(each.rules) or "aadsim, to name the object"
        yield f"{name:<{widths[0]}}  {types:<{widths[1]}}  {by}"


def read_form(read: Read) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "attribute": read.attribute,
        "object_types": list(read.types),
        "rules": list(read.rules),
    }
