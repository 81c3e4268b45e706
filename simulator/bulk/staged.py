"""Whether an expression decides an object without looking at its costly attributes.

The reference closures are run with those attributes guarded: asking whether one is present is
allowed, because its shape tells; reading its value is not.
"""

from collections.abc import Iterator
from contextlib import suppress

from simulator.errors import ObjectError
from simulator.language.compile import prepare
from simulator.language.context import Context
from simulator.language.frame import Run, run
from simulator.language.nodes import Attribute, Call, Node, bare, quoted_name, walk
from simulator.sync.reason import SYSTEM
from simulator.values import Value

# Functions whose answer depends only on the shape of what they are given.
OF_SHAPE = frozenset({"IsNullOrEmpty", "IsNull", "IsEmpty", "IsPresent", "IsString", "Count"})


class Undecided(Exception):  # noqa: N818  # no error: the answer is that objects differ
    """The expression reads the value of a costly attribute."""


class Guarded:
    """One expression, compiled so that it stops where it would read a costly attribute."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._harmless = {id(a) for a in shape_reads(node)}
        self._compiled: dict[frozenset[str], Run] = {}

    def decides(self, costly: frozenset[str], context: Context) -> bool:
        """Whether the expression comes to its end without reading an attribute of *costly*."""
        if costly not in self._compiled:
            self._compiled[costly] = prepare(
                self._node, lambda node, run: self._watch(node, run, costly)
            )
        try:
            with suppress(ObjectError):
                run(self._compiled[costly], context)
        except Undecided:
            return False
        return True

    def _watch(self, node: Node, run: Run, costly: frozenset[str]) -> Run:
        if isinstance(node, Attribute):
            reads = node.name in costly and id(node) not in self._harmless
        else:
            quoted = quoted_name(node)
            reads = quoted is not None and quoted.value in costly
        return _refuse if reads else run


def _refuse(frame: object) -> Value:
    raise Undecided


def shape_reads(node: Node) -> Iterator[Attribute]:
    """The places in *node* where only the shape of an attribute counts: no reason tells it."""
    for each in walk(node):
        match each:
            case Call(name=name, arguments=(argument,)) if name in OF_SHAPE:
                inner = bare(argument)
                if isinstance(inner, Attribute) and inner.name not in SYSTEM:
                    yield inner
