"""A result as Markdown, for tickets and pull requests: counts, then the objects that matter."""

from collections.abc import Iterator, Sequence

from simulator.commands import Audit, Preview
from simulator.compare import Change
from simulator.reports.report import Layout, report
from simulator.reports.summary import (
    change_counts,
    outcome_counts,
    reason_counts,
    side_text,
    system_of,
)
from simulator.values import time_text


@report("markdown")
def markdown_lines(result: Audit | Preview, layout: Layout) -> Iterator[str]:
    """Counts and lists as Markdown tables; what is cut is said."""
    if isinstance(result, Audit):
        yield from _audit(result, layout)
    else:
        yield from _preview(result, layout)
    yield ""
    yield (
        f"As of {time_text(result.now)}, from {_cell(result.objects.source)} "
        f"({len(result.objects.objects)} objects"
        f"{'' if result.objects.complete else ', INCOMPLETE'})."
    )


def _audit(audit: Audit, layout: Layout) -> Iterator[str]:
    counts = outcome_counts(audit.outcomes)
    yield f"## Audit of {len(audit.outcomes)} objects"
    yield ""
    yield ", ".join(f"{n} {d}" for d, n in counts.items()) + "."
    yield ""
    yield from _table(
        ("objects", "outcome", "reason"),
        [(str(n), d, code) for (d, code), n in reason_counts(audit.outcomes).items()],
    )
    yield ""
    yield from _list(
        ("outcome", "name", "operating system", "reason"),
        [(o.disposition, o.subject.name, system_of(o), o.reason.text) for o in audit.outcomes],
        layout,
    )


def _preview(preview: Preview, layout: Layout) -> Iterator[str]:
    counts = change_counts(preview.changes)
    yield f"## What the change does to {len(preview.changes)} objects"
    yield ""
    yield from _table(("change", "objects"), [(c, str(n)) for c, n in counts.items()])
    if preview.exceeded:
        yield ""
        yield f"**{preview.removed} would leave, and {preview.maximum_removed} may.**"
    for change in (Change.LEAVES, Change.ENTERS, Change.UNDECIDED):
        members = [c for c in preview.changes if c.change is change]
        if not members:
            continue
        yield ""
        yield f"### {change} ({len(members)})"
        yield ""
        yield from _list(
            ("name", "operating system", "before", "after"),
            [
                (c.after.subject.name, system_of(c.after), side_text(c.before), side_text(c.after))
                for c in members
            ],
            layout,
        )


def _list(head: Sequence[str], rows: Sequence[Sequence[str]], layout: Layout) -> Iterator[str]:
    shown = rows[: layout.limit] if layout.limit else rows
    yield from _table(head, shown)
    if len(shown) < len(rows):
        yield ""
        yield f"... and {len(rows) - len(shown)} more."


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(_cell(c) for c in row)} |"


def _cell(text: str) -> str:
    """*text* so that no name of a directory can become markup."""
    for sign in "\\`*_[]<>|#":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r", " ").replace("\n", " ")
