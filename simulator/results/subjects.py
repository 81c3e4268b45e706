"""What reports show of objects, from the rows of a snapshot: column by column."""

from typing import TYPE_CHECKING

from simulator.results.gather import subject_schema

if TYPE_CHECKING:
    import pyarrow

READ = ("type", "cn", "objectGUID", "operatingSystem", "operatingSystemVersion")
# Where the bytes of a GUID stand in its text, which writes the first three parts back to front.
_ORDER = (3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15)
_DIGITS = [at for at in range(36) if at not in (8, 13, 18, 23)]


def subjects_of(rows: "pyarrow.RecordBatch") -> "pyarrow.RecordBatch":
    """The subjects of *rows*, which have the columns `READ` as far as the snapshot has them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    def held(name: str) -> "pyarrow.Array":
        known = name in rows.schema.names
        return rows.column(name) if known else pa.nulls(rows.num_rows, pa.string())

    schema = subject_schema()
    few = schema.field("type").type
    dn = rows.column("dn")
    arrays = [
        _guid_texts(rows.column("objectGUID")) if "objectGUID" in rows.schema.names else held("x"),
        dn,
        pc.coalesce(held("cn"), _first_values(dn) if held("cn").null_count else dn),
        rows.column("type").dictionary_encode().cast(few),
        held("operatingSystem").dictionary_encode().cast(few),
        held("operatingSystemVersion").dictionary_encode().cast(few),
    ]
    return pa.record_batch(arrays, schema=schema)


def _first_values(dn: "pyarrow.Array") -> "pyarrow.Array":
    """The value of the first component of each DN, as `ConnectorObject.name` gives it."""
    import pyarrow as pa

    texts = dn.to_pylist()
    return pa.array([t.partition(",")[0].partition("=")[2] or t for t in texts], pa.string())


def _guid_texts(guids: "pyarrow.FixedSizeBinaryArray") -> "pyarrow.Array":
    """The text of each of *guids*, NULL for NULL; all at once, without an object for each."""
    import pyarrow as pa
    import pyarrow.compute as pc

    count = len(guids)
    filled = pc.fill_null(guids, bytes(16))
    start = filled.offset * 16
    raw = filled.buffers()[1].to_pybytes()[start : start + count * 16]
    ordered = bytearray(count * 16)
    for to, source in enumerate(_ORDER):
        ordered[to::16] = raw[source::16]
    digits = ordered.hex().encode()
    text = bytearray(b"-") * (count * 36)
    for at, to in enumerate(_DIGITS):
        text[to::36] = digits[at::32]
    offsets = pa.array(range(0, (count + 1) * 36, 36), pa.int32())
    texts = pa.Array.from_buffers(
        pa.string(), count, [None, offsets.buffers()[1], pa.py_buffer(bytes(text))]
    )
    return pc.if_else(guids.is_valid(), texts, pa.scalar(None, pa.string()))
