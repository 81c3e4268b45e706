"""Arguments that make a call fail whatever the object holds: bad patterns, delimiters, formats.

Each is tried by calling the function with it and harmless values for the rest.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from simulator.errors import Diagnostic, ObjectError
from simulator.language.checking.constants import constant_value, is_constant
from simulator.language.checking.findings import warning
from simulator.language.nodes import Binary, Call, Group, Literal, Node, walk

_MOMENT = Call("CDate", (Literal("2000-01-01"),))
_NAME = Call("CRef", (Literal("CN=x"),))


@dataclass(frozen=True, slots=True)
class _Probe:
    """Harmless arguments of a function, and the positions of those to try."""

    harmless: tuple[Node, ...]
    tried: tuple[int, ...]


_PROBES = {
    "RegexIsMatch": _Probe((Literal("x"), Literal("x"), Literal("None")), (1, 2)),
    "Replace": _Probe((Literal("x"), Literal("x"), Literal("x")), (1,)),
    "ReplaceChars": _Probe((Literal("x"), Literal("x:y")), (1,)),
    "Split": _Probe((Literal("x"), Literal(",")), (1,)),
    "PadLeft": _Probe((Literal("x"), Literal(1), Literal(" ")), (2,)),
    "PadRight": _Probe((Literal("x"), Literal(1), Literal(" ")), (2,)),
    "InStr": _Probe((Literal("x"), Literal("x"), Literal(1)), (2,)),
    "InStrRev": _Probe((Literal("x"), Literal("x"), Literal(1)), (2,)),
    "DateAdd": _Probe((Literal("d"), Literal(1), _MOMENT), (0,)),
    "FormatDateTime": _Probe((_MOMENT, Literal("yyyy")), (1,)),
    "DNComponent": _Probe((_NAME, Literal(1)), (1,)),
    "DNComponentRev": _Probe((_NAME, Literal(1), Literal("DC")), (1, 2)),
}


def probes(node: Node) -> Iterator[Diagnostic]:
    """The arguments in *node* with which their function always fails."""
    for each in walk(node):
        if isinstance(each, Call) and each.name in _PROBES and not is_constant(each):
            yield from _tried(each, _PROBES[each.name])


def _tried(call: Call, probe: _Probe) -> Iterator[Diagnostic]:
    for index in probe.tried:
        if index >= len(call.arguments):
            continue
        argument = _filled(call.arguments[index])
        if argument is None:
            continue
        arguments = (*probe.harmless[:index], argument, *probe.harmless[index + 1 :])
        try:
            constant_value(Call(call.name, arguments))
        except ObjectError as error:
            span = call.arguments[index].span
            yield warning(error.kind, error.message, span, error.help)


def _filled(node: Node) -> Node | None:
    """*node* with a letter for what depends on the object; `None` if all of it does."""
    match node:
        case Group(inner=inner):
            return _filled(inner)
        case Binary(operator="&", left=left, right=right):
            a, b = _filled(left), _filled(right)
            if a is None and b is None:
                return None
            return Binary("&", a or Literal("x"), b or Literal("x"))
    return node if is_constant(node) else None
