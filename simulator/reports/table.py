"""A table as it is told; how it is drawn is left to the form, and here is the plain one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """A row of names and rows of cells; *rest* says what was left out, if anything was."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    rest: str = ""

    @property
    def numbers(self) -> tuple[bool, ...]:
        """For each column whether all its cells are numbers."""
        return tuple(
            bool(self.rows) and all(str(row[i]).isdigit() for row in self.rows)
            for i in range(len(self.head))
        )


def plain(parts: Iterable[str | Table]) -> Iterator[str]:
    """*parts* as lines; a column is as wide as its widest cell, numbers are to the right."""
    for part in parts:
        if isinstance(part, Table):
            yield from _drawn(part)
        else:
            yield part


def _drawn(table: Table) -> Iterator[str]:
    lines = (table.head, *table.rows)
    widths = [max(len(str(cells[i])) for cells in lines) for i in range(len(table.head))]
    for line in lines:
        cells = [
            str(cell).rjust(width) if number else str(cell).ljust(width)
            for cell, width, number in zip(line, widths, table.numbers, strict=True)
        ]
        yield "  ".join(cells).rstrip()
    if table.rest:
        yield table.rest
