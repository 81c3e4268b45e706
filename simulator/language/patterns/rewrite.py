"""Writing a .NET pattern's tree anew for the package `regex`, whose engine then matches it.

Everything in which the two languages differ is written out: sets as explicit ranges, anchors as
look-arounds. What cannot be written raises `NotPortable`. Source: measured differences between
.NET's and `regex`'s answers.
"""

from dataclasses import dataclass

from simulator.language.patterns.case import Case, walk
from simulator.language.patterns.firsts import forced_first
from simulator.language.patterns.options import NotPortable, Options
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
    Pattern,
    Place,
    Repeat,
    Sequence,
    Unit,
)
from simulator.language.patterns.units import (
    ECMA_WORD,
    JOINERS,
    LAST,
    Ranges,
    clip,
    complement,
    expanded,
    table,
    union,
)

NOTHING = "(?!)"
_LARGEST_COUNT = 2**20


@dataclass(frozen=True, slots=True)
class _Writer:
    """What the pattern is written for: *limit* is the last unit that the text may have."""

    pattern: Pattern
    case: Case
    limit: int
    wanted: frozenset[int]

    @property
    def invariant(self) -> bool:
        return bool(self.pattern.options & Options.CULTURE_INVARIANT)

    @property
    def backwards(self) -> bool:
        return bool(self.pattern.options & Options.RIGHT_TO_LEFT)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the tree one is: which groups are open, in a loop or behind the position."""

    opened: frozenset[int] = frozenset()
    looped: bool = False
    behind: bool = False


def rewrite(pattern: Pattern, case: Case, limit: int = LAST) -> str:
    """*pattern* for `regex`, version 0, to search texts of units up to *limit*.

    *case* is the `case_of` it; if that is FOLDED, the text must be in lower case.
    """
    nodes = tuple(walk(pattern.root))
    wanted = frozenset(n.number for n in nodes if isinstance(n, Again | IfGroup))
    writer = _Writer(pattern, case, limit, wanted)
    first = ""
    if any(isinstance(n, IfGroup | IfAhead) and n.no is None for n in nodes):
        if writer.backwards:
            raise NotPortable("a condition without a second branch from right to left")
        ranges = forced_first(pattern.root)
        if ranges is not None:
            first = f"(?={_unit(writer, ranges, True)})"
    return first + _write(writer, pattern.root, _Place(behind=writer.backwards))


def _write(writer: _Writer, node: Node, place: _Place) -> str:
    match node:
        case Unit(ranges=ranges, folded=folded):
            return _unit(writer, ranges, folded)
        case At(place=at):
            return _position(writer, at)
        case Sequence(parts=parts):
            return "".join(_write(writer, part, place) for part in parts)
        case Choice(alternatives=alternatives):
            return f"(?:{'|'.join(_write(writer, each, place) for each in alternatives)})"
        case Repeat():
            return _repeat(writer, node, place)
        case Capture(number=number, part=part):
            return _capture(writer, number, part, place)
        case Atomic(part=part):
            return f"(?>{_write(writer, part, place)})"
        case Look(part=part, behind=behind, negative=negative):
            inside = _write(writer, part, _Place(place.opened, place.looped, behind))
            return f"(?{'<' if behind else ''}{'!' if negative else '='}{inside})"
        case Again():
            return _again(writer, node, place)
        case IfGroup(number=number, yes=yes, no=no):
            if number in place.opened:
                raise NotPortable("a condition about a group that is still open")
            return f"(?({_name(number)}){_branches(writer, yes, no, place)})"
        case IfAhead(test=test, yes=yes, no=no):
            if place.behind:
                raise NotPortable("a condition that is tested from right to left")
            condition = _write(writer, test, place)
            return f"(?(?={condition}){_branches(writer, yes, no, place)})"


def _unit(writer: _Writer, ranges: Ranges, folded: bool) -> str:
    if folded and writer.case is Case.MIXED:
        ranges = expanded(ranges, writer.invariant)
    ranges = clip(ranges, writer.limit)
    if not ranges:
        return NOTHING
    first, last = ranges[0]
    if len(ranges) == 1:
        if first == last:
            return _escaped(first)
        if first == 0 and last == writer.limit:
            return "(?s:.)"
    inverse = clip(complement(ranges), writer.limit)
    if 0 < len(inverse) < len(ranges):
        return f"[^{_ranges(inverse)}]"
    return f"[{_ranges(ranges)}]"


def _ranges(ranges: Ranges) -> str:
    return "".join(
        _escaped(first) if first == last else f"{_escaped(first)}-{_escaped(last)}"
        for first, last in ranges
    )


def _escaped(unit: int) -> str:
    char = chr(unit)
    return char if unit < 128 and char.isalnum() else f"\\u{unit:04x}"


def _position(writer: _Writer, at: Place) -> str:
    match at:
        case Place.START:
            return r"\A"
        case Place.LINE_START:
            return r"(?<![^\n])"
        case Place.END:
            return r"\Z"
        case Place.END_OR_FINAL_NEWLINE:
            return r"(?=\n?\Z)"
        case Place.LINE_END:
            return r"(?![^\n])"
        case Place.SEARCH_START:
            return r"\Z" if writer.backwards else r"\A"
        case Place.BOUNDARY | Place.NO_BOUNDARY:
            word = union(table("word"), JOINERS)
        case Place.ECMA_BOUNDARY | Place.NO_ECMA_BOUNDARY:
            word = ECMA_WORD
    unit = _unit(writer, word, False)
    if at in (Place.BOUNDARY, Place.ECMA_BOUNDARY):
        return f"(?:(?<={unit})(?!{unit})|(?<!{unit})(?={unit}))"
    return f"(?:(?<={unit})(?={unit})|(?<!{unit})(?!{unit}))"


def _repeat(writer: _Writer, node: Repeat, place: _Place) -> str:
    looped = place.looped or node.most is None or node.most > 1
    part = _write(writer, node.part, _Place(place.opened, looped, place.behind))
    if node.least > _LARGEST_COUNT or (node.most or 0) > _LARGEST_COUNT:
        raise NotPortable("a quantifier with a very large number")
    if not isinstance(node.part, Unit):
        part = f"(?:{part})"
    match node.least, node.most:
        case 0, None:
            count = "*"
        case 1, None:
            count = "+"
        case 0, 1:
            count = "?"
        case least, most:
            count = f"{{{least},{'' if most is None else most}}}"
    return part + count + ("?" if node.lazy else "")


def _name(number: int) -> str:
    return f"g{number}"


def _capture(writer: _Writer, number: int, part: Node, place: _Place) -> str:
    if number not in writer.wanted:
        return f"(?:{_write(writer, part, place)})"
    inside = _Place(place.opened | {number}, place.looped, place.behind)
    return f"(?P<{_name(number)}>{_write(writer, part, inside)})"


def _again(writer: _Writer, node: Again, place: _Place) -> str:
    if writer.case is Case.MIXED:
        raise NotPortable("a reference to a group where case is partly ignored")
    if node.number == 0 or (node.number in place.opened and place.looped):
        raise NotPortable("a reference to a group that is still open")
    opened = sum(
        isinstance(each, Capture) and each.number == node.number
        for each in walk(writer.pattern.root)
    )
    if node.number in place.opened:
        if opened > 1:
            raise NotPortable("a reference to a group that is still open")
        return "" if node.absent_matches else NOTHING
    name = _name(node.number)
    if not opened:
        return "" if node.absent_matches else NOTHING
    return f"(?({name})(?P={name})|)" if node.absent_matches else f"(?P={name})"


def _branches(writer: _Writer, yes: Node, no: Node | None, place: _Place) -> str:
    # A choice is bracketed, so the one bar that is not is the condition's own.
    return f"{_write(writer, yes, place)}|{'' if no is None else _write(writer, no, place)}"
