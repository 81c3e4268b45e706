"""A result as rows, one for each object, with the names of the JSON form: for CSV and Markdown."""

from collections.abc import Iterator

from simulator.commands import Audit, Preview
from simulator.sync.outcome import Outcome

_OBJECT = ("object_guid", "dn", "name", "type", "operating_system", "operating_system_version")
_SIDE = ("outcome", "reason_code", "reason_text", "rule", "attribute", "clause", "assumptions")


def columns(result: Audit | Preview) -> tuple[str, ...]:
    """The names of the columns."""
    if isinstance(result, Audit):
        return (*_OBJECT, *_SIDE, "certificates")
    sides = (f"{side}_{name}" for side in ("before", "after") for name in _SIDE)
    return (*_OBJECT, "change", *sides, "certificates")


def rows(result: Audit | Preview) -> Iterator[tuple[str, ...]]:
    """The cells of each object, in the order of `columns`."""
    if isinstance(result, Audit):
        for outcome in result.outcomes:
            yield (*_object(outcome), *_side(outcome), _certificates(outcome))
    else:
        for each in result.changes:
            yield (
                *_object(each.after),
                each.change,
                *_side(each.before),
                *_side(each.after),
                _certificates(each.after),
            )


def _object(outcome: Outcome) -> tuple[str, ...]:
    subject = outcome.subject
    return (
        subject.guid,
        subject.dn,
        subject.name,
        subject.type,
        subject.text("operatingSystem") or "",
        subject.text("operatingSystemVersion") or "",
    )


def _side(outcome: Outcome) -> tuple[str, ...]:
    reason = outcome.reason
    return (
        outcome.disposition,
        reason.code,
        reason.text,
        reason.rule,
        reason.attribute,
        reason.clause,
        " ".join(outcome.assumptions),
    )


def _certificates(outcome: Outcome) -> str:
    """Each certificate as `verdict@end`, divided by blanks."""
    return " ".join(f"{c.verdict}@{c.not_after}".rstrip("@") for c in outcome.certificates)
