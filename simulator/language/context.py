"""What an expression is evaluated in: the object's attributes, parameters, the clock, readings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from simulator.assumptions import DECIDED
from simulator.values import AttributeMap


@dataclass(slots=True)
class Context:
    """One evaluation's surroundings, and what it learns on the way.

    *now* is the instant that `Now()` gives. *readings* takes other readings of assumptions. *used*
    collects the numbers of the assumptions that were used; *notes* what a reader should know about
    this evaluation, code to sentence. `dn` of the object is given as *dn*.
    """

    now: datetime
    attributes: AttributeMap = field(default_factory=dict)
    dn: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    notes: dict[str, str] = field(default_factory=dict)

    def reading(self, assumption: str) -> str:
        """The reading to take of *assumption*: `"decided"` or another; records the use."""
        self.used.add(assumption)
        return self.readings.get(assumption, DECIDED)

    def note(self, code: str, message: str) -> None:
        """Records that something worth knowing happened; the first of each *code* is kept."""
        self.notes.setdefault(code, message)
