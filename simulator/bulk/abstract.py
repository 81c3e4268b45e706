"""What an expression gives for every object of one shape, where that can be shown beforehand.

Only what is proved for each function here is used; all else is `Unclear`, and is evaluated object
by object. Parts that read no more than known values are run by the reference itself.
"""

from collections.abc import Callable, Mapping

from simulator.bulk.shape import TEXTS, Known, Seen, Shape, shape_of
from simulator.language.compile import prepared
from simulator.language.context import Context
from simulator.language.frame import finish, run
from simulator.language.nodes import Attribute, Binary, Call, Group, Logical, Node, attributes_of
from simulator.language.readings import flat, joins_without_brackets
from simulator.schema import AttributeType
from simulator.sync.flow import MAXIMUM_LENGTH, converted, short_enough
from simulator.values import FlowLiteral


class Unclear(Exception):  # noqa: N818  # no error: the answer is that objects differ
    """The shapes do not tell what the expression gives."""


def abstract(node: Node, seen: Mapping[str, Seen], context: Context) -> Seen:
    """What *node* gives for all objects whose attributes look as *seen*.

    *context* is that of one of them; it learns what all have in common: assumptions and notes.
    """
    if all(isinstance(seen.get(name, Known(None)), Known) for name in attributes_of(node)):
        return Known(run(prepared(node), context))
    match node:
        case Group(inner=inner):
            return abstract(inner, seen, context)
        case Attribute(name=name):
            return seen[name]
        case Logical() if flat(node) is None:
            return _logical(node, seen, context)
        case Call(name="IIF", arguments=(condition, then, otherwise)):
            holds = _truth(abstract(condition, seen, context))
            return abstract(then if holds else otherwise, seen, context)
        case Binary(operator="&", left=left, right=right) if not joins_without_brackets(node):
            return _joined(abstract(left, seen, context), abstract(right, seen, context))
        case Call(name=name, arguments=(argument,)) if name in _FUNCTIONS:
            given = abstract(argument, seen, context)
            if isinstance(given, Shape):
                return _FUNCTIONS[name](given, context)
    raise Unclear


def delivered(given: Seen, target: AttributeType | None, context: Context, limit: bool) -> Seen:
    """*given* as the attribute *target* takes it; *limit* tells that long texts are refused."""
    if isinstance(given, Known):
        value = converted(finish(given.value), target, context)
        if limit:
            short_enough(value, target.name if target else "")
        return shape_of(value)
    kind = given.kind
    if kind == "dt":
        raise Unclear
    if target is not None:
        if kind != target.type and not {kind, target.type} <= TEXTS:
            raise Unclear
        if not target.multi and given.count is not None and given.count > 1:
            raise Unclear
        count = (given.count or 1) if target.multi else None
        given = Shape(target.type, count, given.longest)
    if limit and given.kind == "str" and not (given.longest and given.longest <= MAXIMUM_LENGTH):
        raise Unclear
    return given


def _truth(given: Seen) -> bool:
    if isinstance(given, Known) and isinstance(given.value, bool):
        return given.value
    raise Unclear


def _logical(node: Logical, seen: Mapping[str, Seen], context: Context) -> Seen:
    decisive = node.operator == "||"
    for operand in node.operands:
        if _truth(abstract(operand, seen, context)) is decisive:
            return Known(decisive)
    return Known(not decisive)


def _joined(left: Seen, right: Seen) -> Seen:
    total = 0
    for side in (left, right):
        if isinstance(side, Known):
            if not isinstance(side.value, str) or isinstance(side.value, FlowLiteral):
                raise Unclear
            total += len(side.value)
        elif side.kind in TEXTS and side.count is None and side.longest is not None:
            total += side.longest
        else:
            raise Unclear
    return Shape("str", None, total)  # not empty: one side at least is a Shape


def _single(given: Shape, kind: str) -> Shape:
    if given.kind != kind or given.count is not None:
        raise Unclear
    return given


def _is_present(given: Shape, context: Context) -> Seen:
    if given.kind != "str" or given.count is not None:
        context.reading("A-17")
    return Known(True)


def _convert_to_base64(given: Shape, context: Context) -> Seen:
    length = _single(given, "bin").longest
    return Shape("str", None, None if length is None else -(-length // 3) * 4)


def _convert_to_utf8_hex(given: Shape, context: Context) -> Seen:
    length = _single(given, "str").longest
    return Shape("str", None, None if length is None else length * 8)


def _string_from_guid(given: Shape, context: Context) -> Seen:
    if _single(given, "bin").longest != 16:
        raise Unclear
    context.reading("A-13")
    return Shape("str", None, 36)


def _is_string(given: Shape, context: Context) -> Seen:
    return Known(given.kind == "str")


_FUNCTIONS: Mapping[str, Callable[[Shape, Context], Seen]] = {
    "IsNullOrEmpty": lambda given, context: Known(False),
    "IsNull": lambda given, context: Known(False),
    "IsEmpty": lambda given, context: Known(False),
    "IsString": _is_string,
    "IsPresent": _is_present,
    "ConvertToBase64": _convert_to_base64,
    "ConvertToUTF8Hex": _convert_to_utf8_hex,
    "StringFromGuid": _string_from_guid,
}
