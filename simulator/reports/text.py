"""Results as plain lines of text: the answer first, then the reasons, then where it comes from.

Lines carry no colour and no boxes, so that they survive a pipe, a diff and a ticket system.
"""

from collections.abc import Iterable, Iterator, Sequence

from simulator.assumptions import ledger
from simulator.commands import Audit, Preview
from simulator.compare import Change, Comparison
from simulator.errors import Diagnostic, Severity
from simulator.forecast import remark
from simulator.reports.present import forecast_lines, present_lines
from simulator.reports.summary import (
    all_outcomes,
    assumptions_used,
    change_counts,
    outcome_counts,
    reason_counts,
    side_text,
    system_of,
)
from simulator.rule import RuleSet
from simulator.sync.outcome import Disposition, Outcome
from simulator.values import time_text
from simulator.version import __version__

_ORDER = (Change.LEAVES, Change.ENTERS, Change.UNDECIDED)
_TITLES = {
    Change.LEAVES: (
        "LEAVES: would sync only before the change; its device is deleted from the cloud"
    ),
    Change.ENTERS: "ENTERS: would sync only after the change",
    Change.UNDECIDED: "UNDECIDED: ERROR or UNCERTAIN before or after",
}


def audit_lines(audit: Audit, limit: int = 0) -> Iterator[str]:
    """An audit: counts, reasons, then every object (the first *limit*, where it is not 0)."""
    counts = outcome_counts(audit.outcomes)
    total = len(audit.outcomes)
    yield _sentence(counts, total)
    yield ""
    yield from table(
        ("objects", "outcome", "reason"),
        [(str(n), d, code) for (d, code), n in reason_counts(audit.outcomes).items()],
    )
    yield ""
    rows = [
        (o.disposition, o.subject.name, system_of(o), o.reason.text)
        for o in _first(audit.outcomes, limit)
    ]
    yield from table(("outcome", "name", "operating system", "reason"), rows)
    yield from _capped(len(rows), total, limit)
    if audit.present:
        yield ""
        yield from present_lines(audit.present)
    if audit.forecast:
        yield ""
        yield from forecast_lines(audit.forecast)
    yield from _warnings(audit.outcomes)
    yield from _findings(audit.findings)
    yield ""
    yield from _provenance(audit, (("rules", audit.rules),))


