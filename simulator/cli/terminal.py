"""Text at a terminal: tables that fit its width, and colour that means something.

Nothing is left out that the plain text has: a cell that is too wide is continued below.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from simulator.errors import printable
from simulator.reports.table import Table, plain

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_STYLES = {
    r"\b(LEAVES|LEFT|DELETES|GATE|ERROR)\b|^error\b": "bold red",
    r"\b(SYNCS|ENTERS|ENTERED|ADDS)\b": "green",
    r"\b(FILTERED|NOT-EXPORTED|NOT-IN-SCOPE|NO-RULE)\b|^warning\b": "yellow",
    r"\b(UNCERTAIN|UNDECIDED|INCOMPLETE)\b": "bold magenta",
    r"^(as of|rules|before|after|objects|import|assumption|note|tool|where|account):.*": "dim",
}
_LONGEST = 2_000  # rows of a table that is laid out to the width; a longer one is for a pager


def show(parts: Iterable[str | Table], colour: bool | None) -> None:
    """Prints *parts* at the terminal; *colour* is as it finds it, unless it is `False`."""
    from rich.console import Console

    console = Console(no_color=True if colour is False else None, highlight=False)
    for part in parts:
        if isinstance(part, Table) and len(part.rows) <= _LONGEST:
            _print_table(console, part)
            continue
        for line in plain([part]):
            console.print(_styled(line), soft_wrap=True)


def _print_table(console: "Console", table: Table) -> None:
    from rich.table import Table as Drawn

    drawn = Drawn(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    _, numbers = table.widths()
    for name, number in zip(table.head, numbers, strict=True):
        drawn.add_column(_styled(name), justify="right" if number else "left", overflow="fold")
    for row in table.rows:
        drawn.add_row(*map(_styled, row))
    console.print(drawn)
    if table.rest:
        console.print(_styled(table.rest), soft_wrap=True)


def _styled(line: str) -> "Text":
    """*line* with colours; what would steer the terminal is spelt out."""
    from rich.text import Text

    text = Text(printable(str(line)))
    for pattern, style in _STYLES.items():
        text.highlight_regex(pattern, style)
    return text
