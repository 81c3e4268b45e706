"""Interleaved timing: every candidate runs once a round, and the order rotates.

Ratios of medians of CPU time are the result; absolute figures are rough.
"""

import gc
import statistics
import time
from collections.abc import Callable, Mapping

Work = Callable[[], object]


def medians(works: Mapping[str, Work], rounds: int) -> dict[str, float]:
    """The median CPU seconds of each of *works* over *rounds*."""
    names = list(works)
    times: dict[str, list[float]] = {name: [] for name in names}
    for name in names:
        works[name]()  # warm
    for turn in range(rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            gc.collect()
            start = time.process_time()
            works[name]()
            times[name].append(time.process_time() - start)
    return {name: statistics.median(taken) for name, taken in times.items()}
