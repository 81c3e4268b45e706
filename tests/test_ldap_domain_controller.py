"""What only a domain controller does: faults between pages, ranges, refusals in its words."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from ldap3.version import __version__

from simulator.errors import IncompleteError, SimulatorError, UsageError
from simulator.sources import load_objects
from simulator.sources.ldap_decoder import TESTED
from simulator.values import Reference
from tests.running import rows_are_the_objects


def test_everything_comes_with_the_default_filter(
    fake_ad, generated: Callable[[int], Path]
) -> None:
    server = fake_ad()
    found = load_objects(server.url(), server.request("userCertificate", "mS-DS-CreatorSID"))
    expected = load_objects(str(generated(250)))
    assert {o.guid: o.attributes.get("userCertificate") for o in found.objects} == {
        o.guid: o.attributes.get("userCertificate") for o in expected.objects
    }
    assert found.provenance.details["filter"] == "(objectCategory=computer)"
    assert found.provenance.details["server"] == "dc1.contoso.test"
    assert "references to other partitions, not followed: 3" in found.provenance.notes
    assert found.objects[0].attributes["distinguishedName"] == Reference(found.objects[0].dn)


FAULTS = [
    ("3@2", "timeLimitExceeded (3)"),
    ("4@2", "sizeLimitExceeded (4)"),
    ("10@2", "referral (10)"),
    ("51@2", "busy (51): fault asked for"),
    ("52@3", "unavailable (52)"),
    ("3+@2", "timeLimitExceeded (3)"),  # the search could go on, but this page may lack objects
    ("4+@2", "sizeLimitExceeded (4)"),
    ("10+@1", "referral (10)"),
    ("close@2", "session terminated by server"),
    ("cut@2", "session terminated by server"),
    ("notice@2", "session terminated by server"),
    ("stall@2", "no answer in time"),
    # ldap3 alone waits for more of them
    ("garbage@2", "bytes that are no LDAP came" if __version__ in TESTED else "no answer in time"),
]


@pytest.mark.parametrize(("fault", "problem"), FAULTS, ids=[f[0] for f in FAULTS])
def test_a_fault_between_pages(fake_ad, fault: str, problem: str) -> None:
    server = fake_ad("--fault", fault)
    came = (int(fault[-1]) - 1) * 100
    with pytest.raises(IncompleteError) as caught:
        load_objects(server.url(), server.request(timeout=1))
    assert f"the read stopped after {came} objects: {problem}" in caught.value.message
    assert caught.value.help


@pytest.fixture(scope="module")
def huge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Objects with up to 4000 values, one of them exactly as many as one range holds."""
    path = tmp_path_factory.mktemp("huge") / "huge.jsonl"
    with path.open("w", encoding="utf-8") as out:
        for number, count in enumerate((4000, 1500, 3000, 1), 1):
            values = [(number * 10000 + i).to_bytes(300, "big") for i in range(count)]
            attributes = {
                "objectClass": ["computer"],
                "objectCategory": ["CN=Computer,CN=Schema,CN=Configuration,DC=contoso,DC=test"],
                "objectGUID": [encoded(number.to_bytes(16, "big"))],
                "userCertificate": [encoded(value) for value in values],
            }
            record = {"dn": f"CN=PC{number},DC=contoso,DC=test", "attributes": attributes}
            out.write(json.dumps(record) + "\n")
    return path


def encoded(value: bytes) -> dict[str, str]:
    return {"base64": base64.b64encode(value).decode()}


@pytest.mark.parametrize("twin", [[], ["--range-empty-twin"]], ids=["alone", "empty twin"])
def test_values_that_come_in_ranges_are_read_to_the_end(
    fake_ad, huge: Path, twin: list[str]
) -> None:
    server = fake_ad("--file", huge, *twin)
    found = load_objects(server.url(), server.request("userCertificate"))
    expected = load_objects(str(huge))
    values = {o.guid: o.attributes["userCertificate"] for o in found.objects}
    assert values == {o.guid: o.attributes["userCertificate"] for o in expected.objects}
    assert sorted(len(v) for v in values.values()) == [1, 1500, 3000, 4000]
    assert not any(";" in name for o in found.objects for name in o.attributes)
    rows_are_the_objects(server.url(), server.request("userCertificate"))


@pytest.mark.parametrize("fault", ["3@2", "4@2", "10@2", "51@2", "close@2", "32@2"])
def test_a_range_that_does_not_come_is_an_error(fake_ad, huge: Path, fault: str) -> None:
    """ldap3 would give the values of the first range as all of them."""
    server = fake_ad("--file", huge, "--range-fault", fault)
    with pytest.raises((IncompleteError, UsageError)):
        load_objects(server.url(), server.request("userCertificate"))


def test_an_object_that_vanishes_between_its_ranges_is_an_error(fake_ad, huge: Path) -> None:
    server = fake_ad("--file", huge, "--range-fault", "0@2")
    with pytest.raises(IncompleteError, match="the values of userCertificate from 1500 on"):
        load_objects(server.url(), server.request("userCertificate"))


def test_text_that_is_not_utf8_is_shown_and_noted(fake_ad) -> None:
    server = fake_ad("--bad-utf8", 2, "--count", 5)
    found = load_objects(server.url(), server.request())
    odd = [n for n in found.provenance.notes if "operatingSystem is not UTF-8" in n]
    assert len(odd) == 2
    assert "CN=" in odd[0]
    shown = [str(o.attributes.get("operatingSystem")) for o in found.objects]
    assert shown.count("Windows Server\ufffd 2008 Standard") == 2
    rows_are_the_objects(server.url(), server.request())


