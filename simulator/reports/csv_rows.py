"""A result as CSV: one row per object, for spreadsheets and scripts.

A UTF-8 mark stands first, because spreadsheets ask for one. A cell that a spreadsheet would run as
a formula gets an apostrophe in front: names in a directory are other people's input.
"""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from simulator.answers import Audit, Preview
from simulator.reports.report import Layout, report
from simulator.results.counts import among, positions
from simulator.results.table import table

if TYPE_CHECKING:
    import pyarrow

_FORMULA = r"^[=+\-@\t\r]"
_ROWS = 16_384


@report("csv")
def csv_lines(result: Audit | Preview, layout: Layout) -> Iterator[str]:
    """One row per object under a row of names; never cut. Each text holds many lines."""
    import pyarrow.csv as csv

    results = result.results
    if layout.only:
        results = results.take(positions(results, lambda vs: among(vs, layout.only)))
    first = True
    for start in range(0, max(1, len(results)), _ROWS):
        rows = table(results.slice(start, _ROWS))
        held = _certificates(rows["certificates"])
        rows = rows.set_column(rows.num_columns - 1, "certificates", held)
        buffer = io.BytesIO()
        options = csv.WriteOptions(include_header=first, delimiter=layout.delimiter)
        csv.write_csv(_defused(rows), buffer, options)
        text = buffer.getvalue().decode().rstrip("\n")
        yield f"\ufeff{text}" if first else text
        first = False


def _defused(rows: "pyarrow.Table") -> "pyarrow.Table":
    """*rows* as texts, none of which is a formula."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = {}
    for name in rows.column_names:
        texts = rows[name].cast(pa.string()).fill_null("")
        formula = pc.match_substring_regex(texts, _FORMULA)
        columns[name] = pc.if_else(formula, pc.binary_join_element_wise("'", texts, ""), texts)
    return pa.table(columns)


def _certificates(held: "pyarrow.ChunkedArray") -> "pyarrow.ChunkedArray":
    """Each certificate as `verdict@end`, divided by blanks."""
    import pyarrow as pa
    import pyarrow.compute as pc

    chunks = []
    for chunk in held.chunks:
        each = chunk.flatten()
        verdict, end = (pc.fill_null(each.field(f), "") for f in ("verdict", "not_after"))
        told = pc.if_else(
            pc.equal(end, ""), verdict, pc.binary_join_element_wise(verdict, end, "@")
        )
        offsets = pc.subtract(chunk.offsets, chunk.offsets[0])
        chunks.append(pc.binary_join(pa.ListArray.from_arrays(offsets, told), " "))
    return pa.chunked_array(chunks, pa.string())
