"""Values as a directory or file gives them -> typed values, by the schema alone.

Every source ends here, so that the same object from any of them is equal. LDAP gives bytes; JSON
may give numbers and truth values as such, and text. What cannot be taken as its type becomes an
`Unreadable` value, never NULL.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from simulator.errors import InputError
from simulator.objects import ConnectorObject
from simulator.schema import standard_schema
from simulator.values import Reference, Scalar, Unreadable, Value

RawValue: TypeAlias = bytes | str | int | bool

_NUMBER = re.compile(r"-?[0-9]+")
_NUMBER_RANGE = range(-(2**63), 2**63)  # the largest integer syntax of Active Directory
_SID_ATTRIBUTES = frozenset({"mS-DS-CreatorSID"})  # the connector shows these bytes as a reference


@dataclass(frozen=True, slots=True)
class Record:
    """One object as it came: names spelt as they came, values raw, *place* for messages.

    *not_carried* holds, spelt as the schema spells them, attributes that the source leaves out.
    """

    dn: str
    attributes: Mapping[str, Sequence[RawValue]]
    place: str
    unreadable: Mapping[str, str] = field(default_factory=dict)
    not_carried: Mapping[str, Unreadable] = field(default_factory=dict)


@dataclass(slots=True)
class Decoding:
    """What decoding has found out over all records so far: notes, and names seen before."""

    notes: list[str] = field(default_factory=list)
    options: set[str] = field(default_factory=set)
    spellings: dict[str, str] = field(default_factory=dict)


def decode(record: Record, decoding: Decoding) -> ConnectorObject:
    """The object of *record*; what is odd but no error is added to the notes of *decoding*."""
    if not record.dn:
        raise InputError(
            f"{record.place}: an object without a distinguished name",
            "ask the directory for objects below a base, not for its root",
        )
    attributes = typed(record, decoding)
    # A part of every object in Active Directory, which a reader therefore does not ask for.
    attributes["distinguishedName"] = Reference(record.dn)
    _check_guid(attributes, record)
    classes = attributes.get("objectClass", ())
    names = tuple(str(c) for c in classes) if isinstance(classes, tuple) else ()
    return ConnectorObject(
        record.dn, _type(names, attributes, record), attributes, names, origin=record.place
    )


def typed(record: Record, decoding: Decoding) -> dict[str, Value | Unreadable]:
    """The attributes of *record* by the schema's names, each with its typed value."""
    grouped: dict[str, list[RawValue]] = {}
    for name, values in record.attributes.items():
        spelling = _spelling(name, record, decoding)
        if spelling:
            grouped.setdefault(spelling, []).extend(v for v in values if v or isinstance(v, int))
    attributes: dict[str, Value | Unreadable] = dict(record.not_carried)
    for name, raw in grouped.items():
        if raw:
            attributes[name] = _attribute(name, raw, record, decoding)
    for name, reason in record.unreadable.items():
        attributes[_spelling(name, record, decoding) or name] = Unreadable(reason)
    return attributes


def wanted_name(name: str) -> str:
    """*name* as the schema of Active Directory spells it; an unknown one as it is."""
    return standard_schema("ad").spelling(name) or name


def sid_text(value: bytes) -> str | None:
    """The text form `S-1-...` of the bytes of a security identifier; `None` when they are none."""
    if len(value) < 8 or value[0] != 1 or len(value) != 8 + 4 * value[1]:
        return None
    from ldap3.protocol.formatters.formatters import format_sid

    return str(format_sid(value))  # type: ignore[no-untyped-call]  # the stubs leave it bare


def _spelling(name: str, record: Record, decoding: Decoding) -> str | None:
    """How the schema spells *name*, without `;binary`; `None` for what is left out."""
    known = decoding.spellings.get(name)
    if known is not None:
        return known or None
    base, *options = name.split(";")
    options = [o for o in options if o.casefold() != "binary"]
    if any(o.casefold().startswith("range=") for o in options):
        raise InputError(
            f"{record.place}: `{name}` of {record.dn} is only a part of the values",
            "read all of them: give the LDAP URL itself, or a tool that follows ranges",
        )
    if options:
        decoding.notes.append(f"{name}: values with this option are left out")
        decoding.spellings[name] = ""
        return None
    decoding.spellings[name] = wanted_name(base)
    return decoding.spellings[name]