def test_a_wrong_password_in_the_words_of_a_domain_controller(fake_ad) -> None:
    server = fake_ad(computers=1)
    with pytest.raises(UsageError, match="the user name or the password is wrong"):
        load_objects(server.url(), server.request(password=lambda: "guess"))


def test_a_domain_controller_tells_nobody(fake_ad) -> None:
    server = fake_ad(computers=1)
    with pytest.raises(UsageError, match="tells nothing without signing in") as caught:
        load_objects(server.url(), server.request(user=None))
    assert "--user" in (caught.value.help or "")


def test_a_plain_connection_when_asked_for(fake_ad) -> None:
    server = fake_ad(computers=1, ldaps=False)
    with pytest.raises(UsageError, match="tells nothing without signing in"):
        load_objects(server.ldap_url(), server.request(user=None, plain=True))


def test_start_tls(fake_ad) -> None:
    server = fake_ad("--require-tls", ldaps=False)
    assert len(load_objects(server.ldap_url(), server.request()).objects) == 250


def test_a_server_without_start_tls(run_server) -> None:
    from simulator.sources import SourceRequest

    port = run_server("fake_ad.py", "--count", 0)
    with pytest.raises(UsageError, match="the server cannot start TLS") as caught:
        load_objects(
            f"ldap://127.0.0.1:{port}/", SourceRequest(user="a", password=lambda: "secret")
        )
    assert "ldaps://" in (caught.value.help or "")


def test_a_base_in_another_domain(fake_ad) -> None:
    server = fake_ad(computers=1)
    with pytest.raises(IncompleteError, match="referral") as caught:
        load_objects(server.url("DC=fabrikam,DC=test"), server.request())
    assert "ldap://fabrikam.test/" in (caught.value.help or "")


SIGN_IN = [
    (
        "80090308: LdapErr: DSID-0C09, comment: AcceptSecurityContext error, data 525, v4f7c",
        "not known",
    ),
    ("80090308: ..., data 52f, v4f7c", "a restriction of the account"),
    ("80090308: ..., data 568, v4f7c", "too many groups"),
    ("80090308: ..., data 569, v4f7c", "over the network"),
    ("80090308: ..., data 530, v4f7c", "at this time"),
    ("80090308: ..., data 531, v4f7c", "from this machine"),
    ("80090308: ..., data 532, v4f7c", "has expired"),
    ("80090308: ..., data 533, v4f7c", "disabled"),
    ("80090308: ..., data 701, v4f7c", "account has expired"),
    ("80090308: ..., data 773, v4f7c", "must be changed"),
    ("80090308: ..., data 775, v4f7c", "locked out"),
    ("80090308: ..., data 52E, v4f7c", "password is wrong"),
    ("80090308: ..., data ffff, v4f7c", "password is wrong"),
    (
        "80090346: LdapErr: DSID-0C09, comment: AcceptSecurityContext error, data 80090346",
        "channel binding",
    ),
]


@pytest.mark.parametrize(("message", "problem"), SIGN_IN, ids=[s[1] for s in SIGN_IN])
def test_why_a_sign_in_is_refused(fake_ad, message: str, problem: str) -> None:
    server = fake_ad("--refuse", f"49:{message}", computers=1)
    with pytest.raises(UsageError) as caught:
        load_objects(server.url(), server.request())
    assert caught.value.message.startswith(f"ldaps://127.0.0.1:{server.tls_port}: ")
    assert problem in caught.value.message
    assert caught.value.help


REFUSALS = [
    (
        "ldaps",
        "8:00002028: LdapErr: ...",
        UsageError,
        "a stronger sign-in: 00002028",
        "--auth kerberos",
    ),
    ("ldap", "8:00002028: LdapErr: ...", UsageError, "demands encryption", "use ldaps://"),
    ("ldaps", "7:no", UsageError, "does not know the sign-in simple: no", "another --auth"),
    ("ldaps", "34:no", UsageError, "the user is no valid name", "name@domain"),
    ("ldaps", "48:no", UsageError, "cannot sign in in this way: no", "has no password"),
    (
        "ldaps",
        "53:00002035",
        UsageError,
        "unwilling to sign the account in: 00002035",
        "its own words",
    ),
    (
        "ldap",
        "53:00002035",
        UsageError,
        "unwilling to sign the account in: 00002035",
        "its own words",
    ),
    ("ldaps", "51:too much to do", IncompleteError, "busy (51): too much to do", "again"),
]


@pytest.mark.parametrize(
    ("scheme", "refuse", "kind", "problem", "help"),
    REFUSALS,
    ids=[f"{r[0]} {r[1][:2]}" for r in REFUSALS],
)
def test_other_refusals(
    fake_ad, scheme: str, refuse: str, kind: type[SimulatorError], problem: str, help: str
) -> None:
    server = fake_ad("--refuse", refuse, ldaps=scheme == "ldaps", computers=1)
    url = server.url() if scheme == "ldaps" else server.ldap_url()
    with pytest.raises(kind) as caught:
        load_objects(url, server.request())
    assert problem in caught.value.message
    assert help in (caught.value.help or "")


TLS = [
    ("52:00000000: LdapErr: DSID-0C09, comment: Error initializing SSL/TLS, data 0", UsageError),
    ("52:going down", IncompleteError),
    ("2:no", UsageError),
    ("53:no", UsageError),
]


@pytest.mark.parametrize(("answer", "kind"), TLS)
def test_why_tls_does_not_start(fake_ad, answer: str, kind: type[SimulatorError]) -> None:
    server = fake_ad("--refuse-tls", answer, ldaps=False, computers=1)
    with pytest.raises(kind) as caught:
        load_objects(server.ldap_url(), server.request())
    assert "the server cannot start TLS: " in caught.value.message
    assert answer.partition(":")[2] in caught.value.message
