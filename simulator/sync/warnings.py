"""What an administrator should know about an object beside its outcome. Codes are stable."""

from collections.abc import Mapping

from simulator.errors import Diagnostic, Severity, Source
from simulator.language.context import Context
from simulator.objects import ConnectorObject
from simulator.sync.outcome import Disposition
from simulator.sync.reason import CERTIFICATES

CRITICAL = "isCriticalSystemObject"
MAXIMUM_CERTIFICATES = 15  # of a device in Entra ID; more are a LargeObject export error (LO)
SERVICE_ACCOUNTS = frozenset({"msds-groupmanagedserviceaccount", "msds-managedserviceaccount"})

WARNINGS: Mapping[str, str] = {
    "too-many-certificates": "the export of more than 15 values of userCertificate would fail",
    "domain-controller": "a domain controller would synchronize",
    "managed-service-account": "a managed service account is no computer for the rules (A-33)",
    "contested-join": "another object of the same forest wants its metaverse object",
    "same-join-criteria": "several rules in scope have the same join criteria (A-30)",
    "direct-members-only": "a membership was tested, and counts direct members only (A-28)",
}


def findings(
    subject: ConnectorObject, disposition: Disposition, rivals: tuple[str, ...], context: Context
) -> tuple[Diagnostic, ...]:
    """The warnings about *subject*, and what its evaluation noted."""
    found = []
    if disposition is Disposition.SYNCS:
        values = subject.attributes.get(CERTIFICATES)
        if isinstance(values, tuple) and len(values) > MAXIMUM_CERTIFICATES:
            message = (
                f"{len(values)} values of userCertificate, but Entra ID takes "
                f"{MAXIMUM_CERTIFICATES}: the export would fail (LargeObject)"
            )
            found.append(_warning("too-many-certificates", message, subject))
        if subject.attributes.get(CRITICAL) is True and subject.type == "computer":
            message = "a domain controller would synchronize"
            found.append(_warning("domain-controller", message, subject))
    if rivals:
        message = (
            f"{', '.join(rivals)} joins the same metaverse object: which of them is linked "
            "depends on the order in which they are processed"
        )
        found.append(_warning("contested-join", message, subject))
    return (
        *found,
        *service_account(subject),
        *(
            Diagnostic(
                code,
                message,
                Source(subject.dn, ""),
                severity=Severity.WARNING if code in WARNINGS else Severity.NOTE,
            )
            for code, message in context.notes.items()
        ),
    )


def service_account(subject: ConnectorObject) -> tuple[Diagnostic, ...]:
    """The remark that a managed service account is no computer, though derived from it."""
    if subject.type.casefold() not in SERVICE_ACCOUNTS:
        return ()
    message = f"`{subject.type}` derives from computer, but is a type of its own (A-33)"
    note = Diagnostic(
        "managed-service-account", message, Source(subject.dn, ""), severity=Severity.NOTE
    )
    return (note,)


def _warning(code: str, message: str, subject: ConnectorObject) -> Diagnostic:
    return Diagnostic(code, message, Source(subject.dn, ""), severity=Severity.WARNING)