def _attribute(
    name: str, raw: Sequence[RawValue], record: Record, decoding: Decoding
) -> Value | Unreadable:
    """The value of the attribute *name*: one value or several, as the schema says."""
    attribute = standard_schema("ad").get(name)
    kind = attribute.type if attribute else ""
    values: list[Scalar] = []
    for value in raw:
        typed = _value(name, kind, value, record, decoding)
        if isinstance(typed, Unreadable):
            return typed
        values.append(typed)
    if attribute is None:
        return values[0] if len(values) == 1 else tuple(values)
    if attribute.multi:
        return tuple(values)
    if len(values) > 1:
        decoding.notes.append(
            f"{record.place}: {record.dn}: {name} has {len(values)} values, but is single-valued"
        )
        return tuple(values)
    return values[0]


def _value(
    name: str, kind: str, value: RawValue, record: Record, decoding: Decoding
) -> Scalar | Unreadable:
    match kind, value:
        case ("num", int()) if not isinstance(value, bool):
            return value if value in _NUMBER_RANGE else Unreadable(f"{value} is out of range")
        case ("bool", bool()) | ("bin", bytes()):
            return value
        case ("", int() | bool()):
            return value
        case ("", bytes()):
            try:
                return value.decode()
            except UnicodeDecodeError:
                return value
        case ("bin", str()):
            raise InputError(
                f"{record.place}: {name} of {record.dn} is binary, but its value is text",
                'write {"base64": "..."}, {"hex": "..."}, {"guid": "..."} or {"sid": "S-1-..."}',
            )
        case (_, int() | bool()):
            raise InputError(
                f"{record.place}: {name} of {record.dn} cannot be {str(value).lower()}",
                f"its type is {kind}: write {'a number' if kind == 'num' else 'it as text'}",
            )
        case (_, bytes() | str()):
            return _from_text(name, kind, value, record, decoding)
    raise AssertionError(f"no value of a source: {value!r}")


def _from_text(
    name: str, kind: str, value: bytes | str, record: Record, decoding: Decoding
) -> Scalar | Unreadable:
    if name in _SID_ATTRIBUTES and isinstance(value, bytes) and (sid := sid_text(value)):
        return Reference(sid)
    text = value if isinstance(value, str) else _utf8(name, value, record, decoding)
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


def _utf8(name: str, value: bytes, record: Record, decoding: Decoding) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        decoding.notes.append(
            f"{record.place}: {record.dn}: {name} is not UTF-8; what cannot be read is shown as"
            " \N{REPLACEMENT CHARACTER}"
        )
        return value.decode(errors="replace")


def _check_guid(attributes: Mapping[str, Value | Unreadable], record: Record) -> None:
    """Refuses an object without objectGUID."""
    guid = attributes.get("objectGUID")
    unknown = isinstance(guid, Unreadable) and not guid.carried
    if not unknown and (not isinstance(guid, bytes) or len(guid) != 16):
        # The published rules compare certificates with objectGUID: without it, any would match.
        problem = "has no objectGUID" if guid is None else "has an objectGUID that is not 16 bytes"
        raise InputError(
            f"{record.place}: {record.dn} {problem}",
            "ask for objectGUID, for example with ldapsearch ... objectGUID or ldifde -l"
            " objectGUID,...; every object of Active Directory has one",
        )


def _type(
    classes: Sequence[str], attributes: Mapping[str, Value | Unreadable], record: Record
) -> str:
    """The most specific class (A-33): directories list objectClass from general to specific."""
    if classes:
        return classes[-1]
    category, account = attributes.get("objectCategory"), attributes.get("sAMAccountName")
    if isinstance(category, Reference) and category.dn.casefold().startswith("cn=computer,"):
        return "computer"
    if isinstance(account, str) and account.endswith("$"):
        return "computer"
    raise InputError(
        f"{record.place}: the type of {record.dn} is not known: it has no objectClass",
        "ask for objectClass as well",
    )
