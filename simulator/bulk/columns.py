"""The columns of one batch as the bulk engine sees them: coded by value or by shape, vectorised.

A code is a small number in an Arrow array; what it stands for is in a list beside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from simulator.bulk.codes import Codes, constant
from simulator.bulk.column_shapes import list_shapes, scalar_shapes
from simulator.bulk.shape import ODD, Odd, Seen, shape_of
from simulator.certificates.strict import forget
from simulator.objects import ConnectorObject
from simulator.schema import AttributeType, standard_schema
from simulator.sources.object_form import NAME
from simulator.sources.snapshot_layout import objects_of
from simulator.sync.reason import Facts
from simulator.values import AttributeMap, Reference, Unreadable, Value

if TYPE_CHECKING:
    import pyarrow

_NAME = AttributeType(NAME, "ref", False)
_DN = AttributeType("dn", "str", False)
# What stands in for columns that every snapshot has, where a batch has only attributes.
_MADE: Mapping[str, Any] = {
    "dn": "CN=",
    "type": "computer",
    "classes": ["computer"],
    "other": None,
}
# A column with more different values than this part of its rows is no key to share outcomes by.
SHARE, FEW = 8, 64


class Columns:
    """One record batch in the layout of a snapshot.

    *costly* names the attributes that have nearly as many values as there are objects; what is
    found to be so is added, and stays so for later batches. *fixed* are values that all the rows
    have, in the place of their columns: what the column `other` told. *judged* keeps, for a row of
    the whole batch and a flow, the verdict on each certificate; *certificates* are those that are
    described for one rule set already. *places* are the rows of the whole batch, where this is a
    part of it.
    """

    def __init__(
        self,
        batch: "pyarrow.RecordBatch",
        costly: set[str],
        fixed: AttributeMap | None = None,
        places: "pyarrow.Array | None" = None,
        judged: dict[tuple[int, int], tuple[str, ...]] | None = None,
    ) -> None:
        self.batch = batch
        self.rows: int = batch.num_rows
        self.costly = costly
        self.fixed = fixed or {}
        if judged is None:  # another batch: those who ask again about a certificate ask within one
            forget()
        self.judged = {} if judged is None else judged
        self.certificates: dict[bytes, Facts] = {}
        self._places = places
        self._names = frozenset(batch.schema.names)
        self._subjects: dict[int, ConnectorObject] = {}
        self._coded: dict[str, tuple[Codes, list[Value | Unreadable]]] = {}
        self._shaped: dict[str, tuple[Codes, list[Seen | Odd]]] = {}

    def known(self, name: str) -> AttributeType | None:
        """The type of attribute *name* if the batch has a column for it."""
        match name:
            case "dn":
                return _DN
            case _ if name == NAME:
                return _NAME
        return standard_schema("ad").get(name) if name in self._names else None

    def array(self, name: str) -> "pyarrow.Array":
        """The column of attribute *name*, dictionaries written out."""
        import pyarrow as pa

        column = self._column(name)
        return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column

    def _column(self, name: str) -> "pyarrow.Array":
        return self.batch.column("dn" if name == NAME else name)

    def is_costly(self, name: str) -> bool:
        """Whether attribute *name* has nearly as many values as there are objects."""
        known = self.known(name)
        if known is None or name in self.fixed:
            return False
        if name not in self.costly:
            if known.type == "bin" or name in ("dn", NAME):
                self.costly.add(name)
            else:
                self.by_value(name)
        return name in self.costly

    def part(self, rows: "pyarrow.Array", fixed: AttributeMap | None = None) -> "Columns":
        """Those of *rows* alone; with *fixed* attributes, or those of the whole."""
        places = rows if self._places is None else self._places.take(rows)
        batch = self.batch.take(rows)
        given = self.fixed if fixed is None else fixed
        return Columns(batch, self.costly, given, places, self.judged)

    def judge(self, row: int, flow: int, verdicts: tuple[str, ...]) -> None:
        """Keeps the *verdicts* that *flow* gives of the certificates of *row*."""
        place = row if self._places is None else self._places[row].as_py()
        self.judged[place, flow] = verdicts

    def subject(self, row: int) -> ConnectorObject:
        """The object in *row*."""
        if row not in self._subjects:
            self._subjects[row] = self.subjects([row])[0]
        return self._subjects[row]

    def subjects(self, rows: Sequence[int]) -> list[ConnectorObject]:
        """The objects in *rows*."""
        if not rows:
            return []
        import pyarrow as pa

        batch = self.batch.take(pa.array(rows, pa.int64()))
        for name, value in _MADE.items():
            if name not in self._names:
                kind = pa.list_(pa.string()) if name == "classes" else pa.string()
                batch = batch.append_column(name, pa.array([value] * len(rows), kind))
        return objects_of(batch, "", 0)

    def by_value(self, name: str) -> tuple[Codes, list[Value | Unreadable]]:
        """A code for each row, and the value of *name* that each code stands for."""
        if name not in self._coded:
            self._coded[name] = self._encoded(name)
            if len(self._coded[name][1]) > max(FEW, self.rows // SHARE):
                self.costly.add(name)
        return self._coded[name]

    def values(self, name: str, rows: "pyarrow.Array | None" = None) -> list[Value]:
        """The values of attribute *name* in *rows*, or in all."""
        known = self.known(name)
        if known is None:
            return [None] * (self.rows if rows is None else len(rows))
        array = self.array(name)
        return typed(array if rows is None else array.take(rows), known)

    def _encoded(self, name: str) -> tuple[Codes, list[Value | Unreadable]]:
        import pyarrow as pa

        known = self.known(name)
        if name in self.fixed:
            return constant(0, self.rows), [self.fixed[name]]
        if known is None:
            return constant(0, self.rows), [None]
        if known.multi:
            numbers: dict[Value, int] = {}
            codes = [numbers.setdefault(v, len(numbers)) for v in self.values(name)]
            return pa.array(codes, pa.int32()), list(numbers)
        codes, values = self.encoded(name)
        return codes, [*typed(values, known)]

    def encoded(self, name: str) -> "tuple[Codes, pyarrow.Array]":
        """A code for each row, and the values of the column *name* that they stand for.

        NULL has a code of its own.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        column = self._column(name)
        if not pa.types.is_dictionary(column.type):
            encoded = column.dictionary_encode("encode")
            return encoded.indices, encoded.dictionary
        codes, values = column.indices.cast(pa.int32()), column.dictionary
        if codes.null_count:
            codes = pc.fill_null(codes, pa.scalar(len(values), pa.int32()))
            values = pa.concat_arrays([values, pa.nulls(1, values.type)])
        return codes, values

    def by_shape(self, name: str) -> tuple[Codes, list[Seen | Odd]]:
        """A code for each row, and the shape of *name* that each code stands for."""
        if name not in self._shaped:
            known = self.known(name)
            if name in self.fixed or known is None:
                fixed = self.fixed.get(name)
                shape = ODD if isinstance(fixed, Unreadable) else shape_of(fixed)
                self._shaped[name] = constant(0, self.rows), [shape]
            elif known.multi:
                self._shaped[name] = list_shapes(self.array(name), known.type)
            else:
                self._shaped[name] = scalar_shapes(self.array(name), known.type)
        return self._shaped[name]


def typed(array: "pyarrow.Array", known: AttributeType) -> list[Value]:
    """The values of *array*, which is a column of an attribute of type *known*."""
    values: list[Any] = array.to_pylist()
    if known.multi:
        if known.type == "ref":
            return [None if v is None else tuple(Reference(e) for e in v) for v in values]
        return [None if v is None else tuple(v) for v in values]
    if known.type == "ref":
        return [None if v is None else Reference(v) for v in values]
    return values


def lists_of(array: "pyarrow.Array") -> Iterator[list[Any]]:
    """The lists in *array*, none of which is NULL; quicker than one by one."""
    import pyarrow.compute as pc

    values = array.flatten().to_pylist()
    first = 0
    for count in pc.list_value_length(array).to_pylist():
        yield values[first : first + count]
        first += count
