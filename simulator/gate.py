"""How many objects may leave the cloud by a rule change, everywhere and in single units."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from simulator.compare import Change
from simulator.current import exceeds
from simulator.errors import UsageError
from simulator.results.counts import change_counts
from simulator.results.groups import groups
from simulator.results.results import Results
from simulator.values import dn_key


@dataclass(frozen=True, slots=True)
class Gate:
    """Of *present* objects at or below *unit* (everywhere, if empty) *removed* leave the cloud.

    *maximum*, a number or a percentage, may.
    """

    unit: str
    maximum: str
    removed: int
    present: int

    @property
    def exceeded(self) -> bool:
        """Whether more leave than may."""
        return exceeds(self.maximum, self.removed, self.present)

    @property
    def option(self) -> str:
        """The option that sets the maximum."""
        return "--max-removed-in" if self.unit else "--max-removed"

    @property
    def text(self) -> str:
        """What leaves and what may."""
        return f"{self.removed} would leave{self.unit and ' '}{self.unit}, and {self.maximum} may"


def gates(
    results: Results, maximum: str, limits: Sequence[tuple[str, str]] = ()
) -> tuple[Gate, ...]:
    """The gate on all objects, then one for each of *limits*, a unit and its maximum.

    Raises `UsageError` for a unit that has no object: its gate would hold for ever.
    """
    total = change_counts(results)
    removed = total[Change.LEAVES]
    units = groups(results, "organizational_unit")["organizational_unit"] if limits else {}
    found = [Gate("", maximum, removed, removed + total[Change.STAYS_IN])]
    for unit, may in limits:
        within = list(_within(unit, list(units)))
        if not within:
            near = get_close_matches(unit, units, n=3)
            raise UsageError(
                f"--max-removed-in {unit}: no object is at or below it",
                f"did you mean {' or '.join(near)}?" if near else "give the DN of a unit",
            )
        removed = sum(units[dn].get(Change.LEAVES, 0) for dn in within)
        stay = sum(units[dn].get(Change.STAYS_IN, 0) for dn in within)
        found.append(Gate(unit, may, removed, removed + stay))
    return tuple(found)


def _within(unit: str, units: Sequence[str]) -> Iterator[str]:
    """Those of *units* that are *unit* or below it."""
    wanted = dn_key(unit)
    for dn in units:
        key = dn_key(dn)
        if key == wanted or key.endswith(f",{wanted}"):
            yield dn
