"""Results as text: the answer first, then the reasons, then where it comes from.

A text is made of lines and tables. Drawn plainly they carry no colour and no boxes, so that they
survive a pipe, a diff and a ticket system.
"""

from collections.abc import Iterator

from simulator.answers import Audit, Preview
from simulator.assumptions import ledger
from simulator.compare import Change
from simulator.errors import Severity
from simulator.reports.present import forecast_lines, present_lines
from simulator.reports.report import Layout
from simulator.reports.since import since_lines
from simulator.reports.table import Table
from simulator.reports.tables import (
    certificate_tables,
    change_tables,
    matrix,
    object_table,
    outcome_tables,
)
from simulator.results.counts import (
    among,
    assumptions_used,
    change_counts,
    changed,
    outcome_counts,
    positions,
    reason_counts,
)
from simulator.results.results import Results, Row, rows
from simulator.results.verdict import Verdict
from simulator.values import time_text

_SEARCHED = ("server", "base", "filter", "attributes", "received")  # what a directory was asked
_ORDER = (Change.LEAVES, Change.ENTERS, Change.UNDECIDED)
_TITLES = {
    Change.LEAVES: (
        "LEAVES: would sync only before the change; the deletion of a device cannot be undone"
    ),
    Change.ENTERS: "ENTERS: would sync only after the change",
    Change.UNDECIDED: "UNDECIDED: ERROR or UNCERTAIN before or after",
}


def parts(result: Audit | Preview, layout: Layout) -> Iterator[str | Table]:
    """The lines and tables of *result*."""
    return _audit(result, layout) if isinstance(result, Audit) else _preview(result, layout)


def _audit(audit: Audit, layout: Layout) -> Iterator[str | Table]:
    """An audit: counts, reasons, then every object, as far as the *layout* lists it."""
    results, total = audit.results, len(audit.results)
    yield _sentence(outcome_counts(results), total)
    counts = tuple((str(n), d, code) for (d, code), n in reason_counts(results).items())
    yield from _tables(
        Table(("objects", "outcome", "reason"), counts),
        *outcome_tables(results),
        *certificate_tables(results, audit.now),
    )
    if audit.present:
        yield ""
        yield from present_lines(audit.present)
    if audit.forecast:
        yield ""
        yield from forecast_lines(audit.forecast)
    yield from _since(audit)
    at = positions(results, lambda verdicts: among(verdicts, layout.only))
    if total:
        yield ""
        yield from only(layout, len(at), total)
    if len(at):
        listed = object_table(results, at[: layout.limit] if layout.limit else at)
        yield listed
        yield from _capped(len(listed.rows), len(at))
    yield from remarks(audit)
    yield ""
    yield from _provenance(audit)


def _preview(preview: Preview, layout: Layout) -> Iterator[str | Table]:
    """A preview: what hurts first, then what enters, what is undecided, and counts of the rest."""
    results, total = preview.results, len(preview.results)
    counts = change_counts(results)
    stay = counts[Change.STAYS_IN] + counts[Change.STAYS_OUT]
    parts = [f"{counts[Change.ENTERS]} enter", f"{counts[Change.LEAVES]} leave"]
    if counts[Change.UNDECIDED]:
        parts.append(f"{counts[Change.UNDECIDED]} undecided")
    yield f"Of {_objects(total)}, {', '.join(parts)}, and {stay} stay as they are."
    for gate in preview.gates:
        if gate.exceeded:
            yield f"GATE: {gate.text} ({gate.option})."
    yield from _tables(matrix(results), *change_tables(results))
    for change in Change if layout.only else _ORDER:
        at = changed(results, change, layout.only)
        if len(at):
            yield ""
            yield f"{_TITLES.get(change, change)} ({counts[change]})"
            yield from only(layout, len(at), counts[change])
            chosen = at[: layout.limit] if layout.limit else at
            listed = [_change_row(r) for r in rows(results, chosen)]
            yield Table(("  name", "operating system", "before", "after"), tuple(listed))
            yield from _capped(len(listed), len(at))
    yield ""
    yield f"Unchanged: {counts[Change.STAYS_IN]} in the cloud, {counts[Change.STAYS_OUT]} outside."
    if preview.present:
        yield ""
        yield from present_lines(preview.present)
    yield from _since(preview)
    yield from remarks(preview)
    yield ""
    yield from _provenance(preview)
    if counts[Change.LEAVES] and not preview.present:
        yield (
            "deletions: other pending deletions are not known to this tool; more than 500 in one "
            "export stop it (A-34)"
        )


