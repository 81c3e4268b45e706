"""Functions on lists of values: count, choose, search, split. Source: specification section 10."""

from collections.abc import Callable
from typing import Literal

from simulator.assumptions import DECIDED
from simulator.errors import ObjectError
from simulator.language import dotnet
from simulator.language.context import Context
from simulator.language.dotnet import units
from simulator.language.function import Body, Condition, Variable, function
from simulator.values import FlowLiteral, Reference, Scalar, Unreadable, Value, dn_key


@function
def Contains(
    values: tuple[str, ...] | tuple[Reference, ...] | None,
    sought: str,
    compare: Literal["CaseSensitive", "CaseInsensitive"] = "CaseSensitive",
    *,
    context: Context,
) -> int:
    """The number of the first of *values* that has *sought* in it; 0 if none has.

    A text may contain more than what is sought, a reference must be it. The case of letters counts
    unless *compare* is CaseInsensitive; in references it never does.

    Contains(Split("smtp:a@x;SMTP:b@x", ";"), "SMTP:")  -> 2
    Contains(Split("smtp:a@x;SMTP:b@x", ";"), "SMTP:", CaseInsensitive)  -> 1
    Contains(NULL, "SMTP:")  -> 0
    """
    fold: Callable[[str], str] = dotnet.upper if compare == "CaseInsensitive" else str
    wanted = fold(sought)
    for number, value in enumerate(values or (), 1):
        match value:
            case Reference(dn=dn):
                found = dn_key(dn) == dn_key(sought)
            case str():
                found = wanted in fold(value)
        if found:
            _order_matters(values, context)
            return number
    return 0


@function
def Count(values: tuple[Value, ...] | None, *, context: Context) -> int:
    """How many values there are.

    Count(Split("a,b,c", ","))  -> 3
    Count("a")  -> 1
    Count(NULL)  -> 0

    Assumed: A-10, NULL has none.
    """
    if values is None:
        if context.reading("A-10") != DECIDED:
            raise ObjectError("type-mismatch", "Count cannot take NULL (A-10)")
        return 0
    return len(values)


@function
def Item(values: tuple[Value, ...] | None, number: int, *, context: Context) -> Value:
    """The value of that *number* in a list; the first is number 1.

    A number that the list does not have is an error; ItemOrNull gives NULL instead.

    Item(Split("a,b,c", ","), 2)  -> "b"
    Item("a", 1)  -> "a"
    """
    count = len(values or ())
    if not values or not 1 <= number <= count:
        raise ObjectError(
            "index-out-of-range",
            f"Item has no value {number} in a list of {count}",
            "use ItemOrNull, or test with IsPresent first",
        )
    _order_matters(values, context)
    return values[number - 1]


@function
def ItemOrNull(values: tuple[Value, ...] | None, number: int, *, context: Context) -> Value:
    """The value of that *number* in a list, or NULL where the list has none; the first is 1.

    ItemOrNull(Split("a,b,c", ","), 2)  -> "b"
    ItemOrNull(Split("a,b,c", ","), 4)  -> NULL
    ItemOrNull(NULL, 1)  -> NULL
    """
    if not values or not 1 <= number <= len(values):
        return None
    _order_matters(values, context)
    return values[number - 1]


def _order_matters(values: object, context: Context) -> None:
    if isinstance(values, tuple) and len(values) > 1:
        context.note("value-order", "a directory promises no order of the values of an attribute")


@function
def Join(values: tuple[str, ...], delimiter: str = " ") -> str:
    """All *values* in one text, with *delimiter* between them.

    Join(Split("a,b", ","))  -> "a b"
    Join(Split("a,b", ","), ";")  -> "a;b"
    Join(Split("a,b", ","), "")  -> "ab"
    Join(NULL)  -> NULL
    """
    return delimiter.join(values)


@function(null_observed=True)
def RemoveDuplicates(values: tuple[str, ...]) -> tuple[str, ...]:
    """*values* without those that occur before; the case of letters counts.

    RemoveDuplicates(Split("a,B,a,b", ","))  -> ["a", "B", "b"]
    RemoveDuplicates(NULL)  -> NULL
    """
    return tuple(dict.fromkeys(values))


@function
def Split(text: str, delimiter: str, limit: int = -1) -> tuple[str, ...]:
    """The parts of *text* between the *delimiter*s, at most *limit*; the last keeps the rest.

    The delimiter is one character. Two side by side have an empty part between them. An empty text
    has no parts.

    Split("a,b,c", ",")  -> ["a", "b", "c"]
    Split("a,b,c", ",", 2)  -> ["a", "b,c"]
    Split("a,,c", ",")  -> ["a", "", "c"]
    Count(Split("", ","))  -> 0
    """
    if len(units(delimiter)) != 1:
        raise ObjectError("type-mismatch", f"Split divides at one character, not at `{delimiter}`")
    if not text:
        return ()
    return tuple(text.split(delimiter, limit - 1 if limit > 0 else -1))


@function(documented=False)
def ValueCount(attribute: str, *, context: Context) -> int:
    """How many values the attribute of that name has; the name stands in quotation marks.

    ValueCount("member")  -> 0
    ValueCount("member") > 75000  -> False
    """
    value = _named(attribute, context)
    if value is None:
        return 0
    return len(value) if isinstance(value, tuple) else 1


@function
def ImportedValue(attribute: str, *, context: Context) -> Value:
    """The imported value of the attribute of that name; the name stands in quotation marks.

    In the engine a value that is only waiting to be exported is not seen. Here an object always
    comes from an import, so this is the same as the attribute itself.

    ImportedValue("proxyAddresses")  -> NULL
    IsPresent(ImportedValue("mail"))  -> False
    """
    return _named(attribute, context)


def _named(attribute: str, context: Context) -> Value:
    if attribute == "dn" and context.dn is not None:
        return context.dn
    value = context.attributes.get(attribute)
    if isinstance(value, Unreadable):
        raise ObjectError(value.kind, f"`{attribute}` could not be read: {value.reason}")
    return value


@function
def Select(
    variable: Variable, values: tuple[Value, ...] | None, expression: Body[Value]
) -> tuple[Scalar | None, ...]:
    """What *expression* gives for each of *values*, in turn bound to *variable*.

    Select($phone, Split("555-01;555-02", ";"), Replace($phone, "-", ""))  -> ["55501", "55502"]
    Count(Select($v, NULL, $v))  -> 0
    """
    return tuple(_scalar(expression(value)) for value in values or ())


def _scalar(value: Value) -> Scalar | None:
    if isinstance(value, tuple | FlowLiteral):
        raise ObjectError("type-mismatch", "Select can only gather single values")
    return value


@function
def Where(
    variable: Variable, values: tuple[Value, ...] | None, condition: Body[Condition]
) -> tuple[Value, ...]:
    """Those of *values* for which *condition* holds, each in turn bound to *variable*.

    An error in the condition of one value is an error of the whole.

    Where($a, Split("SMTP:a,SIP:b", ","), InStr($a, "SIP:") = 1)  -> ["SIP:b"]
    Count(Where($a, Split("a,b", ","), $a = "c"))  -> 0
    Count(Where($a, NULL, True))  -> 0
    """
    return tuple(value for value in values or () if _holds(condition(value)))


def _holds(condition: Condition) -> bool:
    if isinstance(condition, tuple):
        raise ObjectError("type-mismatch", "the condition of Where gives a list for one value")
    return condition
