"""What a running expression needs: its frame, room for depth, errors that know their place."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from simulator.errors import ObjectError
from simulator.language.context import Context
from simulator.language.nodes import Node
from simulator.language.operators import condition
from simulator.values import Value

Run: TypeAlias = Callable[["Frame"], Value]
Watch: TypeAlias = Callable[[Node, Run], Run]
Prepare: TypeAlias = Callable[[Node], Run]


class Frame:
    """One run of an expression: its context, the variables in force, and the trace, if any."""

    __slots__ = ("context", "trace", "variables")

    def __init__(self, context: Context) -> None:
        self.context = context
        self.trace: list[Any] = []
        self.variables: dict[str, Any] = {}


def run(prepared: Run, context: Context) -> Value:
    """The value that the closure of an expression gives in *context*."""
    with deep_recursion():
        return prepared(Frame(context))


def finish(value: Value) -> Value:
    """*value* at the end of a flow: a list loses its NULLs, and an empty one is NULL (5.6)."""
    if isinstance(value, tuple):
        return tuple(v for v in value if v is not None) or None
    return value


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Room for expressions of the greatest depth that the parser lets through."""
    limit = sys.getrecursionlimit()
    if limit >= 10_000:
        yield
        return
    sys.setrecursionlimit(10_000)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def located(node: Node, run: Run) -> Run:
    """*run*, whose errors know that they happened at *node*."""

    def run_located(frame: Frame) -> Value:
        try:
            return run(frame)
        except ObjectError as error:
            if error.span is None:
                error.span = node.span
            raise

    return run_located


def as_condition(run: Run) -> Run:
    """*run*, whose value is taken as a condition."""
    return lambda frame: condition(run(frame), frame.context)
