"""Raw entries of a directory server as rows of a snapshot, column by column.

The reverse view of `decode`, for many objects at once: what a column takes as it comes is
converted by Arrow; a row with anything else in it goes through `decode`, so that both give the
same.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from simulator.schema import standard_schema
from simulator.sources.decode import Decoding, sid_text, wanted_name
from simulator.sources.ldap_search import RawEntry
from simulator.sources.snapshot_layout import arrow_schema, batch

if TYPE_CHECKING:
    import pyarrow

Cells = list[Any]
_Take = Callable[[Sequence[bytes]], Any]
_BOOLEANS = {b"TRUE": True, b"FALSE": False, None: None}
_sid = lru_cache(maxsize=1024)(sid_text)


class Columns:
    """Makes rows with a column for each of the *attributes* that the schema knows."""

    def __init__(self, attributes: Sequence[str], place: str, decoding: Decoding) -> None:
        known = standard_schema("ad").attributes
        self._names = sorted((n for n in attributes if n in known), key=str.casefold)
        self._schema = arrow_schema(self._names)
        self._place = place
        self._decoding = decoding

    def batch(self, page: Sequence[RawEntry]) -> "pyarrow.RecordBatch":
        """The rows of *page*, in its order."""
        import pyarrow as pa

        cells, odd = self._cells(page)
        arrays = {}
        for name in self._names:
            kind = self._schema.field(name).type
            if name in cells:
                arrays[name], more = _column(name, cells[name], kind)
                odd |= more
            else:
                arrays[name] = pa.nulls(len(page), kind)
        dns = [dn for dn, _ in page]
        odd |= {at for at, dn in enumerate(dns) if not dn} if "" in dns else set()
        odd |= _without_value(arrays["objectClass"]) | _without_value(arrays["objectGUID"])
        arrays["dn"] = pa.array(dns, pa.string())
        arrays["classes"] = arrays["objectClass"]
        arrays["type"] = _last_values(arrays["objectClass"])
        arrays["other"] = pa.nulls(len(page), pa.string())
        rows = pa.record_batch([arrays[f.name] for f in self._schema], schema=self._schema)
        return self._mended(rows, page, sorted(odd)) if odd else rows

    def _cells(self, page: Sequence[RawEntry]) -> tuple[dict[str, Cells], set[int]]:
        """The raw values by attribute, and the rows that no column can take as they are."""
        entries = [attributes for _, attributes in page]
        cells: dict[str, Cells] = {}
        odd: set[int] = set()
        for name in set().union(*entries):
            given = [attributes.get(name) for attributes in entries]
            spelling = self._spelling(name)
            if not spelling or spelling in cells:
                odd |= {at for at, values in enumerate(given) if values is not None}
            else:
                cells[spelling] = given
        return cells, odd

    def _spelling(self, name: str) -> str:
        """The column of the attribute description *name*; empty where it has none."""
        spelling = "" if ";" in name else wanted_name(name)
        return spelling if spelling in self._names else ""

    def _mended(
        self, rows: "pyarrow.RecordBatch", page: Sequence[RawEntry], odd: Sequence[int]
    ) -> "pyarrow.RecordBatch":
        """*rows* with those at *odd* as `decode` reads them."""
        import pyarrow as pa

        from simulator.sources.ldap_server import decoded

        objects = [decoded(page[at], self._place, self._decoding) for at in odd]
        mended = batch(objects, self._names, self._schema)
        order = list(range(rows.num_rows))
        for number, at in enumerate(odd):
            order[at] = rows.num_rows + number
        both = pa.Table.from_batches([rows, mended]).take(pa.array(order))
        return both.combine_chunks().to_batches()[0]


def _column(name: str, cells: Cells, kind: "pyarrow.DataType") -> tuple["pyarrow.Array", set[int]]:
    """The column *name* of raw *cells*, and the rows whose cell it cannot take."""
    import pyarrow as pa

    try:
        whole = _at_once(name, cells, kind)
    except pa.ArrowInvalid:  # some text is not UTF-8, or no number
        whole = None
    return (whole, set()) if whole is not None else _one_by_one(name, cells, kind)


def _at_once(name: str, cells: Cells, kind: "pyarrow.DataType") -> "pyarrow.Array | None":
    """The column of *cells*, if all of them are as they usually are."""
    import pyarrow as pa

    known = standard_schema("ad").attributes[name]
    there = [cell for cell in cells if cell is not None]
    if known.multi:
        if known.type in ("num", "bool") or any(b"" in cell for cell in there):
            return None
        return pa.array(cells, pa.list_(pa.binary())).cast(kind)
    single = [cell and cell[0] for cell in cells]
    if name in _SPECIAL or max(map(len, there), default=1) > 1 or b"" in single:
        return None
    if name == "objectGUID":
        return pa.array(single, kind)
    if known.type == "bool":
        return (
            pa.array([_BOOLEANS[v] for v in single], kind) if {*single} <= {*_BOOLEANS} else None
        )
    if known.type == "bin":
        return pa.array(single, kind)
    texts = pa.array(single, pa.binary()).cast(pa.string())
    if known.type != "num":
        return texts
    numbers = texts.cast(kind)
    # Arrow reads more than plain numbers
    return numbers if numbers.cast(pa.string()).equals(texts) else None


def _one_by_one(
    name: str, cells: Cells, kind: "pyarrow.DataType"
) -> tuple["pyarrow.Array", set[int]]:
    """The column of *cells* but for those that it cannot take; these rows are named."""
    import pyarrow as pa

    known = standard_schema("ad").attributes[name]
    take: _Take = {"bool": _truth, "num": _digits}.get(known.type, _single)
    raw = {"bool": pa.bool_(), "num": pa.int64()}.get(known.type, pa.binary())
    if known.multi:
        take = _several if known.type in ("str", "bin", "ref") else _none
        raw = pa.list_(pa.binary())
    elif name == "objectGUID":
        take, raw = _guid, kind
    plain: Cells = []
    odd: set[int] = set()
    for at, cell in enumerate(cells):
        try:
            plain.append(None if cell is None else _SPECIAL.get(name, take)(cell))
        except _OddError:
            plain.append(None)
            odd |= {at}
    if known.type in ("str", "ref"):
        wrong = {at for at, cell in enumerate(plain) if not _is_text(cell)}
        plain, odd = [None if at in wrong else c for at, c in enumerate(plain)], odd | wrong
    return pa.array(plain, raw).cast(kind), odd


def _without_value(array: "pyarrow.Array") -> set[int]:
    """The rows in which *array* has none."""
    import pyarrow.compute as pc

    if not array.null_count:
        return set()
    return set(pc.indices_nonzero(array.is_null()).to_pylist())


def _last_values(lists: "pyarrow.ListArray") -> "pyarrow.Array":
    """The last value of each list: the most specific class; an empty text where there is none."""
    import pyarrow.compute as pc

    ends = pc.if_else(lists.is_valid(), pc.subtract(lists.offsets[1:], 1), None)
    return lists.values.take(ends).fill_null("")


class _OddError(Exception):
    """A cell that a column cannot take."""


def _single(values: Sequence[bytes]) -> bytes | None:
    if len(values) != 1:
        raise _OddError
    return values[0] or None


def _several(values: Sequence[bytes]) -> Sequence[bytes] | None:
    return [v for v in values if v] or None if b"" in values else values


def _none(values: Sequence[bytes]) -> None:
    raise _OddError


def _guid(values: Sequence[bytes]) -> bytes:
    if len(values) != 1 or len(values[0]) != 16:
        raise _OddError
    return values[0]


def _creator(values: Sequence[bytes]) -> bytes | None:
    content = _single(values)
    text = _sid(content) if content else None
    return text.encode() if text else content


def _truth(values: Sequence[bytes]) -> bool:
    truth = _BOOLEANS.get(values[0]) if len(values) == 1 else None
    if truth is None:
        raise _OddError
    return truth


def _digits(values: Sequence[bytes]) -> int:
    """A number in its plain form; any other is for `decode` to judge."""
    try:
        number = int(values[0])
    except ValueError:
        raise _OddError from None
    if len(values) != 1 or b"%d" % number != values[0] or not -(2**63) <= number < 2**63:
        raise _OddError
    return number


def _is_text(cell: Any) -> bool:
    try:
        for value in cell if isinstance(cell, (list, tuple)) else (cell,):
            (value or b"").decode()
    except UnicodeDecodeError:
        return False
    return True


_SPECIAL: Mapping[str, _Take] = {"mS-DS-CreatorSID": _creator}
