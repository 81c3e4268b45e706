"""The condition of `--where`: which objects a run is about."""

from datetime import datetime
from typing import TYPE_CHECKING

from simulator.errors import ObjectError, Severity, UsageError
from simulator.language.check import check
from simulator.language.compile import prepared
from simulator.language.context import Context
from simulator.language.frame import run
from simulator.language.nodes import Node, attributes_of
from simulator.language.operators import condition
from simulator.objects import ConnectorObject
from simulator.schema import standard_schema
from simulator.sources.snapshot_layout import objects_of
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
        self._condition, self._now = prepared(node), now
        self._unseen = {n for n in attributes_of(node) - {"dn"} if not self._schema.get(n)}

    def keeps(self, subject: ConnectorObject) -> bool:
        """Whether the condition is true for *subject*."""
        held = subject.attributes
        self._unseen = {n for n in self._unseen if isinstance(held.get(n), Unreadable | None)}
        context = Context(self._now, held, subject.dn)
        try:
            return condition(run(self._condition, context), context) is True
        except ObjectError as error:
            self.refuse_unseen()
            raise UsageError(
                f"--where cannot be evaluated for {subject.dn}: {error.message}", error.help
            ) from None

    def kept(self, rows: "pyarrow.RecordBatch") -> "pyarrow.RecordBatch":
        """The *rows* of a snapshot that the condition keeps."""
        import pyarrow as pa

        mask = [self.keeps(subject) for subject in objects_of(rows, "", 1)]
        return rows.filter(pa.array(mask, pa.bool_()))

    def refuse_unseen(self) -> None:
        """Raises `UsageError` for an attribute that neither the schema nor any object has.

        To be asked when all objects have been looked at.
        """
        for name in sorted(self._unseen):
            near = self._schema.near(name)
            raise UsageError(
                f"--where: no object has an attribute `{name}`, nor is one known",
                f"did you mean [{near}]?" if near else "look at its spelling",
            )
