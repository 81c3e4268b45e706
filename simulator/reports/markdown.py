"""A result as Markdown, for tickets and pull requests: counts, then the objects that matter."""

from collections.abc import Iterable, Iterator, Sequence

from simulator.answers import Audit, Preview
from simulator.compare import Change
from simulator.reports.present import forecast_lines, present_lines
from simulator.reports.report import Layout, report
from simulator.reports.since import since_lines
from simulator.reports.table import Table
from simulator.reports.tables import (
    certificate_tables,
    change_tables,
    matrix,
    object_table,
    outcome_tables,
)
from simulator.reports.text import only, remarks, side_text
from simulator.results.counts import (
    among,
    change_counts,
    changed,
    outcome_counts,
    positions,
    reason_counts,
)
from simulator.results.results import rows
from simulator.values import time_text


@report("markdown")
def markdown_lines(result: Audit | Preview, layout: Layout) -> Iterator[str]:
    """Counts and lists as Markdown tables; what is cut is said."""
    if isinstance(result, Audit):
        yield from _audit(result, layout)
    else:
        yield from _preview(result, layout)
    for told in _told(result):
        yield ""
        yield from (_cell(line) + "  " for line in told)
    # indented, so that it is code: carets stay where they point, and nothing is markup
    for line in remarks(result):
        yield from (f"    {part}".rstrip() for part in line.splitlines() or [""])
    yield ""
    yield (
        f"As of {time_text(result.now)}, from {_cell(result.provenance.source)} "
        f"({result.read} objects"
        f"{'' if result.provenance.complete else ', INCOMPLETE'})."
    )


def _told(result: Audit | Preview) -> Iterator[Iterable[str]]:
    """What was asked beside the outcomes: adds and deletes, who leaves later, what has changed."""
    if result.present:
        yield present_lines(result.present)
    if isinstance(result, Audit) and result.forecast:
        yield forecast_lines(result.forecast)
    if result.since:
        yield since_lines(result.since)


def _audit(audit: Audit, layout: Layout) -> Iterator[str]:
    results = audit.results
    yield f"## Audit of {len(results)} objects"
    yield ""
    if not len(results):
        yield "There is no object."
        return
    yield ", ".join(f"{n} {d}" for d, n in outcome_counts(results).items()) + "."
    yield ""
    yield from _table(
        ("objects", "outcome", "reason"),
        [(str(n), d, code) for (d, code), n in reason_counts(results).items()],
    )
    yield from _tables(*outcome_tables(results), *certificate_tables(results, audit.now))
    yield ""
    at = positions(results, lambda verdicts: among(verdicts, layout.only))
    yield from _only(layout, len(at), len(results))
    listed = object_table(results, at[: layout.limit] if layout.limit else at)
    yield from _table(listed.head, listed.rows)
    yield from _more(len(at), layout)


def _preview(preview: Preview, layout: Layout) -> Iterator[str]:
    counts = change_counts(preview.results)
    yield f"## What the change does to {len(preview.results)} objects"
    yield ""
    yield from _table(("change", "objects"), [(c, str(n)) for c, n in counts.items()])
    for gate in preview.gates:
        if gate.exceeded:
            yield ""
            yield f"**{_cell(gate.text)}.**"
    yield from _tables(matrix(preview.results), *change_tables(preview.results))
    harmful = (Change.LEAVES, Change.ENTERS, Change.UNDECIDED)
    for change in Change if layout.only else harmful:
        at = changed(preview.results, change, layout.only)
        if not len(at):
            continue
        yield ""
        yield f"### {change} ({counts[change]})"
        yield ""
        if change is Change.LEAVES:
            yield "**The deletion of a device cannot be undone.**"
            yield ""
        yield from _only(layout, len(at), counts[change])
        members = rows(preview.results, at[: layout.limit] if layout.limit else at)
        yield from _table(
            ("name", "operating system", "before", "after"),
            (
                (r.subject.name, r.subject.system, *(side_text(s.verdict) for s in r.sides))
                for r in members
            ),
        )
        yield from _more(len(at), layout)


def _only(layout: Layout, count: int, total: int) -> Iterator[str]:
    for line in only(layout, count, total):
        yield line
        yield ""


def _more(total: int, layout: Layout) -> Iterator[str]:
    if 0 < layout.limit < total:
        yield ""
        yield f"... and {total - layout.limit} more."


def _tables(*tables: Table) -> Iterator[str]:
    for each in tables:
        yield ""
        yield from _table(each.head, each.rows)
        if each.rest:
            yield ""
            yield each.rest


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(map(_cell, head))} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(_cell(c) for c in row)} |"


def _cell(text: str) -> str:
    """*text* so that no name of a directory can become markup."""
    for sign in "\\`*_[]<>|#":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r", " ").replace("\n", " ")
