"""The sample fleet's files are what their makers make, and hold what was planted.

That the program agrees with `fixtures/expected.csv` is another test's business.
"""

import base64
import csv
import hashlib
import importlib.util
import json
import sys
import tomllib
import uuid
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography import x509

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"


def _module(path: Path) -> ModuleType:
    """A script as a module; scripts in fixtures/ import one another by name."""
    sys.path.insert(0, str(FIXTURES))
    try:
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules.setdefault(path.stem, module)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(FIXTURES))
    return module


make_fleet = _module(FIXTURES / "make_fleet.py")
statement = _module(Path(__file__).parent / "fleet_statement.py")
fleet = sys.modules["fleet"]
certificates = sys.modules["fleet_certificates"]

COMPUTERS = {computer.name: computer for computer in fleet.fleet()}
OBJECTS = [
    json.loads(line)
    for line in (FIXTURES / "fleet.jsonl").read_text(encoding="utf-8").splitlines()[1:]
]
with (FIXTURES / "expected.csv").open(encoding="utf-8", newline="") as file:
    EXPECTED = {row["name"]: row for row in csv.DictReader(file)}


# --- the files are what their makers make ---


@pytest.mark.parametrize(("name", "content"), make_fleet.made().items(), ids=make_fleet.made())
def test_committed_fleet_is_what_the_generator_makes(name: str, content: bytes) -> None:
    assert (FIXTURES / name).read_bytes() == content, "run python fixtures/make_fleet.py"


def test_committed_expectation_is_what_the_statement_says() -> None:
    committed = (FIXTURES / "expected.csv").read_bytes()
    assert committed == statement.expected().encode(), "run python tests/fleet_statement.py"


def test_every_computer_is_in_every_file_once() -> None:
    names = [one["attributes"]["cn"] for one in OBJECTS]
    guids = [one["attributes"]["objectGUID"]["guid"] for one in OBJECTS]
    accounts = [one["attributes"]["sAMAccountName"] for one in OBJECTS]
    assert names == list(COMPUTERS) == list(EXPECTED)
    assert len(names) == len(set(guids)) == len(set(accounts))
    assert guids == [row["object_guid"] for row in EXPECTED.values()]
    ldif = (FIXTURES / "fleet.ldif").read_text(encoding="ascii")
    assert ldif.count("\ndn:") == len(names)