def preview_lines(preview: Preview, limit: int = 50) -> Iterator[str]:
    """A preview: what hurts first, then what enters, what is undecided, and counts of the rest."""
    counts = change_counts(preview.changes)
    total = len(preview.changes)
    stay = counts[Change.STAYS_IN] + counts[Change.STAYS_OUT]
    parts = [f"{counts[Change.ENTERS]} enter", f"{counts[Change.LEAVES]} leave"]
    if counts[Change.UNDECIDED]:
        parts.append(f"{counts[Change.UNDECIDED]} undecided")
    yield f"Of {_objects(total)}, {', '.join(parts)}, and {stay} stay as they are."
    if preview.exceeded:
        may = preview.maximum_removed
        yield f"GATE: {preview.removed} would leave, and {may} may (--max-removed)."
    yield ""
    before, after = (
        outcome_counts(c.before for c in preview.changes),
        outcome_counts(c.after for c in preview.changes),
    )
    yield from table(
        ("outcome", "before", "after"),
        [
            (d, str(before.get(d, 0)), str(after.get(d, 0)))
            for d in Disposition
            if d in before or d in after
        ],
    )
    for change in _ORDER:
        members = [c for c in preview.changes if c.change is change]
        if members:
            yield ""
            yield f"{_TITLES[change]} ({len(members)})"
            rows = [_change_row(c) for c in _first(members, limit)]
            yield from table(("  name", "operating system", "before", "after"), rows)
            yield from _capped(len(rows), len(members), limit)
    yield ""
    yield f"Unchanged: {counts[Change.STAYS_IN]} in the cloud, {counts[Change.STAYS_OUT]} outside."
    if preview.present:
        yield ""
        yield from present_lines(preview.present)
    yield from _warnings([c.after for c in preview.changes])
    yield from _findings(preview.findings)
    yield ""
    yield from _provenance(preview, (("before", preview.before), ("after", preview.after)))
    if counts[Change.LEAVES] and not preview.present:
        yield (
            "deletions: other pending deletions are not known to this tool; more than 500 in one "
            "export stop it (A-34)"
        )


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns aligned to their widest cell, numbers to the right, the last one left as it is."""
    widths = [max(len(str(r[i])) for r in (head, *rows)) for i in range(len(head))]
    numbers = [bool(rows) and all(str(r[i]).isdigit() for r in rows) for i in range(len(head))]
    for row in (head, *rows):
        cells = [
            str(cell).rjust(width) if number else str(cell).ljust(width)
            for cell, width, number in zip(row, widths, numbers, strict=True)
        ]
        yield "  ".join(cells).rstrip()


def _sentence(counts: "object", total: int) -> str:
    assert isinstance(counts, dict)
    parts = ", ".join(f"{n} {d}" for d, n in counts.items())
    return f"Of {_objects(total)}: {parts or 'none'}."


def _objects(count: int) -> str:
    return f"{count} object{'' if count == 1 else 's'}"


def _change_row(each: Comparison) -> tuple[str, ...]:
    return (
        f"  {each.after.subject.name}",
        system_of(each.after),
        side_text(each.before),
        side_text(each.after),
    )


def _first(rows: Iterable[object], limit: int) -> list:  # type: ignore[type-arg]  # of what it got
    everything = list(rows)
    return everything[:limit] if limit else everything


def _capped(shown: int, total: int, limit: int) -> Iterator[str]:
    if shown < total:
        yield f"  ... and {total - shown} more: --limit 0 lists all, --format json has all"


def _warnings(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Warnings about single objects, each code once with the objects that it concerns."""
    found: dict[str, list[tuple[str, str]]] = {}
    for outcome in outcomes:
        for finding in outcome.findings:
            if finding.severity is Severity.WARNING:
                found.setdefault(finding.code, []).append((outcome.subject.name, finding.message))
    for code, objects in sorted(found.items()):
        names = ", ".join(name for name, _ in objects[:5])
        more = f" and {len(objects) - 5} more" if len(objects) > 5 else ""
        yield ""
        yield f"warning: {code}: {objects[0][1]}"
        yield f"  concerns {names}{more}"


def _findings(findings: Iterable[Diagnostic]) -> Iterator[str]:
    for finding in findings:
        yield ""
        yield from f"{finding.severity}: {finding.render()}".splitlines()


def _provenance(
    result: Audit | Preview, rule_sets: tuple[tuple[str, RuleSet], ...]
) -> Iterator[str]:
    """Where the result comes from: tool, instant, rules, objects, import filter, assumptions."""
    yield f"as of:       {time_text(result.now)}"
    for label, rules in rule_sets:
        for i, source in enumerate(rules.sources):
            title = f"{label}:" if i == 0 else ""
            yield f"{title:<12} {source.name} ({source.count} rules, sha256 {source.sha256[:12]})"
    objects = result.objects
    digest = f", sha256 {objects.provenance.sha256[:12]}" if objects.provenance.sha256 else ""
    complete = "complete" if objects.complete else "INCOMPLETE"
    yield f"objects:     {objects.source} ({len(objects.objects)} read, {complete}{digest})"
    if account := objects.provenance.account:
        yield f"account:     {account}; what it may not read is missing in silence"
    connectors = result.options.connectors
    filters = ", ".join(c.name for c in connectors)
    none = "no connector given: domain, unit and class filters not applied"
    yield f"import:      {filters or none}"
    remarks = dict.fromkeys(remark(rules) for _, rules in rule_sets)
    for note in (*objects.provenance.notes, *(r for r in remarks if r)):
        yield f"note:        {note}"
    used = assumptions_used(all_outcomes(result))
    readings = result.options.readings
    for id in used:
        taken = f" [taken: {readings[id]}]" if id in readings else ""
        yield f"assumption:  {id} {ledger()[id].statement}{taken}"
    yield f"tool:        aadsim {__version__}"
