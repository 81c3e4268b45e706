"""What has changed since an earlier result, object by object; all by columns.

Objects are the same by objectGUID, or by DN where they have none. Why an object has changed can
be told only as far as both results were computed from the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import repeat
from typing import TYPE_CHECKING

from simulator.compare import Change, change_of
from simulator.results.origin import Origin, differing
from simulator.results.results import Results, Row, rows
from simulator.results.verdict import Verdict

if TYPE_CHECKING:
    import pyarrow


class Turn(StrEnum):
    """What has become of an object since, if it is not as it was."""

    LEFT = "left"
    ENTERED = "entered"
    UNDECIDED = "undecided"
    REASON = "other-reason"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Turned:
    """The objects of one turn: where they are in the earlier and in the present results.

    One of both is `None` for objects that are in one result alone.
    """

    then: "pyarrow.Array | None"
    now: "pyarrow.Array | None"

    def __len__(self) -> int:
        """How many they are."""
        held = self.now if self.then is None else self.then
        return 0 if held is None else len(held)


@dataclass(frozen=True, slots=True)
class Since:
    """What has changed since the result in the file *source*.

    *differs* names what the two were computed from differently: rules, objects, instant, and so
    on. *turns* has every turn, with no objects where none has taken it.
    """

    source: str
    origin: Origin
    differs: tuple[str, ...]
    turns: Mapping[Turn, Turned]
    then: Results
    now: Results

    def pairs(self, turn: Turn, limit: int = 0) -> Iterator[tuple[Row | None, Row | None]]:
        """The objects of *turn* as they were and as they are; the first *limit*, if not 0."""
        places = self.turns[turn]
        sides = []
        for results, at in ((self.then, places.then), (self.now, places.now)):
            some = at[:limit] if limit and at is not None else at
            sides.append(repeat(None) if some is None else rows(results, some))
        return zip(*sides, strict=False)


def since(source: str, origin: Origin, then: Results, now: Results, computed: Origin) -> Since:
    """What has changed from *then*, of *origin* and in the file *source*, to *now*, *computed* so.

    Of a preview the outcomes after the change are compared.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    old_keys, new_keys = _keys(then), _keys(now)
    found = pc.index_in(new_keys, old_keys)
    both = pc.indices_nonzero(found.is_valid())
    old_at = found.drop_null()
    verdicts = [
        results.sides[-1].verdicts.combine_chunks().take(at).cast(pa.int64())
        for results, at in ((then, old_at), (now, both))
    ]
    base = max(1, len(now.verdicts))
    pairs = pc.add(pc.multiply(verdicts[0], base), verdicts[1])
    taken: dict[Turn, list[int]] = {turn: [] for turn in Turn}
    for pair in pc.unique(pairs).to_pylist():
        turn = _turn(then.verdicts[pair // base], now.verdicts[pair % base])
        if turn:
            taken[turn].append(pair)
    turns = {}
    for turn, members in taken.items():
        chosen = pc.indices_nonzero(pc.is_in(pairs, pa.array(members, pa.int64())))
        turns[turn] = Turned(old_at.take(chosen), both.take(chosen))
    gone = pc.indices_nonzero(pc.invert(pc.is_in(old_keys, new_keys)))
    turns[Turn.GONE] = Turned(gone, None)
    turns[Turn.NEW] = Turned(None, pc.indices_nonzero(found.is_null()))
    last = [replace(each, rules=each.rules[-1:]) for each in (origin, computed)]
    return Since(source, origin, differing(*last), turns, then, now)


def _keys(results: Results) -> "pyarrow.Array":
    """By what an object is known again."""
    import pyarrow.compute as pc

    subjects = results.subjects
    names = pc.utf8_lower(subjects["dn"])
    return pc.coalesce(subjects["object_guid"], names).combine_chunks()


def _turn(old: Verdict, new: Verdict) -> Turn | None:
    match change_of(old, new):
        case Change.LEAVES:
            return Turn.LEFT
        case Change.ENTERS:
            return Turn.ENTERED
        case Change.UNDECIDED if old.disposition is not new.disposition:
            return Turn.UNDECIDED
    same = (old.disposition, old.reason.code) == (new.disposition, new.reason.code)
    return None if same else Turn.REASON
