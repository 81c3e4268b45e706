"""Reading a character class, or a class escape, of a .NET pattern as a set of code units."""

from dataclasses import dataclass, field

from simulator.language.patterns.options import NotPortable, Options, PatternError
from simulator.language.patterns.scan import Scanner
from simulator.language.patterns.tree import Unit
from simulator.language.patterns.units import (
    CATEGORIES,
    ECMA_DIGIT,
    ECMA_SPACE,
    ECMA_WORD,
    Ranges,
    block,
    category,
    complement,
    difference,
    table,
    union,
    with_lower,
)

_CASES = ("Lu", "Ll", "Lt")


def class_escape(letter: str, options: Options) -> Ranges:
    r"""The set of `\d`, `\s`, `\w` or, in upper case, of all but these."""
    if options & Options.ECMA_SCRIPT:
        ranges = {"d": ECMA_DIGIT, "s": ECMA_SPACE, "w": ECMA_WORD}[letter.lower()]
    else:
        ranges = table({"d": "digit", "s": "space", "w": "word"}[letter.lower()])
    return complement(ranges) if letter.isupper() else ranges


def property_escape(scanner: Scanner, letter: str, options: Options) -> Ranges:
    r"""The set of the property whose name follows `\p` or `\P`."""
    name = scanner.property_name()
    if name in _CASES and options & Options.IGNORE_CASE:
        ranges = union(*(category(each) for each in _CASES))
    elif name in CATEGORIES:
        ranges = category(name)
    elif name.startswith("_xml"):
        raise NotPortable(f"the undocumented property `{name}`")
    else:
        found = block(name.removeprefix("Is")) if name.startswith("Is") else None
        if found is None:
            raise PatternError(f"unknown property `{name}`")
        ranges = found
    return complement(ranges) if letter == "P" else ranges


@dataclass(slots=True)
class _Members:
    """What a class has been found to hold so far."""

    units: list[tuple[int, int]] = field(default_factory=list)
    sets: list[Ranges] = field(default_factory=list)


def character_class(scanner: Scanner, options: Options) -> Unit:
    """The class after its opening bracket."""
    folded = bool(options & Options.IGNORE_CASE)
    return Unit(_class_ranges(scanner, options, folded), folded)


def _class_ranges(scanner: Scanner, options: Options, folded: bool) -> Ranges:
    negated = scanner.take("^")
    members = _Members()
    without = _read_members(scanner, options, folded, members)
    units = union(members.units)
    if folded:
        units = with_lower(units, bool(options & Options.CULTURE_INVARIANT))
    ranges = union(units, *members.sets)
    if negated:
        ranges = complement(ranges)
    return difference(ranges, without) if without else ranges


def _read_members(scanner: Scanner, options: Options, folded: bool, members: _Members) -> Ranges:
    """Reads up to the closing bracket; gives what a class inside takes away."""
    without: Ranges = ()
    range_start: int | None = None
    first = True
    while scanner.more():
        char = scanner.next()
        literal = True
        if char == "]" and not first:
            return without
        if char == "\\" and scanner.more():
            letter = scanner.peek()
            if letter in "dDsSwWpP":
                scanner.next()
                if range_start is not None:
                    raise PatternError("a class cannot be the end of a range")
                if letter in "pP":
                    members.sets.append(property_escape(scanner, letter, options))
                else:
                    members.sets.append(class_escape(letter, options))
                first = False
                continue
            if letter == "-":
                scanner.next()
                members.units.append((45, 45))
                first = False
                continue
            unit = scanner.character_escape(bool(options & Options.ECMA_SCRIPT))
            literal = False
        else:
            if char == "[" and range_start is None:
                scanner.skip_posix_name()
            unit = ord(char)
        if range_start is not None:
            if literal and char == "[" and not first:
                members.units.append((range_start, range_start))
                without = _taken_away(scanner, options, folded)
            elif range_start > unit:
                raise PatternError("a range is in reverse order")
            else:
                members.units.append((range_start, unit))
            range_start = None
        elif scanner.at("-") and scanner.left() >= 2 and scanner.peek(1) != "]":
            range_start = unit
            scanner.next()
        elif literal and char == "-" and scanner.at("[") and not first:
            scanner.next()
            without = _taken_away(scanner, options, folded)
        else:
            members.units.append((unit, unit))
        first = False
    raise PatternError("a `[` is not closed")


def _taken_away(scanner: Scanner, options: Options, folded: bool) -> Ranges:
    ranges = _class_ranges(scanner, options, folded)
    if scanner.more() and not scanner.at("]"):
        raise PatternError("a class taken away must be the last in its class")
    return ranges
