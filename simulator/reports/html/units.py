"""Where the objects are: organizational units as a tree, each with what is below it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

MOST = 1_500


@dataclass(slots=True)
class Unit:
    """One unit: its own name, its DN, and how many objects at or below it have each state."""

    name: str
    dn: str
    counts: dict[str, int] = field(default_factory=dict)
    units: dict[str, "Unit"] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many objects are at or below it."""
        return sum(self.counts.values())

    def sorted_units(self) -> list["Unit"]:
        """The units directly below, by name."""
        return sorted(self.units.values(), key=lambda unit: (unit.name.casefold(), unit.name))


@dataclass(frozen=True, slots=True)
class Tree:
    """The units without a common part above them, and how many small ones were left out."""

    roots: tuple[Unit, ...]
    left_out: int


def tree(tallies: Mapping[str, Mapping[str, int]]) -> Tree:
    """The tree of the units whose DNs are given, with *tallies* of the objects directly in each.

    Components of the domain are one node. Of more than `MOST` units the largest are kept.
    """
    top = Unit("", "")
    for dn, counts in tallies.items():
        for unit in _path(top, dn):
            for state, count in counts.items():
                unit.counts[state] = unit.counts.get(state, 0) + count
    largest = sorted(_below(top), key=lambda unit: (-unit.total, unit.dn))
    kept = {id(unit) for unit in largest[:MOST]}
    for unit in (top, *largest):
        unit.units = {n: u for n, u in unit.units.items() if id(u) in kept}
    return Tree(tuple(top.sorted_units()), max(0, len(largest) - MOST))


def _path(top: Unit, dn: str) -> Iterator[Unit]:
    """The units from the domain down to *dn*, made where they are missing."""
    unit, below = top, ""
    for component in _components(dn):
        below = f"{component},{below}" if below else component
        unit = unit.units.setdefault(component.casefold(), Unit(component, below))
        yield unit


def _components(dn: str) -> list[str]:
    """The components of *dn* from the top down, those of the domain as one."""
    parts = split(dn)
    first = next((i for i, part in enumerate(parts) if part[:3].casefold() == "dc="), len(parts))
    domain = ",".join(parts[first:]) or "(no domain)"
    return [domain, *reversed(parts[:first])]


def split(dn: str) -> list[str]:
    """The components of *dn*; a comma after a backslash is part of a name."""
    return [part for part in re.findall(r"(?:[^,\\]|\\.)+", dn, re.DOTALL) if part]


def _below(unit: Unit) -> Iterator[Unit]:
    for each in unit.units.values():
        yield each
        yield from _below(each)