def _since(result: Audit | Preview) -> Iterator[str]:
    if result.since:
        yield ""
        yield from since_lines(result.since)


def _tables(*tables: Table) -> Iterator[str | Table]:
    """Those of *tables* that have rows."""
    for each in tables:
        if len(each.rows):
            yield ""
            yield each


def _sentence(counts: "object", total: int) -> str:
    assert isinstance(counts, dict)
    parts = ", ".join(f"{n} {d}" for d, n in counts.items())
    return f"Of {_objects(total)}: {parts}." if total else "There is no object."


def _objects(count: int) -> str:
    return f"{count} object{'' if count == 1 else 's'}"


def _change_row(row: Row) -> tuple[str, ...]:
    before, after = row.sides
    return (
        f"  {row.subject.name}",
        row.subject.system,
        side_text(before.verdict),
        side_text(after.verdict),
    )


def side_text(verdict: Verdict) -> str:
    """One side of a change: the outcome and its reason, or the assumptions that decide."""
    ids = " ".join(sorted({r.assumption for r in verdict.readings}))
    return f"{verdict.disposition} ({ids or verdict.reason.code})"


def only(layout: Layout, count: int, total: int) -> Iterator[str]:
    """That a list is of *count* objects out of *total*, where *layout* asks for some alone."""
    if layout.only:
        yield f"Only {' or '.join(layout.only)}: {count} of {_objects(total)}"


def _capped(shown: int, total: int) -> Iterator[str]:
    if shown < total:
        yield f"  ... and {total - shown} more: --limit 0 lists all, --format json has all"


def warned(results: Results) -> Iterator[tuple[str, str, str]]:
    """Warnings about single objects: each code once, its message, the objects that it concerns."""
    codes = {
        finding.code
        for verdict in results.verdicts
        for finding in verdict.findings
        if finding.severity is Severity.WARNING
    }
    for code in sorted(codes):
        at = positions(results, lambda verdicts, code=code: _warned(verdicts[-1], code))  # type: ignore[misc]  # bound now
        if not len(at):
            continue
        concerned = list(rows(results, at[:5]))
        (message,) = {f.message for f in concerned[0].verdict.findings if f.code == code}
        names = ", ".join(r.subject.name for r in concerned)
        more = f" and {len(at) - 5} more" if len(at) > 5 else ""
        yield code, message, f"{names}{more}"


def remarks(result: Audit | Preview) -> Iterator[str]:
    """Warnings about objects, and findings about rules and what the result was computed from."""
    for code, message, concerned in warned(result.results):
        yield ""
        yield f"warning: {code}: {message}"
        yield f"  concerns {concerned}"
    for finding in result.findings:
        yield ""
        yield from f"{finding.severity}: {finding.render()}".splitlines()


def _warned(verdict: Verdict, code: str) -> bool:
    return any(f.code == code and f.severity is Severity.WARNING for f in verdict.findings)


def _provenance(result: Audit | Preview) -> Iterator[str]:
    """Where the result comes from: tool, instant, rules, objects, import filter, assumptions."""
    origin = result.origin
    yield f"as of:       {time_text(result.now)}"
    labels = ("rules",) if len(origin.rules) == 1 else ("before", "after")
    for label, rules in zip(labels, origin.rules, strict=True):
        for i, source in enumerate(rules.sources):
            title = f"{label}:" if i == 0 else ""
            yield f"{title:<12} {source.name} ({source.count} rules, sha256 {source.sha256[:12]})"
    told = result.provenance
    digest = f", sha256 {told.sha256[:12]}" if told.sha256 else ""
    complete = "complete" if told.complete else "INCOMPLETE"
    yield f"objects:     {told.source} ({result.read} read, {complete}{digest})"
    if account := told.account:
        yield f"account:     {account}; what it may not read is missing in silence"
    for name in _SEARCHED:
        if text := told.details.get(name):
            yield f"{name + ':':<12} {text}"
    if origin.where:
        yield f"where:       {origin.where}"
    filters = ", ".join(c.name for c in origin.connectors)
    none = "no connector given: domain, unit and class filters not applied"
    yield f"import:      {filters or none}"
    remarks = dict.fromkeys(rules.remark for rules in origin.rules)
    for note in (*told.notes, *(r for r in remarks if r)):
        yield f"note:        {note}"
    used = assumptions_used(result.results)
    readings = origin.readings
    for id in used:
        taken = f" [taken: {readings[id]}]" if id in readings else ""
        yield f"assumption:  {id} {ledger()[id].statement}{taken}"
    yield f"tool:        aadsim {origin.version}"
