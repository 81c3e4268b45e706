"""Reading what refers to groups, and what stands after a backslash, in a .NET pattern."""

from simulator.language.patterns.classes import class_escape, property_escape
from simulator.language.patterns.options import NotPortable, Options, PatternError
from simulator.language.patterns.scan import Scanner, is_word
from simulator.language.patterns.state import Reader
from simulator.language.patterns.tree import Again, At, Node, Place, Unit

_PLACES = {
    "A": Place.START,
    "G": Place.SEARCH_START,
    "Z": Place.END_OR_FINAL_NEWLINE,
    "z": Place.END,
    "b": Place.BOUNDARY,
    "B": Place.NO_BOUNDARY,
}
_ECMA_PLACES = {"b": Place.ECMA_BOUNDARY, "B": Place.NO_ECMA_BOUNDARY}


def escape(reader: Reader) -> Node:
    """What stands after a backslash outside a class."""
    scanner = reader.scanner
    if not scanner.more():
        raise PatternError("a backslash ends the pattern")
    letter = scanner.peek()
    folded = reader.has(Options.IGNORE_CASE)
    if letter in _PLACES:
        scanner.next()
        if reader.has(Options.ECMA_SCRIPT) and letter in _ECMA_PLACES:
            return At(_ECMA_PLACES[letter])
        return At(_PLACES[letter])
    if letter in "dDsSwW":
        scanner.next()
        return Unit(class_escape(letter, reader.options), folded)
    if letter in "pP":
        scanner.next()
        return Unit(property_escape(scanner, letter, reader.options), folded)
    return _reference(reader) or reader.unit(
        scanner.character_escape(reader.has(Options.ECMA_SCRIPT))
    )


def _reference(reader: Reader) -> Again | None:
    """A reference to a group, or nothing where the escape is a character."""
    scanner = reader.scanner
    start = scanner.position
    close = ""
    if scanner.take("k"):
        close = {"<": ">", "'": "'"}.get(scanner.next() if scanner.left() >= 2 else "", "")
        if not close or not scanner.more():
            raise PatternError(r"`\k` needs a name in angle brackets")
    elif scanner.peek() in ("<", "'") and scanner.left() > 1:
        close = ">" if scanner.next() == "<" else "'"
    found = _angled(reader, close) if close else _numbered(reader)
    if found is None:
        scanner.position = start
        return None
    reader.refers = True
    return Again(found, reader.has(Options.IGNORE_CASE), reader.has(Options.ECMA_SCRIPT))


def _angled(reader: Reader, close: str) -> int | None:
    scanner = reader.scanner
    if scanner.peek() in "0123456789":
        number: int | None = scanner.decimal()
        number = number if number in reader.groups.positions else None
    elif is_word(scanner.peek()):
        number = reader.groups.names.get(scanner.name())
    else:
        return None
    if not scanner.take(close):
        return None
    if number is None:
        raise PatternError("it refers to a group that does not exist")
    return number


def _numbered(reader: Reader) -> int | None:
    scanner = reader.scanner
    if scanner.peek() not in "123456789":
        return None
    if reader.has(Options.ECMA_SCRIPT):
        return _longest_number(reader)
    number = scanner.decimal()
    if number in reader.groups.positions:
        return number
    if number <= 9:
        raise PatternError(f"there is no group {number}")
    return None


def _longest_number(reader: Reader) -> int | None:
    """The longest number that is a group opened before; the rest of the digits are text."""
    scanner = reader.scanner
    opened = scanner.position - 1
    top = max(reader.groups.positions)
    found = None
    number = 0
    while scanner.more() and scanner.peek() in "0123456789":
        number = number * 10 + int(scanner.peek())
        if number > top:
            break
        scanner.next()
        if reader.groups.positions.get(number, opened) < opened:
            found = number
    return found


def group_number(reader: Reader, close: str) -> int:
    """The number of the group whose name comes next and ends with *close*."""
    scanner = reader.scanner
    number: int | None = None
    if not scanner.more():
        raise PatternError("there is no such kind of group")
    if scanner.peek() in "0123456789":
        found = scanner.decimal()
        number = found if found in reader.groups.positions else None
        _check_name_end(scanner, close + "-")
        if found == 0:
            raise PatternError("a group cannot have the number 0")
    elif is_word(scanner.peek()):
        number = reader.groups.names.get(scanner.name())
        _check_name_end(scanner, close + "-")
    elif not scanner.at("-"):
        raise PatternError("the name of a group begins with a word character")
    if scanner.take("-"):
        _check_balanced(reader, close)
        raise NotPortable("groups that balance each other")
    if number is None or not scanner.take(close):
        raise PatternError("there is no such kind of group")
    return number


def _check_name_end(scanner: Scanner, allowed: str) -> None:
    if scanner.more() and scanner.peek() not in allowed:
        raise PatternError("the name of a group has only word characters")


def _check_balanced(reader: Reader, close: str) -> None:
    """Refuses what .NET refuses after the hyphen of a balancing group, and in the rest."""
    scanner = reader.scanner
    if scanner.more() and scanner.peek() in "0123456789":
        if scanner.decimal() not in reader.groups.positions:
            raise PatternError("it refers to a group that does not exist")
    elif scanner.more() and is_word(scanner.peek()):
        if scanner.name() not in reader.groups.names:
            raise PatternError("it refers to a group that does not exist")
    else:
        raise PatternError("the name of a group begins with a word character")
    _check_name_end(scanner, close)
    if not scanner.take(close):
        raise PatternError("there is no such kind of group")
