"""What can be said of the results of an expression without an object: lengths, case, ranges.

A fact holds for every result that is not NULL. Each is the plain consequence of a function's
published meaning, so that a comparison that contradicts one can never be True.
"""

from dataclasses import dataclass, replace

from simulator.language import dotnet
from simulator.language.nodes import Binary, Call, Group, Literal, Node, Unary

_COUNTS = frozenset({"InStr", "InStrRev", "Count", "Contains", "Len", "ValueCount"})
_TRIMMED = frozenset({"Trim", "LTrim", "RTrim"})


@dataclass(frozen=True, slots=True)
class Shape:
    """What every text or number that a part gives has in common.

    *longest* and *shortest* are lengths of texts; *case* is `upper` or `lower` where all letters
    are; *without* are characters that do not occur; *least*, *greatest* and *mask* are of numbers.
    *origin* is the name to blame.
    """

    origin: str
    longest: int | None = None
    shortest: int = 0
    case: str = ""
    without: str = ""
    trimmed: str = ""
    least: int | None = None
    greatest: int | None = None
    mask: int | None = None


def shape_of(node: Node) -> Shape | None:
    """The facts about the results of *node*, if there are any."""
    match node:
        case Group(inner=inner):
            return shape_of(inner)
        case Call(name=name) if name in _COUNTS:
            return Shape(name, least=0)
        case Call(name="Left" | "Right" as name, arguments=(text, length)):
            size = number_of(length)
            inner_shape = shape_of(text)
            if size is None or size < 0:
                return inner_shape
            known = inner_shape or Shape(name)
            longest = size if known.longest is None else min(size, known.longest)
            # a part of a trimmed text can begin or end with a blank
            return replace(known, origin=name, longest=longest, shortest=0, trimmed="")
        case Call(name="UCase" | "LCase" as name, arguments=(text,)):
            case = "upper" if name == "UCase" else "lower"
            return replace(shape_of(text) or Shape(name), origin=name, case=case)
        case Call(name=name, arguments=(text,)) if name in _TRIMMED:
            known = shape_of(text) or Shape(name)
            return replace(known, origin=name, shortest=0, trimmed=name)
        case Call(name="Word" as name, arguments=(text, _, Literal(value=str(delimiters)))):
            known = shape_of(text) or Shape(name)
            return replace(known, origin=name, shortest=0, trimmed="", without=delimiters)
        case Call(name="StringFromGuid" as name):
            return Shape(name, longest=36, shortest=36, case="lower", without="{}")
        case Call(name="CertThumbprint" | "CertHashString" as name):
            return Shape(name, longest=40, shortest=40, case="upper")
        case Call(name="BitAnd" as name, arguments=(a, b)):
            masks = [m for m in (number_of(a), number_of(b)) if m is not None and m >= 0]
            if masks:
                return Shape(name, least=0, greatest=min(masks), mask=masks[0])
    return None


def number_of(node: Node) -> int | None:
    """The number that *node* writes, with or without a sign."""
    match node:
        case Literal(value=int(value)):
            return value
        case Unary(operand=Literal(value=int(value))):
            return -value
        case Group(inner=inner):
            return number_of(inner)
    return None


def text_of(node: Node) -> str | None:
    """The text that *node* writes."""
    match node:
        case Literal(value=str(value)):
            return value
        case Group(inner=inner):
            return text_of(inner)
    return None


def contradiction(shape: Shape, text: str) -> str | None:
    """Why no result of *shape* is *text*; `None` if one could be."""
    length = len(dotnet.units(text))
    if shape.longest is not None and length > shape.longest:
        return f"{shape.origin} gives at most {_characters(shape.longest)}, this has {length}"
    if 0 < length < shape.shortest:
        return f"{shape.origin} gives {_characters(shape.shortest)}, this has {length}"
    if shape.case == "upper" and dotnet.upper(text) != text:
        return f"{shape.origin} gives no small letters, this has some"
    if shape.case == "lower" and dotnet.lower(text) != text:
        return f"{shape.origin} gives no capital letters, this has some"
    if found := next((c for c in shape.without if c in text), None):
        return f"what {shape.origin} gives never has `{found}` in it"
    if shape.trimmed and _trim(shape.trimmed, text) != text:
        return f"{shape.trimmed} has removed the blanks that this has"
    return None


def always(node: Binary) -> tuple[bool, str] | None:
    """Whether a comparison of numbers is always, or never, True, and why."""
    flipped = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
    shape, number, operator = shape_of(node.left), number_of(node.right), node.operator
    if shape is None or number is None:
        shape, number = shape_of(node.right), number_of(node.left)
        operator = flipped.get(operator, operator)
    if shape is None or number is None or shape.least is None:
        return None
    low, high = shape.least, shape.greatest
    range = f"{shape.origin} gives {'at least' if high is None else 'from'} {low}"
    range += "" if high is None else f" to {high}"
    if shape.mask is not None and operator in ("=", "<>") and number & ~shape.mask:
        return operator == "<>", f"{number} has bits that the mask {shape.mask} does not have"
    below, above = number < low, high is not None and number > high
    outcome: bool | None = None
    match operator:
        case "=" | "<>" if below or above:
            outcome = operator == "<>"
        case ">" if below or (high is not None and number >= high):
            outcome = below
        case ">=" if number <= low or above:
            outcome = number <= low
        case "<" if number <= low or above:
            outcome = above
        case "<=" if below or (high is not None and number >= high):
            outcome = not below
    return None if outcome is None else (outcome, range)


def _trim(name: str, text: str) -> str:
    match name:
        case "LTrim":
            return text.lstrip(dotnet.WHITE_SPACE)
        case "RTrim":
            return text.rstrip(dotnet.WHITE_SPACE)
    return text.strip(dotnet.WHITE_SPACE)


def _characters(number: int) -> str:
    return f"{number} character{'' if number == 1 else 's'}"
