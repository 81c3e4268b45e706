"""Live LDAP against OpenLDAP: everything comes, or an error says why and what to do."""

import io
import json
import re
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from simulator.errors import IncompleteError, InputError, SimulatorError, UsageError
from simulator.objects import ConnectorObject, ObjectSet
from simulator.sources import load_objects
from simulator.sources.decode import sid_text
from tests.conftest import HUGE
from tests.running import Command, rows_are_the_objects

COMPUTERS = "???(objectClass=computer)"
WANTED = (
    "userCertificate",
    "dNSHostName",
    "description",
    "objectSid",
    "servicePrincipalName",
    "whenCreated",
    "lastLogonTimestamp",
    "primaryGroupID",
    "objectCategory",
)
ASKED = {
    *WANTED,
    "cn",
    "objectClass",
    "objectGUID",
    "operatingSystem",
    "operatingSystemVersion",
    "sAMAccountName",
    "userAccountControl",
}


def comparable(one: ConnectorObject) -> dict[str, object]:
    """The attributes that were asked for; values of one attribute have no order in LDAP."""
    kept = {name: value for name, value in one.attributes.items() if name in ASKED}
    return {n: sorted(v, key=repr) if isinstance(v, tuple) else v for n, v in kept.items()}


def dn_parts(dn: str) -> str:
    """A DN without case and with its escapes undone, which each server writes in its own way."""
    text = re.sub(rb"\\([0-9A-Fa-f]{2})", lambda m: bytes.fromhex(m[1].decode()), dn.encode())
    return text.decode().replace("\\", "").casefold()


def assert_equal_to(expected: ObjectSet, found: ObjectSet) -> None:
    by_guid = {o.guid: o for o in found.objects}
    assert len(by_guid) == len(found.objects) == len(expected.objects)
    for one in expected.objects:
        other = by_guid[one.guid]
        assert (dn_parts(other.dn), other.type) == (dn_parts(one.dn), "computer")
        assert comparable(other) == comparable(one)


def test_everything_comes_over_ldaps(openldap, generated: Callable[[int], Path]) -> None:
    found = load_objects(openldap.url(COMPUTERS), openldap.request(*WANTED))
    assert_equal_to(load_objects(str(generated(openldap.count, *HUGE))), found)
    assert max(len(o.attributes.get("userCertificate", ())) for o in found.objects) == 1600  # type: ignore[arg-type]
    assert (found.complete, found.provenance.sha256, found.captured_at) == (True, "", "")
    assert (found.source, found.provenance.account) == (openldap.url(COMPUTERS), openldap.user)
    assert found.provenance.details["base"] == "DC=contoso,DC=test"
    assert found.provenance.details["filter"] == "(objectClass=computer)"
    assert found.provenance.details["objects"] == "5000"
    assert set(found.provenance.details["attributes"].split(", ")) == ASKED
    assert found.provenance.notes == (
        f"read as {openldap.user}: what this account may not read is missing without a sign",
        "references to other partitions, not followed: 1",
    )


def test_everything_comes_with_start_tls(openldap, generated: Callable[[int], Path]) -> None:
    found = load_objects(openldap.ldap_url(COMPUTERS), openldap.request(*WANTED))
    assert_equal_to(load_objects(str(generated(openldap.count, *HUGE))), found)


def test_rows_hold_the_same_as_objects(openldap) -> None:
    rows_are_the_objects(openldap.url(COMPUTERS), openldap.request(*WANTED))


@pytest.mark.parametrize("size", [1, 100, 1000])
def test_the_page_size_changes_nothing(openldap, size: int) -> None:
    url = openldap.url("OU=Unix,OU=Servers,DC=contoso,DC=test" + COMPUTERS)
    found = load_objects(url, openldap.request(page_size=size))
    facts = [json.loads(f) for f in openldap.facts.read_text(encoding="utf-8").splitlines()]
    assert {o.guid for o in found.objects} == {
        f["objectGUID"] for f in facts if ",OU=Unix,OU=Servers," in f["dn"]
    }


