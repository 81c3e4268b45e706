"""Certificates against the answers of .NET (`golden/x509.json`), and the functions on them."""

import base64
import json
import random
import subprocess
import sys
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from cryptography.x509 import load_der_x509_certificate

from simulator.certificates import (
    NAME_TYPES,
    Certificate,
    CertificateError,
    loads,
    name_info,
    read_certificate,
)
from simulator.certificates.layout import lenient_layout
from simulator.certificates.strict import strict_layout
from simulator.errors import ObjectError
from simulator.language.context import Context
from simulator.language.evaluate import evaluate

GOLDEN = json.loads((Path(__file__).parent / "golden" / "x509.json").read_text(encoding="utf-8"))
CASES = GOLDEN["cases"]
BY_ID = {case["id"]: case for case in CASES}
NOW = datetime(2025, 6, 1, tzinfo=UTC)

MEMBERS = {
    "Subject": lambda c: c.subject,
    "SubjectName.Name": lambda c: c.subject,
    "Issuer": lambda c: c.issuer,
    "IssuerName.Name": lambda c: c.issuer,
    "Thumbprint": lambda c: c.thumbprint,
    "GetCertHashString": lambda c: c.thumbprint,
    "SerialNumber": lambda c: c.serial,
    "GetSerialNumberString": lambda c: c.serial,
    "Version": lambda c: c.version,
    "GetKeyAlgorithm": lambda c: c.key_algorithm,
    "GetKeyAlgorithmParametersString": lambda c: c.key_parameters,
    "SignatureAlgorithm.Value": lambda c: c.signature_algorithm,
    "PublicKey.Oid.Value": lambda c: c.key_algorithm,
    "PublicKey.EncodedParameters.Oid.Value": lambda c: c.key_algorithm,
    "FriendlyName": lambda c: c.friendly_name,
    "CriticalExtensionOids": lambda c: [t for t, critical, _ in c.extensions() if critical],
    "Extensions": lambda c: [
        {"oid": t, "critical": critical} for t, critical, _ in c.extensions()
    ],
    "RawData.Length": lambda c: len(c.encoded),
}
for each in NAME_TYPES:
    for of_issuer in (False, True):
        MEMBERS[f"GetNameInfo({each},{str(of_issuer).lower()})"] = (
            lambda c, name_type=each, issuer=of_issuer: name_info(c, name_type, issuer)
        )


def value_of(case: dict[str, Any]) -> bytes:
    return base64.b64decode(case["data"])


def answers(case: dict[str, Any]) -> dict[str, Any]:
    """The members whose answer is known well enough to be tested."""
    confidence = case.get("field_confidence") or {}
    fields = case["expected"].get("fields") or {}
    return {k: v for k, v in fields.items() if confidence.get(k) != "low"}


@pytest.mark.parametrize(
    "case", [c for c in CASES if c["confidence"] != "low"], ids=lambda c: c["id"]
)
def test_what_loads(case: dict[str, Any]):
    assert loads(value_of(case)) is (case["expected"]["load"] == "ok"), case["desc"]


@pytest.mark.parametrize("case", [c for c in CASES if answers(c)], ids=lambda c: c["id"])
def test_members(case: dict[str, Any]):
    certificate = read_certificate(value_of(case))
    wanted = {k: v for k, v in answers(case).items() if k in MEMBERS}
    assert {k: MEMBERS[k](certificate) for k in wanted} == wanted


@pytest.mark.parametrize("case", [c for c in CASES if answers(c)], ids=lambda c: c["id"])
def test_dates(case: dict[str, Any]):
    certificate = read_certificate(value_of(case))
    zone = ZoneInfo(case["tz"])
    for member, moment in (
        ("NotBefore", certificate.not_before),
        ("NotAfter", certificate.not_after),
    ):
        for name, digits in (
            (f"{member}Utc", moment),
            (member, moment.astimezone(zone)),
        ):
            if name in answers(case):
                wanted = datetime.fromisoformat(answers(case)[name]["iso"])
                assert digits.replace(tzinfo=None) == wanted, name


