"""The longest text that every match of a pattern contains."""

from simulator.language.patterns.case import Case
from simulator.language.patterns.tree import (
    Atomic,
    Capture,
    Node,
    Repeat,
    Sequence,
    Unit,
)


def longest_literal(node: Node, case: Case) -> str:
    """The longest text in every match of *node*, in lower case if the text will be; or none."""
    return max(_literals(node, case), key=len, default="")


def _literals(node: Node, case: Case) -> list[str]:
    match node:
        case Unit(ranges=((first, last),), folded=folded) if first == last and (
            case is not Case.MIXED or not folded
        ):
            return [chr(first)]
        case Sequence(parts=parts):
            return _sequence(parts, case)
        case Capture(part=part) | Atomic(part=part):
            return _literals(part, case)
        case Repeat(part=part, least=least) if least > 0:
            return _literals(part, case)
        case _:
            return []


def _sequence(parts: tuple[Node, ...], case: Case) -> list[str]:
    found = []
    run = ""
    for part in parts:
        literals = _literals(part, case)
        if isinstance(part, Unit) and literals:
            run += literals[0]
            continue
        found += [run, *literals]
        run = ""
    return [*found, run]
