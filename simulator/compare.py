"""Two runs over the same objects: what a rule change does to each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from simulator.sync.outcome import Disposition, Outcome


class Change(StrEnum):
    """What becomes of an object: whether it is in the cloud before, and after."""

    LEAVES = "LEAVES"
    ENTERS = "ENTERS"
    UNDECIDED = "UNDECIDED"
    STAYS_IN = "STAYS-IN"
    STAYS_OUT = "STAYS-OUT"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One object under both rule sets."""

    change: Change
    before: Outcome
    after: Outcome


def compare(before: Iterable[Outcome], after: Iterable[Outcome]) -> Iterator[Comparison]:
    """The change of each object; both runs give the same objects in the same order."""
    for old, new in zip(before, after, strict=True):
        assert old.subject.sort_key() == new.subject.sort_key()
        yield Comparison(_change(old, new), old, new)


def _change(before: Outcome, after: Outcome) -> Change:
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
