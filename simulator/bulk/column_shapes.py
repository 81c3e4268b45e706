"""The shapes of the values in a column, found for all rows at once."""

from typing import TYPE_CHECKING

from simulator.bulk.codes import Codes, constant
from simulator.bulk.shape import ODD, TEXTS, Known, Odd, Seen, Shape
from simulator.sync.flow import MAXIMUM_LENGTH

if TYPE_CHECKING:
    import pyarrow


def _lengths(array: "pyarrow.Array", kind: str) -> "pyarrow.Array | None":
    """The length of each value, in characters or bytes; `None` where values have none."""
    import pyarrow.compute as pc

    if kind in TEXTS:
        return pc.utf8_length(array)
    return pc.binary_length(array) if kind == "bin" else None


def scalar_shapes(array: "pyarrow.Array", kind: str) -> tuple[Codes, list[Seen | Odd]]:
    """Code 0 is NULL, 1 empty, 2 any other value, 3 is odd, and 4 has the size of a GUID."""
    import pyarrow as pa
    import pyarrow.compute as pc

    empty: Seen | Odd = Known("") if kind == "str" else ODD
    some = Shape(kind, None, MAXIMUM_LENGTH if kind in TEXTS else None)
    shapes: list[Seen | Odd] = [Known(None), empty, some, ODD, Shape(kind, None, 16)]
    if array.null_count == len(array):
        return constant(0, len(array)), shapes
    lengths = _lengths(array, kind)
    span = pc.min_max(lengths).as_py() if lengths is not None else {"min": 1, "max": 1}
    most = MAXIMUM_LENGTH if kind in TEXTS else 1 << 62
    if kind == "bin" and span["min"] == span["max"] == 16:
        codes = constant(4, len(array))
    elif kind != "bin" and span["min"] > 0 and span["max"] <= most:
        codes = constant(2, len(array))
    else:
        one, two, three, four = (pa.scalar(code, pa.int32()) for code in (1, 2, 3, 4))
        codes = pc.if_else(pc.greater(lengths, most), three, two)
        if kind == "bin":
            codes = pc.if_else(pc.equal(lengths, 16), four, codes)
        codes = pc.if_else(pc.equal(lengths, 0), one, codes)
    if array.null_count == 0:
        return codes, shapes
    return pc.if_else(array.is_null(), pa.scalar(0, pa.int32()), codes), shapes


def list_shapes(array: "pyarrow.Array", kind: str) -> tuple[Codes, list[Seen | Odd]]:
    """Code 0 is NULL, 1 is odd, and a list of n values has the code n + 1."""
    import pyarrow as pa
    import pyarrow.compute as pc

    counts = pc.fill_null(pc.list_value_length(array), -1).cast(pa.int32())
    codes = pc.if_else(pc.less(counts, 0), 0, pc.add(counts, 1)).cast(pa.int32())
    odd = _odd_rows(array, kind)
    if odd is not None:
        codes = pc.if_else(odd, pa.scalar(1, pa.int32()), codes)
    most = pc.max(codes).as_py() or 0
    longest = MAXIMUM_LENGTH if kind in TEXTS else None
    shapes: list[Seen | Odd] = [Known(None), ODD]
    shapes += [Shape(kind, count, longest) for count in range(1, most)]
    return codes, shapes


def _odd_rows(array: "pyarrow.Array", kind: str) -> "pyarrow.Array | None":
    """Whether each list has a value that is NULL, empty or too long; `None` where none has."""
    import pyarrow as pa
    import pyarrow.compute as pc

    values = pc.list_flatten(array)
    lengths = _lengths(values, kind)
    if len(values) == 0:
        return None
    odd = values.is_null()
    if lengths is not None:
        odd = pc.or_(odd, pc.fill_null(pc.equal(lengths, 0), True))
        if kind in TEXTS:
            odd = pc.or_(odd, pc.fill_null(pc.greater(lengths, MAXIMUM_LENGTH), True))
    if not pc.any(odd).as_py():
        return None
    rows = set(pc.list_parent_indices(array).filter(odd).to_pylist())
    return pa.array([row in rows for row in range(len(array))])
