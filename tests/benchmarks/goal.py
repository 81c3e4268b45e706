"""What a goal is, how goals declare themselves, and what was measured of one."""

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tests.benchmarks.bench import Bench

T = TypeVar("T")
Measure = Callable[[Bench], Sequence[float]]
GOALS: "list[Goal]" = []


class NotMeasuredError(Exception):
    """Why a goal cannot be measured on this machine."""


@dataclass(frozen=True, slots=True)
class Goal:
    """One thing to measure: *measure* gives a figure for each round, which should reach *limit*.

    Without a *unit* it is a ratio. Without a *limit* the figure is only told. Several goals may
    share an *id*.
    """

    id: str
    text: str
    limit: float | None
    unit: str
    measure: Measure


def goal(
    id: str, text: str, limit: float | None = None, unit: str = ""
) -> Callable[[Measure], Measure]:
    """Declares the function below it as what measures a goal."""

    def declare(measure: Measure) -> Measure:
        GOALS.append(Goal(id, text, limit, unit, measure))
        return measure

    return declare


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of a goal, one for each round; without any, the *reason*."""

    goal: Goal
    figures: tuple[float, ...]
    reason: str = ""
    failed: bool = False

    @property
    def median(self) -> float:
        """The figure that counts."""
        return statistics.median(self.figures)

    @property
    def verdict(self) -> str:
        """Whether the goal is met, in a word."""
        if not self.figures:
            return "not measured"
        if self.goal.limit is None:
            return "no limit"
        return "met" if self.median <= self.goal.limit else "missed"

    @property
    def relative(self) -> float | None:
        """The figure as a multiple of the limit; of 0, which has none, whether it is reached."""
        if not self.figures or self.goal.limit is None:
            return None
        if self.goal.limit == 0:
            return 1.0 if self.median <= 0 else float("inf")
        return self.median / self.goal.limit


def measured(goal: Goal, bench: Bench) -> Measured:
    """What measuring *goal* gives."""
    return Measured(goal, *attempted(lambda: goal.measure(bench)))


def attempted(work: Callable[[], Iterable[T]]) -> tuple[tuple[T, ...], str, bool]:
    """What *work* gives; or nothing, the reason, and whether it failed, which stops no other."""
    try:
        return tuple(work()), "", False
    except NotMeasuredError as error:
        return (), str(error), False
    except Exception as error:
        return (), f"it failed: {error!r}", True