def test_head_is_the_as_of_time() -> None:
    head = json.loads((FIXTURES / "fleet.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert head["snapshot"]["captured_at"] == "2026-01-01T00:00:00Z"


# --- the certificates are real ---


def _loaded(value: bytes, form: str) -> x509.Certificate:
    """The certificate in *value*, with its wrapping taken off by hand."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a negative serial number is planted on purpose
        if form == "pem":
            return x509.load_pem_x509_certificate(value)
        if form == "base64":
            value = base64.b64decode(value)
        if form == "trailing":
            value = value[:-16]
        return x509.load_der_x509_certificate(value)


def _values() -> list[tuple[str, str, bytes]]:
    return [
        (one["attributes"]["cn"], kind, base64.b64decode(value["base64"]))
        for one in OBJECTS
        for kind, value in zip(
            COMPUTERS[one["attributes"]["cn"]].certificates,
            one["attributes"].get("userCertificate", []),
            strict=True,
        )
    ]


def test_each_value_holds_what_was_planted() -> None:
    authority = x509.load_der_x509_certificate(
        certificates.certificate(
            certificates.AUTHORITY, fleet.AS_OF, fleet.FOREVER, seed="authority", issued=True
        )
    ).issuer
    for name, kind, value in _values():
        planted = fleet.CERTIFICATES[kind]
        if not planted.readable:
            with pytest.raises(ValueError):
                _loaded(value, "der")
            continue
        loaded = _loaded(value, planted.form)
        assert loaded.not_valid_after_utc == planted.ends, (name, kind)
        assert loaded.not_valid_before_utc == planted.begins, (name, kind)
        assert loaded.not_valid_before_utc < loaded.not_valid_after_utc
        assert (loaded.issuer == authority) is planted.issued
        assert (loaded.issuer == loaded.subject) is not planted.issued
        subject = ", ".join(str(part.value) for rdn in loaded.subject.rdns for part in rdn)
        assert (str(COMPUTERS[name].guid) in subject.lower()) is (
            planted.names_object or kind == "prefix"
        ), (name, kind, subject)


def test_each_signature_verifies() -> None:
    authority = _public_key("authority")
    verified = 0
    for _, kind, value in _values():
        planted = fleet.CERTIFICATES[kind]
        if planted.readable:
            loaded = _loaded(value, planted.form)
            _verify(loaded, authority if planted.issued else loaded.public_key())
            verified += 1
    assert verified > 300


def _public_key(label: str) -> object:
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    return load_der_public_key(certificates.key(label).public)


def _verify(loaded: x509.Certificate, key: object) -> None:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    assert isinstance(key, RSAPublicKey)
    assert loaded.signature_hash_algorithm is not None
    key.verify(
        loaded.signature,
        loaded.tbs_certificate_bytes,
        PKCS1v15(),
        loaded.signature_hash_algorithm,
    )


def test_identifier_in_the_wrong_byte_order_is_planted_as_such() -> None:
    for name, kind, value in _values():
        if kind == "big-endian":
            guid = COMPUTERS[name].guid
            common_name = _loaded(value, "der").subject.rdns[0].rfc4514_string()
            assert common_name == f"CN={uuid.UUID(bytes=guid.bytes_le)}" != f"CN={guid}"


# --- the fleet covers the table ---

# What each rule does with each system, as published or reconstructed: none, other, valid; F is
# filtered, S is not. "other": certificates that are expired, unreadable or name something else.
#       V1     V2a    V3     V2b
TABLE = {
    "5.x": "F S S | F S S | F S S | F S S",
    "6.0": "F S S | F F F | F F F | F F F",
    "6.1": "F S S | F F F | F F F | F F F",
    "6.2": "F S S | F F F | F F F | F F F",
    "6.3": "F S S | F F F | F F S | F F F",
    "10.0": "F S S | F S S | F S S | F F S",
    "not Windows": "F S S | F S S | F S S | F S S",
    "system empty, version 6.x": "F S S | F S S | F S S | F S S",
    "Windows, version empty": "F S S | F S S | F S S | F S S",
}
COLUMNS = (
    "standard-2016",
    "standard-1.4",
    "standard-1.4 server-2012-r2",
    "standard-1.4-three-clauses",
)
SYSTEMS = {
    "5.x": {"XP", "SRV2003"},
    "6.0": {"VISTA", "SRV2008"},
    "6.1": {"W7", "SRV2008R2"},
    "6.2": {"W8", "SRV2012"},
    "6.3": {"W81", "SRV2012R2"},
    "10.0": {"W10", "W11", "SRV2016", "SRV2019", "SRV2022", "SRV2025"},
    "not Windows": {"MACOS10", "MACOS14", "LINUX", "APPLIANCE"},
    "system empty, version 6.x": {"NO-OS-V63"},
    "Windows, version empty": {"WINDOWS-NO-VERSION"},
}
STATES = {
    "none": {"NO-CERT"},
    "other": {
        "EXPIRED",
        "OTHER-OBJECT",
        "ENTERPRISE-CA",
        "UNREADABLE",
        "MIXED-NONE-VALID",
        "BIG-ENDIAN",
    },
    "valid": {
        "VALID",
        "NOT-YET-VALID",
        "MIXED-WITH-VALID",
        "BRACES",
        "UPPER-CASE",
        "BRACES-UPPER",
    },
}


def test_every_row_has_every_state() -> None:
    wanted = {
        f"{system}-{state}"
        for systems in SYSTEMS.values()
        for system in systems
        for states in STATES.values()
        for state in states
    }
    assert {name for name, computer in COMPUTERS.items() if computer.row} == wanted


@pytest.mark.parametrize("column", range(4), ids=COLUMNS)
@pytest.mark.parametrize("row", TABLE)
def test_expectation_agrees_with_the_table(row: str, column: int) -> None:
    cells = TABLE[row].split(" | ")[column].split()
    for cell, states in zip(cells, STATES.values(), strict=True):
        for system in SYSTEMS[row]:
            for state in states:
                outcome = EXPECTED[f"{system}-{state}"][COLUMNS[column]].split()
                if outcome[0] == "UNCERTAIN":
                    # The table assumes that UCase of an absent attribute is no error.
                    assert row == "system empty, version 6.x" and outcome[-1] == "A-08"
                    assert cell == "S"
                else:
                    assert outcome[0] == {"F": "FILTERED", "S": "SYNCS"}[cell], (system, state)


def test_every_trap_says_why() -> None:
    for computer in COMPUTERS.values():
        assert bool(computer.because) is not bool(computer.row), computer.name


@pytest.mark.parametrize("computer", fleet.TRAPS, ids=lambda computer: computer.name)
def test_readme_tells_every_trap(computer: Any) -> None:
    row = EXPECTED[computer.name]
    cells = (f"`{computer.name}`", computer.because, row[COLUMNS[2]], row[COLUMNS[3]])
    assert f"| {' | '.join(cells)} |" in (FIXTURES / "README.md").read_text(encoding="utf-8")


def test_all_outcomes_and_reasons_that_can_be_planted_occur() -> None:
    said = {row[column] for row in EXPECTED.values() for column in COLUMNS}
    assert said == {
        "FILTERED no-certificate",
        "FILTERED os-version-excluded",
        "FILTERED certificate-expired",
        "FILTERED certificate-names-other-object",
        "FILTERED certificate-unreadable",
        "FILTERED no-valid-certificate",
        "SYNCS certificate-valid",
        "SYNCS certificate-not-tested",
        "NOT-IN-SCOPE ou-excluded",
        "NOT-IN-SCOPE object-type-excluded",
        "NOT-IN-SCOPE partition-not-selected",
        "UNCERTAIN assumption A-08",
        "UNCERTAIN assumption A-12",
    }


def test_connector_names_the_same_directory_as_the_rules() -> None:
    fleet_connector = tomllib.loads((FIXTURES / "connector.toml").read_text(encoding="utf-8"))
    identity = {key: fleet_connector["connector"][0][key] for key in ("id", "name", "kind")}
    for path in (ROOT / "rules").glob("*/connectors.toml"):
        assert identity in tomllib.loads(path.read_text(encoding="utf-8"))["connector"]


def test_published_expression_is_verbatim() -> None:
    """Four of its lines end with a blank, which an editor would take away."""
    path = ROOT / "rules" / "server-2012-r2" / "computer-join.toml"
    (flow,) = tomllib.loads(path.read_text(encoding="utf-8"))["flow"]
    digest = hashlib.sha256(flow["expression"].encode()).hexdigest()
    assert digest == "bd69d0e2eadb5e55d9128985cbade386f9c4433de6f8838e3be76a7e2e0b7894"
