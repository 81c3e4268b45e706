"""Tree to closures: the reference meaning of the language.

`prepare` compiles a tree to nested closures, once; running one with a `Frame` gives the value, or
raises `ObjectError` with the span at fault. A `watch` wraps every closure, which is how `explain`
sees what happened; without it there is no cost.
"""

from functools import lru_cache

from simulator.errors import ObjectError
from simulator.language.call import call
from simulator.language.context import Context
from simulator.language.frame import Frame, Run, Watch, as_condition, deep_recursion, located
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
from simulator.language.operators import OPERATIONS, negate
from simulator.language.readings import flat, joins_without_brackets, product_first
from simulator.values import FlowLiteral, Unreadable, Value

CONSTANT_VALUES: dict[str, Value] = {
    "True": True,
    "False": False,
    "NULL": None,
    "CRLF": "\r\n",
    "IgnoreThisFlow": FlowLiteral.IGNORE_THIS_FLOW,
    "AuthoritativeNull": FlowLiteral.AUTHORITATIVE_NULL,
}


@lru_cache(maxsize=4096)
def prepared(node: Node) -> Run:
    """The closure of *node*, without a watch; kept, because rules are used for many objects."""
    return prepare(node)


def prepare(node: Node, watch: Watch = lambda node, run: run) -> Run:
    """The closure of *node*, with every closure inside passed through *watch*."""
    with deep_recursion():
        return _prepare(node, watch)


def _prepare(node: Node, watch: Watch) -> Run:
    match node:
        case Literal():
            return watch(node, _literal(node))
        case Constant(name=name):
            constant = CONSTANT_VALUES.get(name)
            return watch(node, lambda frame: constant)
        case Attribute(name=name):
            return watch(node, located(node, lambda frame: attribute(frame.context, name)))
        case Parameter(name=name):
            return watch(node, located(node, lambda frame: _parameter(frame.context, name)))
        case Variable(name=name):
            return watch(node, lambda frame: _variable(frame, name))
        case Group(inner=inner):
            return _prepare(inner, watch)
        case Unary(operand=operand):
            negated = _prepare(operand, watch)
            return watch(node, located(node, lambda frame: negate(negated(frame), frame.context)))
        case Binary():
            return watch(node, _binary(node, watch))
        case Logical():
            return watch(node, _logical(node, watch))
        case Call():
            return watch(node, located(node, call(node, lambda inner: _prepare(inner, watch))))


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


def attribute(context: Context, name: str) -> Value:
    """The value of attribute *name*, NULL if absent; one that could not be read is an error."""
    if name == "dn":
        return context.dn if context.dn is not None else _readable(context, "dn")
    return _readable(context, name)


def _readable(context: Context, name: str) -> Value:
    value = context.attributes.get(name)
    if isinstance(value, Unreadable):
        raise ObjectError(value.kind, f"`{name}` could not be read: {value.reason}")
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

    here = located(node, binary)
    if joins_without_brackets(node):

        def joined(frame: Frame) -> Value:
            frame.context.reading("A-03")
            return here(frame)

        return joined
    other = product_first(node)
    if other is None:
        return here
    alternative = _prepare(other, watch)

    def either(frame: Frame) -> Value:
        if frame.context.reading("A-02") == "product-first":
            return alternative(frame)
        frame.context.note("prec-arith", "`*` stands beside `+` or `-` without brackets (A-02)")
        return here(frame)

    return either


def _logical(node: Logical, watch: Watch) -> Run:
    operands = tuple(located(o, as_condition(_prepare(o, watch))) for o in node.operands)
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
