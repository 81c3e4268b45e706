"""Objects by what they have in common: how many of each group have which change or outcome."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from simulator.compare import Change
from simulator.results.certificates import certificate_states
from simulator.results.facts import counted, places, states
from simulator.results.results import Results, system_name
from simulator.results.said import said
from simulator.results.verdict import Verdict
from simulator.sync.outcome import Disposition
from simulator.values import dn_key

if TYPE_CHECKING:
    import pyarrow

Groups = Mapping[str, Mapping[str, Mapping[str, int]]]
STATES = (*map(str, Change), *map(str, Disposition))  # as reports show them


def groups(results: Results, *kinds: str) -> Groups:
    """Changes or outcomes by kind of group, value and state; each kind has every object once.

    The *kinds*, all unless some are named, are operating system; reason, in a preview of both
    sides; unit, the DN that the object is directly in; state of its certificates; rule and clause
    that decide its outcome. The last two are those of the last rule set.
    """
    return {
        kind: {value: dict(ordered(counts)) for value, counts in sorted(found.items())}
        for kind in kinds or _KINDS
        for found in [_KINDS[kind](results)]
    }


def ordered(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The states of *counts* that occur, in the order in which reports show them."""
    return [(state, counts[state]) for state in STATES if counts.get(state)]


def transitions(results: Results) -> Mapping[tuple[str, str], int]:
    """How many objects of a preview have each outcome before and each after, those that occur."""
    import pyarrow as pa

    sides = [
        said(results, lambda verdicts: verdicts[0].disposition, [side]) for side in results.sides
    ]
    found = counted(pa.table(sides, names=["before", "after"]), "before", "after")
    order = list(map(str, Disposition))
    return {
        (before, after): count
        for before, after, count in sorted(
            found, key=lambda each: (order.index(each[0]), order.index(each[1]))
        )
    }


def _by_system(results: Results) -> Mapping[str, Counter[str]]:
    names = ("operating_system", "operating_system_version")
    found = _counted(results, *(results.subjects[name] for name in names))
    return _summed((system_name(name, version), s, count) for name, version, s, count in found)


def _by_reason(results: Results) -> Mapping[str, Counter[str]]:
    return _summed(_counted(results, said(results, _reasons)))


def _by_unit(results: Results) -> Mapping[str, Counter[str]]:
    """By unit, each called as most of its objects call it: DNs differ in case and blanks."""
    spelt = _summed(_counted(results, places(results)[1]))
    names: dict[str, str] = {}
    for dn in sorted(spelt, key=lambda dn: (spelt[dn].total(), dn)):
        names[dn_key(dn)] = dn or "(no unit)"
    return _summed(
        (names[dn_key(dn)], state, count)
        for dn, counts in spelt.items()
        for state, count in counts.items()
    )


def _by_certificates(results: Results) -> Mapping[str, Counter[str]]:
    return _summed(_counted(results, certificate_states(results)))


def _by_clause(results: Results) -> Mapping[str, Counter[str]]:
    return _summed(_counted(results, said(results, _clause)))


_KINDS: Mapping[str, Callable[[Results], Mapping[str, Counter[str]]]] = {
    "operating_system": _by_system,
    "reason": _by_reason,
    "organizational_unit": _by_unit,
    "certificates": _by_certificates,
    "clause": _by_clause,
}


def _counted(results: Results, *columns: "pyarrow.Array") -> Iterator[tuple[Any, ...]]:
    """Each combination of values of *columns* and of states, and how many objects have it."""
    import pyarrow as pa

    named = {str(place): column for place, column in enumerate((*columns, states(results)))}
    return counted(pa.table(named), *named)


def _summed(found: Iterable[tuple[Any, ...]]) -> Mapping[str, Counter[str]]:
    """For each value how many objects have each state."""
    by: dict[str, Counter[str]] = {}
    for value, state, count in found:
        by.setdefault(value, Counter())[state] += count
    return by


def _reasons(verdicts: Sequence[Verdict]) -> str:
    return " -> ".join(verdict.reason.code for verdict in verdicts)


def _clause(verdicts: Sequence[Verdict]) -> str:
    """The rule, the attribute and the clause that decide, as far as there are any."""
    reason = verdicts[-1].reason
    place = " > ".join(part for part in (reason.rule, reason.attribute) if part)
    return ": ".join(part for part in (place, reason.clause) if part) or "(no rule)"
