"""Text to tree: what an expression says, or at which character it stops making sense.

The grammar is `grammar.lark`, and `table.py` is made of it; what a person probably meant by text
that does not parse is in `mistakes.py`.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from simulator.errors import Diagnostic, DiagnosticsError, Source, Span
from simulator.language.lalr import UnexpectedError, read
from simulator.language.mistakes import explain_mistake
from simulator.language.nodes import (
    CONSTANTS,
    WORDS,
    Attribute,
    Binary,
    Call,
    Constant,
    Group,
    Literal,
    Logical,
    Node,
    Parameter,
    Unary,
    Variable,
    children,
)

MAXIMUM_LENGTH = 50_000
MAXIMUM_DEPTH = 250


def parse(source: Source) -> Node:
    """The tree of *source*; a `DiagnosticsError` says where and why there is none."""
    tree = _parse(source.text)
    if isinstance(tree, Diagnostic):
        raise DiagnosticsError([tree.at(source)])
    return tree


@lru_cache(maxsize=4096)
def _parse(text: str) -> Node | Diagnostic:
    if len(text) > MAXIMUM_LENGTH:
        return Diagnostic(
            "too-long",
            f"the expression has {len(text):,} characters; {MAXIMUM_LENGTH:,} are the most",
            span=Span(MAXIMUM_LENGTH, MAXIMUM_LENGTH + 1),
            help="split it into several flows",
        )
    try:
        tree: Node = read(text, _BUILD)
    except UnexpectedError as error:
        return explain_mistake(text, error.span)
    if _depth(tree) > MAXIMUM_DEPTH:
        return Diagnostic(
            "too-deep",
            f"the expression nests more than {MAXIMUM_DEPTH} levels",
            span=Span(0, 1),
            help="bind parts of it to variables with With, or split it into several flows",
        )
    return tree


def _depth(tree: Node) -> int:
    deepest, level, nodes = 0, 0, [tree]
    while nodes and deepest <= MAXIMUM_DEPTH:
        level += 1
        deepest = level
        nodes = [child for node in nodes for child in children(node)]
    return deepest


def _binary(parts: list[Any]) -> Node:
    left, operator, right = parts
    return Binary(operator.text, left, right, Span(left.span.start, right.span.end), operator.span)


def _negative(parts: list[Any]) -> Node:
    sign, operand = parts
    return Unary("-", operand, Span(sign.span.start, operand.span.end))


def _literal_number(parts: list[Any]) -> Node:
    (token,) = parts
    value = _number(token.text)
    if value is None:
        raise UnexpectedError(token.span)
    return Literal(value, token.text, token.span)


def _word(parts: list[Any]) -> Node:
    (token,) = parts
    if token.text not in CONSTANTS and token.text not in WORDS:
        raise UnexpectedError(token.span)
    return Constant(token.text, token.span)


def _call(parts: list[Any]) -> Node:
    name, right = parts[0], parts[-1]
    span = Span(name.span.start, right.span.end)
    return Call(name.text, tuple(parts[2:-1:2]), span, name.span)


def _group(parts: list[Any]) -> Node:
    left, inner, right = parts
    return Group(inner, Span(left.span.start, right.span.end))


# What each rule of the grammar builds of its parts.
_BUILD: Mapping[str, Callable[[list[Any]], Node]] = {
    "disjunction": lambda parts: _logical("||", parts[0::2]),
    "conjunction": lambda parts: _logical("&&", parts[0::2]),
    "binary": _binary,
    "negative": _negative,
    "string": lambda parts: Literal(_unescape(parts[0].text[1:-1]), parts[0].text, parts[0].span),
    "number": _literal_number,
    "attribute": lambda parts: Attribute(parts[0].text[1:-1], parts[0].span),
    "parameter": lambda parts: Parameter(parts[0].text[1:-1], parts[0].span),
    "variable": lambda parts: Variable(parts[0].text[1:], parts[0].span),
    "word": _word,
    "call": _call,
    "group": _group,
}


def _logical(operator: str, operands: list[Node]) -> Node:
    return Logical(operator, tuple(operands), Span(operands[0].span.start, operands[-1].span.end))


def _number(text: str) -> int | None:
    """The number written as *text*; sixteen hexadecimal digits are the bits of a signed one."""
    if text.startswith("&"):
        value = int(text[2:], 16)
        return None if len(text) > 18 else value - 2**64 if value >= 2**63 else value
    # 2**63 only exists with a minus before it; without, every use of it overflows
    return None if len(text) > 19 or int(text) > 2**63 else int(text)


def _unescape(text: str) -> str:
    """The text between quotes: `\\\\` is one backslash, `\\"` and `""` one quote (A-04)."""
    if "\\" not in text and '"' not in text:
        return text
    result, i = [], 0
    while i < len(text):
        if text[i : i + 2] in ("\\\\", '\\"', '""'):
            i += 1
        result.append(text[i])
        i += 1
    return "".join(result)
