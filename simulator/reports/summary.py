"""Counts and groups that reports print: every count is of all objects, whatever is listed."""

from collections import Counter
from collections.abc import Iterable, Mapping

from simulator.commands import Audit, Preview
from simulator.compare import Change, Comparison
from simulator.sync.outcome import Disposition, Outcome


def outcome_counts(outcomes: Iterable[Outcome]) -> Mapping[Disposition, int]:
    """How many objects have each outcome; those without any are left out."""
    counts = Counter(o.disposition for o in outcomes)
    return {d: counts[d] for d in Disposition if counts[d]}


def change_counts(changes: Iterable[Comparison]) -> Mapping[Change, int]:
    """How many objects have each change, none left out."""
    counts = Counter(c.change for c in changes)
    return {c: counts[c] for c in Change}


def reason_counts(outcomes: Iterable[Outcome]) -> Mapping[tuple[Disposition, str], int]:
    """How many objects have each outcome for each reason, most frequent first."""
    counts = Counter((o.disposition, o.reason.code) for o in outcomes)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def system_of(outcome: Outcome) -> str:
    """The operating system and version of the object, as a group's name."""
    name = outcome.subject.text("operatingSystem") or "(no operating system)"
    version = outcome.subject.text("operatingSystemVersion") or "(no version)"
    return f"{name}, {version}"


def side_text(outcome: Outcome) -> str:
    """One side of a change: the outcome and its reason, or the assumptions that decide."""
    ids = " ".join(sorted({r.assumption for r in outcome.readings}))
    return f"{outcome.disposition} ({ids or outcome.reason.code})"


def change_groups(
    changes: tuple[Comparison, ...],
) -> Mapping[str, Mapping[str, Mapping[Change, int]]]:
    """Changes by operating system and by pair of reasons: group, value, change, count."""
    by: dict[str, dict[str, Counter[Change]]] = {"operating_system": {}, "reason": {}}
    for each in changes:
        reasons = f"{each.before.reason.code} -> {each.after.reason.code}"
        for group, value in (("operating_system", system_of(each.after)), ("reason", reasons)):
            by[group].setdefault(value, Counter())[each.change] += 1
    return {
        group: {value: dict(sorted(counts.items())) for value, counts in sorted(values.items())}
        for group, values in by.items()
    }


def assumptions_used(outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    """Every assumption that the outcome of some object rests on."""
    return tuple(sorted({id for o in outcomes for id in o.assumptions}))


def all_outcomes(result: Audit | Preview) -> Iterable[Outcome]:
    """The outcomes of a result, of both sides for a preview."""
    if isinstance(result, Audit):
        yield from result.outcomes
    else:
        for change in result.changes:
            yield change.before
            yield change.after
