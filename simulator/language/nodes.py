"""The tree of an expression: frozen nodes, each with the span of the text it came from.

Brackets stay in the tree (`Group`), so that a tree can be written out again as it was read, and so
that warnings about operators without brackets can see whether there were any.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from simulator.errors import Span
from simulator.values import Scalar

NOWHERE = Span(0, 0)

CONSTANTS = ("True", "False", "NULL", "CRLF", "IgnoreThisFlow", "AuthoritativeNull")
# Enumeration words, legal only as the argument they belong to.
WORDS = (
    "CaseInsensitive", "CaseSensitive", "vbTextCompare", "vbBinaryCompare", "Unicode", "ASCII",
    "UTF8",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Literal:
    """A string or a number; *text* is how it was written, where that matters (`&HFF`)."""

    value: Scalar
    text: str = field(default="", compare=False)
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Constant:
    """A bare word with a meaning of its own: True, NULL, CRLF, UTF8, ..."""

    name: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Attribute:
    """`[name]`: the value of an attribute of the source object."""

    name: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Parameter:
    """`%Name%`: a parameter of the connector or its domain; always a string."""

    name: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Variable:
    """`$name`: bound by With, Where or Select."""

    name: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function call; *name_span* covers the name alone."""

    name: str
    arguments: tuple["Node", ...]
    span: Span = field(default=NOWHERE, compare=False)
    name_span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Group:
    """An expression in brackets."""

    inner: "Node"
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Unary:
    """`-` before a number."""

    operator: str
    operand: "Node"
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """A comparison, `&`, or arithmetic; left-associative. *operator_span* is the sign's."""

    operator: str
    left: "Node"
    right: "Node"
    span: Span = field(default=NOWHERE, compare=False)
    operator_span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Logical:
    """`&&` or `||` over two or more operands that stand side by side without brackets."""

    operator: str
    operands: tuple["Node", ...]
    span: Span = field(default=NOWHERE, compare=False)


Node: TypeAlias = (
    Literal | Constant | Attribute | Parameter | Variable | Call | Group | Unary | Binary | Logical
)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below *node*, in the order of the text."""
    match node:
        case Call(arguments=arguments):
            return arguments
        case Group(inner=inner):
            return (inner,)
        case Unary(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return (left, right)
        case Logical(operands=operands):
            return operands
        case _:
            return ()


def bare(node: Node) -> Node:
    """*node* without the brackets around it."""
    while isinstance(node, Group):
        node = node.inner
    return node


def walk(node: Node) -> Iterator[Node]:
    """*node* and every node below it, outer before inner, left before right."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(children(current)))


# Functions whose first argument is the name of an attribute, in quotes.
NAMES_ATTRIBUTE = frozenset({"ValueCount", "ImportedValue"})
# Functions that give another value at every call.
CHANCE = frozenset({"RandomNum", "Guid", "GUID"})


def attributes_of(node: Node) -> frozenset[str]:
    """Every attribute that *node* reads, also those it names in quotes."""
    names = set()
    for each in walk(node):
        if isinstance(each, Attribute):
            names.add(each.name)
        elif quoted := quoted_name(each):
            names.add(str(quoted.value))
    return frozenset(names)


def quoted_name(node: Node) -> Literal | None:
    """The name in quotes of the attribute that *node* reads, if it is such a call."""
    match node:
        case Call(name=name, arguments=(first, *_)) if name in NAMES_ATTRIBUTE:
            inner = bare(first)
            return inner if isinstance(inner, Literal) and isinstance(inner.value, str) else None
    return None


def functions_of(node: Node) -> frozenset[str]:
    """The names of every function that *node* calls."""
    return frozenset(n.name for n in walk(node) if isinstance(n, Call))
