"""Structure: the number of arguments, and the places of variables and enumeration words.

Source: expression-language specification, sections 1, 3 and 6.
"""

import difflib
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from simulator.errors import Diagnostic, Span
from simulator.language.checking.findings import syntax, warning
from simulator.language.function import FUNCTIONS, Function, Kind, Parameter
from simulator.language.nodes import (
    WORDS,
    Binary,
    Call,
    Constant,
    Group,
    Logical,
    Node,
    Unary,
    Variable,
)

NOTHING: Mapping[str, Span] = MappingProxyType({})


def structure(node: Node, bound: Mapping[str, Span] = NOTHING) -> Iterator[Diagnostic]:
    """Number of arguments, places of variables and enumeration words."""
    match node:
        case Constant(name=name, span=span) if name in WORDS:
            yield syntax(
                f"`{name}` is only meant as an argument of a function that takes it", span
            )
        case Variable(name=name, span=span) if name not in bound:
            near = difflib.get_close_matches(name, bound, n=1)
            yield Diagnostic(
                "unknown-variable",
                f"no variable `${name}` is defined here",
                span=span,
                help=f"did you mean ${near[0]}?" if near else "With, Where and Select define one",
            )
        case Call():
            yield from _call(node, bound)
        case Group(inner=inner):
            yield from structure(inner, bound)
        case Unary(operand=operand):
            yield from structure(operand, bound)
        case Binary(left=left, right=right):
            yield from structure(left, bound)
            yield from structure(right, bound)
        case Logical(operands=operands):
            for operand in operands:
                yield from structure(operand, bound)


def _call(node: Call, bound: Mapping[str, Span]) -> Iterator[Diagnostic]:
    declared = FUNCTIONS.get(node.name)
    if declared is None:
        for argument in node.arguments:
            if not isinstance(argument, Variable | Constant):
                yield from structure(argument, bound)
        return
    arity = _arity(declared, node)
    if arity is not None:
        yield arity
        return
    inner = dict(bound)
    for index, argument in enumerate(node.arguments):
        parameter = declared.parameter(index)
        match parameter.kind:
            case Kind.VARIABLE:
                if not isinstance(argument, Variable):
                    yield syntax(
                        f"{node.name} needs a variable here",
                        argument.span,
                        "write $ and a name, for example $item",
                    )
                    return
                if argument.name in bound:
                    yield warning(
                        "variable-hidden",
                        f"`${argument.name}` hides an outer variable of that name",
                        argument.span,
                    )
                inner[argument.name] = argument.span
            case Kind.WORD:
                yield from _word(node, parameter, argument)
            case Kind.BODY | Kind.BODY_CONDITION:
                yield from structure(argument, inner)
            case _:
                yield from structure(argument, bound)


def _arity(declared: Function, node: Call) -> Diagnostic | None:
    count, least, most = len(node.arguments), declared.minimum, declared.maximum
    pairs = sum(p.variadic for p in declared.parameters)
    if count < least or (most is not None and count > most):
        wanted = (
            str(least)
            if most == least
            else f"{least} or more"
            if most is None
            else f"{least} to {most}"
        )
        message = f"{node.name} takes {wanted} argument{'' if wanted == '1' else 's'}, not {count}"
    elif pairs > 1 and (count - least) % pairs:
        message = f"{node.name} takes its arguments in pairs, and got {count}"
    else:
        return None
    return Diagnostic("arity", message, span=node.name_span, help=declared.signature)


def _word(node: Call, parameter: Parameter, argument: Node) -> Iterator[Diagnostic]:
    if isinstance(argument, Constant) and argument.name in parameter.words:
        return
    yield Diagnostic(
        "type-mismatch",
        f"{node.name} takes a word for `{parameter.name}`",
        span=argument.span,
        help=f"write {' or '.join(parameter.words)}, without quotes",
    )
