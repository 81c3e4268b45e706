"""Reading a .NET pattern into its tree; what .NET refuses is refused here.

The reader is written by hand because the language is: how a character is read depends on options
that the pattern itself turns on and off, and errors have to agree with .NET's.
"""

from simulator.language.patterns.classes import character_class
from simulator.language.patterns.escapes import escape, group_number
from simulator.language.patterns.groups import find_groups, inline_options
from simulator.language.patterns.options import NotPortable, Options, PatternError
from simulator.language.patterns.scan import LARGEST, Scanner, is_word
from simulator.language.patterns.state import Reader
from simulator.language.patterns.tree import (
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
from simulator.language.patterns.units import EVERYTHING, complement

_NEWLINE = ((10, 10),)


def parse_pattern(text: str, options: Options) -> Pattern:
    """The tree of the pattern *text*, of code units; raises `PatternError` where .NET does."""
    reader = Reader(Scanner(text), find_groups(text, options), options)
    try:
        root = _choice(_alternatives(reader))
    except RecursionError:
        raise NotPortable("it is nested too deeply") from None
    if reader.scanner.more():
        raise PatternError("a `)` has no `(`")
    if reader.doubtful and reader.refers:
        raise NotPortable("a condition that is a look-around, beside references to groups")
    return Pattern(root, options)


def _choice(alternatives: list[Node]) -> Node:
    return alternatives[0] if len(alternatives) == 1 else Choice(tuple(alternatives))


def _alternatives(reader: Reader) -> list[Node]:
    """What stands up to a closing bracket, which is left, or the end, divided at `|`."""
    scanner = reader.scanner
    alternatives: list[Node] = []
    parts: list[Node] = []
    while True:
        reader.skip_blanks()
        if not scanner.more() or scanner.at(")"):
            alternatives.append(Sequence(tuple(parts)))
            return alternatives
        if scanner.take("|"):
            alternatives.append(Sequence(tuple(parts)))
            parts = []
            continue
        part = _part(reader)
        if part is not None:
            parts.append(_quantified(reader, part))


def _part(reader: Reader) -> Node | None:
    """The next part, or nothing where only options were set."""
    scanner = reader.scanner
    if scanner.quantifier_follows():
        raise PatternError(f"the quantifier `{scanner.peek()}` follows nothing it can repeat")
    match scanner.next():
        case "[":
            return character_class(scanner, reader.options)
        case "(":
            return _group(reader)
        case "\\":
            return escape(reader)
        case "^":
            return At(Place.LINE_START if reader.has(Options.MULTILINE) else Place.START)
        case "$":
            multiline = reader.has(Options.MULTILINE)
            return At(Place.LINE_END if multiline else Place.END_OR_FINAL_NEWLINE)
        case ".":
            everything = reader.has(Options.SINGLELINE)
            return Unit(EVERYTHING if everything else complement(_NEWLINE), False)
        case char:
            return reader.unit(ord(char))


def _quantified(reader: Reader, part: Node) -> Node:
    """*part*, repeated if a quantifier follows."""
    scanner = reader.scanner
    reader.skip_blanks()
    if not scanner.quantifier_follows():
        return part
    least, most = 0, LARGEST
    match scanner.next():
        case "+":
            least = 1
        case "?":
            most = 1
        case "{":
            least = most = scanner.decimal()
            if scanner.take(","):
                most = LARGEST if scanner.at("}") else scanner.decimal()
            scanner.next()
    reader.skip_blanks()
    lazy = scanner.take("?")
    if least > most:
        raise PatternError("a quantifier's numbers are in reverse order")
    return Repeat(part, least, None if most == LARGEST else most, lazy)


def _group(reader: Reader) -> Node | None:
    """The group after its opening bracket, or nothing where it only sets options."""
    scanner = reader.scanner
    outside = reader.options
    if not scanner.at("?") or scanner.peek(1) == ")":
        return _plain_group(reader, outside)
    scanner.next()
    kind = scanner.next() if scanner.more() else ""
    match kind:
        case ":":
            return _closed(reader, outside)
        case "=" | "!":
            reader.options &= ~Options.RIGHT_TO_LEFT
            return Look(_closed(reader, outside), False, kind == "!")
        case ">":
            return Atomic(_closed(reader, outside))
        case "<" if scanner.peek() in ("=", "!"):
            negative = scanner.next() == "!"
            reader.options |= Options.RIGHT_TO_LEFT
            return Look(_closed(reader, outside), True, negative)
        case "<" | "'":
            number = group_number(reader, ">" if kind == "<" else "'")
            return Capture(number, _closed(reader, outside))
        case "(":
            return _condition(reader, outside)
    scanner.position -= 1 if kind else 0
    if not reader.testing:
        reader.options = inline_options(scanner, reader.options)
    if scanner.take(")"):
        return None
    if scanner.take(":"):
        return _closed(reader, outside)
    raise PatternError("there is no such kind of group")


def _plain_group(reader: Reader, outside: Options) -> Node:
    if reader.has(Options.EXPLICIT_CAPTURE) or reader.ignore_next:
        reader.ignore_next = False
        return _closed(reader, outside)
    number = reader.following
    reader.following += 1
    return Capture(number, _closed(reader, outside))


def _closed(reader: Reader, outside: Options) -> Node:
    """The contents of a group up to and with its closing bracket; *outside* is in force again."""
    testing, reader.testing = reader.testing, False
    inside = _choice(_alternatives(reader))
    reader.testing = testing
    _close(reader, outside)
    return inside


def _close(reader: Reader, outside: Options) -> None:
    if not reader.scanner.take(")"):
        raise PatternError("a `(` is not closed")
    reader.options = outside


def _condition(reader: Reader, outside: Options) -> Node:
    """`(?(condition)yes|no)` after its second opening bracket."""
    scanner = reader.scanner
    start = scanner.position
    if scanner.more() and scanner.peek() in "0123456789":
        number = scanner.decimal()
        if not scanner.take(")"):
            raise PatternError("the number of a condition is not closed")
        if number not in reader.groups.positions:
            raise PatternError("a condition names a group that does not exist")
        return _by_group(reader, outside, number)
    if scanner.more() and is_word(scanner.peek()):
        name = scanner.name()
        if name in reader.groups.names and scanner.take(")"):
            return _by_group(reader, outside, reader.groups.names[name])
    scanner.position = start
    return _tested(reader, outside)


def _by_group(reader: Reader, outside: Options, number: int) -> Node:
    reader.refers = True
    testing, reader.testing = reader.testing, False
    yes, no = _branches(reader, outside)
    reader.testing = testing
    return IfGroup(number, yes, no)


def _tested(reader: Reader, outside: Options) -> Node:
    """A condition that is an expression, tested like a look-ahead and never captured."""
    scanner = reader.scanner
    if scanner.left() >= 2 and scanner.at("?"):
        kind = scanner.peek(1)
        if kind == "#":
            raise PatternError("a condition cannot be a comment")
        if kind == "'" or (
            kind == "<" and scanner.left() >= 3 and scanner.peek(2) not in ("=", "!")
        ):
            raise PatternError("a condition cannot be a group with a name")
    # .NET goes on to leave the next group without a name uncaptured, and yet counts it.
    reader.doubtful = reader.doubtful or scanner.at("?")
    reader.ignore_next = True
    testing, reader.testing = reader.testing, True
    inside = reader.options
    test = _group(reader)
    if test is None:
        raise PatternError("a condition cannot only set options")
    reader.options = inside
    yes, no = _branches(reader, outside)
    reader.testing = testing
    return IfAhead(test, yes, no)


def _branches(reader: Reader, outside: Options) -> tuple[Node, Node | None]:
    alternatives = _alternatives(reader)
    if len(alternatives) > 2:
        raise PatternError("a condition has more than two alternatives")
    _close(reader, outside)
    return alternatives[0], alternatives[1] if len(alternatives) == 2 else None
