"""`aadsim report`."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from simulator.answers import DEFAULT_MAXIMUM_REMOVED, Preview
from simulator.cli.finish import finish
from simulator.cli.output import FINDINGS
from simulator.cli.showing import (
    check_files,
    checked_maximum,
    current_option,
    layout_of,
    limit_option,
    limits_option,
    report_options,
    since_option,
    strict_option,
)
from simulator.current import difference, load_current
from simulator.errors import UsageError
from simulator.saved import load_saved, stale
from simulator.signature import load_public, signature_path, verified


@click.command()
@click.argument("saved", metavar="FILE")
@report_options
@strict_option
@current_option
@since_option
@click.option(
    "--max-removed",
    metavar="N|N%",
    help="Exit with 1 if more objects than this leave the cloud [default: as saved].",
)
@limits_option
@limit_option(50, " of a list")
@click.option(
    "--verify",
    metavar="PUBLIC",
    help="Only tell whether FILE, a report in any form too, is as it was signed with --sign; "
    "PUBLIC is the public key or its certificate (PEM).",
)
def report(
    saved: str, format_: str, output: Path | None, strict: bool, limit: int, delimiter: str,
    only: tuple[str, ...], current: str | None, max_removed: str | None,
    limits: tuple[tuple[str, str], ...], verify: str | None, **values: Any,
) -> int:  # fmt: skip
    """A result that --save has kept, in any form, and what has changed since.

    \b
    aadsim preview --before R --after R --objects O --save change.plan
    aadsim report change.plan
    """
    if verify:
        return _verify(Path(saved), verify)
    if max_removed is not None:
        checked_maximum(max_removed)
    check_files(values, output)
    result = load_saved(saved)
    layout = layout_of(format_, limit, delimiter, only, isinstance(result, Preview))
    maximum = max_removed or DEFAULT_MAXIMUM_REMOVED
    if isinstance(result, Preview):
        maximum = max_removed or result.maximum_removed
        result = replace(result, maximum_removed=maximum, limits=limits or result.limits)
    elif limits or (max_removed is not None and not current):
        option = "--max-removed-in" if limits else "--max-removed"
        raise UsageError(
            f"{option}: {saved} is an audit, in which nothing leaves",
            "give a preview, or --max-removed with --current",
        )
    if current:
        present = difference(load_current(current), result.results, maximum)
        result = replace(result, present=present)
    findings = (*result.findings, *stale(result.origin))
    result = replace(result, findings=findings)
    return finish(result, format_, layout, output, strict, values)


def _verify(path: Path, key: str) -> int:
    """Tells whether the file *path* is as it was signed with the private part of *key*."""
    if verified(path, load_public(key)):
        click.echo(f"{path}: is as it was signed with {key}")
        return 0
    click.echo(f"{path}: has changed since {signature_path(path)} was made, or not with {key}")
    return FINDINGS
