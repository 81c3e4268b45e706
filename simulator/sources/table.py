"""Rows of a CSV file: header, values and the line on which each row begins."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from simulator.errors import InputError
from simulator.sources.recognise import delimiter
from simulator.sources.textfile import LARGEST

_CUT = "export the objects again: the file was cut or edited"
_JOINED = "two exports stand in one file: give each as a file by itself, with one -o for each"
_RETURNS = re.compile(r"[^\r]*\r\n?|[^\r]+")


class _Reader(Protocol):
    """What `csv.reader` gives."""

    @property
    def line_num(self) -> int:
        """How many lines have been read."""

    def __next__(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its values by the names in the header, and its *place* for messages."""

    place: str
    values: dict[str, str]


def rows(lines: Iterable[tuple[int, str]], name: str) -> tuple[list[str], Iterator[Row]]:
    """The column names of the CSV in *lines*, and its rows; a `#TYPE` line is passed over.

    The lines come numbered and with their ends.
    """
    texts = _physical(lines, name)
    passed = 0
    for first in texts:
        if first.strip() and not _is_type(first):
            break
        passed += 1
    else:
        raise InputError(f"{name}: has no header with the names of columns", _CUT)
    reader = csv.reader(chain([first], texts), delimiter=delimiter(first), strict=True)
    csv.field_size_limit(LARGEST)  # an object may have more than a thousand certificates
    try:
        header = [column.strip() for column in next(reader)]
    except (csv.Error, StopIteration) as error:
        raise InputError(f"{name}:{passed + 1}: the header is no CSV: {error}", _CUT) from None
    folded = [column.casefold() for column in header]
    twice = [c for c in header if c and folded.count(c.casefold()) > 1]
    if twice:
        raise InputError(f"{name}:{passed + 1}: the column {twice[0]} is there twice", _CUT)
    return header, _rows(reader, header, name, passed)


def _rows(reader: "_Reader", header: list[str], name: str, first: int) -> Iterator[Row]:
    while True:
        place = f"{name}:{first + reader.line_num + 1}"
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(f"{place}: is no row of CSV: {error}", _CUT) from None
        if not any(cells):
            continue
        if _is_type(cells[0]) or [cell.strip() for cell in cells] == header:
            raise InputError(f"{place}: the header is there again", _JOINED)
        if len(cells) != len(header):
            values = "1 value" if len(cells) == 1 else f"{len(cells)} values"
            raise InputError(
                f"{place}: {values} in a row, but the header names {len(header)}", _CUT
            )
        yield Row(place, {n: v for n, v in zip(header, cells, strict=True) if n})


def _is_type(line: str) -> bool:
    return line.lstrip().upper().startswith("#TYPE")


def _physical(lines: Iterable[tuple[int, str]], name: str) -> Iterator[str]:
    """The lines, of which each may end with a carriage return alone; none may hold a NUL."""
    for number, line in lines:
        if "\0" in line:
            raise InputError(f"{name}:{number}: holds a character that no text has", _CUT)
        if "\r" in line.rstrip("\r\n"):
            yield from _RETURNS.findall(line)
        else:
            yield line
