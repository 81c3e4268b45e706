"""What parses and has its types right, and still is doubtful: precedence, NULL, spelling of texts.

Source: expression-language specification, sections 1, 2 and 14.
"""

import re
from collections.abc import Iterator

from simulator.errors import Diagnostic, Span
from simulator.language.checking.findings import note, warning
from simulator.language.function import FUNCTIONS
from simulator.language.nodes import Binary, Call, Constant, Literal, Logical, Node, walk
from simulator.language.readings import flat, product_first

_ORDER = ("<", "<=", ">", ">=")
_LARGEST = 0x7FFFFFFF
# whose texts have a meaning of their own for backslashes
_OWN_BACKSLASHES = frozenset({"Replace", "RegexIsMatch"})
_OTHER_BACKSLASH = re.compile(r'\\\\|\\"|(\\.?)', re.DOTALL)


def doubtful(node: Node) -> Iterator[Diagnostic]:
    """What a reader of *node* should look at again."""
    patterns = {
        id(inner)
        for each in walk(node)
        if isinstance(each, Call) and each.name in _OWN_BACKSLASHES
        for argument in each.arguments[1:]
        for inner in walk(argument)
    }
    told: set[str] = set()
    brackets = "put brackets around what belongs together"
    for each in walk(node):
        match each:
            case Logical() if flat(each) is not None:
                message = "`&&` and `||` stand side by side without brackets (A-01)"
                yield warning("prec-logic", message, each.span, brackets)
            case Binary() if product_first(each) is not None:
                message = "`*` stands beside `+` or `-` without brackets (A-02)"
                yield warning("prec-arith", message, each.span, brackets)
            case Binary(operator="=" | "<>", left=left, right=right) if any(
                side == Constant("NULL") for side in (left, right)
            ):
                message = "a comparison with NULL rests on A-06"
                yield warning("null-compare", message, each.span, "ask IsPresent or IsNullOrEmpty")
            case Binary(operator=operator) if operator in _ORDER:
                yield from _hex_sign(each)
            case Call(name=name, name_span=span) if name not in told and _is_guessed(name):
                told.add(name)  # once is enough
                yield warning("undocumented", f"{name} is in no reference page", span)
            case Call(name="Mid", arguments=(_, _), span=span):
                message = "Mid has two arguments; that is in no signature (A-19)"
                yield warning(
                    "mid-without-length", message, span, "give the length, for example 999"
                )
            case Literal(value=str()):
                yield from _text(each, id(each) in patterns)
            case Literal(text=text, span=span) if text.startswith("&h"):
                message = "a hexadecimal number begins with `&H`"
                yield warning("lower-case-hex", message, span, f"write &H{text[2:]}")


def _is_guessed(name: str) -> bool:
    """Whether the very meaning of the function is an assumption."""
    return not FUNCTIONS[name].documented and bool(FUNCTIONS[name].assumptions)


def _hex_sign(node: Binary) -> Iterator[Diagnostic]:
    for each in walk(node):
        match each:
            case Literal(value=int(value), text=text, span=span) if (
                text.startswith("&") and value > _LARGEST and len(text) == 10
            ):
                yield warning(
                    "hex-sign",
                    f"`{text}` is read as {value}; Visual Basic would read {value - 2**32} (A-18)",
                    span,
                    "test with `<> 0`, which holds for both",
                )


def _text(node: Literal, is_pattern: bool) -> Iterator[Diagnostic]:
    start, text = node.span.start, node.text[1:-1]
    if (doubled := re.sub(r"\\.", "xx", text, flags=re.DOTALL).find('""')) >= 0:
        span = Span(start + 1 + doubled, start + 3 + doubled)
        yield warning("doubled-quote", '`""` is read as one quote', span, 'write \\" for a quote')
    if (line := re.search(r"\r?\n", text)) is not None:
        span = Span(start + 1 + line.start(), start + 1 + line.end())
        message = "a text with a line break in it"
        yield warning("line-break", message, span, "join with CRLF where a line break is meant")
    if is_pattern:
        return
    for found in _OTHER_BACKSLASH.finditer(text):
        if found[1]:
            span = Span(start + 1 + found.start(1), start + 1 + found.end(1))
            message = f"`{found[1]}` is no escape: the backslash is part of the text (A-04)"
            yield note("backslash", message, span, "write \\\\ for a backslash")
            return
