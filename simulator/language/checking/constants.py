"""Parts with the same value for every object: conditions that never change, sure failures.

Such parts are evaluated here, by the one evaluator. What reads an attribute or parameter, the
clock or chance is not constant, and neither is `Error(...)`, which is meant to fail.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from simulator.errors import Diagnostic, ObjectError
from simulator.language.checking.findings import warning
from simulator.language.context import Context
from simulator.language.function import FUNCTIONS, Kind
from simulator.language.nodes import (
    CHANCE,
    NAMES_ATTRIBUTE,
    Attribute,
    Call,
    Constant,
    Literal,
    Logical,
    Node,
    Parameter,
    Variable,
    bare,
    children,
)
from simulator.values import Value, show

_CHANGING = CHANCE | NAMES_ATTRIBUTE | {"Now", "Error"}
_CONDITIONS = (Kind.CONDITION, Kind.LAZY_CONDITION, Kind.BODY_CONDITION)


def constant_value(node: Node) -> Value:
    """The value of *node*, which is constant; may raise `ObjectError`."""
    # here, because the evaluator checks what it evaluates, and so needs the check
    from simulator.language.compile import prepare
    from simulator.language.frame import finish, run

    return finish(run(prepare(node), Context(now=datetime(2000, 1, 1, tzinfo=UTC))))


def is_constant(node: Node) -> bool:
    """Whether *node* has the same value for every object."""
    return _Constancy().of(node) == frozenset()


def constants(node: Node) -> Iterator[Diagnostic]:
    """Conditions in *node* that are always or never True, and constant parts that always fail."""
    constancy = _Constancy()
    constancy.of(node)
    places = [_Place(node, is_condition=False)]
    while places:
        place = places.pop()
        settled = None
        if constancy.kept[id(place.node)] == frozenset():
            settled = _constant(place)
        if settled is None:
            places.extend(reversed(list(_inside(place.node))))
        else:
            yield settled


@dataclass(frozen=True, slots=True)
class _Place:
    node: Node
    is_condition: bool
    is_last: bool = False  # of the conditions of a Switch, where True is an idiom


class _Constancy:
    """Finds the variables that each part leaves open; `None` where it is not constant."""

    def __init__(self) -> None:
        self.kept: dict[int, frozenset[str] | None] = {}

    def of(self, node: Node) -> frozenset[str] | None:
        inner = [self.of(child) for child in children(node)]
        result: frozenset[str] | None
        match node:
            case Attribute() | Parameter():
                result = None
            case Variable(name=name):
                result = frozenset({name})
            case Call(name=name) if name in _CHANGING:
                result = None
            case _ if any(open is None for open in inner):
                result = None
            case Call(arguments=(Variable(name=bound), _, _)) if _binds(node):
                result = (inner[1] or frozenset()) | ((inner[2] or frozenset()) - {bound})
            case _:
                result = frozenset().union(*(open for open in inner if open is not None))
        self.kept[id(node)] = result
        return result


def _binds(node: Call) -> bool:
    return FUNCTIONS[node.name].parameter(0).kind is Kind.VARIABLE


def _inside(node: Node) -> Iterator[_Place]:
    match node:
        case Call(name=name, arguments=arguments):
            declared = FUNCTIONS[name]
            for index, argument in enumerate(arguments):
                if declared.parameter(index).kind is not Kind.VARIABLE:
                    condition = declared.parameter(index).kind in _CONDITIONS
                    last = name == "Switch" and index == len(arguments) - 2
                    yield _Place(argument, condition, last)
        case Logical(operands=operands):
            for operand in operands:
                yield _Place(operand, is_condition=True)
        case _:
            for child in children(node):
                yield _Place(child, is_condition=False)


def _constant(place: _Place) -> Diagnostic | None:
    """What to say of a constant part; of one that is no condition, those inside are to blame."""
    node, inner = place.node, bare(place.node)
    trivial = isinstance(inner, Literal | Constant)
    if trivial and (not place.is_condition or (place.is_last and inner == Constant("True"))):
        return None
    try:
        value = constant_value(node)
    except ObjectError as error:
        message = f"this fails for every object: {error.message}"
        return warning("always-fails", message, node.span, error.help)
    if not place.is_condition:
        return None
    help = "compare an attribute, or remove the condition"
    return warning(
        "constant-condition", f"this is {show(value)} for every object", node.span, help
    )
