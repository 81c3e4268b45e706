"""What must become of every computer of the sample fleet, stated without the program.

The rules of computer join in plain Python, over the facts that `fixtures/fleet.py` planted: no
expression, no directory, no certificate is read here, and nothing is imported from `simulator`.
`python tests/fleet_statement.py` writes the result, `fixtures/expected.csv`, for people to review.
"""

import csv
import io
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

FIXTURES = Path(__file__).parent.parent / "fixtures"
sys.path.insert(0, str(FIXTURES))

from fleet import AS_OF, CERTIFICATES, Computer, Planted, fleet  # noqa: E402  # needs the path

# What fixtures/connector.toml keeps out, by place.
OUTSIDE = {
    "quarantine": "ou-excluded",
    "similar-name": "ou-excluded",
    "default-container": "ou-excluded",
    "lab-domain": "partition-not-selected",
    "other-forest": "partition-not-selected",
}

FILTERED_NONE = "FILTERED no-certificate"
FILTERED_VERSION = "FILTERED os-version-excluded"
NOT_TESTED = "SYNCS certificate-not-tested"
VALID = "SYNCS certificate-valid"
NULL_IN_UCASE = "UNCERTAIN assumption A-08"
CLOCKS = "UNCERTAIN assumption A-12"


def cause(certificate: Planted) -> str:
    """Why *certificate* does not count: the first of three tests that fails; empty if it counts.

    When it begins is not among them.
    """
    if not certificate.readable:
        return "certificate-unreadable"
    if not certificate.ends > AS_OF:
        return "certificate-expired"
    if not certificate.names_object:
        return "certificate-names-other-object"
    return ""


def by_certificates(computer: Computer) -> str:
    """The verdict of the clause that counts valid certificates."""
    held = [CERTIFICATES[kind] for kind in computer.certificates]

    # on a server with an offset from UTC the two clocks may differ by that offset.
    clocks = (AS_OF, AS_OF - timedelta(hours=14), AS_OF + timedelta(hours=12))
    answers = {any(c.readable and c.names_object and c.ends > now for c in held) for now in clocks}
    if len(answers) == 2:
        return CLOCKS
    causes = {cause(c) for c in held}
    if "" in causes:
        return VALID
    return "FILTERED " + (causes.pop() if len(causes) == 1 else "no-valid-certificate")


def windows(computer: Computer) -> bool:
    """Whether the name of the system contains Windows, in any case."""
    return "windows" in (computer.operating_system or "").lower()


def version(computer: Computer, beginning: str) -> bool:
    """Whether the version has this *beginning*."""
    return (computer.version or "").startswith(beginning)


def standard_2016(computer: Computer) -> str:
    """No certificate: filtered. Nothing else is asked."""
    return NOT_TESTED if computer.certificates else FILTERED_NONE


def standard_14(computer: Computer) -> str:
    """No certificate, or Windows 6.x: filtered."""
    if not computer.certificates:
        return FILTERED_NONE
    if computer.operating_system is None:
        return NULL_IN_UCASE
    return FILTERED_VERSION if windows(computer) and version(computer, "6.") else NOT_TESTED


def three_clauses(computer: Computer) -> str:
    """As standard-1.4, and Windows 10.x without a valid certificate: filtered."""
    verdict = standard_14(computer)
    if verdict == NOT_TESTED and windows(computer) and version(computer, "10."):
        return by_certificates(computer)
    return verdict


def server_2012_r2(computer: Computer) -> str:
    """The published change: no certificate, Windows 6.0 to 6.2, or 6.3 without a valid one."""
    verdict = standard_14(computer)
    if verdict == FILTERED_VERSION and version(computer, "6.3"):
        return by_certificates(computer)
    return verdict


RULE_SETS: dict[str, Callable[[Computer], str]] = {
    "standard-2016": standard_2016,
    "standard-1.4": standard_14,
    "standard-1.4-three-clauses": three_clauses,
    "standard-1.4 server-2012-r2": server_2012_r2,
}


def verdict(computer: Computer, rule_set: str) -> str:
    """Outcome, reason code and assumptions of *computer*: first whether it is imported at all."""
    if computer.place in OUTSIDE:
        return f"NOT-IN-SCOPE {OUTSIDE[computer.place]}"
    if computer.classes[-1] != "computer":
        return "NOT-IN-SCOPE object-type-excluded"
    return RULE_SETS[rule_set](computer)


def summary(certificates: tuple[str, ...]) -> str:
    """The kinds of *certificates*, equal neighbours counted."""
    said: list[list[object]] = []
    for kind in certificates:
        if said and said[-1][1] == kind:
            said[-1][0] += 1  # type: ignore[operator]  # the count
        else:
            said.append([1, kind])
    return " ".join(f"{count}x {kind}" if count != 1 else f"{kind}" for count, kind in said)


def expected() -> str:
    """The text of fixtures/expected.csv."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    facts = ["name", "object_guid", "operating_system", "operating_system_version", "certificates"]
    writer.writerow([*facts, *RULE_SETS, "because"])
    for computer in fleet():
        writer.writerow(
            [
                computer.name,
                str(computer.guid),
                computer.operating_system or "",
                computer.version or "",
                summary(computer.certificates),
                *(verdict(computer, rule_set) for rule_set in RULE_SETS),
                computer.because,
            ]
        )
    return out.getvalue()


if __name__ == "__main__":
    (FIXTURES / "expected.csv").write_text(expected(), encoding="utf-8", newline="\n")
