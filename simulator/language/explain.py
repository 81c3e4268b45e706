"""What happened when an expression was evaluated, and which part of it decided.

`trace` gives the value and the tree of steps; `why` prunes the tree to what decided; `deciding`
names the smallest condition on which the result turned.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache

from simulator.errors import ObjectError
from simulator.language.compile import prepare
from simulator.language.context import Context
from simulator.language.frame import Frame, Run, deep_recursion, finish
from simulator.language.nodes import Call, Logical, Node
from simulator.values import Value


@dataclass(frozen=True, slots=True)
class Step:
    """One evaluation of one node: what it gave, or its error, and the steps inside it.

    A node inside Where, Select or With can have several steps, one for each value bound.
    """

    node: Node
    value: Value
    error: ObjectError | None
    steps: tuple["Step", ...]


def trace(node: Node, context: Context) -> Step:
    """The step of the whole expression *node*; its error is inside, not raised."""
    frame = Frame(context)
    steps: list[Step] = []
    frame.trace = steps
    with deep_recursion(), suppress(ObjectError):
        _traced(node)(frame)
    root = steps[0]
    return replace(root, value=finish(root.value))


@lru_cache(maxsize=1024)
def _traced(node: Node) -> Run:
    return prepare(node, _watch)


def _watch(node: Node, run: Run) -> Run:
    def watched(frame: Frame) -> Value:
        outer = frame.trace
        inner: list[Step] = []
        frame.trace = inner
        value: Value = None
        error: ObjectError | None = None
        try:
            value = run(frame)
        except ObjectError as raised:
            error = raised
            raise
        finally:
            frame.trace = outer
            outer.append(Step(node, value, error, tuple(inner)))
        return value

    return watched


def why(step: Step) -> Step:
    """*step* with only what decided: of a true `||` or false `&&` the operand that did."""
    steps = step.steps
    if isinstance(step.node, Logical) and step.value is (step.node.operator == "||"):
        steps = steps[-1:]
    return replace(step, steps=tuple(why(s) for s in steps))


def deciding(step: Step) -> Step:
    """The innermost condition that settled *step*: the true clause of an `||`, or the whole.

    Follows IIF into its condition, and a true `||` (false `&&`) into the operand that settled it.
    """
    match step.node:
        case Call(name="IIF") if step.steps:
            branch = step.steps[-1]
            if len(step.steps) > 1 and isinstance(branch.node, Call) and branch.node.name == "IIF":
                return deciding(branch)
            return deciding(step.steps[0])
        case Logical(operator=operator) if step.value is (operator == "||") and step.steps:
            if operator == "||":
                return deciding(step.steps[-1])
    return step


def steps_below(step: Step) -> Iterator[Step]:
    """*step* and every step inside it, in the order of evaluation."""
    yield step
    for inner in step.steps:
        yield from steps_below(inner)
