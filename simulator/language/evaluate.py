"""The value of an expression in one step: parsed, checked, compiled, run."""

from simulator.errors import DiagnosticsError, Source, Span
from simulator.language.check import errors
from simulator.language.compile import prepared
from simulator.language.context import Context
from simulator.language.frame import finish, run
from simulator.language.nodes import Node
from simulator.language.parse import parse
from simulator.values import Value


def evaluate(expression: str | Node, context: Context) -> Value:
    """The value of *expression*, checked first; NULLs in a resulting list are dropped.

    Raises `DiagnosticsError` for an expression with errors, `ObjectError` for one that fails on
    these values. Library twin of `aadsim eval`.
    """
    if isinstance(expression, str):
        node = parse(source := Source("expression", expression))
    else:
        node, source = expression, Source("expression", "")
    known = frozenset(context.attributes)
    found = errors(node, attributes=known, parameters=context.parameters)
    if found:
        raise DiagnosticsError(
            d.at(source) for d in sorted(found, key=lambda d: d.span or Span(0, 0))
        )
    return finish(run(prepared(node), context))
