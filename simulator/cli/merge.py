"""`aadsim merge`."""

from pathlib import Path
from typing import Any

import click

from simulator.answers import Preview
from simulator.cli.finish import status_of
from simulator.cli.options import no_color_option, sign_option, writing_option
from simulator.cli.output import FINDINGS, INCOMPLETE, tell
from simulator.cli.showing import strict_option
from simulator.saved import merge as merge_parts
from simulator.saved import save
from simulator.signature import sign as sign_file

_STATUSES = {
    FINDINGS: "more objects leave than may",
    INCOMPLETE: "INCOMPLETE: its source is, or --strict and an object is not decided",
}


@click.command()
@click.argument("parts", metavar="PART...", nargs=-1, required=True)
@writing_option("--output", "The whole result, for aadsim report.", required=True)
@sign_option
@strict_option
@no_color_option
def merge(parts: tuple[str, ...], output: Path, sign: Any, strict: bool) -> int:
    """One result from the parts that --shard has saved.

    All parts must be there, and come from the same rules, objects and instant; from how many
    machines does not matter. The exit status is that of the whole computed at once.

    \b
    aadsim merge part-1 part-2 --output result
    """
    whole = merge_parts(parts)
    # also tells of a unit that has no object, before anything is written
    exceeded = isinstance(whole, Preview) and whole.exceeded
    save(whole, output, "--output")
    if sign:
        sign_file(output, sign[1])
    status = status_of(whole, strict, exceeded)
    if status:
        tell(f"{output}: {_STATUSES[status]}; aadsim report {output} tells more")
    return status