STRICT = [c for c in CASES if strict_layout(value_of(c)) is not None]


def test_most_cases_are_read_strictly():
    assert len(STRICT) > 90


@pytest.mark.parametrize("case", STRICT, ids=lambda c: c["id"])
def test_both_readers_agree(case: dict[str, Any]):
    value = value_of(case)
    if case["expected"]["load"] == "error":  # a date before 1601
        with pytest.raises(CertificateError):
            lenient_layout(value)
        return
    certificate = read_certificate(value)
    layout, whole = lenient_layout(value)
    assert layout == certificate.layout
    assert whole.end == len(value)
    again = Certificate(value, layout, "read leniently")
    for fact in ("subject", "issuer", "not_before", "not_after"):
        assert getattr(again, fact) == getattr(certificate, fact)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about serial numbers
        reference = load_der_x509_certificate(value)
        serial_number = reference.serial_number
    assert certificate.not_after == reference.not_valid_after_utc
    assert certificate.not_before == reference.not_valid_before_utc
    serial = int.from_bytes(bytes.fromhex(certificate.serial), signed=True)
    assert serial == serial_number


def test_no_bytes_load_but_have_no_members():
    assert loads(b"")
    with pytest.raises(CertificateError):
        read_certificate(b"")


def test_broken_bytes_raise_nothing_else():
    chance = random.Random(7)
    for case in CASES[:60]:
        value = bytearray(value_of(case))
        for _ in range(20):
            broken = bytearray(value)
            at = chance.randrange(min(len(broken), 250))
            match chance.randrange(3):
                case 0:
                    broken[at] = chance.randrange(256)
                case 1:
                    del broken[at : at + chance.randrange(1, 4)]
                case 2:
                    broken.insert(at, chance.randrange(256))
            try:
                certificate = read_certificate(bytes(broken))
            except CertificateError:
                continue
            for name_type in NAME_TYPES:
                assert isinstance(name_info(certificate, name_type, False), str)
            for member in MEMBERS.values():
                member(certificate)
            assert certificate.not_before.tzinfo is certificate.not_after.tzinfo


# What only Windows reads, and what is said about it.
REMARKS = [
    ("xc001", ""),
    ("xc020", "it is not encoded as the standard demands"),
    ("xc160", ""),
    ("xc226", "bytes follow after its end"),
    ("xc231", "it is PEM text"),
    ("xc246", "it is Base64 text"),
    ("xc261", "it is inside PKCS#7 signed data"),
    ("xc262", "it is inside a PKCS#12 container"),
    ("xc276", "it is in the form of a certificate store"),
]


@pytest.mark.parametrize(("id", "remark"), REMARKS)
def test_remarks(id: str, remark: str):
    assert read_certificate(value_of(BY_ID[id])).remark == remark


def test_a_negative_serial_number_does_not_depend_on_the_strict_reader():
    # A later release of cryptography will refuse it; Windows will not.
    value = value_of(BY_ID["xc160"])
    layout, _ = lenient_layout(value)
    assert Certificate(value, layout, "").serial == "80"


def run(expression: str, value: bytes | None, **surroundings: Any) -> tuple[Any, Context]:
    attributes = {} if value is None else {"c": value}
    context = Context(**{"now": NOW, "attributes": attributes, **surroundings})
    return evaluate(expression, context), context


