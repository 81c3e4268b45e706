"""P20: objects as JSON Lines, against decoding the lines and running the same from a snapshot.

The lines are decoded by msgspec, which the program has; orjson it has not.
"""

from functools import cache
from pathlib import Path

import msgspec

from tests.benchmarks.bench import Bench, ratios
from tests.benchmarks.child import aadsim, usage
from tests.benchmarks.goal import goal
from tests.benchmarks.whole import audited


@goal("P20", "audit of JSON Lines / msgspec decodes them, and the audit of a snapshot", 1.3)
def _(bench: Bench) -> list[float]:
    count = bench.sizes.middle // 5
    lines, snapshot = bench.lines(count), bench.snapshot(count)
    times = bench.in_turns(
        {
            "lines": lambda: audited(lines),
            "decoding": lambda: _decode(lines),
            "snapshot": lambda: audited(snapshot),
        }
    )
    floor = [a + b for a, b in zip(times["decoding"], times["snapshot"], strict=True)]
    return ratios({**times, "floor": floor}, "lines", "floor")


@goal("P20", "peak of `aadsim snapshot` of JSON Lines, five times as many / one", 1.1)
def _(bench: Bench) -> list[float]:
    return [many / few for few, many in _peaks(bench)]


def _decode(path: Path) -> None:
    with path.open("rb") as file:
        for line in file:
            msgspec.json.decode(line)


@cache
def _peaks(bench: Bench) -> list[tuple[float, float]]:
    """Round by round, the peaks in MB with few lines and with five times as many."""
    many = bench.sizes.middle
    output = bench.folder / "read-from-lines.parquet"
    commands = [
        aadsim("snapshot", bench.lines(count), "--output", output) for count in (many // 5, many)
    ]
    try:
        return [(usage(commands[0]).peak, usage(commands[1]).peak) for _ in range(bench.rounds)]
    finally:
        output.unlink(missing_ok=True)
