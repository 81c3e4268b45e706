"""Counts over results, and which objects have something in common; all by columns."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from simulator.compare import Change, change_of
from simulator.results.results import Results
from simulator.results.said import combined
from simulator.results.verdict import Verdict
from simulator.sync.outcome import Disposition

if TYPE_CHECKING:
    import pyarrow

Test = Callable[[Sequence[Verdict]], bool]


def outcome_counts(results: Results, side: int = -1) -> Mapping[Disposition, int]:
    """How many objects have each outcome; those without any are left out."""
    counts: Counter[Disposition] = Counter()
    for verdicts, count in _combinations(results):
        counts[verdicts[side].disposition] += count
    return {d: counts[d] for d in Disposition if counts[d]}


def reason_counts(results: Results, side: int = -1) -> Mapping[tuple[Disposition, str], int]:
    """How many objects have each outcome for each reason, most frequent first."""
    counts: Counter[tuple[Disposition, str]] = Counter()
    for verdicts, count in _combinations(results):
        counts[verdicts[side].disposition, verdicts[side].reason.code] += count
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def change_counts(results: Results) -> Mapping[Change, int]:
    """How many objects have each change, none left out."""
    counts: Counter[Change] = Counter()
    for verdicts, count in _combinations(results):
        counts[change_of(*verdicts)] += count
    return {c: counts[c] for c in Change}


def assumptions_used(results: Results) -> tuple[str, ...]:
    """Every assumption that the outcome of some object rests on."""
    return tuple(sorted({id for verdict in results.verdicts for id in verdict.assumptions}))


def positions(results: Results, test: Test) -> "pyarrow.Array":
    """Where the objects are whose verdicts, one for each side, pass *test*."""
    import pyarrow as pa
    import pyarrow.compute as pc

    numbers, combinations = combined(results)
    passing = [number for number, verdicts in enumerate(combinations) if test(verdicts)]
    return pc.indices_nonzero(pc.is_in(numbers, pa.array(passing, numbers.type)))


def among(verdicts: Sequence[Verdict], names: Collection[str]) -> bool:
    """Whether a verdict has an outcome or a reason of these *names*, or both have that change."""
    if not names:
        return True
    told = {str(v.disposition) for v in verdicts} | {v.reason.code for v in verdicts}
    if len(verdicts) == 2:
        told.add(str(change_of(*verdicts)))
    return not told.isdisjoint(names)


def changed(results: Results, change: Change, names: Collection[str] = ()) -> "pyarrow.Array":
    """Where the objects with this *change* are, those `among` the *names*."""
    return positions(results, lambda vs: change_of(*vs) is change and among(vs, names))


def _combinations(results: Results) -> Iterator[tuple[list[Verdict], int]]:
    """Each combination of verdicts that occurs, with the number of objects that have it."""
    for _, verdicts, count in grouped(results):
        yield verdicts, count


def grouped(
    results: Results, *names: str
) -> Iterator[tuple[list[str | None], list[Verdict], int]]:
    """Each combination of values of the subject columns *names*, and verdicts, with its count."""
    import pyarrow as pa

    sides = {f"side{n}": s.verdicts for n, s in enumerate(results.sides)}
    keys = {name: results.subjects[name] for name in names} | sides
    table = pa.table(keys).unify_dictionaries()
    groups = table.group_by(list(keys), use_threads=False).aggregate([([], "count_all")])
    cells = [groups[name].to_pylist() for name in (*keys, "count_all")]
    for row in zip(*cells, strict=True):
        values, numbers = list(row[: len(names)]), row[len(names) : -1]
        yield values, [results.verdicts[n] for n in numbers], row[-1]
