"""The condition of `--where`: which objects a run is about."""

from datetime import datetime
from typing import TYPE_CHECKING

from simulator.bulk.codes import combined
from simulator.bulk.columns import Columns
from simulator.errors import ObjectError, Severity, UsageError
from simulator.language.check import check
from simulator.language.compile import prepared
from simulator.language.context import Context
from simulator.language.frame import run
from simulator.language.nodes import CHANCE, Node, attributes_of, functions_of
from simulator.language.operators import condition
from simulator.objects import ConnectorObject, ObjectSet
from simulator.schema import standard_schema
from simulator.sources.snapshot_layout import FIXED
from simulator.sources.spool import Rows
from simulator.values import Unreadable

if TYPE_CHECKING:
    import pyarrow


class Where:
    """A condition on objects at an instant, which must be a good one.

    An attribute that the schema does not have is of an extended one, or misspelt: objects tell.
    """

    def __init__(self, node: Node, now: datetime) -> None:
        self._schema = standard_schema("ad")
        for finding in check(node, self._schema):
            if finding.severity is Severity.ERROR:
                raise UsageError(f"--where: {finding.message}", finding.help)
        for name in sorted(functions_of(node) & CHANCE):
            raise UsageError(
                f"--where: {name} gives another value at every call",
                "ask for something that is the same in each run",
            )
        self._condition, self._now = prepared(node), now
        self._read = attributes_of(node)
        self._unseen = {n for n in self._read - {"dn"} if not self._schema.get(n)}

    def kept(self, objects: ObjectSet) -> list[ConnectorObject]:
        """Those of *objects* for which the condition is true."""
        found = [each for each in objects.objects if self._holds(each)]
        self._refuse_unseen()
        return found

    def masks(self, rows: Rows) -> list["pyarrow.BooleanArray"]:
        """For each batch of *rows* in which of them the condition is true.

        It is asked once for all rows of a batch that are equal in what it reads.
        """
        import pyarrow as pa

        wanted, found = {*FIXED, *self._read}, []
        for batch in rows.batches(self._read):
            part = batch.select([name for name in batch.schema.names if name in wanted])
            columns = Columns(part, set())
            read = [columns.by_value(name)[0] for name in self._read]
            alike, firsts = combined([columns.encoded("other")[0], *read])
            told = [self._holds(subject) for subject in columns.subjects(firsts)]
            found.append(pa.array(told, pa.bool_()).take(alike))
        self._refuse_unseen()
        return found

    def _holds(self, subject: ConnectorObject) -> bool:
        held = subject.attributes
        self._unseen = {n for n in self._unseen if isinstance(held.get(n), Unreadable | None)}
        context = Context(self._now, held, subject.dn)
        try:
            return condition(run(self._condition, context), context) is True
        except ObjectError as error:
            self._refuse_unseen()
            raise UsageError(
                f"--where cannot be evaluated for {subject.dn}: {error.message}", error.help
            ) from None

    def _refuse_unseen(self) -> None:
        """Raises `UsageError` for an attribute that neither the schema nor any object has."""
        for name in sorted(self._unseen):
            near = self._schema.near(name)
            raise UsageError(
                f"--where: no object has an attribute `{name}`, nor is one known",
                f"did you mean [{near}]?" if near else "look at its spelling",
            )
