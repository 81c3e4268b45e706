"""Functions that ask about a value: present, empty, of a type. Source: specification section 9."""

from datetime import datetime

from simulator.assumptions import DECIDED
from simulator.language import dotnet
from simulator.language.context import Context
from simulator.language.dotnet_parse import parse_time
from simulator.language.function import function
from simulator.values import Value


@function
def IsBitSet(value: int | None, flag: int, *, context: Context) -> bool:
    """Whether the bits of the mask *flag* are set in *value*.

    *flag* is a mask and no number of a bit: 4 asks for the third bit. A mask of 0 gives False, and
    so does NULL as the value.

    IsBitSet(&HF, 4)  -> True
    IsBitSet(&HF, 16)  -> False
    IsBitSet(NULL, 2)  -> False

    Assumed: A-27, of several bits all must be set.
    """
    if value is None or flag == 0:
        return False
    some, all_bits = value & flag != 0, value & flag == flag
    if some == all_bits:
        return some
    return all_bits if context.reading("A-27") == DECIDED else some


@function
def IsDate(value: Value) -> bool:
    """Whether *value* is a date, or a text that CDate can read.

    IsDate("2001-01-01")  -> True
    IsDate("20240101120000.0Z")  -> False
    IsDate(NULL)  -> False
    """
    match value:
        case datetime():
            return True
        case str():
            return parse_time(value) is not None
        case _:
            return False


@function
def IsEmpty(value: Value) -> bool:
    """Whether *value* is present, but empty: a text without characters, a list without values.

    IsEmpty("")  -> True
    IsEmpty("x")  -> False
    IsEmpty(NULL)  -> False
    """
    return _is_blank(value) or _is_empty_list(value)


@function
def IsGuid(text: str | None) -> bool:
    """Whether *text* is a GUID with hyphens, with or without braces.

    IsGuid("{3f2504e0-4f89-41d3-9a0c-0305e82c3301}")  -> True
    IsGuid("3f2504e04f8941d39a0c0305e82c3301")  -> False
    IsGuid(NULL)  -> False
    """
    return text is not None and dotnet.guid_digits(text) is not None


@function
def IsNull(value: Value) -> bool:
    """Whether *value* is absent; a list without values is.

    IsNull(NULL)  -> True
    IsNull("")  -> False
    """
    return value is None or _is_empty_list(value)


@function
def IsNullOrEmpty(value: Value) -> bool:
    """Whether *value* is absent or empty.

    A list is asked about as a whole, not value by value.

    IsNullOrEmpty(NULL)  -> True
    IsNullOrEmpty("")  -> True
    IsNullOrEmpty("x")  -> False
    """
    return value is None or _is_blank(value) or _is_empty_list(value)


@function
def IsNumeric(value: Value) -> bool:
    """Whether *value* is a number, or something that CNum can read.

    IsNumeric("12")  -> True
    IsNumeric("12a")  -> False
    IsNumeric(5)  -> True
    IsNumeric(NULL)  -> False
    """
    match value:
        case bool():
            return False
        case int():
            return True
        case str():
            number = dotnet.parse_integer(value)
            return number is not None and dotnet.INT64_MIN <= number <= dotnet.INT64_MAX
        case bytes():
            return 1 <= len(value) <= 8 and int.from_bytes(value, "little") <= dotnet.INT64_MAX
        case _:
            return False


@function(null_observed=True)
def IsPresent(value: Value, *, context: Context) -> bool:
    """Whether *value* is there and not empty.

    This is the opposite of IsNullOrEmpty for every type: False and 0 are present.

    IsPresent("x")  -> True
    IsPresent(1 = 2)  -> True
    IsPresent("")  -> False
    IsPresent(NULL)  -> False

    Assumed: A-17, not only texts can be present.
    """
    if value is not None and not isinstance(value, str):
        context.reading("A-17")
    return not IsNullOrEmpty(value)


@function
def IsString(value: Value) -> bool:
    """Whether *value* is text, or a list of texts.

    IsString("x")  -> True
    IsString(5)  -> False
    IsString(NULL)  -> False
    """
    if isinstance(value, tuple):
        kept = [v for v in value if v is not None]
        return bool(kept) and all(isinstance(v, str) for v in kept)
    return isinstance(value, str)


def _is_blank(value: Value) -> bool:
    return isinstance(value, str | bytes) and not value


def _is_empty_list(value: Value) -> bool:
    return isinstance(value, tuple) and all(v is None for v in value)
