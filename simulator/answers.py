"""What `audit` and `preview` answer: results with their origin, and findings."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from simulator.bulk import Statistics
from simulator.current import Difference
from simulator.errors import Diagnostic
from simulator.forecast import Forecast
from simulator.gate import Gate, gates
from simulator.objects import Provenance
from simulator.results.origin import Origin
from simulator.results.results import Results, Row
from simulator.since import Since

DEFAULT_MAXIMUM_REMOVED = "500"  # the product's threshold for accidental deletions (AD)


@dataclass(frozen=True, slots=True)
class Answer:
    """Every object with what becomes of it, by DN; and where that comes from.

    *findings* are about the rules and their change, not about single objects. *present* is what
    an export would change in the cloud, and *since* what has changed since an earlier result.
    """

    origin: Origin
    results: Results
    findings: tuple[Diagnostic, ...] = ()
    present: Difference | None = None
    since: Since | None = None
    statistics: tuple[Statistics, ...] = ()

    def __iter__(self) -> Iterator[Row]:
        """Every object with what becomes of it, by DN."""
        return iter(self.results)

    @property
    def now(self) -> datetime:
        """The instant of `Now()`."""
        return self.origin.now

    @property
    def provenance(self) -> Provenance:
        """How the objects were read."""
        return self.origin.provenance

    @property
    def read(self) -> int:
        """How many objects were read."""
        return self.origin.read


@dataclass(frozen=True, slots=True)
class Audit(Answer):
    """Every object with its outcome; and who leaves later, if that was asked."""

    forecast: Forecast | None = None


@dataclass(frozen=True, slots=True)
class Preview(Answer):
    """What a rule change does to each object, and whether more leave than may.

    *limits* are DNs of units, with the number or percentage of their objects that may leave.
    """

    maximum_removed: str = DEFAULT_MAXIMUM_REMOVED
    limits: tuple[tuple[str, str], ...] = ()

    @property
    def gates(self) -> tuple[Gate, ...]:
        """What leaves and what may: everywhere, then of each unit of *limits*, as of `gates`."""
        return gates(self.results, self.maximum_removed, self.limits)

    @property
    def exceeded(self) -> bool:
        """Whether more objects leave than may, anywhere."""
        return any(gate.exceeded for gate in self.gates)
