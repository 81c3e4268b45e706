"""Counts as JSON: groups, transitions between outcomes, certificates and when they end."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from simulator.gate import Gate
from simulator.results.certificates import certificate_counts
from simulator.results.expiry import Ending, endings
from simulator.results.groups import groups, transitions
from simulator.results.results import Results


def gate_form(gates: Sequence[Gate]) -> dict[str, Any]:
    """The gate on all objects, and those on units; *passed* tells that more leave than may."""
    whole, *units = (
        {"max_removed": gate.maximum, "removed": gate.removed, "passed": gate.exceeded}
        for gate in gates
    )
    named = zip((gate.unit for gate in gates[1:]), units, strict=True)
    return {**whole, "units": [{"unit": unit, **told} for unit, told in named]}


def group_forms(results: Results) -> list[dict[str, Any]]:
    """Every group with the changes or outcomes of its objects; each kind has every object once."""
    return [
        {"by": by, "value": value, "counts": dict(counts)}
        for by, values in groups(results).items()
        for value, counts in values.items()
    ]


def transition_forms(results: Results) -> list[dict[str, Any]]:
    """How many objects have each pair of outcomes."""
    return [
        {"before": before, "after": after, "count": count}
        for (before, after), count in transitions(results).items()
    ]


def certificate_forms(results: Results, now: datetime) -> dict[str, Any]:
    """How the values of userCertificate are judged, and when those that let objects sync end."""
    found = endings(results, now)
    return {
        "verdicts": [
            {"verdict": verdict, "count": count, "ended": ended}
            for verdict, (count, ended) in certificate_counts(results, now).items()
        ],
        "expiry": {
            "weeks": [{"begin": week, **_ending(e)} for week, e in found.weeks.items()],
            "earlier": _ending(found.earlier),
            "later": _ending(found.later),
        },
    }


def _ending(ending: Ending) -> dict[str, int]:
    return {"certificates": ending.certificates, "last_of_objects": ending.objects}
