"""`aadsim merge`."""

from pathlib import Path
from typing import Any

import click

from simulator.cli.options import sign_option, writing_option
from simulator.saved import merge as merge_parts
from simulator.saved import save
from simulator.signature import sign as sign_file


@click.command()
@click.argument("parts", metavar="PART...", nargs=-1, required=True)
@writing_option("--output", "The whole result, for aadsim report.", required=True)
@sign_option
def merge(parts: tuple[str, ...], output: Path, sign: Any) -> None:
    """One result from the parts that --shard has saved.

    All parts must be there, and come from the same rules, objects and instant; from how many
    machines does not matter.

    \b
    aadsim merge part-1 part-2 --output result
    """
    save(merge_parts(parts), output, "--output")
    if sign:
        sign_file(output, sign[1])
