"""P5 and P7: what a run does once, and what it does for each object, by counting."""

import json
import subprocess
import sys
from functools import cache

from tests.benchmarks.bench import Bench
from tests.benchmarks.child import ROOT
from tests.benchmarks.goal import goal


@goal("P5", "parses, compilations and new patterns of an audit, growth for each object", 0)
def _(bench: Bench) -> list[float]:
    small = bench.sizes.small
    few, many = _counts(bench, small, "all"), _counts(bench, 2 * small, "all")
    return [(sum(many["once"].values()) - sum(few["once"].values())) / small]


@goal("P7", "loads in an audit of all certificates / values", 1)
def _(bench: Bench) -> list[float]:
    return [_counts(bench, 2 * bench.sizes.small, "all")["loads"]]


@goal("P7", "loads of one value, the most in that audit", 1)
def _(bench: Bench) -> list[float]:
    return [_counts(bench, 2 * bench.sizes.small, "all")["most"]]


@goal("P7", "loads of one value that is a certificate, the most in that audit", 1)
def _(bench: Bench) -> list[float]:
    return [_counts(bench, 2 * bench.sizes.small, "all")["most_readable"]]


@goal("P7", "loads for objects that the cheap columns decide, certificates reached", 0)
def _(bench: Bench) -> list[float]:
    return [_counts(bench, 2 * bench.sizes.small, "reached")["needless"]]


@cache
def _counts(bench: Bench, objects: int, certificates: str) -> dict[str, object]:
    command = ["-m", "tests.benchmarks.counted", bench.snapshot(objects), certificates]
    done = subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told: dict[str, object] = json.loads(done.stdout)
    return told
