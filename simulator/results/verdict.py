"""What is said of an object, without the object: the same for all that the rules treat alike."""

from dataclasses import dataclass, replace

from simulator.errors import Diagnostic, Source
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
    """What *outcome* says of its object, in words that do not name the object."""
    dn = outcome.subject.dn
    return Verdict(
        outcome.disposition,
        outcome.reason,
        outcome.assumptions,
        outcome.readings,
        tuple(replace(f, source=None) if _names(f, dn) else f for f in outcome.findings),
    )


def told(verdict: Verdict, dn: str, end: str | None) -> Verdict:
    """*verdict* of the object *dn*, if any: its findings name it, and its text has its *end*."""
    if verdict.findings and dn:
        source = Source(dn, "")
        findings = tuple(replace(f, source=f.source or source) for f in verdict.findings)
        verdict = replace(verdict, findings=findings)
    if end:
        reason = replace(verdict.reason, text=verdict.reason.text + end)
        verdict = replace(verdict, reason=reason)
    return verdict


def _names(finding: Diagnostic, dn: str) -> bool:
    return finding.source is not None and finding.source.name == dn and not finding.source.text
