"""What both passes made of an object, given its name: the outcome, its reason, its warnings."""

from collections.abc import Mapping

from simulator.errors import Diagnostic, Severity, Source
from simulator.language.context import Context
from simulator.objects import ConnectorObject
from simulator.sync import reason as reasons
from simulator.sync.outcome import Disposition, FlowError, Outcome, Pass, Reason
from simulator.values import Value

FILTER = "cloudFiltered"
MAXIMUM_CERTIFICATES = 15  # of a device in Entra ID; more are a LargeObject export error (LO)


def situation(
    subject: ConnectorObject,
    inbound: Pass,
    outbound: tuple[Pass, ...],
    metaverse: Mapping[str, Value],
    context: Context,
) -> Outcome:
    """The outcome of an object that reached the metaverse."""
    winner = inbound.winners.get(FILTER)
    step = reasons.contribution_step(winner, inbound, FILTER)
    verdicts = reasons.certificate_verdicts(subject, step, context.now)
    exporting = next((p.joining.by for p in outbound if p.joining.provisioned), None)
    if exporting is not None:
        disposition = Disposition.SYNCS
        reason = reasons.exported(winner, step, exporting.name)
    elif metaverse.get(FILTER) is True and winner is not None:
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
        findings=_findings(subject, disposition, context),
        metaverse=metaverse,
    )


def failed(
    subject: ConnectorObject,
    inbound: Pass | None,
    outbound: tuple[Pass, ...],
    error: FlowError,
    context: Context,
) -> Outcome:
    """The outcome of an object whose scope, join or flow fails: it keeps its present state."""
    reason = Reason(
        "error",
        f"{error.kind}: {error.message}; the object keeps its present state",
        error.rule.name if error.rule else "",
        error.attribute,
    )
    verdicts = reasons.certificate_verdicts(subject, None, context.now)
    return Outcome(
        subject,
        Disposition.ERROR,
        reason,
        inbound=inbound,
        outbound=outbound,
        certificates=verdicts,
        findings=(error.diagnostic,),
    )


def unlinked(subject: ConnectorObject, inbound: Pass) -> Outcome:
    """The outcome of an object that no rule brings into the metaverse."""
    return Outcome(subject, Disposition.NO_RULE, _no_rule(inbound, subject), inbound=inbound)


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
    return Reason("not-linked", "no rule in scope joins or provisions it")


def _not_exported(outbound: tuple[Pass, ...], type: str) -> Reason:
    if not outbound:
        return Reason(
            "no-outbound-rule", f"no outbound rule to Entra ID takes objects of type {type}"
        )
    scoping = next((s for p in outbound for s in p.scopings if not s.applies), None)
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


def _findings(
    subject: ConnectorObject, disposition: Disposition, context: Context
) -> tuple[Diagnostic, ...]:
    """What an administrator should know about an object beside its outcome."""
    place = Source(subject.dn, "")
    found = []
    if disposition is Disposition.SYNCS:
        values = subject.attributes.get(reasons.CERTIFICATES)
        if isinstance(values, tuple) and len(values) > MAXIMUM_CERTIFICATES:
            message = (
                f"{len(values)} values of userCertificate, but Entra ID takes "
                f"{MAXIMUM_CERTIFICATES}: the export would fail (LargeObject)"
            )
            found.append(_warning("too-many-certificates", message, place))
        if subject.attributes.get("isCriticalSystemObject") is True:
            message = "a domain controller would synchronize"
            found.append(_warning("domain-controller", message, place))
    return (
        *found,
        *(
            Diagnostic(code, message, place, severity=Severity.NOTE)
            for code, message in context.notes.items()
        ),
    )


def _warning(code: str, message: str, place: Source) -> Diagnostic:
    return Diagnostic(code, message, place, severity=Severity.WARNING)
