"""What an expression gives for every object of one shape, where that can be shown beforehand.

Only what is proved for each function here is used; all else is `Unclear`, and is evaluated object
by object. Parts that read no more than known values are run by the reference itself.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from simulator.bulk.shape import TEXTS, Known, Seen, Shape, shape_of
from simulator.language.compile import prepared
from simulator.language.context import Context
from simulator.language.frame import finish, run
from simulator.language.nodes import (
    Attribute,
    Binary,
    Call,
    Group,
    Literal,
    Logical,
    Node,
    attributes_of,
)
from simulator.language.readings import flat, joins_without_brackets
from simulator.schema import AttributeType
from simulator.sync.flow import MAXIMUM_LENGTH, converted, short_enough
from simulator.values import FlowLiteral


class Unclear(Exception):  # noqa: N818  # no error: the answer is that objects differ
    """The shapes do not tell what the expression gives."""


class Finer(Unclear):
    """They would, if it were known where a text has the first of a delimiter.

    *attribute* is that of the text, *delimiter* one character.
    """

    def __init__(self, attribute: str, delimiter: str) -> None:
        super().__init__(attribute)
        self.attribute, self.delimiter = attribute, delimiter


# Where a text has a delimiter: nowhere, at its beginning, or after it.
NOWHERE, FIRST, LATER = range(3)
Facts: TypeAlias = Mapping[tuple[str, str], int]
NO_FACTS: Facts = {}


def abstract(
    node: Node, seen: Mapping[str, Seen], context: Context, facts: Facts = NO_FACTS
) -> Seen:
    """What *node* gives for all objects whose attributes look as *seen*.

    *context* is that of one of them; it learns what all have in common: assumptions and notes.
    *facts* tell where texts have a delimiter.
    """
    if all(isinstance(seen.get(name, Known(None)), Known) for name in attributes_of(node)):
        return Known(run(prepared(node), context))
    match node:
        case Group(inner=inner):
            return abstract(inner, seen, context, facts)
        case Attribute(name=name):
            return seen[name]
        case Logical() if flat(node) is None:
            return _logical(node, seen, context, facts)
        case Call(name="IIF", arguments=(condition, then, otherwise)):
            holds = _truth(abstract(condition, seen, context, facts))
            return abstract(then if holds else otherwise, seen, context, facts)
        case Binary(operator="&", left=left, right=right) if not joins_without_brackets(node):
            return _joined(
                abstract(left, seen, context, facts), abstract(right, seen, context, facts)
            )
        case Call(name=name, arguments=(argument,)) if name in _FUNCTIONS:
            given = abstract(argument, seen, context, facts)
            if isinstance(given, Shape):
                return _FUNCTIONS[name](given, context)
        case Call(
            name="Word",
            arguments=(Attribute(name=name), Literal(value=1), Literal(value=str(delimiter))),
        ) if len(delimiter) == 1 and delimiter.isascii() and delimiter not in '"\\':
            return _first_word(name, delimiter, seen[name], context, facts)
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


def _logical(node: Logical, seen: Mapping[str, Seen], context: Context, facts: Facts) -> Seen:
    decisive = node.operator == "||"
    for operand in node.operands:
        if _truth(abstract(operand, seen, context, facts)) is decisive:
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


def _first_word(name: str, delimiter: str, given: Seen, context: Context, facts: Facts) -> Seen:
    """The first word of a text, cut at *delimiter*; a text without it is one word."""
    if not isinstance(given, Shape) or given.kind != "str" or given.count is not None:
        raise Unclear
    if (name, delimiter) not in facts:
        raise Finer(name, delimiter)
    place = facts[name, delimiter]
    if place == FIRST:
        return Known("")
    if place == NOWHERE:
        context.note("word-no-delimiter", "a text without any of the delimiters is one word")
    return Shape("str", None, given.longest)


def _single(given: Shape, kind: str) -> Shape:
    if given.kind != kind or given.count is not None:
        raise Unclear
    return given


def _is_present(given: Shape, context: Context) -> Seen:
    if given.kind != "str" or given.count is not None:
        context.reading("A-17")
    return Known(True)


def _convert_to_base64(given: Shape, context: Context) -> Seen:
    return Shape("str", None, 24 if _single(given, "bin").longest == 16 else None)


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
