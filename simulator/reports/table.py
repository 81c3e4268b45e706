"""A table as it is told; how it is drawn is left to the form, and here is the plain one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Protocol


class Rows(Protocol):
    """Rows of cells, so many, that can be gone through as often as one likes."""

    def __len__(self) -> int:
        """How many they are."""

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        """Each of them."""


@dataclass(frozen=True, slots=True)
class Table:
    """A row of names and rows of cells; *rest* says what was left out, if anything was."""

    head: tuple[str, ...]
    rows: Rows
    rest: str = ""

    def widths(self) -> tuple[list[int], list[bool]]:
        """For each column its widest cell, and whether all its cells are numbers."""
        widths, numbers = [len(name) for name in self.head], [len(self.rows) > 0] * len(self.head)
        for row in self.rows:
            for at, cell in enumerate(row):
                widths[at] = max(widths[at], len(cell))
                numbers[at] = numbers[at] and cell.isdigit()
        return widths, numbers


def plain(parts: Iterable[str | Table]) -> Iterator[str]:
    """*parts* as lines; a column is as wide as its widest cell, numbers are to the right."""
    for part in parts:
        if isinstance(part, Table):
            yield from _drawn(part)
        else:
            yield part


def _drawn(table: Table) -> Iterator[str]:
    widths, numbers = table.widths()
    for line in chain((table.head,), table.rows):
        cells = [
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(line, widths, numbers, strict=True)
        ]
        yield "  ".join(cells).rstrip()
    if table.rest:
        yield table.rest
