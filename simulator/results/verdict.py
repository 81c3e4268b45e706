"""What is said of an object, without the object: the same for all that the rules treat alike."""

from dataclasses import dataclass

from simulator.errors import Diagnostic
from simulator.sync.outcome import Disposition, Outcome, Reading, Reason


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome with its reason, the assumptions it rests on, and what else is to be said."""

    disposition: Disposition
    reason: Reason
    assumptions: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()
    findings: tuple[Diagnostic, ...] = ()

    @property
    def decided(self) -> bool:
        """Whether the tool can say what becomes of the object."""
        return self.disposition not in (Disposition.ERROR, Disposition.UNCERTAIN)


def verdict_of(outcome: Outcome) -> Verdict:
    """What *outcome* says of its object."""
    return Verdict(
        outcome.disposition,
        outcome.reason,
        outcome.assumptions,
        outcome.readings,
        outcome.findings,
    )
