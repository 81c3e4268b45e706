"""What both passes made of an object, given its name: the outcome, its reason, its warnings."""

from collections.abc import Mapping

from simulator.language.context import Context
from simulator.objects import ConnectorObject
from simulator.rule import LinkType
from simulator.sync import reason as reasons
from simulator.sync.outcome import Disposition, FlowError, Outcome, Pass, Reason, Scoping
from simulator.sync.warnings import findings, service_account
from simulator.values import NOT_CARRIED, Value

FILTER = "cloudFiltered"


def situation(
    subject: ConnectorObject,
    inbound: Pass,
    outbound: tuple[Pass, ...],
    metaverse: Mapping[str, Value],
    rivals: tuple[str, ...],
    context: Context,
    every: bool,
    tested: bool,
) -> Outcome:
    """The outcome of an object that reached the metaverse, which *rivals* want to join too.

    Without *every*, certificates that no rule went through are not read. *tested* tells whether an
    outbound rule tests cloudFiltered; else it decides nothing.
    """
    winner = inbound.winners.get(FILTER)
    step = reasons.contribution_step(winner, inbound, FILTER)
    verdicts = reasons.certificate_verdicts(subject, step, context.now, every)
    exporting = next((p.joining.by for p in outbound if p.joining.provisioned), None)
    if exporting is not None:
        disposition = Disposition.SYNCS
        overruled = any(c.flow.target == FILTER and c.value is True for c in inbound.contributions)
        reason = (
            reasons.exported(winner, step, exporting.name, overruled)
            if tested
            else Reason("not-filtered", "no outbound rule tests cloudFiltered", exporting.name)
        )
    elif tested and metaverse.get(FILTER) is True and winner is not None:
        disposition = Disposition.FILTERED
        reason = reasons.filtered(winner, step, verdicts)
    else:
        disposition = Disposition.NOT_EXPORTED
        reason = _not_exported(outbound, inbound.joining.target_type)
    return Outcome(
        subject,
        disposition,
        reason,
        inbound=inbound,
        outbound=outbound,
        certificates=verdicts,
        findings=findings(subject, disposition, rivals, context),
        metaverse=metaverse,
    )


def failed(
    subject: ConnectorObject,
    inbound: Pass | None,
    outbound: tuple[Pass, ...],
    error: FlowError,
    context: Context,
    every: bool = True,
) -> Outcome:
    """The outcome of an object whose scope, join or flow fails: it keeps its present state.

    Where only the file leaves a value out nothing is wrong with the object: it is UNCERTAIN.
    Without *every* its certificates are not read.
    """
    unknown = error.kind == NOT_CARRIED
    text = f"{error.kind}: {error.message}; the object keeps its present state"
    reason = Reason(
        NOT_CARRIED if unknown else "error",
        error.message if unknown else text,
        error.rule.name if error.rule else "",
        error.attribute,
    )
    verdicts = reasons.certificate_verdicts(subject, None, context.now, every)
    return Outcome(
        subject,
        Disposition.UNCERTAIN if unknown else Disposition.ERROR,
        reason,
        inbound=inbound,
        outbound=outbound,
        certificates=verdicts,
        findings=(error.diagnostic,),
    )


def unlinked(subject: ConnectorObject, inbound: Pass) -> Outcome:
    """The outcome of an object that no rule brings into the metaverse."""
    return Outcome(
        subject,
        Disposition.NO_RULE,
        _no_rule(inbound, subject),
        inbound=inbound,
        findings=service_account(subject),
    )


def not_imported(subject: ConnectorObject, reason: Reason) -> Outcome:
    """The outcome of an object that does not enter the connector space."""
    return Outcome(subject, Disposition.NOT_IN_SCOPE, reason, findings=service_account(subject))


def _no_rule(inbound: Pass, subject: ConnectorObject) -> Reason:
    if not inbound.scopings:
        return Reason(
            "no-rule-for-type", f"no enabled inbound rule takes objects of type {subject.type}"
        )
    outside = [s for s in inbound.scopings if not s.applies]
    if len(outside) == len(inbound.scopings):
        first = outside[0]
        clause = str(first.failed.condition) if first.failed else ""
        return Reason(
            "inbound-scope", f"outside the scope of {first.rule.name}", first.rule.name, "", clause
        )
    by = inbound.joining.by
    if by is not None and inbound.joining.provisioned:
        names = ", ".join(dict.fromkeys(c.source for group in by.join for c in group))
        text = f"{by.name} makes no object without a value to join by: {names}"
        return Reason("no-join-value", text, by.name)
    if by is not None:
        return Reason("not-linked", f"{by.name} finds not exactly one object to join", by.name)
    return Reason("not-linked", "no rule in scope joins or provisions it")


def _missing(scoping: Scoping) -> int:
    """How many clauses fail in the group that comes nearest to taking the object."""
    return min(sum(not r.holds for r in group) for group in scoping.groups)


def _not_exported(outbound: tuple[Pass, ...], type: str) -> Reason:
    if not outbound:
        return Reason(
            "no-outbound-rule", f"no outbound rule to Entra ID takes objects of type {type}"
        )
    outside = [s for p in outbound for s in p.scopings if not s.applies]
    makers = [s for s in outside if s.rule.link_type is LinkType.PROVISION]
    scoping = min(makers or outside, key=_missing, default=None)
    if scoping is None:
        return Reason("not-linked", "no outbound rule in scope provisions it")
    clause = str(scoping.failed.condition) if scoping.failed else ""
    return Reason(
        "outbound-scope",
        f"outside the scope of {scoping.rule.name}: {clause}",
        scoping.rule.name,
        "",
        clause,
    )