def test_scope_filter_and_attributes_of_the_url(openldap) -> None:
    base = "OU=Servers,DC=contoso,DC=test"
    direct = load_objects(openldap.url(f"{base}??one?(objectClass=computer)"), openldap.request())
    assert direct.objects == ()
    url = openldap.url("?info,dNSHostName??(%26(objectClass=computer)(cn=SRV*))")
    request = replace(openldap.request("distinguishedName"), progress=(told := []).append)
    found = load_objects(url, request)
    assert found.objects
    assert all(o.name.startswith("SRV") for o in found.objects)
    asked = found.provenance.details["attributes"].split(", ")
    assert {"info", "dNSHostName"} < set(asked)
    assert "distinguishedName" not in asked
    assert told[-1] == len(found.objects)


def test_progress_is_told_each_page(openldap) -> None:
    told: list[int] = []
    load_objects(openldap.url(COMPUTERS), openldap.request(progress=told.append))
    assert told == [1000, 2000, 3000, 4000, 5000]


def test_nothing_found_is_noted(openldap) -> None:
    found = load_objects(openldap.url(), openldap.request())  # OpenLDAP has no objectCategory
    assert found.objects == ()
    assert found.complete
    assert (
        "no object below DC=contoso,DC=test passes (objectCategory=computer)"
        in found.provenance.notes
    )


def test_what_no_object_has_is_noted(openldap) -> None:
    user = "CN=svc-nocert,CN=Users,DC=contoso,DC=test"
    request = openldap.request("userCertificate", "mail", user=user)
    found = load_objects(openldap.url(COMPUTERS), request)
    assert len(found.objects) == openldap.count
    notes = found.provenance.notes
    assert f"no object has userCertificate: absent everywhere, or {user} may not read it" in notes
    assert "the schema of the directory does not know mail" in notes


FAULTS = [
    ("timeLimitExceeded", "timeLimitExceeded (3)", "narrower filter"),
    ("sizeLimitExceeded", "sizeLimitExceeded (4)", "narrower filter"),
    ("referral", "referral (10)", "another server: ldap://other.contoso.test/"),
    ("adminLimitExceeded", "adminLimitExceeded (11)", "narrower filter"),
    ("insufficientAccessRights", "insufficientAccessRights (50)", "an account that may read"),
    ("busy", "busy (51): the server is busy", "again"),
    ("unavailable", "unavailable (52)", "again"),
    ("unwillingToPerform", "unwillingToPerform (53): 00000057: LdapErr", "again"),
    ("disconnectBefore", "session terminated by server", "again"),
    ("noticeOfDisconnection", "session terminated by server", "again"),
]


@pytest.mark.parametrize(("name", "problem", "help"), FAULTS, ids=[f[0] for f in FAULTS])
def test_fault(openldap, name: str, problem: str, help: str) -> None:
    url = openldap.url(f"CN={name},OU=Faults,DC=contoso,DC=test{COMPUTERS}")
    error = failure(IncompleteError, url, openldap.request())
    assert error.message.startswith(f"ldaps://127.0.0.1:{openldap.tls_port}: the read stopped")
    assert f"after 0 objects: {problem}" in error.message
    assert "the read stopped after" in error.message
    assert help in (error.help or "")
    assert error.status == 3


def test_silence_ends_the_read(openldap) -> None:
    url = openldap.url(f"CN=slow,OU=Faults,DC=contoso,DC=test{COMPUTERS}")
    error = failure(IncompleteError, url, openldap.request(timeout=1))
    assert "no answer in time" in error.message
    assert "--timeout" in (error.help or "")


def test_a_server_that_wants_a_sign_in_first(openldap) -> None:
    url = openldap.url(f"CN=operationsError,OU=Faults,DC=contoso,DC=test{COMPUTERS}")
    error = failure(UsageError, url, openldap.request())
    assert "nothing without signing in" in error.message
    assert "--user" in (error.help or "")


