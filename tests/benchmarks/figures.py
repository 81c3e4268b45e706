"""What was measured, as lines of text, as a table of Markdown, and where it was measured."""

import os
import platform
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks.bench import FULL, Bench
from tests.benchmarks.commands import Ran
from tests.benchmarks.goal import Measured

BEGIN, END = "<!-- figures: renewed by a run -->", "<!-- end of figures -->"
LIBRARIES = ("pyarrow", "cryptography", "lark", "ldap3", "msgspec")
NOT_COMPARABLE = "Not comparable: a try with few computers, in which fixed costs weigh most."


def number(value: float, unit: str = "") -> str:
    """*value* with as many digits as say something."""
    digits = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 10 else 2
    text = f"{value:,.{digits}f}" if value == 0 or abs(value) >= 0.1 else f"{value:.2g}"
    return f"{text} {unit}".rstrip()


def spread(found: Measured) -> str:
    """From the least to the most of the rounds."""
    return f"{number(min(found.figures))} to {number(max(found.figures))}"


def told(found: Measured) -> str:
    """One line about *found*."""
    text = f"{found.goal.id:<5} {found.goal.text:<82}"
    if not found.figures:
        return f"{text} not measured: {found.reason}"
    limit = "" if found.goal.limit is None else f"limit {number(found.goal.limit)}"
    median = number(found.median, found.goal.unit)
    return f"{text} {median:>11}  ({spread(found)})  {limit:<11} {found.verdict}"


def told_command(ran: Ran) -> str:
    """One line about a command."""
    text = f"{ran.command:<8} {ran.form:<5} {ran.count:>9,}"
    if not ran.rounds:
        return f"{text}  not measured: {ran.reason}"
    wall, cpu, peak = (ran.median(figure) for figure in ("wall", "cpu", "peak"))
    each = cpu / ran.count * 1e6
    return (
        f"{text}  wall {wall:7.2f} s  processor {cpu:7.2f} s  {each:7.1f} us each"
        f"  peak {peak:6.0f} MB"
    )


def markdown(bench: Bench, found: Sequence[Measured], ran: Sequence[Ran]) -> Iterator[str]:
    """All of it, for the page."""
    if bench.sizes != FULL:
        yield f"**{NOT_COMPARABLE}**\n"
    yield "| Goal | What | Median | Spread | Limit | |"
    yield "| --- | --- | ---: | ---: | ---: | --- |"
    for each in found:
        goal = each.goal
        limit = "" if goal.limit is None else number(goal.limit, goal.unit)
        median, rounds = "", ""
        if each.figures:
            median, rounds = number(each.median, goal.unit), spread(each)
        verdict = f"{each.verdict}: {each.reason}" if each.reason else each.verdict
        verdict = f"**{verdict}**" if verdict == "missed" else verdict
        yield f"| {goal.id} | {goal.text} | {median} | {rounds} | {limit} | {verdict} |"
    if ran:
        yield ""
        yield "| Command | Form | Computers | Wall s | Processor s | µs for each | Peak MB |"
        yield "| --- | --- | ---: | ---: | ---: | ---: | ---: |"
    for one in ran:
        begin = f"| {one.command} | {one.form} | {one.count:,} |"
        if not one.rounds:
            yield f"{begin} not measured: {one.reason} | | | |"
            continue
        wall, cpu, peak = (one.median(figure) for figure in ("wall", "cpu", "peak"))
        yield f"{begin} {wall:.1f} | {cpu:.1f} | {cpu / one.count * 1e6:.1f} | {peak:.0f} |"
    yield ""
    yield machine(bench)


def machine(bench: Bench) -> str:
    """When, where and with what it was measured."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    sizes = bench.sizes
    return (
        f"{occasion(bench)}, {libraries}. Small, middle and large data are of {sizes.small:,}, "
        f"{sizes.middle:,} and {sizes.large:,} computers."
    )


def occasion(bench: Bench) -> str:
    """When and where it was measured."""
    rounds = "1 round" if bench.rounds == 1 else f"{bench.rounds} rounds"
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}, {rounds}: {_processor()}, {os.cpu_count()} "
        f"cores, {platform.system()}, {platform.python_implementation()} "
        f"{platform.python_version()}"
    )


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return f"{line.partition(':')[2].strip()} ({platform.machine()})"
    return platform.processor() or platform.machine()


def renewed(page: str, lines: Iterator[str]) -> str:
    """*page* with *lines* between its marks; they are put to its end if it has none."""
    before, begin, rest = page.partition(BEGIN)
    after = rest.partition(END)[2] if begin else "\n"
    return f"{before}{BEGIN}\n" + "".join(f"{line}\n" for line in lines) + END + after
