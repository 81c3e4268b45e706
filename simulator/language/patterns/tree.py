"""The parts of a .NET pattern, with every option already applied to the part it governs."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from simulator.language.patterns.options import Options
from simulator.language.patterns.units import Ranges


class Place(Enum):
    """A condition on a position in the text."""

    START = auto()
    LINE_START = auto()
    END = auto()
    END_OR_FINAL_NEWLINE = auto()
    LINE_END = auto()
    SEARCH_START = auto()
    BOUNDARY = auto()
    NO_BOUNDARY = auto()
    ECMA_BOUNDARY = auto()
    NO_ECMA_BOUNDARY = auto()


@dataclass(frozen=True, slots=True)
class Unit:
    """One of a set of code units; *folded*: the text's unit in lower case is one of them."""

    ranges: Ranges
    folded: bool


@dataclass(frozen=True, slots=True)
class At:
    """A position."""

    place: Place


@dataclass(frozen=True, slots=True)
class Sequence:
    """One part after the other."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The first of several alternatives that leads to a match."""

    alternatives: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """*part* from *least* to *most* times; `None` is without limit."""

    part: "Node"
    least: int
    most: int | None
    lazy: bool


@dataclass(frozen=True, slots=True)
class Capture:
    """A group whose last match is remembered by its number."""

    number: int
    part: "Node"


@dataclass(frozen=True, slots=True)
class Atomic:
    """A part that gives nothing back once it has matched."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class Look:
    """A part that must, or must not, match after or *behind* the position."""

    part: "Node"
    behind: bool
    negative: bool


@dataclass(frozen=True, slots=True)
class Again:
    """What a group has matched, once more; *absent_matches*: so does one that has not."""

    number: int
    folded: bool
    absent_matches: bool


@dataclass(frozen=True, slots=True)
class IfGroup:
    """*yes* if the group has matched, else *no*."""

    number: int
    yes: "Node"
    no: "Node | None"


@dataclass(frozen=True, slots=True)
class IfAhead:
    """*yes* if *test* matches from here, else *no*."""

    test: "Node"
    yes: "Node"
    no: "Node | None"


Node: TypeAlias = (
    Unit | At | Sequence | Choice | Repeat | Capture | Atomic | Look | Again | IfGroup | IfAhead
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A whole pattern: its tree, and the options it began with."""

    root: Node
    options: Options
