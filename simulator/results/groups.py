"""Objects by what they have in common: how many of each group have which change or outcome."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from simulator.compare import Change
from simulator.results.certificates import certificate_states
from simulator.results.facts import counted, places, states
from simulator.results.results import Results, system_name
from simulator.results.said import said
from simulator.results.verdict import Verdict
from simulator.sync.outcome import Disposition
from simulator.values import dn_key

Groups = Mapping[str, Mapping[str, Mapping[str, int]]]
STATES = (*map(str, Change), *map(str, Disposition))  # as reports show them


def groups(results: Results) -> Groups:
    """Changes or outcomes by group, value and state; each group has every object once.

    The groups are operating system; reason, in a preview of both sides; unit, the DN that the
    object is directly in; state of its certificates; rule and clause that decide its outcome. The
    last two are those of the last rule set.
    """
    return {
        by: {value: dict(ordered(counts)) for value, counts in sorted(values.items())}
        for by, values in _grouped(results).items()
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


def _grouped(results: Results) -> Mapping[str, Mapping[str, Mapping[str, int]]]:
    import pyarrow as pa

    names = ("operating_system", "operating_system_version")
    columns = pa.table(
        {
            "state": states(results),
            **{name: results.subjects[name] for name in names},
            "reason": said(results, _reasons),
            "unit": places(results)[1],
            "certificates": certificate_states(results),
            "clause": said(results, _clause),
        }
    )
    systems = counted(columns, *names, "state")
    return {
        "operating_system": _summed((system_name(n, v), s, count) for n, v, s, count in systems),
        "reason": _summed(counted(columns, "reason", "state")),
        "organizational_unit": _units(counted(columns, "unit", "state")),
        "certificates": _summed(counted(columns, "certificates", "state")),
        "clause": _summed(counted(columns, "clause", "state")),
    }


def _summed(found: Iterable[tuple[Any, ...]]) -> Mapping[str, Counter[str]]:
    """For each value how many objects have each state."""
    by: dict[str, Counter[str]] = {}
    for value, state, count in found:
        by.setdefault(value, Counter())[state] += count
    return by


def _units(found: Iterable[tuple[Any, ...]]) -> Mapping[str, Mapping[str, int]]:
    """By unit, each called as most of its objects call it: DNs differ in case and blanks."""
    spelt = _summed(found)
    names: dict[str, str] = {}
    for dn in sorted(spelt, key=lambda dn: (spelt[dn].total(), dn)):
        names[dn_key(dn)] = dn or "(no unit)"
    return _summed(
        (names[dn_key(dn)], state, n)
        for dn, counts in spelt.items()
        for state, n in counts.items()
    )


def _reasons(verdicts: Sequence[Verdict]) -> str:
    return " -> ".join(verdict.reason.code for verdict in verdicts)


def _clause(verdicts: Sequence[Verdict]) -> str:
    """The rule, the attribute and the clause that decide, as far as there are any."""
    reason = verdicts[-1].reason
    place = " > ".join(part for part in (reason.rule, reason.attribute) if part)
    return ": ".join(part for part in (place, reason.clause) if part) or "(no rule)"
