"""The stable code and the sentence that name how an object got its outcome.

The engine knows no attribute by name; this module, which only names situations, does. Codes are
part of the public contract; `README.md` lists them.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from simulator.language.explain import Step, deciding, steps_below, why
from simulator.language.nodes import Attribute, Call, Node, attributes_of, functions_of
from simulator.language.render import render
from simulator.objects import ConnectorObject
from simulator.sync.outcome import CertificateVerdict, Contribution, Pass, Reason, Winner
from simulator.values import FlowLiteral, Unreadable, show, time_text

CERTIFICATES = "userCertificate"
REJECTED = "certificate-rejected"  # its text tells which test fails, of those it has no code for
# the attributes whose values a reason tells
SYSTEM = frozenset({"operatingSystem", "operatingSystemVersion"})

# The test of a certificate that failed: by the functions it calls -> code, what that says.
_FAILED_TEST: tuple[tuple[frozenset[str], str, str], ...] = (
    (frozenset({"IsCert"}), "certificate-unreadable", "not readable as a certificate"),
    (frozenset({"CertNotAfter"}), "certificate-expired", "expired"),
    (frozenset({"CertNotBefore"}), "certificate-not-yet-valid", "not yet valid"),
    (
        frozenset({"CertSubject", "CertSubjectNameDN", "CertNameInfo"}),
        "certificate-names-other-object",
        "its subject does not name this object",
    ),
    (frozenset({"CertIssuer", "CertIssuerDN"}), "certificate-issuer", "from another issuer"),
)

_JUDGED = {
    "certificate-valid": "counts",
    REJECTED: "fails another test of the rule",
    **{code: text for _, code, text in _FAILED_TEST},
}


def filtered(
    winner: Winner, step: Step | None, certificates: tuple[CertificateVerdict, ...]
) -> Reason:
    """Why cloudFiltered is True."""
    contribution = winner.contributions[0]
    rule, attribute = contribution.rule.name, contribution.flow.target
    if step is None:
        return Reason(
            "constant-true", f"{rule} sets {attribute} to True", rule, attribute,
            f"{contribution.flow.type} flow",
        )  # fmt: skip
    decided = deciding(step)
    clause = render(decided.node)
    code, text = condition_reason(decided, certificates)
    return Reason(code, text, rule, attribute, clause)


def condition_reason(step: Step, certificates: tuple[CertificateVerdict, ...]) -> tuple[str, str]:
    """Code and sentence for the condition *step*, which filtered the object."""
    read = attributes_of(step.node)
    if CERTIFICATES in read and functions_of(step.node) & {
        "IsNullOrEmpty",
        "IsNull",
        "IsPresent",
        "IsEmpty",
    }:
        return "no-certificate", "the object has no userCertificate"
    if selection_of(step) is not None:
        return _rejected(certificates)
    if read & SYSTEM:
        values = dict.fromkeys(
            f"{s.node.name} = {show(s.value)}"
            for s in steps_below(why(step))
            if isinstance(s.node, Attribute) and s.node.name in SYSTEM
        )
        return "os-version-excluded", f"the rule excludes this system: {', '.join(values)}"
    if read:
        return "rule-condition", f"the rule's condition on {', '.join(sorted(read))} is true"
    return "rule-always", "the rule filters every object"


def _rejected(certificates: tuple[CertificateVerdict, ...]) -> tuple[str, str]:
    """No certificate counted: the cause that they share, or that there are several."""
    causes = list(dict.fromkeys(c.verdict for c in certificates))
    count = len(certificates)
    if len(causes) == 1:
        return causes[0], _one(certificates[0]) if count == 1 else _all(causes[0], count)
    texts = ", ".join(
        f"{sum(c.verdict == cause for c in certificates)} {_short(cause)}" for cause in causes
    )
    return "no-valid-certificate", f"none of {count} certificates counts: {texts}"


def _one(certificate: CertificateVerdict) -> str:
    match certificate.verdict:
        case "certificate-names-other-object":
            return "the certificate does not name this object"
        case "certificate-expired" | "certificate-rejected":
            return f"the certificate {certificate.text}"
    return f"the certificate is {certificate.text}"


def _all(cause: str, count: int) -> str:
    match cause:
        case "certificate-names-other-object":
            return f"none of {count} certificates names this object"
        case "certificate-expired":
            return f"all {count} certificates have expired"
    return f"none of {count} certificates counts: all are {_short(cause)}"


def _short(code: str) -> str:
    return code.removeprefix("certificate-").replace("-", " ")


def exported(
    winner: Winner | None, step: Step | None, outbound: str, overruled: bool = False
) -> Reason:
    """Why an object that is exported was not filtered; *overruled* tells that others would."""
    if winner is None or (not winner.contributions and step is None):
        return Reason("not-filtered", "no rule filters it", outbound)
    contribution = winner.contributions[0] if winner.contributions else None
    rule = contribution.rule.name if contribution else ""
    attribute = contribution.flow.target if contribution else "cloudFiltered"
    if contribution is not None and contribution.value is FlowLiteral.AUTHORITATIVE_NULL:
        return Reason("released", f"{rule} releases it with AuthoritativeNull", rule, attribute)
    if contribution is not None and contribution.value is False and (step is None or overruled):
        return Reason("released", f"{rule} sets {attribute} to False", rule, attribute)
    if step is None:
        return Reason("not-filtered", "no rule filters it", outbound)
    clause = render(deciding(step).node)
    selection = selection_of(step)
    if selection is not None:
        count = sum(s.value is True for s in selection.steps[1:])
        noun = "a certificate counts" if count == 1 else f"{count} certificates count"
        return Reason("certificate-valid", f"{noun} for this object", rule, attribute, clause)
    if CERTIFICATES not in attributes_of(step.node):
        return Reason("not-filtered", "no rule filters it", rule, attribute, clause)
    return Reason(
        "certificate-not-tested",
        "not filtered, and the validity of no certificate was tested",
        rule,
        attribute,
        clause,
    )


def selection_of(step: Step) -> Step | None:
    """The step of a Where or Select that went through certificates, if one was reached."""
    for each in steps_below(step):
        match each.node:
            case Call(name="Where" | "Select", arguments=(_, collection, _)) if (
                CERTIFICATES in attributes_of(collection) and len(each.steps) > 1
            ):
                return each
    return None


def certificate_verdicts(
    subject: ConnectorObject, step: Step | None, now: datetime, every: bool = True
) -> tuple[CertificateVerdict, ...]:
    """Each value of userCertificate, and how the traced expression *step* judged it.

    Without *every* those of an object whose certificates no rule went through are not read.
    """
    values = subject.attributes.get(CERTIFICATES)
    if values is None or isinstance(values, Unreadable):
        return ()
    selection = selection_of(step) if step is not None else None
    if selection is None and not every:
        return ()
    judged: dict[object, Step] = {}
    if selection is not None and isinstance(selection.steps[0].value, tuple):
        judged = dict(zip(selection.steps[0].value, selection.steps[1:], strict=False))
    data = values if isinstance(values, tuple) else (values,)
    return tuple(_verdict(v, judged.get(v), now) for v in data if isinstance(v, bytes))


def _verdict(value: bytes, step: Step | None, now: datetime) -> CertificateVerdict:
    code, text = _judged(step) if step is not None else ("certificate-not-tested", "")
    return described(facts_of(value), code, text, now)


class Facts(NamedTuple):
    """What a value of userCertificate is, as reports show it; *problem* says why it is none."""

    thumbprint: str = ""
    subject: str = ""
    issuer: str = ""
    not_before: str = ""
    not_after: str = ""
    end: datetime | None = None
    problem: str = ""


def facts_of(value: bytes) -> Facts:
    """What the certificate *value* is, whatever a rule makes of it."""
    from simulator.certificates import CertificateError, read_certificate

    try:
        certificate = read_certificate(value)
    except CertificateError as error:
        return Facts(problem=str(error))
    begin, end = certificate.not_before, certificate.not_after
    return Facts(
        certificate.thumbprint,
        certificate.subject,
        certificate.issuer,
        time_text(begin),
        time_text(end),
        end,
    )


def described(facts: Facts, code: str, text: str, now: datetime) -> CertificateVerdict:
    """A certificate with these *facts*, beside the verdict *code* on it and its *text*.

    An empty text is that of *code*.
    """
    untested = code == "certificate-not-tested"
    text = text or _JUDGED.get(code, "")
    if facts.end is None:
        text = f"not readable as a certificate: {facts.problem}" if untested else text
    elif untested:
        text = f"{'expired; ' if facts.end <= now else ''}the rule did not look at it"
    elif code == "certificate-expired":
        text = f"expired on {facts.not_after}"
    return CertificateVerdict(*facts[:5], code, text)


def _judged(step: Step) -> tuple[str, str]:
    """The code for one value bound by Where: valid, or by the test that failed."""
    if step.value is True:
        return "certificate-valid", _JUDGED["certificate-valid"]
    failed = why(step)
    while failed.steps and failed.steps[-1].value is False and len(failed.steps) == 1:
        failed = failed.steps[0]
    return cause_of(failed.node) or (REJECTED, f"fails {render(failed.node)}")


def cause_of(test: Node) -> tuple[str, str] | None:
    """Code and words for a certificate that fails *test*, by the functions that it calls."""
    called = functions_of(test)
    return next(((code, text) for names, code, text in _FAILED_TEST if called & names), None)


def contribution_step(winner: Winner | None, inbound: Pass | None, attribute: str) -> Step | None:
    """The trace of the flow that decided *attribute*: the winner's, or that of a NULL."""
    if winner is not None and winner.contributions:
        return winner.contributions[0].step
    candidates = list(_traced(inbound, attribute))
    return candidates[0].step if candidates else None


