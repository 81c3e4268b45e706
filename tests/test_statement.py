"""The computer rules stated a second time, in plain Python, against the engine over 10,000 computers.

The statement reads facts, not attributes: which kinds of certificates a computer was given, its system
and version. It shares no code with the engine, nor with the statement of the sample fleet.
"""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from simulator import load_rules
from simulator.objects import ConnectorObject
from simulator.sync.engine import Settings, simulate

NOW = datetime(2026, 1, 1, tzinfo=UTC)
COMPUTERS, TOGETHER = 10_000, 250
KEY = ec.generate_private_key(ec.SECP256R1())
SYSTEMS = (
    None,
    "Windows 10 Pro",
    "Windows Server 2012 R2 Standard",
    "windows server 2012",
    "Samba",
)
VERSIONS = (
    None, "6.3 (9600)", "6.2 (9200)", "6.1 (7601)", "6", "10.0 (14393)", "10.0 (20348)", "10", "4.9",
)  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """A computer as it was generated."""

    guid: uuid.UUID
    system: str | None
    version: str | None
    certificates: tuple[str, ...]


# Kind of certificate -> subject, days from the beginning and to the end, whether it counts.
KINDS: dict[str, tuple[str, int, int, bool]] = {
    "plain": ("{guid}", -100, 100, True),
    "braced": ("{{{guid}}}", -100, 100, True),
    "not yet valid": ("{guid}", 10, 100, True),
    "with more behind": ("{guid}-old", -100, 100, True),
    "expired": ("{guid}", -100, -2, False),
    "of another": ("00000000-1111-4222-8333-444444444444", -100, 100, False),
}


@cache
def certificate(kind: str, guid: uuid.UUID) -> bytes:
    if kind == "no certificate at all":
        return b"no certificate at all"
    subject, begins, ends, _ = KINDS[kind]
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject.format(guid=guid))])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(NOW + timedelta(days=begins))
        .not_valid_after(NOW + timedelta(days=ends))
        .sign(KEY, hashes.SHA256())
    )
    return built.public_bytes(serialization.Encoding.DER)


def generated(seed: int) -> list[Facts]:
    """Computers of one run; every run uses the same GUIDs, so that certificates are reused."""
    chance = random.Random(seed)
    kinds = (*KINDS, "no certificate at all")
    return [
        Facts(
            uuid.UUID(int=number + 1),
            chance.choice(SYSTEMS),
            chance.choice(VERSIONS),
            tuple(chance.sample(kinds, chance.choice((0, 1, 1, 1, 2, 3)))),
        )
        for number in range(TOGETHER)
    ]


def entry(facts: Facts) -> ConnectorObject:
    name = f"PC{facts.guid.int}"
    attributes = {
        "cn": name,
        "objectGUID": facts.guid.bytes_le,
        "userAccountControl": 4096,
        "operatingSystem": facts.system,
        "operatingSystemVersion": facts.version,
        "userCertificate": tuple(certificate(k, facts.guid) for k in facts.certificates) or None,
    }
    return ConnectorObject(
        f"CN={name},DC=contoso,DC=com",
        "computer",
        {name: value for name, value in attributes.items() if value is not None},
        ("top", "computer"),
    )


# -- the statement ---------------------------------------------------------------------------------

NONE, VERSION, INVALID = "no certificate", "version", "no valid certificate"


def valid(facts: Facts) -> bool:
    return any(KINDS[kind][3] for kind in facts.certificates if kind in KINDS)


def windows(facts: Facts) -> bool:
    return facts.system is not None and "WINDOWS" in facts.system.upper()


def begins(facts: Facts, text: str) -> bool:
    return facts.version is not None and facts.version[: len(text)] == text


def standard_2016(facts: Facts) -> str | None:
    return None if facts.certificates else NONE


def standard_14(facts: Facts) -> str | None:
    if not facts.certificates:
        return NONE
    return VERSION if windows(facts) and begins(facts, "6.") else None


def three_clauses(facts: Facts) -> str | None:
    why = standard_14(facts)
    if why is None and windows(facts) and begins(facts, "10.") and not valid(facts):
        return INVALID
    return why


def published(facts: Facts) -> str | None:
    if not facts.certificates:
        return NONE
    if not windows(facts) or not begins(facts, "6."):
        return None
    if begins(facts, "6.3"):
        return None if valid(facts) else INVALID
    return VERSION


RULES: dict[str, Callable[[Facts], str | None]] = {
    "standard-2016": standard_2016,
    "standard-1.4": standard_14,
    "standard-1.4-three-clauses": three_clauses,
    "standard-1.4 server-2012-r2": published,
}


def expected(facts: Facts, rule_set: str) -> tuple[str, str | None]:
    """The outcome, and the clause that filters."""
    if rule_set != "standard-2016" and facts.certificates and facts.system is None:
        return "UNCERTAIN", None  # upper case of nothing: A-08
    why = RULES[rule_set](facts)
    return ("FILTERED", why) if why else ("SYNCS", None)


CLAUSES = {"no-certificate": NONE, "os-version-excluded": VERSION}


@pytest.mark.parametrize("rule_set", RULES)
def test_the_engine_agrees_over_ten_thousand_computers(rule_set: str) -> None:
    rules, settings = load_rules(*rule_set.split()), Settings(NOW)
    for seed in range(COMPUTERS // TOGETHER):
        computers = generated(seed)
        facts_of = {f"PC{facts.guid.int}": facts for facts in computers}
        for outcome in simulate([entry(facts) for facts in computers], rules, settings):
            facts = facts_of.pop(outcome.subject.name)
            filtered = outcome.disposition == "FILTERED"
            clause = CLAUSES.get(outcome.reason.code, INVALID) if filtered else None
            assert (outcome.disposition, clause) == expected(facts, rule_set), facts
        assert not facts_of
