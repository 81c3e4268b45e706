"""Whether a rule's scoping filter takes an object: groups of clauses, every clause tested.

Source: synchronization specification, section 4 (operators, types, NULL, several values).
"""

import re
from collections.abc import Callable, Mapping

from simulator.errors import ObjectError
from simulator.language.compile import attribute as read_attribute
from simulator.language.context import Context
from simulator.rule import MEMBERSHIP, Direction, ScopeCondition, ScopeOperator, SyncRule
from simulator.sync.outcome import ConditionResult, Scoping
from simulator.values import Reference, Value, dn_key, type_name

_PARAMETER = re.compile(r"%([0-9A-Za-z._-]+)%")


def scope(rule: SyncRule, context: Context) -> Scoping:
    """Every clause of *rule*'s filter against the attributes of *context*.

    No group at all takes every object of the rule's type. Raises `ObjectError` for a clause that
    cannot be tested on this object.
    """
    groups = tuple(
        tuple(_test(rule, condition, context) for condition in group) for group in rule.scope
    )
    applies = not groups or any(all(r.holds for r in group) for group in groups)
    return Scoping(rule, groups, applies)


def _test(rule: SyncRule, condition: ScopeCondition, context: Context) -> ConditionResult:
    text = _substituted(condition.value, context)
    if condition.operator in MEMBERSHIP:
        return _member(rule, condition, text, context)
    value = read_attribute(context, condition.attribute)
    if value == "":  # the product shows only non-empty values: an empty text is none
        value = None
    holds = OPERATORS[condition.operator](value, text, context)
    note = ""
    if isinstance(value, tuple) and condition.operator in (
        ScopeOperator.EQUAL,
        ScopeOperator.NOTEQUAL,
    ):
        note = "several values: taken like ISIN and ISNOTIN"
    return ConditionResult(condition, value, holds, note)


def _substituted(text: str, context: Context) -> str:
    """*text* with the values of its parameters, whose names have no case; unknown ones stay."""
    if "%" not in text:
        return text
    known = {name.casefold(): value for name, value in context.parameters.items()}
    return _PARAMETER.sub(lambda m: known.get(m[1].casefold(), m[0]), text)


def _member(
    rule: SyncRule, condition: ScopeCondition, group: str, context: Context
) -> ConditionResult:
    """Direct membership in the group of that DN (A-28), as memberOf of the object tells."""
    if rule.direction is Direction.OUTBOUND:
        raise ObjectError(
            "scope-operator", f"{condition.operator} has no meaning in an outbound rule"
        )
    context.reading("A-28")
    context.note(
        "direct-members-only", f"{condition.operator} {group} counts direct members only (A-28)"
    )
    value = read_attribute(context, "memberOf")
    values = value if isinstance(value, tuple) else () if value is None else (value,)
    groups = {dn_key(v.dn if isinstance(v, Reference) else str(v)) for v in values}
    member = dn_key(group) in groups
    holds = member is (condition.operator is ScopeOperator.ISMEMBEROF)
    return ConditionResult(condition, value, holds, "direct members only (A-28)")


# -- comparison of one value with the clause's text -------------------------------------------

_Test = Callable[[Value, str, Context], bool]


def _each(test: _Test, absent: bool, negated: bool = False) -> _Test:
    """*test* on any of the values; *negated* turns the answer round; *absent* is that for NULL."""

    def tested(value: Value, text: str, context: Context) -> bool:
        if value is None:
            return absent
        values = value if isinstance(value, tuple) else (value,)
        found = any(test(v, text, context) for v in values)
        return found is not negated

    return tested


def _equal(value: Value, text: str, context: Context) -> bool:
    match value:
        case bool():
            return value is _boolean(text)
        case int():
            numeric = value == _number(text)
            if numeric != (str(value) == text.strip()) and context.reading("A-25") == "text":
                return str(value) == text.strip()
            return numeric
        case Reference():
            return dn_key(value.dn) == dn_key(text)
        case str():
            return text != "" and _cased(lambda a, b: a == b, value, text, context)
    raise _undefined(value)


def _cased(test: Callable[[str, str], bool], value: str, text: str, context: Context) -> bool:
    """*test* without regard to case (A-24); the assumption counts where case would matter."""
    folded = test(value.casefold(), text.casefold())
    exact = test(value, text)
    if folded != exact and context.reading("A-24") == "exact":
        return exact
    return folded


