"""Calling a declared function: its arguments, NULL, types and lists (specification 4.7 and 5)."""

from collections.abc import Callable
from functools import partial
from typing import Any

from simulator.errors import ObjectError
from simulator.language.frame import Frame, Prepare, Run, as_condition, located
from simulator.language.function import CONVERSIONS, FUNCTIONS, Function, Kind, Parameter
from simulator.language.nodes import Call, Constant, Node, Variable
from simulator.values import FlowLiteral, Value, type_name


def call(node: Call, prepare: Prepare) -> Run:
    """The closure of a call; *prepare* compiles its arguments."""
    declared = FUNCTIONS[node.name]
    makers = [
        _argument(declared.parameter(i), argument, prepare)
        for i, argument in enumerate(node.arguments)
    ]
    if declared.name == "With":
        return _with(node, prepare)
    variable = next(
        (i for i, p in enumerate(declared.parameters) if p.kind is Kind.VARIABLE), None
    )
    if variable is not None:
        name = node.arguments[variable].name  # type: ignore[union-attr]  # checked before
        for i, argument in enumerate(node.arguments):
            kind = declared.parameter(i).kind
            if kind in (Kind.BODY, Kind.BODY_CONDITION):
                makers[i] = _body(name, prepare(argument), kind is Kind.BODY_CONDITION)
    if not makers:
        return lambda frame: _invoke(declared, [], frame)
    return lambda frame: _apply(declared, [make(frame) for make in makers], frame)


def _argument(parameter: Parameter, argument: Node, prepare: Prepare) -> Callable[[Frame], Any]:
    """What turns a frame into the argument that the function gets."""
    match parameter.kind:
        case Kind.WORD:
            word = argument.name if isinstance(argument, Constant) else None
            return lambda frame: word
        case Kind.VARIABLE:
            name = argument.name if isinstance(argument, Variable) else None
            return lambda frame: name
    run = prepare(argument)
    match parameter.kind:
        case Kind.CONDITION:
            return located(argument, as_condition(run))
        case Kind.LAZY:
            return lambda frame: partial(run, frame)
        case Kind.LAZY_CONDITION:
            return lambda frame: partial(located(argument, as_condition(run)), frame)
    return run


def _body(name: str, run: Run, is_condition: bool) -> Callable[[Frame], Any]:
    if is_condition:
        run = as_condition(run)

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


def _with(node: Call, prepare: Prepare) -> Run:
    """With: its value is evaluated at most once, when the body first needs it."""
    name = node.arguments[0].name  # type: ignore[union-attr]  # checked before
    value, body = prepare(node.arguments[1]), prepare(node.arguments[2])

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


def _typed(declared: Function, parameter: Parameter, value: Any) -> Any:
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