WRONG_USE = [
    (
        "password",
        COMPUTERS,
        {"password": lambda: "guess"},
        "the user name or the password is wrong",
        "check both",
    ),
    (
        "unknown user",
        COMPUTERS,
        {"user": "CN=x,DC=contoso,DC=test"},
        "the user name or the password is wrong",
        "check both",
    ),
    (
        "user that is no DN",
        COMPUTERS,
        {"user": "reader"},
        "the user is no valid name",
        "name@domain",
    ),
    ("anonymous", COMPUTERS, {"user": None}, "anonymous sign-in is not allowed", "--user"),
    (
        "missing base",
        "DC=gone,DC=test" + COMPUTERS,
        {},
        "the base `DC=gone,DC=test` does not exist",
        "base in the URL",
    ),
    (
        "base that is no DN",
        "gone" + COMPUTERS,
        {},
        "the base `gone` is not a distinguished name",
        "base in the URL",
    ),
    (
        "filter without parentheses",
        "???objectClass=computer",
        {},
        "the filter cannot be read",
        "in parentheses",
    ),
    ("filter with one missing", "???(cn=a", {}, "the filter cannot be read", "in parentheses"),
]


@pytest.mark.parametrize(
    ("tail", "settings", "problem", "help"),
    [w[1:] for w in WRONG_USE],
    ids=[w[0] for w in WRONG_USE],
)
def test_wrong_use(openldap, tail: str, settings: dict, problem: str, help: str) -> None:
    error = failure(UsageError, openldap.url(tail), openldap.request(**settings))
    assert error.message.startswith(f"ldaps://127.0.0.1:{openldap.tls_port}: ")
    assert problem in error.message
    assert help in (error.help or "")
    assert error.status == 2


@pytest.mark.parametrize("scheme", ["ldaps", "ldap"])
def test_an_untrusted_certificate(openldap, scheme: str) -> None:
    url = (openldap.url if scheme == "ldaps" else openldap.ldap_url)(COMPUTERS)
    for ca_file in (openldap.other_ca_file, None):
        error = failure(UsageError, url, openldap.request(ca_file=ca_file))
        assert "the certificate of the server is not trusted" in error.message
        assert "--ca-file" in (error.help or "")


@pytest.mark.parametrize("scheme", ["ldaps", "ldap"])
def test_a_certificate_for_another_name(openldap, run_server, scheme: str) -> None:
    port = openldap.tls_port if scheme == "ldaps" else openldap.port
    proxy = run_server("fault_proxy.py", "--listen", "127.0.0.2:0", "--to", f"127.0.0.1:{port}")
    url = f"{scheme}://127.0.0.2:{proxy}/{COMPUTERS}"
    error = failure(UsageError, url, openldap.request(server_name=None))
    assert "is for ldap.contoso.test, localhost, not for 127.0.0.2" in error.message
    assert "--ldap-server-name ldap.contoso.test" in (error.help or "")
    error = failure(UsageError, url, openldap.request(server_name="dc9.contoso.test"))
    assert "not for 127.0.0.2" in error.message
    assert len(load_objects(url, openldap.request()).objects) == openldap.count


def test_the_wrong_port(openldap) -> None:
    error = failure(InputError, f"ldaps://127.0.0.1:{openldap.port}/", openldap.request())
    assert "no TLS there" in error.message
    assert "write ldap://" in (error.help or "")
    error = failure(IncompleteError, f"ldap://127.0.0.1:{openldap.tls_port}/", openldap.request())
    assert "the server hung up" in error.message
    assert "write ldaps://" in (error.help or "")


def test_nobody_listens(openldap) -> None:
    error = failure(InputError, "ldaps://127.0.0.1:9/", openldap.request())
    assert error.message == "ldaps://127.0.0.1:9: nothing listens there: connection refused"
    assert "usually on 636" in (error.help or "")


