"""The forms that a result can be printed in: each a function that declares itself by name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from simulator.answers import Audit, Preview
from simulator.registry import Registry


@dataclass(frozen=True, slots=True)
class Layout:
    """How to lay out a report: at most *limit* objects of each list (0: all), CSV's *delimiter*.

    Only forms for people are cut by *limit*; they say so, and their counts are of all objects.
    Lists and rows are of the objects with an outcome, change or reason in *only*, all if it is
    empty; `SELECTIVE` forms can do that.
    """

    limit: int = 0
    delimiter: str = ","
    only: tuple[str, ...] = ()


SELECTIVE = ("text", "markdown", "csv")
Report = Callable[[Audit | Preview, Layout], Iterator[str]]

REPORTS: Registry[Report] = Registry("simulator.reports")


def report(name: str) -> Callable[[Report], Report]:
    """Declares the function below it as the form called *name*; it gives lines without ends."""

    def declare(function: Report) -> Report:
        REPORTS.add(name, function)
        return function

    return declare
