"""The values that attributes hold and expressions give, and how a person sees them.

NULL is `None`; a multi-valued attribute is a tuple, even with one value; an absent attribute
is NULL, never an empty tuple. Source: expression-language specification, sections 4.1 and 4.2.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeAlias

# The kind of error that reading a value is which the file of objects leaves out.
NOT_CARRIED = "not-carried"


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to another object: its distinguished name."""

    dn: str


class FlowLiteral(StrEnum):
    """The two values that only mean something as the whole result of a flow."""

    IGNORE_THIS_FLOW = "IgnoreThisFlow"
    AUTHORITATIVE_NULL = "AuthoritativeNull"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands in for an attribute that could not be read, with the reason; never NULL.

    *carried* is False where the file's format, or the question that it answers, leaves the
    attribute out altogether: then nothing is wrong with the object, but its value is unknown.
    """

    reason: str
    carried: bool = True

    @property
    def kind(self) -> str:
        """The kind of error that reading it is: what is not carried is unknown, not wrong."""
        return "unreadable" if self.carried else NOT_CARRIED


Scalar: TypeAlias = bool | int | str | bytes | Reference | datetime | FlowLiteral
Value: TypeAlias = Scalar | tuple[Scalar | None, ...] | None

AttributeMap: TypeAlias = Mapping[str, Value | Unreadable]


def type_name(value: Value) -> str:
    """The language's name for the type of *value*: str, num, bool, bin, dt, ref, mv..., null."""
    match value:
        case None:
            return "null"
        case FlowLiteral():
            return "literal"
        case bool():
            return "bool"
        case int():
            return "num"
        case str():
            return "str"
        case bytes():
            return "bin"
        case Reference():
            return "ref"
        case datetime():
            return "dt"
        case tuple():
            kinds = {type_name(v) for v in value if v is not None}
            return f"mv{kinds.pop()}" if len(kinds) == 1 else "mv"
    raise AssertionError(f"no value of the language: {value!r}")


def show(value: Value | Unreadable, limit: int = 60) -> str:
    """*value* as an expression would write it, shortened to about *limit* characters."""
    match value:
        case Unreadable(reason=reason):
            return f"could not be read: {reason}"
        case None:
            return "NULL"
        case FlowLiteral():
            return value.value
        case bool():
            return "True" if value else "False"
        case int():
            return str(value)
        case str():
            text = value if len(value) <= limit else value[: limit - 1] + "…"
            return '"' + text.replace("\r", "\\r").replace("\n", "\\n") + '"'
        case bytes():
            if len(value) == 16:
                return f"{guid_text(value)} (16 bytes)"
            return f"{value[:8].hex()}{'…' if len(value) > 8 else ''} ({len(value)} bytes)"
        case Reference():
            return value.dn
        case datetime():
            return time_text(value)
        case tuple():
            shown = ", ".join(show(v, limit) for v in value[:3])
            return f"[{shown}{', …' if len(value) > 3 else ''}] ({len(value)} values)"
    raise AssertionError(f"no value of the language: {value!r}")


def mixed_endian(value: bytes) -> bytes:
    """The 16 bytes of a GUID as Active Directory stores them, from those of its text; and back."""
    return value[3::-1] + value[5:3:-1] + value[7:5:-1] + value[8:]


def guid_text(value: bytes) -> str:
    """The text form of 16 bytes as Active Directory stores a GUID (mixed-endian), lower case.

    It is asked for once for every object: in a third of the time that `uuid` takes.
    """
    text = mixed_endian(value).hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def time_text(moment: datetime) -> str:
    """ISO 8601 in UTC with `Z`, to the second, or finer where *moment* is."""
    return moment.astimezone(UTC).isoformat()[:-6] + "Z"  # in place of +00:00


def is_moment(text: str) -> bool:
    """Whether *text* is a time with a zone, as ISO 8601 writes it."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


_BLANKS = re.compile(r"\s*([,=+])\s*")
_LOOSE = re.compile(r"\s(?:(?<=[,=+]\s)|(?=[,=+]))")  # a blank at a separator


def dn_key(dn: str) -> str:
    """*dn* in the form in which names of one object are equal: no case, no blanks at separators.

    Escaped separators keep their blanks, because `\\,` is part of a value.
    """
    folded = dn.casefold()
    if not _LOOSE.search(folded):  # as directories write it
        return folded
    if "\\" in folded:
        parts = re.split(r"(\\.)", folded)
        return "".join(p if p.startswith("\\") else _BLANKS.sub(r"\1", p) for p in parts)
    return _BLANKS.sub(r"\1", folded)
