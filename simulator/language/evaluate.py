"""Tree to value: the reference meaning of the language.

`prepare` compiles a tree to nested closures, once; running one with a `Frame` gives the value, or
raises `ObjectError` with the span at fault. A `watch` wraps every closure, which is how `explain`
sees what happened; without it there is no cost.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any, TypeAlias

from simulator.errors import DiagnosticsError, ObjectError, Source, Span
from simulator.language.check import errors
from simulator.language.context import Context
from simulator.language.function import CONVERSIONS, FUNCTIONS, Function, Kind
from simulator.language.function import Parameter as FunctionParameter
from simulator.language.nodes import (
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
)
from simulator.language.operators import OPERATIONS, condition, negate
from simulator.language.parse import parse
from simulator.language.readings import flat, joins_without_brackets, product_first
from simulator.values import FlowLiteral, Unreadable, Value, type_name

Run: TypeAlias = Callable[["Frame"], Value]
Watch: TypeAlias = Callable[[Node, Run], Run]

CONSTANT_VALUES: dict[str, Value] = {
    "True": True,
    "False": False,
    "NULL": None,
    "CRLF": "\r\n",
    "IgnoreThisFlow": FlowLiteral.IGNORE_THIS_FLOW,
    "AuthoritativeNull": FlowLiteral.AUTHORITATIVE_NULL,
}


class Frame:
    """One run of an expression: its context, the variables in force, and the trace, if any."""

    __slots__ = ("context", "trace", "variables")

    def __init__(self, context: Context) -> None:
        self.context = context
        self.trace: list[Any] = []
        self.variables: dict[str, Any] = {}


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


def run(prepared: Run, context: Context) -> Value:
    """The value that the closure of an expression gives in *context*."""
    with deep_recursion():
        return prepared(Frame(context))


def finish(value: Value) -> Value:
    """*value* at the end of a flow: a list loses its NULLs, and an empty one is NULL (5.6)."""
    if isinstance(value, tuple):
        return tuple(v for v in value if v is not None) or None
    return value


@lru_cache(maxsize=4096)
def prepared(node: Node) -> Run:
    """The closure of *node*, without a watch; kept, because rules are used for many objects."""
    return prepare(node)


def prepare(node: Node, watch: Watch = lambda node, run: run) -> Run:
    """The closure of *node*, with every closure inside passed through *watch*."""
    with deep_recursion():
        return _prepare(node, watch)


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


def _prepare(node: Node, watch: Watch) -> Run:
    match node:
        case Literal():
            return watch(node, _literal(node))
        case Constant(name=name):
            constant = CONSTANT_VALUES.get(name)
            return watch(node, lambda frame: constant)
        case Attribute(name=name):
            return watch(node, _located(node, lambda frame: attribute(frame.context, name)))
        case Parameter(name=name):
            return watch(node, _located(node, lambda frame: _parameter(frame.context, name)))
        case Variable(name=name):
            return watch(node, lambda frame: _variable(frame, name))
        case Group(inner=inner):
            return _prepare(inner, watch)
        case Unary(operand=operand):
            negated = _prepare(operand, watch)
            return watch(node, _located(node, lambda frame: negate(negated(frame), frame.context)))
        case Binary():
            return watch(node, _binary(node, watch))
        case Logical():
            return watch(node, _logical(node, watch))
        case Call():
            return watch(node, _located(node, _call(node, watch)))


def _literal(node: Literal) -> Run:
    """Its value; one that rests on an assumption records it, by the value, which is cached."""
    value, assumption = node.value, ""
    if isinstance(value, str) and ("\\" in value or '"' in value):
        assumption = "A-04"
    elif isinstance(value, int) and not 0 <= value < 2**31:
        assumption = "A-18"
    if not assumption:
        return lambda frame: value

    def literal(frame: Frame) -> Value:
        frame.context.reading(assumption)
        return value

    return literal


def _located(node: Node, run: Run) -> Run:
    """*run*, whose errors know that they happened at *node*."""

    def located(frame: Frame) -> Value:
        try:
            return run(frame)
        except ObjectError as error:
            if error.span is None:
                error.span = node.span
            raise

    return located


def attribute(context: Context, name: str) -> Value:
    """The value of attribute *name*, NULL if absent; one that could not be read is an error."""
    if name == "dn":
        return context.dn if context.dn is not None else _readable(context, "dn")
    return _readable(context, name)


def _readable(context: Context, name: str) -> Value:
    value = context.attributes.get(name)
    if isinstance(value, Unreadable):
        raise ObjectError("unreadable", f"`{name}` could not be read: {value.reason}")
    return value


def _parameter(context: Context, name: str) -> Value:
    value = context.parameters.get(name)
    if value is None:
        folded = {k.casefold(): v for k, v in context.parameters.items()}
        value = folded.get(name.casefold())
    if value is None:
        raise ObjectError("unknown-parameter", f"no parameter `%{name}%` is given")
    return value


def _variable(frame: Frame, name: str) -> Value:
    value = frame.variables[name]
    if callable(value):  # bound to an expression that is evaluated when first needed
        value = frame.variables[name] = value()
    return value  # type: ignore[no-any-return]  # variables hold values


def _binary(node: Binary, watch: Watch) -> Run:
    left, right = _prepare(node.left, watch), _prepare(node.right, watch)
    operation = OPERATIONS[node.operator]

    def binary(frame: Frame) -> Value:
        a, b = left(frame), right(frame)
        if isinstance(a, FlowLiteral) or isinstance(b, FlowLiteral):
            raise ObjectError(
                "type-mismatch",
                f"`{node.operator}` cannot take IgnoreThisFlow or AuthoritativeNull",
            )
        return operation(a, b, frame.context)

    located = _located(node, binary)
    if joins_without_brackets(node):

        def joined(frame: Frame) -> Value:
            frame.context.reading("A-03")
            return located(frame)

        return joined
    other = product_first(node)
    if other is None:
        return located
    alternative = _prepare(other, watch)

    def either(frame: Frame) -> Value:
        if frame.context.reading("A-02") == "product-first":
            return alternative(frame)
        frame.context.note("prec-arith", "`*` stands beside `+` or `-` without brackets (A-02)")
        return located(frame)

    return either


def _logical(node: Logical, watch: Watch) -> Run:
    operands = tuple(_located(o, _as_condition(_prepare(o, watch))) for o in node.operands)
    decisive = node.operator == "||"

    def logical(frame: Frame) -> Value:
        result: Value = not decisive
        for operand in operands:
            value = operand(frame)
            if isinstance(value, tuple) or isinstance(result, tuple):
                result = _elementwise(decisive, result, value)
            elif value is decisive:
                return decisive
        return result

    other = flat(node)
    if other is None:
        return logical
    alternative = _prepare(other, watch)

    def either(frame: Frame) -> Value:
        if frame.context.reading("A-01") == "flat":
            return alternative(frame)
        frame.context.note(
            "prec-logic", "`&&` and `||` stand side by side without brackets (A-01)"
        )
        return logical(frame)

    return either


def _as_condition(run: Run) -> Run:
    return lambda frame: condition(run(frame), frame.context)


def _elementwise(decisive: bool, left: Value, right: Value) -> Value:
    """`||` (or `&&`, where *decisive* is False) of lists of Booleans, value by value (A-11)."""
    lefts = left if isinstance(left, tuple) else None
    rights = right if isinstance(right, tuple) else None
    length = len(lefts if lefts is not None else rights or ())
    if lefts is not None and rights is not None and len(lefts) != len(rights):
        raise ObjectError("type-mismatch", "conditions with different numbers of values meet")
    a = lefts if lefts is not None else (left,) * length
    b = rights if rights is not None else (right,) * length
    return tuple(
        decisive if decisive in (x, y) else not decisive for x, y in zip(a, b, strict=True)
    )


# -- calls ------------------------------------------------------------------------------------


def _call(node: Call, watch: Watch) -> Run:
    declared = FUNCTIONS[node.name]
    makers = [
        _argument(declared.parameter(i), argument, watch)
        for i, argument in enumerate(node.arguments)
    ]
    if declared.name == "With":
        return _with(node, watch)
    variable = next(
        (i for i, p in enumerate(declared.parameters) if p.kind is Kind.VARIABLE), None
    )
    if variable is not None:
        name = node.arguments[variable].name  # type: ignore[union-attr]  # checked before
        for i, argument in enumerate(node.arguments):
            kind = declared.parameter(i).kind
            if kind in (Kind.BODY, Kind.BODY_CONDITION):
                makers[i] = _body(name, _prepare(argument, watch), kind is Kind.BODY_CONDITION)
    if not makers:
        return lambda frame: _invoke(declared, [], frame)
    return lambda frame: _apply(declared, [make(frame) for make in makers], frame)


def _argument(
    parameter: FunctionParameter, argument: Node, watch: Watch
) -> Callable[[Frame], Any]:
    """What turns a frame into the argument that the function gets."""
    match parameter.kind:
        case Kind.WORD:
            word = argument.name if isinstance(argument, Constant) else None
            return lambda frame: word
        case Kind.VARIABLE:
            name = argument.name if isinstance(argument, Variable) else None
            return lambda frame: name
    run = _prepare(argument, watch)
    match parameter.kind:
        case Kind.CONDITION:
            return _located(argument, _as_condition(run))
        case Kind.LAZY:
            return lambda frame: partial(run, frame)
        case Kind.LAZY_CONDITION:
            return lambda frame: partial(_located(argument, _as_condition(run)), frame)
    return run


def _body(name: str, run: Run, is_condition: bool) -> Callable[[Frame], Any]:
    if is_condition:
        run = _as_condition(run)

    def make(frame: Frame) -> Callable[[Value], Value]:
        def body(value: Value) -> Value:
            variables = frame.variables
            frame.variables = {**variables, name: value}
            try:
                return run(frame)
            finally:
                frame.variables = variables

        return body

    return make


def _with(node: Call, watch: Watch) -> Run:
    """With: its value is evaluated at most once, when the body first needs it."""
    name = node.arguments[0].name  # type: ignore[union-attr]  # checked before
    value, body = _prepare(node.arguments[1], watch), _prepare(node.arguments[2], watch)

    def bind(frame: Frame) -> Value:
        outer = frame.variables

        def deferred() -> Value:
            inner, frame.variables = frame.variables, outer
            try:
                return value(frame)
            finally:
                frame.variables = inner

        cell: list[Value] = []

        def once() -> Value:
            if not cell:
                cell.append(deferred())
            return cell[0]

        frame.variables = {**outer, name: once}
        try:
            return body(frame)
        finally:
            frame.variables = outer

    return bind


def _apply(declared: Function, arguments: list[Any], frame: Frame) -> Value:
    """Calls *declared*, after NULL, types and lists have been dealt with (4.7 and 5)."""
    first = declared.parameters[0]
    value = arguments[0]
    if first.kind is Kind.VALUE and first.types:
        if value is None and not first.nullable:
            if not declared.null_observed and frame.context.reading("A-08") == "error":
                raise ObjectError("type-mismatch", f"{declared.name} got NULL (A-08)")
            return None
        if isinstance(value, tuple) and not any(t.startswith("mv") for t in first.types):
            return _lifted(declared, arguments, frame)
    return _invoke(declared, arguments, frame)


def _lifted(declared: Function, arguments: list[Any], frame: Frame) -> Value:
    """Calls *declared* for each value of its first argument; the others are shared (A-11)."""
    frame.context.reading("A-11")
    values = arguments[0]
    columns = []
    for index, argument in enumerate(arguments):
        shared = declared.parameter(index)
        takes_list = not shared.types or any(t.startswith("mv") for t in shared.types)
        if index and isinstance(argument, tuple) and not takes_list:
            if len(argument) != len(values):
                raise ObjectError(
                    "type-mismatch",
                    f"{declared.name} got lists of {len(values)} and {len(argument)} values",
                )
            columns.append(argument)
        else:
            columns.append(values if index == 0 else (argument,) * len(values))
    return tuple(_apply(declared, list(row), frame) for row in zip(*columns, strict=True))  # type: ignore[misc]


def _invoke(declared: Function, arguments: list[Any], frame: Frame) -> Value:
    checked = [_typed(declared, declared.parameter(i), value) for i, value in enumerate(arguments)]
    if declared.wants_context:
        return declared.body(*checked, context=frame.context)  # type: ignore[no-any-return]
    return declared.body(*checked)  # type: ignore[no-any-return]  # the annotations say so


def _typed(declared: Function, parameter: FunctionParameter, value: Any) -> Any:
    """*value* as the parameter takes it, or the error that says why not."""
    if parameter.kind is not Kind.VALUE:
        return value
    if isinstance(value, FlowLiteral):
        raise ObjectError("type-mismatch", f"{declared.name} cannot take {value}")
    if not parameter.types:
        return value
    if value is None:
        if parameter.nullable:
            return None
        raise ObjectError(
            "type-mismatch",
            f"{declared.name} got NULL for `{parameter.name}`",
            "test it with IsPresent first",
        )
    if isinstance(value, tuple):
        kept = tuple(v for v in value if v is not None)
        kinds = {f"mv{type_name(v)}" for v in kept}
        takes_list = any(t.startswith("mv") for t in parameter.types)
        if "mv" in parameter.types or (takes_list and kinds <= parameter.types):
            return kept
    else:
        kind = type_name(value)
        if kind in parameter.types:
            return value
        if f"mv{kind}" in parameter.types or "mv" in parameter.types:
            return (value,)
    found = type_name(value)
    wanted = sorted(parameter.types)
    help = next((CONVERSIONS[w, found] for w in wanted if (w, found) in CONVERSIONS), None)
    raise ObjectError(
        "type-mismatch",
        f"{declared.name} takes {' or '.join(wanted)} for `{parameter.name}`, not {found}",
        help,
    )
