"""Codes: a small number for each row of a batch, in an Arrow array, and how codes are combined."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import pyarrow

Codes: TypeAlias = "pyarrow.Array"


@lru_cache(maxsize=32)
def constant(code: int, rows: int) -> Codes:
    """*code* in every one of *rows*."""
    import pyarrow as pa

    return pa.repeat(pa.scalar(code, pa.int32()), rows)


def combined(parts: Sequence[Codes]) -> tuple[Codes, list[int]]:
    """A code for each different combination of *parts*, and the first row that has it.

    No code of a part is negative.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = len(parts[0])
    whole: Codes | None = None
    for part in parts:
        span = pc.min_max(part).as_py()
        if span["min"] == span["max"]:
            continue
        if whole is None:
            whole = part
            continue
        joined = pc.add(pc.multiply(whole.cast(pa.int64()), span["max"] + 1), part)
        whole = joined.dictionary_encode().indices
    if whole is None or rows == 0:
        return constant(0, rows), [0] if rows else []
    encoded = whole.dictionary_encode()
    count = len(encoded.dictionary)
    return encoded.indices, _first_rows(encoded.indices, count)


def _first_rows(codes: Codes, count: int) -> list[int]:
    """The first row that has each of *count* codes, which appear in their order."""
    import pyarrow.compute as pc

    if count <= 400:
        return [pc.index(codes, code).as_py() for code in range(count)]
    found: list[int] = []
    for row, code in enumerate(codes.to_pylist()):
        if code == len(found):
            found.append(row)
    return found


def at_rows(parts: Sequence[Codes], rows: Sequence[int]) -> list[tuple[int, ...]]:
    """For each of *rows* the codes that *parts* have there."""
    import pyarrow as pa

    wanted = pa.array(rows, pa.int32())
    return list(zip(*(part.take(wanted).to_pylist() for part in parts), strict=True))


@lru_cache(maxsize=4)
def _everyone(rows: int) -> "pyarrow.Array":
    import pyarrow as pa

    return pa.array(range(rows), pa.int32())


def replaced(codes: Codes, rows: "pyarrow.Array", values: Codes) -> Codes:
    """*codes* with *values* in the places of *rows*, which ascend."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if len(rows) == len(codes):
        return values
    mask = pc.is_in(_everyone(len(codes)), rows.cast(pa.int32()))
    return pc.replace_with_mask(codes, mask, values)