FUNCTIONS = {
    "IsCert([c])": True,
    "CertSubject([c])": "CN=3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    "CertSubjectNameDN([c])": "CN=3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    "CertIssuer([c])": "CN=3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    "CertIssuerDN([c])": "CN=3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    'FormatDateTime(CertNotAfter([c]),"yyyy-MM-dd")': "2034-01-01",
    'FormatDateTime(CertNotBefore([c]),"yyyy-MM-dd")': "2024-01-01",
    "CertThumbprint([c])": "BFB3277BF1AEA89F77264EB48037B09A3A4BBAB1",
    "CertHashString([c])": "BFB3277BF1AEA89F77264EB48037B09A3A4BBAB1",
    "CertSerialNumber([c])": "1122334455667788",
    "CertVersion([c])": "3",
    "CertFormat([c])": "X509",
    "CertFriendlyName([c])": "",
    "CertKeyAlgorithm([c])": "1.2.840.113549.1.1.1",
    "CertKeyAlgorithmParams([c])": "0500",
    "CertPublicKeyOid([c])": "1.2.840.113549.1.1.1",
    "CertPublicKeyParametersOid([c])": "1.2.840.113549.1.1.1",
    "CertSignatureAlgorithmOid([c])": "1.2.840.113549.1.1.11",
    "CertSubjectNameOid([c])": None,
    "CertIssuerOid([c])": None,
    "Count(CertExtensionOids([c]))": 0,
    'CertNameInfo([c],"SimpleName",False)': "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    'CertNameInfo([c],"EmailName",True)': "",
}


@pytest.mark.parametrize("expression", FUNCTIONS)
def test_functions(expression: str):
    assert run(expression, value_of(BY_ID["xc001"]))[0] == FUNCTIONS[expression]


@pytest.mark.parametrize("expression", [e for e in FUNCTIONS if not e.startswith("IsCert")])
def test_functions_refuse_what_is_no_certificate(expression: str):
    with pytest.raises(ObjectError) as raised:
        run(expression, b"no certificate")
    assert raised.value.kind == "bad-certificate"


def test_is_cert_refuses_nothing():
    assert run("IsCert([c])", b"no certificate")[0] is False
    assert run("IsCert([c])", None)[0] is False


def test_critical_extensions():
    value = value_of(BY_ID["xc181"])
    assert run("CertExtensionOids([c])", value)[0] == ("2.5.29.19", "2.5.29.15")


def test_an_unknown_type_of_name():
    with pytest.raises(ObjectError) as raised:
        run('CertNameInfo([c],"Simple",False)', value_of(BY_ID["xc001"]))
    assert raised.value.kind == "type-mismatch"
    assert "SimpleName" in (raised.value.help or "")


def test_lenient_reading_is_noted():
    _, context = run("IsCert([c])", value_of(BY_ID["xc226"]))
    assert "bytes follow" in context.notes["cert-lenient"]
    _, context = run("CertSubject([c])", value_of(BY_ID["xc001"]))
    assert "cert-lenient" not in context.notes
    assert context.used == {"A-15"}


EXPIRY = datetime(2034, 1, 1, tzinfo=UTC)
COMPARED = "CertNotAfter([c]) > Now()"


@pytest.mark.parametrize(
    ("hours", "reading", "valid"),
    [
        (-13, "decided", True),
        (-13, "utc+14", True),
        (-13, "utc-12", True),
        (-11, "utc-12", False),
        (13, "decided", False),
        (13, "utc+14", True),
        (13, "utc-12", False),
    ],
)
def test_near_its_expiry_the_reading_of_local_time_matters(hours: int, reading: str, valid: bool):
    moment = EXPIRY + timedelta(hours=hours)
    value, context = run(
        COMPARED, value_of(BY_ID["xc001"]), now=moment, readings={"A-12": reading}
    )
    assert value is valid
    assert "A-12" in context.used
    assert "2034-01-01T00:00:00Z" in context.notes["near-boundary"]


@pytest.mark.parametrize("hours", [-15, 15])
def test_far_from_its_expiry_it_does_not(hours: int):
    moment = EXPIRY + timedelta(hours=hours)
    value, context = run(COMPARED, value_of(BY_ID["xc001"]), now=moment)
    assert value is (hours < 0)
    assert "A-12" not in context.used
    assert "near-boundary" not in context.notes


def test_the_last_day_of_all_stays_a_date():
    value, _ = run(COMPARED, value_of(BY_ID["xc129"]), readings={"A-12": "utc+14"})
    assert value is True


def test_declaring_the_functions_imports_no_library():
    program = (
        "import sys, simulator.language.functions.certificate, simulator.language.functions.pattern"
        "\nassert not {'cryptography', 'regex'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
