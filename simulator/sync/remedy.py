"""What would have to be different for an object to sync: from its reason, no more than that says.

A condition told here is necessary, not sufficient: once it is met another clause may decide.
"""

from datetime import datetime

from simulator.errors import Severity
from simulator.sync.outcome import Disposition, Outcome
from simulator.values import time_text

_FIRST = {
    "partition-not-selected": "its domain must be selected in the connector",
    "ou-excluded": "it must be in an included organizational unit",
    "not-in-pilot-group": "it must be a direct member of the pilot group",
    "no-outbound-rule": "an outbound rule to Entra ID must take objects of its type",
    "not-linked": "a rule in scope must provision it, or find exactly one object to join",
    "no-join-value": "one of the attributes that the rule joins by must have a value",
}
_CERTIFICATE = frozenset(
    {
        "certificate-expired",
        "certificate-not-yet-valid",
        "certificate-names-other-object",
        "certificate-unreadable",
        "certificate-issuer",
        "certificate-rejected",
        "no-valid-certificate",
    }
)
_CONSTANT = frozenset({"constant-true", "rule-always"})


def remedy(outcome: Outcome, now: datetime) -> str:
    """What *outcome* lacks to be SYNCS; empty if it is, "not known" where it cannot be told."""
    reason, subject = outcome.reason, outcome.subject
    if outcome.disposition is Disposition.SYNCS:
        return ""
    if reason.code in _FIRST:
        return _FIRST[reason.code]
    if reason.code == "object-type-excluded":
        return f"objects of type {subject.type} must be selected in the connector"
    if reason.code == "no-rule-for-type":
        return f"an enabled inbound rule must take objects of type {subject.type}"
    if reason.code == "no-certificate":
        return "userCertificate must have a value; the computer writes it itself to register"
    if reason.code in _CERTIFICATE:
        return (
            f"it needs a certificate that is valid after {time_text(now)} and whose subject names "
            f"CN={subject.guid or 'its objectGUID'}, as the rule tests it"
        )
    if reason.code == "os-version-excluded":
        return f"this must not be true, and no certificate changes it: {reason.clause}"
    if reason.code == "rule-condition":
        return f"this must not be true: {reason.clause}"
    if reason.code in _CONSTANT:
        return (
            f"{reason.rule} must not take it, or a rule of higher precedence must give "
            "AuthoritativeNull or False"
        )
    if reason.code in ("outbound-scope", "inbound-scope") and reason.clause:
        return f"this must hold: {reason.clause} ({reason.rule})"
    return _unknown(outcome)


def _unknown(outcome: Outcome) -> str:
    errors = [f for f in outcome.findings if f.severity is Severity.ERROR]
    if outcome.disposition is Disposition.ERROR:
        help = f": {errors[0].help}" if errors and errors[0].help else ""
        return f"not known: the error must go first{help}"
    if outcome.disposition is Disposition.UNCERTAIN:
        ids = ", ".join(dict.fromkeys(r.assumption for r in outcome.readings))
        return f"not known: it depends on {ids}"
    return "not known"
