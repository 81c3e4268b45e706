"""What a rule change does to an object: whether it is in the cloud before, and after."""

from enum import StrEnum
from typing import Protocol

from simulator.sync.outcome import Disposition


class Change(StrEnum):
    """What becomes of an object under a rule change, what hurts first."""

    LEAVES = "LEAVES"
    ENTERS = "ENTERS"
    UNDECIDED = "UNDECIDED"
    STAYS_IN = "STAYS-IN"
    STAYS_OUT = "STAYS-OUT"


class Decided(Protocol):
    """What an outcome and a verdict have in common."""

    @property
    def disposition(self) -> Disposition:
        """The situation of the object."""

    @property
    def decided(self) -> bool:
        """Whether the tool can say what becomes of it."""


def change_of(before: Decided, after: Decided) -> Change:
    """The change of an object with these outcomes."""
    if not (before.decided and after.decided):
        return Change.UNDECIDED
    match before.disposition is Disposition.SYNCS, after.disposition is Disposition.SYNCS:
        case True, True:
            return Change.STAYS_IN
        case True, False:
            return Change.LEAVES
        case False, True:
            return Change.ENTERS
    return Change.STAYS_OUT
