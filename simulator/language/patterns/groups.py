"""Which groups a .NET pattern has, and their numbers: found before it is read properly.

Groups without a name are numbered first, in order, then the named ones. Source: documented for
.NET; the details are measured.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.language.patterns.options import Options, PatternError
from simulator.language.patterns.scan import Scanner, is_word

_OPTION_LETTERS = {
    "i": Options.IGNORE_CASE,
    "m": Options.MULTILINE,
    "n": Options.EXPLICIT_CAPTURE,
    "s": Options.SINGLELINE,
    "x": Options.IGNORE_PATTERN_WHITESPACE,
}


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of a pattern: where each number is first opened, and the number of each name."""

    positions: Mapping[int, int]
    names: Mapping[str, int]


def inline_options(scanner: Scanner, options: Options) -> Options:
    """*options* after the letters, `+` and `-` that come next."""
    off = False
    while scanner.more():
        char = scanner.peek()
        if char in "+-":
            off = char == "-"
        else:
            option = _OPTION_LETTERS.get(char.lower() if char.isascii() else char)
            if option is None:
                break
            options = options & ~option if off else options | option
        scanner.next()
    return options


def find_groups(text: str, options: Options) -> Groups:
    """The groups of the pattern *text*."""
    scanner = Scanner(text)
    positions: dict[int, int] = {0: 0}
    names: dict[str, int] = {}
    saved: list[Options] = []
    following = 1
    ignore_next = False
    while scanner.more():
        position = scanner.position
        char = scanner.next()
        if char == "\\":
            if scanner.more():
                scanner.next()
        elif char == "#" and options & Options.IGNORE_PATTERN_WHITESPACE:
            scanner.position -= 1
            scanner.skip_blanks(True)
        elif char == "[":
            skip_class(scanner)
        elif char == ")":
            if saved:
                options = saved.pop()
        elif char == "(":
            if scanner.at("?#"):
                scanner.position -= 1
                scanner.skip_blanks(bool(options & Options.IGNORE_PATTERN_WHITESPACE))
                ignore_next = False
                continue
            saved.append(options)
            if scanner.take("?"):
                if scanner.left() > 1 and scanner.peek() in "<'":
                    scanner.next()
                    first = scanner.peek()
                    if first != "0" and is_word(first):
                        if first in "123456789":
                            positions.setdefault(scanner.decimal(), position)
                        else:
                            names.setdefault(scanner.name(), position)
                else:
                    options = inline_options(scanner, options)
                    if scanner.take(")"):
                        saved.pop()
                    elif scanner.at("("):
                        ignore_next = True
                        continue
            elif not options & Options.EXPLICIT_CAPTURE and not ignore_next:
                positions.setdefault(following, position)
                following += 1
            ignore_next = False
    return _numbered(positions, names, following)


def _numbered(positions: dict[int, int], names: dict[str, int], following: int) -> Groups:
    numbers = {}
    for name, position in names.items():
        while following in positions:
            following += 1
        positions[following] = position
        numbers[name] = following
    return Groups(positions, numbers)


def skip_class(scanner: Scanner) -> None:
    """Moves behind the class whose opening bracket is behind; its contents are read loosely."""
    scanner.take("^")
    first = True
    in_range = False
    while scanner.more():
        char = scanner.next()
        literal = True
        if char == "]" and not first:
            return
        if char == "\\" and scanner.more():
            letter = scanner.peek()
            if letter in "dDsSwW-":
                scanner.next()
                first = False
                continue
            if letter in "pP":
                scanner.next()
                scanner.property_name()
                first = False
                continue
            scanner.character_escape(False)
            literal = False
        elif char == "[" and not in_range:
            scanner.skip_posix_name()
        if in_range:
            in_range = False
        elif scanner.at("-") and scanner.left() >= 2 and scanner.peek(1) != "]":
            in_range = True
            scanner.next()
        elif literal and char == "-" and scanner.at("[") and not first:
            scanner.next()
            skip_class(scanner)
        first = False
    raise PatternError("a `[` is not closed")
