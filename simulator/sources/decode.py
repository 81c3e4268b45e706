"""Values as a directory or file gives them -> typed values, by the schema alone.

Every source ends here, so that the same object from any of them is equal. LDAP gives bytes; JSON
may give numbers and truth values as such, and text. What cannot be taken as its type becomes an
`Unreadable` value, never NULL.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from simulator.errors import InputError
from simulator.objects import ConnectorObject
from simulator.sources.scalars import Column, RawValue, column_of, scalar, sid_text, wanted_name
from simulator.values import Reference, Scalar, Unreadable, Value

__all__ = ["Decoding", "RawValue", "Record", "decode", "sid_text", "typed", "wanted_name"]

_MOST_LAYOUTS = 1000


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
    """What decoding has found out over all records so far: notes, and names seen before.

    Most objects of a source have the same names: *layouts* keeps what stands under each.
    """

    notes: list[str] = field(default_factory=list)
    columns: dict[str, Column | None] = field(default_factory=dict)
    layouts: dict[tuple[str, ...], tuple[Column, ...]] = field(default_factory=dict)


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
    attributes: dict[str, Value | Unreadable] = dict(record.not_carried)
    for column, raw in _columns(record, decoding):
        if len(raw) == 1:
            (value,) = raw
            taken = (
                value
                if value and type(value) in column.plain
                else scalar(column, value, record, decoding.notes)
            )
            if isinstance(taken, Unreadable):
                attributes[column.name] = taken
            elif taken is not None:
                attributes[column.name] = (taken,) if column.always else taken
        elif (several := _several(column, raw, record, decoding)) is not None:
            attributes[column.name] = several
    for name, reason in record.unreadable.items():
        of_name = _column(name, record, decoding)
        attributes[of_name.name if of_name else name] = Unreadable(reason)
    return attributes


def _columns(record: Record, decoding: Decoding) -> Iterable[tuple[Column, Sequence[RawValue]]]:
    """The values of *record* by the attribute that they belong to; each comes once."""
    names = tuple(record.attributes)
    known = decoding.layouts.get(names)
    if known is not None:
        return zip(known, record.attributes.values(), strict=True)
    grouped: dict[Column, Sequence[RawValue]] = {}
    for name, values in record.attributes.items():
        column = _column(name, record, decoding)
        if column is not None:
            grouped[column] = [*grouped.get(column, ()), *values]
    if len(grouped) == len(names) and len(decoding.layouts) < _MOST_LAYOUTS:
        decoding.layouts[names] = tuple(grouped)
    return grouped.items()


def _several(
    column: Column, raw: Sequence[RawValue], record: Record, decoding: Decoding
) -> Value | Unreadable:
    """The value of several values, or of none, as the schema says; `None` if all are empty."""
    if column.plain.issuperset(map(type, raw)) and all(raw):
        values: list[Scalar] = list(raw)
    else:
        values = []
        for each in raw:
            taken = scalar(column, each, record, decoding.notes)
            if isinstance(taken, Unreadable):
                return taken
            if taken is not None:
                values.append(taken)
    if not values:
        return None
    if len(values) == 1:
        return (values[0],) if column.always else values[0]
    if not column.many:
        decoding.notes.append(
            f"{record.place}: {record.dn}: {column.name} has {len(values)} values, but is"
            " single-valued"
        )
    return tuple(values)


def _column(name: str, record: Record, decoding: Decoding) -> Column | None:
    """How values of *name* are taken, `;binary` or not; `None` for what is left out."""
    if name in decoding.columns:
        return decoding.columns[name]
    base, *options = name.split(";")
    options = [o for o in options if o.casefold() != "binary"]
    if any(o.casefold().startswith("range=") for o in options):
        raise InputError(
            f"{record.place}: `{name}` of {record.dn} is only a part of the values",
            "read all of them: give the LDAP URL itself, or a tool that follows ranges",
        )
    if options:
        decoding.notes.append(f"{name}: values with this option are left out")
        decoding.columns[name] = None
        return None
    spelling = wanted_name(base)
    column = decoding.columns.get(spelling) or column_of(spelling)
    decoding.columns[spelling] = decoding.columns[name] = column
    return column


def _check_guid(attributes: Mapping[str, Value | Unreadable], record: Record) -> None:
    """Refuses an object without objectGUID."""
    guid = attributes.get("objectGUID")
    unknown = isinstance(guid, Unreadable) and not guid.carried
    if not unknown and (not isinstance(guid, bytes) or len(guid) != 16):
        # The published rules compare certificates with objectGUID: without it, any would match.
        if isinstance(guid, Unreadable):
            problem = f"has an objectGUID that cannot be read: {guid.reason}"
        else:
            problem = (
                f"has {'no objectGUID' if guid is None else 'an objectGUID that is not 16 bytes'}"
            )
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
