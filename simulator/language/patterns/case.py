"""Whether a pattern ignores case throughout, nowhere, or in parts; and going over its parts."""

from collections.abc import Iterator
from enum import Enum, auto

from simulator.language.patterns.tree import (
    Again,
    Atomic,
    Capture,
    Choice,
    IfAhead,
    IfGroup,
    Look,
    Node,
    Pattern,
    Repeat,
    Sequence,
    Unit,
)
from simulator.language.patterns.units import EVERYTHING, Ranges, complement

_NOT_NEWLINE = complement(((10, 10),))


class Case(Enum):
    """How the case of the text is treated."""

    KEPT = auto()
    FOLDED = auto()  # the text is put in lower case first
    MIXED = auto()  # some parts of the pattern ignore it, others do not


def case_of(pattern: Pattern) -> Case:
    """The treatment that the whole pattern allows."""
    folded = kept = False
    for node in walk(pattern.root):
        match node:
            case Unit(ranges=ranges, folded=False):
                kept = kept or not _is_caseless(ranges)
            case Unit():
                folded = True
            case Again(folded=again):
                folded, kept = folded or again, kept or not again
    if folded:
        return Case.MIXED if kept else Case.FOLDED
    return Case.KEPT


def _is_caseless(ranges: Ranges) -> bool:
    """Whether a unit and its lower case are surely both in *ranges*, or neither."""
    if ranges in (EVERYTHING, _NOT_NEWLINE):
        return True
    return all(
        last < 65 or (first > 90 and last < 97) or 122 < first < last < 128
        for first, last in ranges
    )


def walk(node: Node) -> Iterator[Node]:
    """*node* and every node below it, outer before inner, left before right."""
    stack: list[Node] = [node]
    while stack:
        current = stack.pop()
        yield current
        match current:
            case Sequence(parts=parts):
                stack.extend(reversed(parts))
            case Choice(alternatives=alternatives):
                stack.extend(reversed(alternatives))
            case Repeat(part=part) | Capture(part=part) | Atomic(part=part) | Look(part=part):
                stack.append(part)
            case IfGroup(yes=yes, no=no):
                stack.extend(each for each in (no, yes) if each is not None)
            case IfAhead(test=test, yes=yes, no=no):
                stack.extend(each for each in (no, yes, test) if each is not None)
