"""Rule sets as a function from batches of objects to batches of results, for other schedulers.

An `Evaluator` can be sent to other processes and machines; what it needs is made anew there.
Spark's `mapInArrow` takes its method `each`, Dask and others the evaluator itself.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from simulator.bulk import Program
from simulator.check import refuse_errors
from simulator.errors import InputError, UsageError
from simulator.objects import Provenance
from simulator.options import Options
from simulator.results.table import table
from simulator.rule import RuleSet
from simulator.run import run_programs
from simulator.schema import standard_schema
from simulator.sources.carried import COMPUTER_ATTRIBUTES
from simulator.sources.snapshot_check import refuse_damage
from simulator.sources.snapshot_layout import FIXED, arrow_schema, attribute_columns
from simulator.sources.spool import Rows
from simulator.sync.engine import Settings

if TYPE_CHECKING:
    import pyarrow

_ALONE = frozenset({("objectGUID",)})
_OF_A_RUN = ("jobs", "shard", "progress")  # what does not concern a single batch


class Evaluator:
    """One rule set, or two before and after a change, as a function of a batch of objects.

    A batch has the columns of a snapshot; the result has those of `table`, dictionaries written
    out, a row for each object, in the order of DN. *options* must give the instant. Each batch is
    taken for all there is: so no object may be in two of them, and rules by which one object could
    meet another in the metaverse, other than by its objectGUID, are refused with `UsageError`.
    """

    def __init__(self, *rule_sets: RuleSet, options: Options) -> None:
        if not 1 <= len(rule_sets) <= 2:
            raise UsageError(
                f"{len(rule_sets)} rule sets are given",
                "give one, or two before and after a change",
            )
        if options.now is None:
            raise UsageError("batches have no capture time", "give Options the instant of Now()")
        if options.where is not None:
            raise UsageError("batches take no condition", "filter them before they are evaluated")
        if given := [name for name in _OF_A_RUN if getattr(options, name) is not None]:
            raise UsageError(
                f"an Evaluator takes no {', '.join(given)} of Options",
                "leave them out: whoever gives it batches decides where they run",
            )
        for rules in rule_sets:
            refuse_errors(rules, options.connectors)
        self._rule_sets = rule_sets
        self._details = options.details
        self._settings = Settings(options.now, options.readings, options.connectors)
        self._programs: list[Program] = []

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_programs": []}

    def __call__(self, batch: "pyarrow.RecordBatch") -> "pyarrow.RecordBatch":
        """What becomes of each object of *batch*.

        Raises `InputError` for a batch without the columns that every snapshot has, or with cells
        that none has.
        """
        self._programs = self._programs or [
            Program(rules, self._settings, certificates=True, details=self._details)
            for rules in self._rule_sets
        ]
        rows = _laid_out(batch)
        source = Rows(Provenance("batch"), lambda columns: iter([rows]), _types(rows))
        for program in self._programs:
            how = program.meeting(source.types)
            if how.whole or how.groups - _ALONE:
                names = ", ".join(sorted(how.columns | how.whole))
                raise UsageError(
                    f"objects of different batches may meet by {names}",
                    "run audit or preview on one snapshot of all objects",
                )
        return _plain(table(run_programs(self._programs, source)))

    def each(self, batches: "Iterable[pyarrow.RecordBatch]") -> "Iterator[pyarrow.RecordBatch]":
        """The results of *batches*, one by one."""
        return map(self, batches)

    @property
    def schema(self) -> "pyarrow.Schema":
        """The columns of results."""
        import pyarrow as pa

        schema = arrow_schema(COMPUTER_ATTRIBUTES)
        return self(pa.RecordBatch.from_pylist([], schema)).schema


def _types(rows: "pyarrow.RecordBatch") -> Counter[str]:
    return Counter(rows.column("type").to_pylist())


def _laid_out(batch: "pyarrow.RecordBatch") -> "pyarrow.RecordBatch":
    """*batch* with the types of a snapshot, whatever those of the scheduler are."""
    import pyarrow as pa

    missing = [n for n in (*FIXED, *COMPUTER_ATTRIBUTES) if n not in batch.schema.names]
    if missing:
        raise InputError(
            f"the batch has no column {', '.join(missing)}", "read all columns of a snapshot"
        )
    columns = attribute_columns(batch.schema)
    unknown = [name for name in columns if standard_schema("ad").get(name) is None]
    if unknown:
        raise InputError(
            f"the batch has columns that no snapshot has: {', '.join(unknown)}",
            "leave them out of what is read",
        )
    schema = arrow_schema(columns)
    try:
        rows = batch.select(schema.names).cast(schema)
        refuse_damage(rows, "the batch")
    except (pa.ArrowException, ValueError) as error:
        raise InputError(
            f"the columns of the batch are not those of a snapshot: {error}",
            "read the columns of a snapshot as they are",
        ) from None
    return rows


def _plain(rows: "pyarrow.Table") -> "pyarrow.RecordBatch":
    """*rows* as one batch, dictionaries written out."""
    import pyarrow as pa

    arrays = [column.combine_chunks() for column in rows.columns]
    arrays = [a.dictionary_decode() if pa.types.is_dictionary(a.type) else a for a in arrays]
    return pa.record_batch(arrays, names=rows.column_names)
