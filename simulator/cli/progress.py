"""How far the work is, on standard error, where that is a terminal and nobody asked for quiet."""

import sys
import time
from typing import TYPE_CHECKING, Self

import click

from simulator.cli.terminal import console_of

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

WAIT = 0.7  # seconds


class Progress:
    """A line for each stage of the work: how many objects, and the time left where it is known.

    It comes when the work takes longer than `WAIT`, and is taken away at the end, so that nothing
    of it stands between a prompt and an answer.
    """

    def __init__(self, quiet: bool = False) -> None:
        self._shown = not quiet and sys.stderr.isatty()
        self._begun = time.monotonic()
        self._bar: Bar | None = None
        self._stages: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def read(self, count: int) -> None:
        """So many objects were read."""
        self._show("read", count, None)

    def judged(self, count: int, total: int) -> None:
        """So many objects of *total* were judged."""
        self._show("judged", count, total)

    def written(self, count: int) -> None:
        """So many objects were written."""
        self._show("written", count, None)

    def _show(self, stage: str, count: int, total: int | None) -> None:
        if not self._shown or time.monotonic() - self._begun < WAIT:
            return
        if self._bar is None:
            self._bar = _bar()
            self._bar.start()
        if stage not in self._stages:
            self._stages[stage] = self._bar.add_task(stage, total=total)
        self._bar.update(self._stages[stage], completed=count, total=total)


def _bar() -> "Bar":
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.completed:,} objects {task.description}"),
        BarColumn(),
        TimeRemainingColumn(compact=True),
        console=console_of(click.get_current_context().color, error=True),
        transient=True,
    )
