"""A rule set as a program over batches: the same answers as the reference, for many objects.

The outcome of an object depends only on what the rules observe of it. Each batch is projected on
those observations; the reference runs once for each different combination, and all rows that have
it share its outcome. What cannot be shared goes through the reference by itself, and is counted.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.bulk.codes import Codes, constant, replaced
from simulator.bulk.columns import Columns
from simulator.bulk.decided import Decided, Recorder, decided
from simulator.bulk.expiry import dated_ends
from simulator.bulk.meeting import Meeting, meeting, rows_that_meet, types_of
from simulator.bulk.others import by_other
from simulator.bulk.place import Above, Place, group_rows, place_of
from simulator.bulk.result import Verdicts, result_batch
from simulator.bulk.statistics import Statistics
from simulator.bulk.verdicts import certificate_details, certificate_ends
from simulator.bulk.world import ALONE, Outcomes, World
from simulator.objects import ConnectorObject
from simulator.results.verdict import Verdict
from simulator.rule import MEMBERSHIP, ConnectorKind, RuleSet
from simulator.sync.engine import Settings
from simulator.sync.reason import CERTIFICATES
from simulator.sync.warnings import CRITICAL

if TYPE_CHECKING:
    import pyarrow

NONE: Mapping[int, Decided] = {}
_MEETING = "it may meet another object"
_OTHER = "its column `other` tells more than its fellows'"
_OBSERVED = "its outcome does not follow from what is observed of it"


class Program:
    """One rule set with its settings, run over record batches in the layout of a snapshot.

    A call is a function of its batch alone, as far as none of its objects meets another one;
    `meetings` finds those that do. With *certificates* each certificate gets a verdict, and is
    read, whether a rule looks at it or not; with *details* all is told of each. *attributes* are
    the columns that are needed, beside `dn`, `type`, `classes` and `other`.
    """

    def __init__(
        self, rules: RuleSet, settings: Settings, certificates: bool = False, details: bool = False
    ) -> None:
        self._certificates, self._details = certificates or details, details
        quick = replace(settings, full=False, certificates=self._certificates)
        self._engine, self._now = Recorder(rules, quick), settings.now
        self._chosen = settings.readings
        self._above = Above((*settings.connectors, *rules.connectors))
        self._worlds: dict[tuple[Place, tuple[tuple[str, object], ...]], World] = {}
        self._named: dict[Hashable, World] = {}
        self._outcomes = Outcomes()
        self._verdicts, self._numbers = Verdicts(), list[int]()
        self._costly: set[str] = set()
        self._by_group = any(
            c.pilot_group for c in settings.connectors if c.kind is ConnectorKind.ACTIVE_DIRECTORY
        )
        members = self._by_group or any(
            c.operator in MEMBERSHIP for r in rules.rules for group in r.scope for c in group
        )
        self.attributes = rules.attributes_read | {CERTIFICATES, CRITICAL, "objectGUID"}
        self.attributes |= {"memberOf"} if members else set()
        self.statistics = Statistics()

    def __call__(
        self, batch: "pyarrow.RecordBatch | Columns", meeting: Mapping[int, Decided] = NONE
    ) -> "pyarrow.RecordBatch":
        """What becomes of each row of *batch*; several programs may share its `Columns`.

        *meeting* are the rows whose objects may meet others, with their outcomes.
        """
        columns = batch if isinstance(batch, Columns) else Columns(batch, self._costly)
        self.statistics.rows += columns.rows
        codes, single = self._outcomes_of(columns, meeting)
        for outcome in self._outcomes.all[len(self._numbers) :]:
            self._numbers.append(self._verdicts.number(outcome.verdict))
        ends = dated_ends(columns, codes, self._outcomes.all)
        result = result_batch(codes, self._numbers, single, ends, self._verdicts)
        if not self._certificates:
            return result
        told = (columns, codes, self._outcomes.all, single)
        held = certificate_details(*told, self._now) if self._details else certificate_ends(*told)
        return result.append_column("certificates", held)

    def _outcomes_of(
        self, columns: Columns, meeting: Mapping[int, Decided]
    ) -> tuple[Codes, dict[int, Decided]]:
        """For each row the number of its outcome; and the rows that have one of their own."""
        import pyarrow.compute as pc

        codes = constant(ALONE, columns.rows)
        alike, rest = by_other(columns, self.attributes)
        if self._certificates:  # those in `other` are left to the reference
            alike = [(rows, fixed) for rows, fixed in alike if CERTIFICATES not in fixed]
        for every, fixed in alike:
            rows = _without(meeting, every, columns.rows)
            part = columns if rows is None else columns.part(rows, fixed)
            found = self._placed(part)
            codes = found if rows is None else replaced(codes, rows, found)
        single = dict(meeting)
        alone = [
            r for r in pc.indices_nonzero(pc.equal(codes, ALONE)).to_pylist() if r not in single
        ]
        self.statistics.by_reference[_OTHER] += len(rest)
        self.statistics.by_reference[_OBSERVED] += len(alone) - len(set(alone) & set(rest))
        for row, subject in zip(alone, columns.subjects(alone), strict=True):
            single[row] = decided(self._engine.alone(subject))
        return codes, single

    @property
    def verdicts(self) -> Sequence[Verdict]:
        """The verdicts that results name by number, those of the batches so far."""
        return self._verdicts.all

    def meetings(self, batches: "Sequence[pyarrow.RecordBatch]") -> list[dict[int, Decided]]:
        """For each of *batches* the rows whose objects may meet others, with their outcomes.

        The batches are all there is.
        """
        sets = [Columns(batch, self._costly) for batch in batches]
        how = self.meeting(types_of(batches))
        rows = rows_that_meet(sets, how)
        found = self.together([c.subjects(numbers) for c, numbers in zip(sets, rows, strict=True)])
        return [dict(zip(n, o, strict=True)) for n, o in zip(rows, found, strict=True)]

    def meeting(self, types: Iterable[str]) -> Meeting:
        """How objects of *types* can meet."""
        return meeting(self._engine.book, types)

    def together(self, parts: list[list[ConnectorObject]]) -> list[list[Decided]]:
        """The outcomes of the objects in *parts*, simulated as one set."""
        subjects = sorted((s for part in parts for s in part), key=lambda o: o.sort_key())
        self.statistics.by_reference[_MEETING] += len(subjects)
        found = {id(o.subject): decided(o) for o in self._engine.run(subjects)}
        return [[found[id(subject)] for subject in part] for part in parts]

    def _placed(self, columns: Columns) -> Codes:
        """For each row the number of its outcome, or `ALONE`."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if columns.rows == 0:
            return constant(ALONE, 0)
        members = [columns.by_value("memberOf")[0]] if self._by_group else []
        codes, firsts, names = group_rows(columns, self._above, members)
        worlds = [self._world(columns, row, name) for row, name in zip(firsts, names, strict=True)]
        different = list(dict.fromkeys(worlds))
        if len(different) == 1:
            return worlds[0].outcomes(columns)
        which = pa.array([different.index(w) for w in worlds], pa.int32()).take(codes)
        result = constant(ALONE, columns.rows)
        for number, world in enumerate(different):
            rows = pc.indices_nonzero(pc.equal(which, number))
            result = replaced(result, rows, world.outcomes(columns.part(rows)))
        return result

    def _world(self, columns: Columns, row: int, name: Hashable) -> World:
        """The world of *row*, whose place has that *name* in every batch, if it is not `None`."""
        fixed = tuple(sorted(columns.fixed.items()))
        if name is not None and (name, fixed) in self._named:
            return self._named[name, fixed]
        place = place_of(self._engine, self._chosen, columns.subject(row))
        if (place, fixed) not in self._worlds:
            self._worlds[place, fixed] = World(
                self._engine, self._chosen, place, self._outcomes, self.statistics,
                self._certificates,
            )  # fmt: skip
        if name is not None:
            self._named[name, fixed] = self._worlds[place, fixed]
        return self._worlds[place, fixed]


def _without(
    meeting: Mapping[int, Decided], rows: "pyarrow.Array | None", count: int
) -> "pyarrow.Array | None":
    """Those of *rows*, or of all *count* for `None`, that are not decided as *meeting* others."""
    if not meeting:
        return rows
    import pyarrow as pa
    import pyarrow.compute as pc

    every = pa.array(range(count), pa.uint64()) if rows is None else rows
    return every.filter(pc.invert(pc.is_in(every, pa.array([*meeting], every.type))))
