"""The assumption ledger: what no publication settles, decided once, with its other readings.

An evaluation records each assumption that it used where another reading could matter
(`language.context.Context.reading`). Where another reading can be evaluated it is, and an outcome
that it changes is UNCERTAIN. The statements are data in `assumptions.toml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from simulator.errors import UsageError

DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Assumption:
    """One numbered assumption.

    *readings* names the other readings that can be evaluated, with what each means; it is empty
    where none can. *evidence* says why the decided reading was chosen.
    """

    id: str
    statement: str
    other: str
    evidence: str
    readings: Mapping[str, str]


@cache
def ledger() -> Mapping[str, Assumption]:
    """Every assumption by its number, `A-01` and on."""
    import tomllib  # only for an evaluation that rests on one

    text = Path(__file__).with_name("assumptions.toml").read_text(encoding="utf-8")
    return {
        id: Assumption(
            id, entry["statement"], entry["other"], entry["evidence"], entry.get("readings", {})
        )
        for id, entry in tomllib.loads(text).items()
    }


def parse_readings(options: tuple[str, ...]) -> Mapping[str, str]:
    """What `--assume A-nn=READING` options ask for: assumption to reading."""
    taken = {}
    for option in options:
        id, _, reading = option.partition("=")
        assumption = ledger().get(id.strip())
        if assumption is None:
            raise UsageError(
                f"--assume {option}: there is no assumption `{id}`",
                f"the assumptions are {', '.join(ledger())}",
            )
        if reading != DECIDED and reading not in assumption.readings:
            known = ", ".join([DECIDED, *assumption.readings])
            raise UsageError(
                f"--assume {option}: {id} has no reading `{reading}` that can be evaluated",
                f"write {id}= and one of: {known}",
            )
        taken[assumption.id] = reading
    return taken
