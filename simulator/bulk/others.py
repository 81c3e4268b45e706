"""What the column `other` adds to a row: values that no column of a snapshot can hold.

Rows to which it adds the same, of what rules read, are run together with those values fixed.
"""

import json
from typing import TYPE_CHECKING, TypeAlias

from simulator.bulk.columns import Columns
from simulator.values import AttributeMap

if TYPE_CHECKING:
    import pyarrow

MOST = 16  # different additions that are told apart in one batch
# Rows that add the same values: which they are (`None` for all), and the values.
Alike: TypeAlias = "tuple[pyarrow.Array | None, AttributeMap]"


def by_other(columns: Columns, read: frozenset[str]) -> tuple[list[Alike], list[int]]:
    """The rows of *columns* by what `other` adds to the attributes *read*; and those left out."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if "other" not in columns.batch.schema.names:
        return [(None, {})], []
    if columns.batch.column("other").null_count == columns.rows:
        return [(None, {})], []
    codes, values = columns.encoded("other")
    texts = values.to_pylist()
    wanted = {name.casefold() for name in read}
    told = [n for n, text in enumerate(texts) if _names(text) & wanted]
    if not told:
        return [(None, {})], []
    plain = pc.invert(pc.is_in(codes, pa.array(told, pa.int32())))
    alike: list[Alike] = [(pc.indices_nonzero(plain), {})]
    for number in told[:MOST]:
        rows = pc.indices_nonzero(pc.equal(codes, number))
        added = _names(texts[number]) & wanted
        subject = columns.subject(rows[0].as_py())
        fixed = {n: v for n, v in subject.attributes.items() if n.casefold() in added}
        alike.append((rows, fixed))
    rest = pc.is_in(codes, pa.array(told[MOST:], pa.int32()))
    return alike, pc.indices_nonzero(rest).to_pylist()


def _names(text: str | None) -> set[str]:
    """The attributes that the *text* of `other` speaks of, in small letters."""
    parts = json.loads(text).values() if text is not None else ()
    return {name.casefold() for part in parts if isinstance(part, dict) for name in part}
