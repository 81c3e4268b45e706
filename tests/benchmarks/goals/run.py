"""P8 to P13 and P19: whole runs of the chain of rules from a snapshot.

Every flow of both directions, and outcome, reason, text, clause, assumptions and findings of every
object; the floors answer one expression with a number.
"""

import time
from functools import cache

from simulator.reports.report import REPORTS, Layout
from tests.benchmarks.bench import Bench, Times, ratios
from tests.benchmarks.child import Usage, aadsim, chain, usage
from tests.benchmarks.floor import pipeline, reading_alone
from tests.benchmarks.goal import goal
from tests.benchmarks.whole import audited, command, run


@goal("P8", "run, all certificates judged / reading those certificates and no more", 2.2)
def _(bench: Bench) -> list[float]:
    return ratios(_runs(bench, True), "run", "reading")


@goal("P9", "run / reading the certificates that the rules reach and no more", 3.3)
def _(bench: Bench) -> list[float]:
    return ratios(_runs(bench, False), "run", "reading")


@goal("P10", "run, all certificates judged / leanest pipeline that reads all", 1.25)
def _(bench: Bench) -> list[float]:
    return ratios(_runs(bench, True), "run", "pipeline")


@goal("P10", "run / leanest pipeline that reads the certificates reached", 1.25)
def _(bench: Bench) -> list[float]:
    return ratios(_runs(bench, False), "run", "pipeline")


@goal("P11", "two processes / one, wall, all certificates judged", 0.60)
def _(bench: Bench) -> list[float]:
    return [two.wall / one.wall for one, two in _processes(bench, True)]


@goal("P11", "two processes / one, wall, certificates reached", 0.72)
def _(bench: Bench) -> list[float]:
    return [two.wall / one.wall for one, two in _processes(bench, False)]


@goal("P11", "two processes / one, processor, all certificates judged", 1.15)
def _(bench: Bench) -> list[float]:
    return [two.cpu / one.cpu for one, two in _processes(bench, True)]


@goal("P11", "two processes / one, processor, certificates reached", 1.15)
def _(bench: Bench) -> list[float]:
    return [two.cpu / one.cpu for one, two in _processes(bench, False)]


@goal("P12", "run over the large data / over the middle data", 5.5)
def _(bench: Bench) -> list[float]:
    _warm(bench)
    middle, large = bench.snapshot(bench.sizes.middle), bench.snapshot(bench.sizes.large)
    works = {"middle": lambda: run(middle), "large": lambda: run(large)}
    return ratios(bench.in_turns(works, warm=False), "large", "middle")


@goal("P13", "peak of `aadsim audit` as text, large data, one process, result kept", 450, "MB")
def _(bench: Bench) -> list[float]:
    return [large.peak for _, large in _audits(bench)]


@goal("P13", "growth of that peak from the middle to the large data, for each object", 250, "B")
def _(bench: Bench) -> list[float]:
    more = bench.sizes.large - bench.sizes.middle
    return [(large.peak - middle.peak) * 2**20 / more for middle, large in _audits(bench)]


@goal("P13", "peak of a run over the large data, one process, results let go", 300, "MB")
def _(bench: Bench) -> list[float]:
    return [one.peak for one, _ in _processes(bench, True)]


@goal("P19", "counts and groups of a text report / the audit and them", 0.05)
def _(bench: Bench) -> list[float]:
    path, shares = bench.snapshot(bench.sizes.middle), []
    for _ in range(bench.rounds):
        begin = time.process_time()
        result = audited(path)
        made = time.process_time()
        for _ in REPORTS["text"](result, Layout(limit=1)):
            pass
        end = time.process_time()
        shares.append((end - made) / (end - begin))
    return shares


@cache
def _runs(bench: Bench, every: bool) -> Times:
    path = bench.snapshot(bench.sizes.large)
    _warm(bench)
    return bench.in_turns(
        {
            "run": lambda: run(path, every),
            "pipeline": lambda: pipeline(path, every),
            "reading": reading_alone(path, every),
        },
        warm=False,
    )


def _warm(bench: Bench) -> None:
    """What is done once in a process is done with little data."""
    path = bench.snapshot(bench.sizes.small)
    run(path, certificates=True)
    pipeline(path, every=True)


@cache
def _processes(bench: Bench, every: bool) -> list[tuple[Usage, Usage]]:
    """Round by round, what one process takes for the large data, and what two take."""
    path = bench.snapshot(bench.sizes.large)
    return [
        (usage(command(path, every, 1)), usage(command(path, every, 2)))
        for _ in range(bench.rounds)
    ]


@cache
def _audits(bench: Bench) -> list[tuple[Usage, Usage]]:
    """Round by round, what an audit of the middle and of the large data takes."""
    audits = [
        aadsim("audit", *chain("--rules"), "--objects", bench.snapshot(count), "--jobs", 1)
        for count in (bench.sizes.middle, bench.sizes.large)
    ]
    return [(usage(audits[0]), usage(audits[1])) for _ in range(bench.rounds)]
