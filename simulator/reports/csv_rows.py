"""A result as CSV: one row per object, for spreadsheets and scripts.

A UTF-8 mark stands first, because spreadsheets ask for one. A cell that a spreadsheet would run as
a formula gets an apostrophe in front: names in a directory are other people's input.
"""

import csv
import io
from collections.abc import Iterable, Iterator

from simulator.commands import Audit, Preview
from simulator.reports.flat import columns, rows
from simulator.reports.report import Layout, report

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@report("csv")
def csv_lines(result: Audit | Preview, layout: Layout) -> Iterator[str]:
    """One row per object under a row of names; never cut."""
    yield "\ufeff" + _line(columns(result), layout)
    for row in rows(result):
        yield _line(row, layout)


def _line(cells: Iterable[str], layout: Layout) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=layout.delimiter, lineterminator="")
    writer.writerow([f"'{c}" if c.startswith(_FORMULA) else c for c in cells])
    return buffer.getvalue()
