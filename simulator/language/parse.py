"""Text to tree: what an expression says, or at which character it stops making sense.

The grammar is `grammar.lark`; what a person probably meant by text that does not parse is in
`mistakes.py`.
"""

from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from simulator.errors import Diagnostic, DiagnosticsError, Source, Span
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

if TYPE_CHECKING:
    from lark import Lark, Token

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
    from lark.exceptions import UnexpectedInput, VisitError

    if len(text) > MAXIMUM_LENGTH:
        return Diagnostic(
            "too-long",
            f"the expression has {len(text):,} characters; {MAXIMUM_LENGTH:,} are the most",
            span=Span(MAXIMUM_LENGTH, MAXIMUM_LENGTH + 1),
            help="split it into several flows",
        )
    try:
        tree: Node = _lark().parse(text)  # type: ignore[assignment]  # the transformer's result
    except _UnreadableError as error:
        return explain_mistake(text, error.span)
    except VisitError as error:
        if isinstance(error.orig_exc, _UnreadableError):
            return explain_mistake(text, error.orig_exc.span)
        raise
    except UnexpectedInput as error:
        start = error.pos_in_stream
        if start is None or start < 0 or getattr(error, "token", None) in ("", "$END"):
            start = len(text)
        token: Token | None = getattr(error, "token", None)
        end = token.end_pos if token is not None and token.type != "$END" else None
        return explain_mistake(text, Span(min(start, len(text)), end or start + 1))
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


class _UnreadableError(Exception):
    """A word that is neither a constant nor called, or a number too large."""

    def __init__(self, span: Span) -> None:
        super().__init__()
        self.span = span


@cache
def _lark() -> "Lark":
    from lark import Lark, Transformer

    class Build(Transformer[Any, Node]):
        """Builds the nodes while parsing, bottom-up, so that depth costs no recursion."""

        def start(self, nodes: list[Any]) -> Node:
            return nodes[0]  # type: ignore[no-any-return]

        def disjunction(self, nodes: list[Any]) -> Node:
            return _logical("||", nodes[0::2])

        def conjunction(self, nodes: list[Any]) -> Node:
            return _logical("&&", nodes[0::2])

        def binary(self, nodes: list[Any]) -> Node:
            left, operator, right = nodes
            span = Span(left.span.start, right.span.end)
            return Binary(str(operator), left, right, span, _span(operator))

        def negative(self, nodes: list[Any]) -> Node:
            sign, operand = nodes
            return Unary("-", operand, Span(sign.start_pos, operand.span.end))

        def string(self, tokens: list[Any]) -> Node:
            return Literal(_unescape(tokens[0][1:-1]), str(tokens[0]), _span(tokens[0]))

        def number(self, tokens: list[Any]) -> Node:
            value = _number(str(tokens[0]))
            if value is None:
                raise _UnreadableError(_span(tokens[0]))
            return Literal(value, str(tokens[0]), _span(tokens[0]))

        def attribute(self, tokens: list[Any]) -> Node:
            return Attribute(tokens[0][1:-1], _span(tokens[0]))

        def parameter(self, tokens: list[Any]) -> Node:
            return Parameter(tokens[0][1:-1], _span(tokens[0]))

        def variable(self, tokens: list[Any]) -> Node:
            return Variable(tokens[0][1:], _span(tokens[0]))

        def word(self, tokens: list[Any]) -> Node:
            name = str(tokens[0])
            if name not in CONSTANTS and name not in WORDS:
                raise _UnreadableError(_span(tokens[0]))
            return Constant(name, _span(tokens[0]))

        def call(self, nodes: list[Any]) -> Node:
            name, right = nodes[0], nodes[-1]
            arguments = tuple(n for n in nodes[2:-1:2] if n is not None)
            return Call(str(name), arguments, Span(name.start_pos, right.end_pos), _span(name))

        def group(self, nodes: list[Any]) -> Node:
            left, inner, right = nodes
            return Group(inner, Span(left.start_pos, right.end_pos))

    grammar = (files("simulator.language") / "grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", transformer=Build(), maybe_placeholders=False)


def _span(token: "Token") -> Span:
    assert token.start_pos is not None and token.end_pos is not None
    return Span(token.start_pos, token.end_pos)


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
