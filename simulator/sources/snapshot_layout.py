"""How objects lie in a snapshot: a row for each, a column for each attribute of the schema.

What no column can hold as it is (attributes outside the schema, several values of a single-valued
one, what could not be read) lies together in the column `other`, as our JSON. `pyarrow` is
imported where it is used, and nowhere else in the program.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from types import NoneType
from typing import TYPE_CHECKING, Any

from simulator.objects import ConnectorObject
from simulator.schema import standard_schema
from simulator.sources.carried import COMPUTER_ATTRIBUTES
from simulator.sources.object_form import NAME, attributes_form, line
from simulator.values import Reference, Unreadable, Value

if TYPE_CHECKING:
    import pyarrow

Attributes = Mapping[str, Value | Unreadable]
VERSION = 1
KEY = b"aadsim.snapshot"
ROWS = 16_384  # of a row group: the unit of streaming and of parallel work
FIXED = ("dn", "type", "classes", "other")
# few different values among many objects
_REPEATED = ("type", "classes", "operatingSystem", "operatingSystemVersion", "objectCategory",
             "operatingSystemServicePack", "objectClass")  # fmt: skip
_PYTHON = {"num": int, "bool": bool, "str": str, "bin": bytes, "ref": Reference}


def attribute_columns(schema: "pyarrow.Schema") -> list[str]:
    """The columns of *schema* that are attributes, in their order."""
    return [name for name in schema.names if name not in FIXED]


def batches(objects: Iterable[ConnectorObject]) -> Iterator["pyarrow.RecordBatch"]:
    """The rows of *objects*, a row group at a time.

    Columns are those of the first group, and what computer rules read; what objects after it have
    beside them lies in `other`.
    """
    rest = iter(objects)
    columns: list[str] | None = None
    while group := list(islice(rest, ROWS)):
        if columns is None:
            columns = columns_of(group)
            schema = arrow_schema(columns)
        yield batch(group, columns, schema)


def aligned(rows: "pyarrow.RecordBatch", schema: "pyarrow.Schema") -> "pyarrow.RecordBatch":
    """*rows* with the columns of *schema*; what these cannot hold lies in `other`."""
    if rows.schema.equals(schema, check_metadata=False):
        return rows
    columns = attribute_columns(schema)
    return batch(objects_of(rows, "", 1), columns, schema)


def columns_of(objects: Iterable[ConnectorObject]) -> list[str]:
    """The attributes of *objects* that have a column, with those that computer rules read."""
    names = set(COMPUTER_ATTRIBUTES)
    for each in objects:
        names |= each.attributes.keys()
    known = standard_schema("ad").attributes
    return sorted((names & known.keys()) - {NAME}, key=str.casefold)


def arrow_schema(columns: Sequence[str]) -> "pyarrow.Schema":
    """The columns of a snapshot with these attributes."""
    import pyarrow as pa

    kinds = {
        "num": pa.int64(), "bool": pa.bool_(), "str": pa.string(), "bin": pa.binary(),
        "ref": pa.string(),
    }  # fmt: skip
    fields = [
        pa.field("dn", pa.string(), nullable=False),
        pa.field("type", pa.string(), nullable=False),
        pa.field("classes", pa.list_(pa.string())),
    ]
    for name in columns:
        known = standard_schema("ad").attributes[name]
        kind = pa.binary(16) if name == "objectGUID" else kinds[known.type]
        fields.append(pa.field(name, pa.list_(kind) if known.multi else kind))
    return pa.schema([*fields, pa.field("other", pa.string())])


def dictionary_columns(columns: Sequence[str]) -> list[str]:
    """The columns whose values are written once and referred to."""
    multi = [n for n in columns if standard_schema("ad").attributes[n].multi]
    lists = {"classes", *multi}
    named = ("type", "classes", "other", *columns)
    return [f"{n}.list.element" if n in lists else n for n in named if n in (*_REPEATED, "other")]


def batch(
    objects: Sequence[ConnectorObject], columns: Sequence[str], schema: "pyarrow.Schema"
) -> "pyarrow.RecordBatch":
    """The rows of *objects*."""
    import pyarrow as pa

    cells: dict[str, Sequence[Any]] = {
        "dn": [each.dn for each in objects],
        "type": [each.type for each in objects],
        "classes": [each.classes for each in objects],
    }
    alone = {NAME, *columns}
    rest = [each.attributes.keys() - alone for each in objects]
    for name in columns:
        given = [each.attributes.get(name) for each in objects]
        cells[name] = taken = _cells(name, given)
        if taken is not given:
            for names, value, cell in zip(rest, given, taken, strict=True):
                if cell is None and value is not None:
                    names.add(name)
    cells["other"] = [
        line(attributes_form({name: each.attributes[name] for name in names})) if names else None
        for each, names in zip(objects, rest, strict=True)
    ]
    arrays = [pa.array(cells[field.name], field.type) for field in schema]
    return pa.record_batch(arrays, schema=schema)


def _cells(name: str, values: Sequence[Value | Unreadable | None]) -> Sequence[Any]:
    """What the column *name* holds for *values*: these themselves, if it can hold all."""
    known = standard_schema("ad").attributes[name]
    kind = _PYTHON[known.type]
    if kind is not Reference and name != "objectGUID":
        if not known.multi and {kind, NoneType}.issuperset(map(type, values)):
            return values
        if known.multi and {tuple, NoneType}.issuperset(map(type, values)) and () not in values:
            each = chain.from_iterable(v for v in values if isinstance(v, tuple))
            if {kind}.issuperset(map(type, each)):
                return values
    return [_cell(name, value) for value in values]


def _cell(name: str, value: Value | Unreadable) -> Any:
    """What the column *name* holds for *value*; `None` if it cannot hold it."""
    known = standard_schema("ad").attributes[name]
    kind = _PYTHON[known.type]
    if known.multi:
        if not isinstance(value, tuple) or not value or any(type(v) is not kind for v in value):
            return None
        return [_plain(v) for v in value]
    if type(value) is not kind or (name == "objectGUID" and len(value) != 16):  # type: ignore[arg-type]  # bytes there
        return None
    return _plain(value)


def _plain(value: Any) -> Any:
    return value.dn if isinstance(value, Reference) else value


def objects_of(rows: "pyarrow.RecordBatch", place: str, first: int) -> list[ConnectorObject]:
    """The objects of *rows*, the first of which is the row *first* of the snapshot."""
    cells = {name: rows.column(name).to_pylist() for name in rows.schema.names}
    columns = attribute_columns(rows.schema)
    known = {name: standard_schema("ad").attributes[name] for name in columns}
    found = []
    for at in range(rows.num_rows):
        dn = cells["dn"][at]
        attributes: dict[str, Value | Unreadable] = {NAME: Reference(dn)}
        for name in columns:
            cell = cells[name][at]
            if cell is not None:
                reference = known[name].type == "ref"
                if known[name].multi:
                    attributes[name] = tuple(Reference(v) if reference else v for v in cell)
                else:
                    attributes[name] = Reference(cell) if reference else cell
        if cells["other"][at] is not None:
            attributes.update(_other(cells["other"][at], dn, f"{place}: row {first + at}"))
        found.append(
            ConnectorObject(
                dn,
                cells["type"][at],
                attributes,
                tuple(cells["classes"][at]),
                origin=f"{place}: row {first + at}",
            )
        )
    return found


def _other(text: str, dn: str, place: str) -> Attributes:
    from simulator.sources.json_file import attributes_of

    return attributes_of({"dn": dn, **json.loads(text)}, place)