def _text(test: Callable[[str, str], bool]) -> _Test:
    def tested(value: Value, text: str, context: Context) -> bool:
        match value:
            case str():
                return _cased(test, value, text, context)
            case Reference():
                return test(dn_key(value.dn), dn_key(text))
            case int() if not isinstance(value, bool):
                return test(str(value), text)
        raise _undefined(value)

    return tested


def _order(test: Callable[[int], bool], below: bool) -> _Test:
    """An order comparison: attribute against the clause's value; absent is False (A-26)."""

    def one(value: Value, text: str, context: Context) -> bool:
        match value:
            case int() if not isinstance(value, bool):
                number = _number(text)
                numeric = test((value > number) - (value < number))
                as_text = test((str(value) > text) - (str(value) < text))
                if numeric != as_text and context.reading("A-25") == "text":
                    return as_text
                return numeric
            case str():
                return _cased(lambda a, b: test((a > b) - (a < b)), value, text, context)
        raise _undefined(value)

    anyone = _each(one, absent=False)

    def tested(value: Value, text: str, context: Context) -> bool:
        if value is None and below:
            return context.reading("A-26") == "less"
        return anyone(value, text, context)

    return tested


def _bits(value: Value, text: str, context: Context) -> bool:
    if isinstance(value, tuple):
        raise ObjectError("scope-operator", "a bit test of several values")
    if not isinstance(value, int) or isinstance(value, bool):
        raise _undefined(value)
    mask = _number(text)
    every = value & mask == mask
    if every != (value & mask != 0) and context.reading("A-27") == "any":
        return value & mask != 0
    return every


def _boolean(text: str) -> bool:
    match text.strip().casefold():
        case "true":
            return True
        case "false":
            return False
    raise ObjectError("scope-value", f"`{text}` is neither true nor false", "write True or False")


def _number(text: str) -> int:
    try:
        return int(text.strip(), 10)
    except ValueError:
        raise ObjectError("scope-value", f"`{text}` is no whole number") from None


def _undefined(value: Value) -> ObjectError:
    return ObjectError(
        "scope-operator",
        f"this operator is not defined for {type_name(value)}",
        "only ISNULL and ISNOTNULL are",
    )


def _starts(value: str, text: str) -> bool:
    return value.startswith(text)


def _ends(value: str, text: str) -> bool:
    return value.endswith(text)


def _contains(value: str, text: str) -> bool:
    return text in value


OPERATORS: Mapping[ScopeOperator, _Test] = {
    ScopeOperator.EQUAL: _each(_equal, absent=False),
    ScopeOperator.NOTEQUAL: _each(_equal, absent=True, negated=True),
    ScopeOperator.ISIN: _each(_equal, absent=False),
    ScopeOperator.ISNOTIN: _each(_equal, absent=True, negated=True),
    ScopeOperator.LESSTHAN: _order(lambda sign: sign < 0, below=True),
    ScopeOperator.LESSTHAN_OR_EQUAL: _order(lambda sign: sign <= 0, below=True),
    ScopeOperator.GREATERTHAN: _order(lambda sign: sign > 0, below=False),
    ScopeOperator.GREATERTHAN_OR_EQUAL: _order(lambda sign: sign >= 0, below=False),
    ScopeOperator.CONTAINS: _each(_text(_contains), absent=False),
    ScopeOperator.NOTCONTAINS: _each(_text(_contains), absent=True, negated=True),
    ScopeOperator.STARTSWITH: _each(_text(_starts), absent=False),
    ScopeOperator.NOTSTARTSWITH: _each(_text(_starts), absent=True, negated=True),
    ScopeOperator.ENDSWITH: _each(_text(_ends), absent=False),
    ScopeOperator.NOTENDSWITH: _each(_text(_ends), absent=True, negated=True),
    ScopeOperator.ISBITSET: lambda value, text, context: (
        value is not None and _bits(value, text, context)
    ),
    ScopeOperator.ISBITNOTSET: lambda value, text, context: (
        value is None or not _bits(value, text, context)
    ),
    ScopeOperator.ISNULL: lambda value, text, context: value is None,
    ScopeOperator.ISNOTNULL: lambda value, text, context: value is not None,
}
