"""`aadsim merge`."""

from pathlib import Path

import click

from simulator.saved import merge as merge_parts
from simulator.saved import save


@click.command()
@click.argument("parts", metavar="PART...", nargs=-1, required=True)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="The whole result, for aadsim report.",
)
def merge(parts: tuple[str, ...], output: Path) -> None:
    """One result from the parts that --shard has saved.

    All parts must be there, and come from the same rules, objects and instant; from how many
    machines does not matter.

    \b
    aadsim merge part-1 part-2 --output result
    """
    save(merge_parts(parts), output, "--output")
