"""Text at a terminal: tables that fit its width, and colour that means something.

Nothing is left out that the plain text has: a cell that is too wide is continued below.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from simulator.errors import printable
from simulator.reports.table import Table, plain

if TYPE_CHECKING:
    from rich.console import Console, JustifyMethod
    from rich.table import Table as Drawn
    from rich.text import Text

_STYLES = {
    r"\b(LEAVES|LEFT|DELETES|GATE|ERROR)\b|^error\b": "bold red",
    r"\b(SYNCS|ENTERS|ENTERED|ADDS)\b": "green",
    r"\b(FILTERED|NOT-EXPORTED|NOT-IN-SCOPE|NO-RULE)\b|^warning\b": "yellow",
    r"\b(UNCERTAIN|UNDECIDED|INCOMPLETE)\b": "bold magenta",
    r"^(as of|rules|before|after|objects|import|assumption|note|tool|where|account):.*": "dim",
}
_LONGEST = 2_000  # rows of a table that is laid out to the width; a longer one is for a pager
_WORD = 12  # a longer word of a cell may be continued below
_GAP = 2  # between two columns


def show(parts: Iterable[str | Table], colour: bool | None) -> None:
    """Prints *parts* at the terminal; *colour* is as it finds it, unless it is `False`."""
    console = console_of(colour)
    for part in parts:
        drawn = None
        if isinstance(part, Table) and len(part.rows) <= _LONGEST:
            drawn = _drawn(part, console.width)
        if isinstance(part, Table) and drawn:
            console.print(drawn)
            rest = [part.rest] if part.rest else []
        else:
            rest = [*plain([part])]
        for line in rest:
            console.print(_styled(line), soft_wrap=True)


def console_of(colour: bool | None, error: bool = False) -> "Console":
    """Standard output, or standard *error*; *colour* is as of `show`."""
    from rich.console import Console

    return Console(stderr=error, no_color=True if colour is False else None, highlight=False)


def _drawn(table: Table, room: int) -> "Drawn | None":
    """*table* in columns that fit into *room*, else with a line for each cell, if that does."""
    from rich.table import Table as Drawn
    from rich.text import Text

    drawn = Drawn(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    head, body = [*map(_styled, table.head)], [[*map(_styled, row)] for row in table.rows]
    if widths := _widths(head, body, room):
        _, numbers = table.widths()
        for name, number, width in zip(head, numbers, widths, strict=True):
            justify: JustifyMethod = "right" if number else "left"
            drawn.add_column(name, justify=justify, overflow="fold", width=width)
        for row in body:
            drawn.add_row(*row)
        return drawn
    lines = [[name, cell] for row in body for name, cell in zip(head, row, strict=True)]
    longest = max((word for name in head for word in name.plain.split()), key=len, default="")
    widths = _widths([Text(longest), Text()], lines, room)
    if not widths:
        return None
    drawn.show_header = False
    for style, width in zip(("bold", ""), widths, strict=True):
        drawn.add_column(style=style, overflow="fold", width=width)
    for at, line in enumerate(lines):
        if at and at % len(head) == 0:
            drawn.add_row()
        drawn.add_row(*line)
    return drawn


def _widths(head: "Sequence[Text]", body: "Sequence[Sequence[Text]]", room: int) -> list[int]:
    """A width for each column, so that all fit into *room*; none if a word would be broken."""
    columns = [*zip(head, *body, strict=True)]
    widths = [max(cell.cell_len for cell in column) for column in columns]
    least = [
        max(_longest_word(column[0]), min(_WORD, max(map(_longest_word, column))))
        for column in columns
    ]
    room -= _GAP * (len(columns) - 1)
    if sum(least) > room:
        return []
    while sum(widths) > room:
        widest = max(range(len(widths)), key=lambda at: (widths[at] > least[at], widths[at]))
        widths[widest] -= 1
    return widths


def _longest_word(text: "Text") -> int:
    return max(map(len, text.plain.split()), default=0)


def _styled(line: str) -> "Text":
    """*line* with colours; what would steer the terminal is spelt out."""
    from rich.text import Text

    text = Text(printable(str(line)))
    for pattern, style in _STYLES.items():
        text.highlight_regex(pattern, style)
    return text