def _traced(inbound: Pass | None, attribute: str) -> Iterator[Contribution]:
    for contribution in inbound.contributions if inbound else ():
        if contribution.flow.target == attribute and contribution.step is not None:
            yield contribution


CODES: Mapping[str, str] = {
    "no-certificate": "userCertificate is empty, and the rule asks for one",
    "os-version-excluded": "the rule excludes this operating system or version",
    "certificate-expired": "every certificate has expired",
    "certificate-not-yet-valid": "every certificate is not yet valid, and the rule tests that",
    "certificate-names-other-object": "no certificate names this object",
    "certificate-unreadable": "no value of userCertificate can be read as a certificate",
    "certificate-issuer": "no certificate is from the issuer that the rule asks for",
    "certificate-rejected": "every certificate fails another test of the rule",
    "no-valid-certificate": "no certificate counts, for different causes",
    "rule-condition": "another condition of the rule is true",
    "rule-always": "the rule filters every object",
    "constant-true": "a constant or direct flow sets cloudFiltered to True",
    "certificate-valid": "not filtered: a certificate counts for this object",
    "certificate-not-tested": "not filtered, and no certificate was tested",
    "not-filtered": "no rule filters the object",
    "released": "a rule of higher precedence gives False or AuthoritativeNull",
    "outbound-scope": "not filtered, but outside the scope of the outbound rules",
    "no-outbound-rule": "no outbound rule to Entra ID takes objects of this type",
    "partition-not-selected": "the object's domain is not selected",
    "ou-excluded": "the object's organizational unit is excluded",
    "object-type-excluded": "objects of this class are not imported",
    "not-in-pilot-group": "the object is no direct member of the pilot group",
    "no-rule-for-type": "no enabled rule takes objects of this type",
    "inbound-scope": "the object is outside the scope of every rule for its type",
    "not-linked": "no rule in scope joins or provisions the object",
    "no-join-value": "a rule would provision the object, but no attribute of its join has a value",
    "assumption": "another reading of a numbered assumption changes the outcome",
    "not-carried": "the file of objects leaves out a value on which the object turns",
    "error": "a scope, join or flow of the object fails",
}
