"""The unit with which .NET wrongly lets a match begin, where a condition has one branch only.

.NET looks for a place to begin by the set of first units. It leaves out that a condition without
a second branch may match nothing, and so misses matches. A measured defect of .NET Framework.
"""

from typing import TypeAlias

from simulator.language.patterns.tree import (
    Again,
    At,
    Atomic,
    Capture,
    Choice,
    IfAhead,
    IfGroup,
    Look,
    Node,
    Place,
    Repeat,
    Sequence,
    Unit,
)
from simulator.language.patterns.units import EVERYTHING, Ranges, union

First: TypeAlias = tuple[Ranges, bool]  # the units, and whether the part may match nothing

_EMPTY: First = ((), True)
_ANCHORS = (Place.START, Place.SEARCH_START, Place.END, Place.END_OR_FINAL_NEWLINE)


def forced_first(root: Node) -> Ranges | None:
    """The units one of which a match must begin with in .NET, or nothing where it may not."""
    if _is_anchored(root):  # such patterns are not looked for by their first unit
        return None
    ranges, empty = _first(root)
    return None if empty else ranges


def _is_anchored(node: Node) -> bool:
    match node:
        case At(place=place):
            return place in _ANCHORS
        case Sequence(parts=(first, *_)) | Capture(part=first) | Atomic(part=first):
            return _is_anchored(first)
        case _:
            return False


def _first(node: Node) -> First:
    match node:
        case Unit(ranges=ranges):
            return ranges, False
        case Sequence(parts=parts):
            return _sequence(parts)
        case Choice(alternatives=alternatives):
            return _any(alternatives)
        case Repeat(part=part, least=least):
            ranges, empty = _first(part)
            return ranges, empty or least == 0
        case Capture(part=part) | Atomic(part=part):
            return _first(part)
        case Again():
            return EVERYTHING, True
        case IfGroup(yes=yes, no=no) | IfAhead(yes=yes, no=no):
            return _any((yes,) if no is None else (yes, no))
        case At() | Look():
            return _EMPTY


def _sequence(parts: tuple[Node, ...]) -> First:
    units: Ranges = ()
    for part in parts:
        ranges, empty = _first(part)
        units = union(units, ranges)
        if not empty:
            return units, False
    return units, True


def _any(nodes: tuple[Node, ...]) -> First:
    firsts = [_first(node) for node in nodes]
    return union(*(ranges for ranges, _ in firsts)), any(empty for _, empty in firsts)
