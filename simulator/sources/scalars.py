"""Values of one attribute as they came -> typed values, by the schema alone.

What cannot be taken as its type becomes an `Unreadable`, never NULL.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from simulator.errors import InputError
from simulator.language import dotnet_bytes
from simulator.schema import standard_schema
from simulator.values import Reference, Scalar, Unreadable

RawValue: TypeAlias = bytes | str | int | bool

_NUMBER = re.compile(r"-?[0-9]+")
_NUMBER_RANGE = range(-(2**63), 2**63)  # the largest integer syntax of Active Directory
_SID_ATTRIBUTES = frozenset({"mS-DS-CreatorSID"})  # the connector shows these bytes as a reference


class Place(Protocol):
    """Of what object a value is, for messages."""

    @property
    def place(self) -> str:
        """Where the object stands."""

    @property
    def dn(self) -> str:
        """Its distinguished name."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """How the values under one name are taken; one for all spellings of the name.

    *plain* holds the Python type whose values are taken as they are, *quick* what makes a typed
    value of another one, or `None` where it takes a closer look. *many* tells whether several
    values are in order, *always* whether even one is a tuple.
    """

    name: str
    kind: str
    plain: frozenset[type]
    quick: Mapping[type, Callable[[Any], Scalar | None]]
    many: bool
    always: bool


def wanted_name(name: str) -> str:
    """*name* as the schema of Active Directory spells it; an unknown one as it is."""
    return standard_schema("ad").spelling(name) or name


def column_of(name: str) -> Column:
    """How values of the attribute *name*, spelt as in the schema, are taken."""
    known = standard_schema("ad").get(name)
    kind = known.type if known else ""
    quick = _QUICK[kind] if name not in _SID_ATTRIBUTES else {}
    return Column(
        name,
        kind,
        _PLAIN[kind],
        quick,
        known is None or known.multi,
        known is not None and known.multi,
    )


def sid_text(value: bytes) -> str | None:
    """The text form `S-1-...` of the bytes of a security identifier; `None` when they are none."""
    exact = len(value) >= 8 and len(value) == 8 + 4 * value[1]
    return dotnet_bytes.sid_text(value) if exact else None


def scalar(
    column: Column, value: RawValue, of: Place, notes: list[str]
) -> Scalar | Unreadable | None:
    """The typed value of *value*, or why it cannot be taken; `None` for an empty one."""
    if not value and not isinstance(value, int):
        return None
    quick = column.quick.get(type(value))
    typed = quick(value) if quick is not None else None
    return _value(column.name, column.kind, value, of, notes) if typed is None else typed


def _number(text: str | bytes) -> int | None:
    """The number in *text*, if it is one beyond doubt."""
    return int(text) if len(text) < 19 and text.isascii() and text.isdigit() else None


def _reference(value: bytes) -> Reference | None:
    name = _text(value)
    return None if name is None else Reference(name)


def _text(value: bytes) -> str | None:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None


def _value(
    name: str, kind: str, value: RawValue, of: Place, notes: list[str]
) -> Scalar | Unreadable:
    match kind, value:
        case ("num", int()) if not isinstance(value, bool):
            return value if value in _NUMBER_RANGE else Unreadable(f"{value} is out of range")
        case ("bool", bool()) | ("bin", bytes()) | ("", int() | bytes()):
            return value  # bytes without a kind are no text, as has been tried
        case ("bin", str()):
            raise InputError(
                f"{of.place}: {name} of {of.dn} is binary, but its value is text",
                'write {"base64": "..."}, {"hex": "..."}, {"guid": "..."} or {"sid": "S-1-..."}',
            )
        case (_, int() | bool()):
            raise InputError(
                f"{of.place}: {name} of {of.dn} cannot be {str(value).lower()}",
                f"its type is {kind}: write {'a number' if kind == 'num' else 'it as text'}",
            )
        case (_, bytes() | str()):
            return _from_text(name, kind, value, of, notes)
    raise AssertionError(f"no value of a source: {value!r}")


def _from_text(
    name: str, kind: str, value: bytes | str, of: Place, notes: list[str]
) -> Scalar | Unreadable:
    if name in _SID_ATTRIBUTES and isinstance(value, bytes) and (sid := sid_text(value)):
        return Reference(sid)
    text = value if isinstance(value, str) else _utf8(name, value, of, notes)
    match kind:
        case "num":
            if not _NUMBER.fullmatch(text):
                return Unreadable(f"`{text[:40]}` is not a number")
            number = int(text) if len(text) < 25 else _NUMBER_RANGE.stop
            if number not in _NUMBER_RANGE:
                return Unreadable(f"{text[:40]} is out of range")
            return number
        case "bool":
            truth = {"true": True, "false": False}.get(text.casefold())
            return (
                Unreadable(f"`{text[:40]}` is neither TRUE nor FALSE") if truth is None else truth
            )
        case "ref":
            return Reference(text)
    return text


def _utf8(name: str, value: bytes, of: Place, notes: list[str]) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        notes.append(
            f"{of.place}: {of.dn}: {name} is not UTF-8; what cannot be read is shown as"
            " \N{REPLACEMENT CHARACTER}"
        )
        return value.decode(errors="replace")


_PLAIN: Mapping[str, frozenset[type]] = {
    "str": frozenset({str}),
    "bin": frozenset({bytes}),
    "num": frozenset(),
    "bool": frozenset({bool}),
    "ref": frozenset(),
    "": frozenset({str, int, bool}),
}
_QUICK: Mapping[str, Mapping[type, Callable[[Any], Scalar | None]]] = {
    "str": {bytes: _text},
    "bin": {},
    "num": {str: _number, bytes: _number},
    "bool": {},
    "ref": {str: Reference, bytes: _reference},
    "": {bytes: _text},
}