def test_an_unknown_host(openldap) -> None:
    error = failure(InputError, "ldaps://dc1.invalid/", openldap.request())
    assert error.message == "ldaps://dc1.invalid:636: the host dc1.invalid is not known"


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ("--close-after", "session terminated by server"),
        ("--reset-after", ""),
        ("--stall-after", "no answer in time"),
    ],
)
@pytest.mark.parametrize("scheme", ["ldaps", "ldap"])
def test_a_connection_that_breaks(
    openldap, run_server, scheme: str, fault: str, problem: str
) -> None:
    port = openldap.tls_port if scheme == "ldaps" else openldap.port
    proxy = run_server("fault_proxy.py", "--to", f"127.0.0.1:{port}", fault, 4_500_000)
    request = openldap.request(*WANTED, timeout=1)
    error = failure(IncompleteError, f"{scheme}://127.0.0.1:{proxy}/{COMPUTERS}", request)
    assert re.search(r"the read stopped after [1-9]\d* objects: ", error.message)
    if scheme == "ldap" or fault == "--stall-after":
        assert problem in error.message


def test_the_password_is_in_no_error(openldap, run_server) -> None:
    """Neither in messages, nor in representations, nor in tracebacks that show variables."""
    stalled = run_server(
        "fault_proxy.py", "--to", f"127.0.0.1:{openldap.tls_port}", "--close-after", 2_000_000
    )
    secret = openldap.password
    attempts = [
        (openldap.url(COMPUTERS), openldap.request(user="CN=x,DC=contoso,DC=test")),
        (openldap.url("DC=gone" + COMPUTERS), openldap.request()),
        (openldap.url(), openldap.request(ca_file=openldap.other_ca_file)),
        (openldap.ldap_url(), openldap.request(ca_file=openldap.other_ca_file)),
        ("ldaps://127.0.0.1:9/", openldap.request()),
        (f"ldaps://127.0.0.1:{stalled}/{COMPUTERS}", openldap.request(*WANTED)),
    ]
    for url, request in attempts:
        assert secret not in repr(request)
        error = failure(SimulatorError, url, request)
        shown = traceback.TracebackException.from_exception(error, capture_locals=True)
        assert secret not in "".join(shown.format())
        assert secret not in error.render() + repr(error) + repr(error.__context__)


def test_a_security_identifier_in_text(openldap) -> None:
    found = load_objects(openldap.url(COMPUTERS), openldap.request("objectSid"))
    sid = found.objects[0].attributes["objectSid"]
    assert isinstance(sid, bytes)
    text = sid_text(sid)
    assert text is not None
    assert re.fullmatch(r"S-1-5-21(-\d+){4}", text)


def failure(kind: type[SimulatorError], url: str, request: object) -> SimulatorError:
    with pytest.raises(kind) as caught:
        load_objects(url, request)  # type: ignore[arg-type]
    return caught.value


def test_a_prompt_asks_for_what_computer_rules_read(
    openldap, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = load_objects(openldap.url(COMPUTERS), openldap.request("userCertificate"))
    owner = next(o for o in found.objects if o.attributes.get("userCertificate"))
    monkeypatch.setenv("AADSIM_PASSWORD", openldap.password)
    monkeypatch.setattr("sys.stdin", io.StringIO("Count([userCertificate])\n[operatingSystem]\n"))
    ran = Command(monkeypatch, capsys)(
        "repl", "--object", owner.dn, "--objects", openldap.url(COMPUTERS), "--as-of", "2026-01-01",
        "--user", openldap.user, "--ca-file", str(openldap.ca_file),
        "--ldap-server-name", openldap.server_name,
    )  # fmt: skip
    assert ran.status == 0, ran.err
    count, system = ran.out.splitlines()[-2:]
    assert int(count) == len(owner.attributes["userCertificate"]) > 0
    assert system == json.dumps(owner.attributes["operatingSystem"])
