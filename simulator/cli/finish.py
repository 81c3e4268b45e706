"""How a run over objects ends: its result is kept and shown, and gives the exit status."""

from pathlib import Path

import click

from simulator.answers import Audit, Preview
from simulator.cli.output import FINDINGS, INCOMPLETE, deliver
from simulator.reports.report import REPORTS, Layout
from simulator.saved import STALE, save


def finish(
    result: Audit | Preview, form: str, layout: Layout, output: Path | None, strict: bool,
    keep: Path | None = None, stats: bool = False,
) -> int:  # fmt: skip
    """Keeps *result* in the file *keep*, prints it or writes it to *output*; gives the status.

    A part of a result is kept, and not shown.
    """
    number, total = result.origin.part
    exceeded = total == 1 and isinstance(result, Preview) and result.exceeded
    if keep:
        save(result, keep)
    if total > 1:
        shown = f"{len(result.results)} of {result.read} objects"
        click.echo(f"part {number} of {total}, {shown}, is in {keep}", err=True)
    else:
        deliver(REPORTS[form](result, layout), output)
    if stats:
        _tell_statistics(result)
    undecided = any(not verdict.decided for verdict in result.results.verdicts)
    if (strict and undecided) or not result.provenance.complete:
        return INCOMPLETE
    if total > 1:
        return 0
    exceeded |= result.present is not None and result.present.exceeded
    return FINDINGS if exceeded or any(f.code == STALE for f in result.findings) else 0


def _tell_statistics(result: Audit | Preview) -> None:
    """Prints what the run did on standard error."""
    for number, each in enumerate(result.statistics, 1):
        for name, count in each.figures().items():
            click.echo(f"stats: rule set {number}: {name}: {count:,}", err=True)
