"""The outcome that all objects with equal observations share, as results hold it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from simulator.bulk.abstract import Unclear, abstract, delivered
from simulator.bulk.shape import Known, Seen, shape_of
from simulator.bulk.summary import EXPIRED, Readings
from simulator.errors import ObjectError
from simulator.language.context import Context
from simulator.objects import ConnectorObject
from simulator.results.verdict import Verdict, verdict_of
from simulator.rule import FlowType, RuleSet, SyncRule
from simulator.schema import standard_schema
from simulator.sync.engine import Engine, Settings
from simulator.sync.link import Link
from simulator.sync.outcome import CertificateVerdict, Disposition, Outcome, Pass
from simulator.sync.reason import contribution_step, selection_of
from simulator.sync.situation import FILTER
from simulator.values import Value

NOBODY, UNTESTED = -1, -2
LENIENT = "cert-lenient"  # the note on a certificate that a strict reader refuses
# findings whose text tells values of the object
PARTICULAR = frozenset(
    {LENIENT, "near-boundary", "pcase-acronym", "case-matters", "contested-join"}
)
_UNITED = ("Merge", "MergeCaseInsensitive")


@dataclass(frozen=True, slots=True)
class Decided:
    """What results tell of an object.

    *certificates* are the verdicts on the values of the object that it was made from; *judging*
    tells whose verdicts they are: `NOBODY`s, as of an object that enters no metaverse, `UNTESTED`,
    or those of the flow with that number. The text of a *dated* verdict lacks its *end*, which is
    the expiry of the object's only certificate.
    """

    verdict: Verdict
    certificates: tuple[CertificateVerdict, ...]
    judging: int
    dated: bool
    end: str

    @property
    def lenient(self) -> bool:
        """Whether only Windows takes a certificate of the object."""
        return any(f.code == LENIENT for f in self.verdict.findings)


def decided(outcome: Outcome) -> Decided:
    """*outcome* as results hold it."""
    verdict = verdict_of(outcome)
    reason, end = verdict.reason, ""
    dated = reason.code == EXPIRED and len(outcome.certificates) == 1
    if dated:
        end = outcome.certificates[0].not_after
        assert reason.text.endswith(end)
        verdict = replace(verdict, reason=replace(reason, text=reason.text.removesuffix(end)))
    return Decided(verdict, outcome.certificates, _judging(outcome), dated, end)


def is_particular(outcome: Outcome) -> bool:
    """Whether a text of *outcome* tells values in which objects with its observations differ."""
    return any(f.code in PARTICULAR for f in outcome.findings) or any(
        r.reason.code == EXPIRED and r.reason.text.endswith("Z") for r in outcome.readings
    )


def _judging(outcome: Outcome) -> int:
    """Which flow judged the certificates of the object."""
    before = outcome.readings[0].disposition if outcome.readings else outcome.disposition
    if before in (Disposition.NO_RULE, Disposition.NOT_IN_SCOPE):
        return NOBODY
    inbound = outcome.inbound
    if inbound is None or before in (Disposition.ERROR, Disposition.UNCERTAIN):
        return UNTESTED
    step = contribution_step(inbound.winners.get(FILTER), inbound, FILTER)
    if step is None or selection_of(step) is None:
        return UNTESTED
    return next(id(c.flow) for c in inbound.contributions if c.step is step)


class Recorder(Engine):
    """An engine that keeps what became of an object under each reading that was tried."""

    def __init__(self, rules: RuleSet, settings: Settings) -> None:
        super().__init__(rules, settings)
        self.settled: list[tuple[Readings, Outcome]] = []

    def settle(
        self,
        subject: ConnectorObject,
        linked: Link,
        members: list[ConnectorObject],
        readings: Readings,
    ) -> tuple[Outcome, set[str]]:
        """As the engine does it, and kept."""
        outcome, used = super().settle(subject, linked, members, readings)
        self.settled.append((readings, outcome))
        return outcome, used

    def alone(self, subject: ConnectorObject) -> Outcome:
        """The outcome of *subject*, which meets no other object."""
        self.settled = []
        return next(self.run([subject]))


def is_shared(engine: Recorder, subject: ConnectorObject, by_value: frozenset[str]) -> bool:
    """Whether every object with the observations of *subject* has its outcome.

    *engine* has just run it. Its inbound side is observed; what outbound flows give for a value
    that was observed by its shape alone must follow from the shape, under every reading tried.
    """
    return all(
        _follows(engine.context(subject, readings), outcome, by_value)
        for readings, outcome in engine.settled
    )


def _follows(inner: Context, outcome: Outcome, by_value: frozenset[str]) -> bool:
    # an error of an outbound flow leaves no metaverse object in the outcome
    winners = outcome.inbound.winners if outcome.inbound is not None else {}
    metaverse = {t: w.value for t, w in winners.items() if w.value is not None}
    seen = {t: Known(v) if t in by_value else shape_of(v) for t, v in metaverse.items()}
    return all(
        not _unites(done)
        and all(_uniform(rule, seen, metaverse, inner) for rule in done.joining.rules)
        for done in outcome.outbound
    )


def _unites(done: Pass) -> bool:
    """Whether values of several rules are united into a single one: then equal ones count once."""
    targets = [f.target for r in done.joining.rules for f in r.flows if f.merge in _UNITED]
    entra = standard_schema("entra")
    return any(
        targets.count(t) > 1 and not ((known := entra.get(t)) and known.multi) for t in targets
    )


def _uniform(
    rule: SyncRule, seen: Mapping[str, Seen], metaverse: Mapping[str, Value], inner: Context
) -> bool:
    """Whether the shapes *seen* tell what each flow of the outbound *rule* gives."""
    schema = standard_schema("entra")
    context = Context(inner.now, metaverse, None, inner.parameters, inner.readings)
    for flow in rule.flows:
        target = schema.get(flow.target)
        try:
            match flow.type:
                case FlowType.DIRECT:
                    given = seen.get(flow.sources[0], Known(None))
                    delivered(given, target, context, limit=False)
                case FlowType.EXPRESSION:
                    assert flow.node is not None
                    delivered(abstract(flow.node, seen, context), target, context, limit=False)
        except ObjectError:
            continue  # of values that all have
        except Unclear:
            return False
    return True
