"""How a run over objects ends: its result is kept and shown, and gives the exit status."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from simulator.answers import Audit, Preview
from simulator.cli.output import FINDINGS, INCOMPLETE, deliver, deliver_text
from simulator.reports.report import REPORTS, Layout
from simulator.reports.text import parts
from simulator.saved import STALE, save
from simulator.signature import sign
from simulator.since import since


def finish(
    result: Audit | Preview, form: str, layout: Layout, output: Path | None, strict: bool,
    values: Mapping[str, Any],
) -> int:  # fmt: skip
    """Prints *result*, or writes it to *output*; gives the exit status of the command.

    Of the *values* of options `save` keeps it, `since` compares it and `stats` tells how it was
    computed, `sign` signs what is written, as far as the command has these. A part of a result is
    kept, and not shown.
    """
    number, total = result.origin.part
    # also tells of a unit that has no object, before anything is written
    exceeded = total == 1 and isinstance(result, Preview) and result.exceeded
    keep, whole = values.get("save"), result
    if keep and not output:
        save(whole, keep)
    if values.get("since"):
        path, earlier = values["since"]
        told = since(path, earlier.origin, earlier.results, result.results, result.origin)
        result = replace(result, since=told)
    if total > 1:
        shown = f"{len(result.results)} of {result.read} objects"
        click.echo(f"part {number} of {total}, {shown}, is in {keep}", err=True)
    elif form == "text":
        deliver_text(parts(result, layout), output)
    else:
        deliver(REPORTS[form](result, layout), output)
    if keep and output:  # written already: what --save replaces may be the way to it
        save(whole, keep)
    if values.get("sign"):
        _, key = values["sign"]
        for written in filter(None, (keep, output)):
            sign(written, key)
    if values.get("stats"):
        _tell_statistics(result)
    return status_of(result, strict, exceeded)


def status_of(result: Audit | Preview, strict: bool, exceeded: bool) -> int:
    """The exit status of *result*; *exceeded* is whether more leave than may."""
    undecided = any(not verdict.decided for verdict in result.results.verdicts)
    if (strict and undecided) or not result.provenance.complete:
        return INCOMPLETE
    if result.origin.part[1] > 1:
        return 0
    exceeded |= result.present is not None and result.present.exceeded
    return FINDINGS if exceeded or any(f.code == STALE for f in result.findings) else 0


def _tell_statistics(result: Audit | Preview) -> None:
    """Prints what the run did on standard error."""
    for number, each in enumerate(result.statistics, 1):
        for name, count in each.figures().items():
            click.echo(f"stats: rule set {number}: {name}: {count:,}", err=True)
