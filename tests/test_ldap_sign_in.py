"""The ways to sign in, at servers that take them: simple binds, Kerberos, NTLM, nobody."""

import hashlib
import importlib.util
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest

from simulator.errors import IncompleteError, UsageError
from simulator.sources import SourceRequest, load_objects
from simulator.sources.ldap_sign_in import account, binds_ntlm_to_tls, sign_in_of
from simulator.sources.sign_in import SignIn
from tests.conftest import SERVERS, DirectoryServer, need, unavailable
from tests.running import Command

COMPUTERS = "???(objectClass=computer)"
START_TLS = "1.3.6.1.4.1.1466.20037"
PRINCIPAL = "svc-reader@CONTOSO.TEST"
LDAP_SERVICE = "_ldap._tcp.dc._msdcs.contoso.test."


def url_of(server: DirectoryServer, scheme: str, tail: str = "") -> str:
    return server.url(tail) if scheme == "ldaps" else server.ldap_url(tail)


# -- what is asked for, and who that is ----------------------------------------------------------

ASKED = [
    ({}, SignIn.ANONYMOUS, "anonymous"),
    ({"user": "a@b"}, SignIn.SIMPLE, "a@b"),
    ({"user": "D\\a", "sign_in": SignIn.NTLM}, SignIn.NTLM, "D\\a"),
    ({"user": "a@B", "sign_in": SignIn.KERBEROS}, SignIn.KERBEROS, "a@B"),
    ({"sign_in": SignIn.ANONYMOUS}, SignIn.ANONYMOUS, "anonymous"),
]


@pytest.mark.parametrize(("settings", "way", "who"), ASKED)
def test_the_way_and_the_account(settings: dict, way: SignIn, who: str) -> None:
    request = SourceRequest(**settings)
    assert (sign_in_of(request), account(request)) == (way, who)


# -- simple, and nobody ------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["ldaps", "ldap"], ids=["LDAPS", "StartTLS"])
@pytest.mark.parametrize("way", [None, SignIn.SIMPLE], ids=["by default", "by name"])
def test_a_password_in_tls(openldap, scheme: str, way: SignIn | None) -> None:
    url = url_of(openldap, scheme, "OU=Unix,OU=Servers,DC=contoso,DC=test" + COMPUTERS)
    assert load_objects(url, openldap.request(sign_in=way)).objects


@pytest.mark.parametrize("plain", [False, True], ids=["StartTLS", "plain"])
def test_nobody_is_refused(openldap, plain: bool) -> None:
    request = openldap.request(user=None, password=None, sign_in=SignIn.ANONYMOUS, plain=plain)
    with pytest.raises(UsageError, match="anonymous sign-in is not allowed"):
        load_objects(openldap.ldap_url(COMPUTERS), request)


@pytest.mark.parametrize(("asked", "requests"), [(False, [START_TLS]), (True, [])])
def test_a_connection_is_without_tls_only_when_asked_for(
    fake_ad, tmp_path: Path, asked: bool, requests: list[str]
) -> None:
    log = tmp_path / "asked"
    server = fake_ad("--extended-log", log, ldaps=False, computers=1)
    request = server.request(user=None, password=None, plain=asked)
    with pytest.raises(UsageError, match="tells nothing without signing in"):
        load_objects(server.ldap_url(), request)
    assert (log.read_text().split() if log.exists() else []) == requests


# -- Kerberos ----------------------------------------------------------------------------------


@pytest.fixture
def kerberos(samba, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> DirectoryServer:
    """The domain controller, with its realm as that of this process, and no ticket yet."""
    if importlib.util.find_spec("gssapi") is None:
        unavailable("the package gssapi is not installed")
    need("kinit")
    monkeypatch.setenv("KRB5_CONFIG", str(samba.tls.parent / "krb5.conf"))
    monkeypatch.setenv("KRB5CCNAME", f"FILE:{tmp_path / 'tickets'}")
    return samba


@pytest.fixture
def ticket(kerberos: DirectoryServer) -> DirectoryServer:
    """The domain controller, and a ticket of svc-reader."""
    sign_in(kerberos)
    return kerberos


def sign_in(server: DirectoryServer, *options: str) -> None:
    subprocess.run(
        ["kinit", *options, PRINCIPAL], input=server.password + "\n", text=True,
        capture_output=True, timeout=30, check=True,
    )  # fmt: skip


def by_ticket(server: DirectoryServer, **changes: object) -> SourceRequest:
    given = {"user": None, "password": None, "sign_in": SignIn.KERBEROS} | changes
    return server.request(**given)


@pytest.mark.parametrize("scheme", ["ldaps", "ldap"], ids=["LDAPS", "StartTLS"])
def test_a_ticket_signs_in(ticket: DirectoryServer, scheme: str) -> None:
    found = load_objects(url_of(ticket, scheme), by_ticket(ticket))
    assert len(found.objects) == ticket.count + 1
    assert account(by_ticket(ticket)) == PRINCIPAL


def test_a_ticket_signs_in_at_the_server_that_dns_names(ticket: DirectoryServer, run_server) -> None:  # fmt: skip
    records = [
        f"{LDAP_SERVICE} SRV 0 100 389 dc1.contoso.test.",
        f"dc1.contoso.test. A {ticket.host}",
    ]
    dns = f"127.0.0.1:{run_server('dns_server.py', *records)}"
    request = by_ticket(ticket, server_name=None, name_server=dns)
    assert len(load_objects("ldaps://contoso.test/", request).objects) == ticket.count + 1


def test_the_user_chooses_whose_ticket(ticket: DirectoryServer) -> None:
    request = by_ticket(ticket, user=PRINCIPAL)
    assert len(load_objects(ticket.url(), request).objects) == ticket.count + 1
    assert account(request) == PRINCIPAL
    with pytest.raises(UsageError) as caught:
        load_objects(ticket.url(), by_ticket(ticket, user="other@CONTOSO.TEST"))
    assert "there is no Kerberos ticket of other@CONTOSO.TEST: " in caught.value.message


def test_no_ticket(kerberos: DirectoryServer) -> None:
    with pytest.raises(UsageError) as caught:
        load_objects(kerberos.url(), by_ticket(kerberos))
    assert caught.value.message.startswith(f"{kerberos.url().rstrip('/')}: there is no Kerberos")
    assert "kinit" in (caught.value.help or "")


def test_a_ticket_that_has_expired(kerberos: DirectoryServer) -> None:
    sign_in(kerberos, "-l", "1s")
    while subprocess.run(["klist", "-s"], check=False, timeout=30).returncode == 0:
        pass  # a second, by the clock of the Kerberos library
    with pytest.raises(UsageError) as caught:
        load_objects(kerberos.url(), by_ticket(kerberos))
    assert "Kerberos ticket has expired" in caught.value.message
    assert "kinit" in (caught.value.help or "")


def test_a_name_that_kerberos_does_not_know(ticket: DirectoryServer, run_server) -> None:
    proxy = run_server("fault_proxy.py", "--listen", "127.0.0.3:0", "--to", f"{ticket.host}:636")
    with pytest.raises(UsageError) as caught:
        load_objects(f"ldaps://127.0.0.3:{proxy}/", by_ticket(ticket))
    assert "Kerberos knows no directory server called 127.0.0.3" in caught.value.message
    assert "not by address or alias" in (caught.value.help or "")


def test_no_kerberos_server_answers(
    ticket: DirectoryServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = (ticket.tls.parent / "krb5.conf").read_text(encoding="utf-8")
    other = tmp_path / "krb5.conf"
    other.write_text(settings.replace(f"kdc = {ticket.host}", "kdc = 127.0.0.1:9"))
    monkeypatch.setenv("KRB5_CONFIG", str(other))
    with pytest.raises(IncompleteError, match="no Kerberos server answers: "):
        load_objects(ticket.url(), by_ticket(ticket))


def test_on_the_command_line(
    ticket: DirectoryServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No password is looked for, and none is asked for."""
    monkeypatch.setenv("AADSIM_PASSWORD_FILE", "/gone")
    ran = Command(monkeypatch, capsys)(
        "audit", "-r", "standard-1.4", "-o", ticket.url(), "--auth", "kerberos",
        "--ca-file", str(ticket.ca_file), "--ldap-server-name", ticket.server_name,
    )  # fmt: skip
    assert ran.status == 0, ran.err
    assert ran.out.startswith(f"Of {ticket.count + 1} objects")


@pytest.mark.skipif(sys.platform == "win32", reason="the package there is winkerberos")
def test_the_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gssapi", None)  # an import of it fails
    with pytest.raises(UsageError) as caught:
        load_objects("ldaps://dc1.invalid/", SourceRequest(sign_in=SignIn.KERBEROS))
    assert "Kerberos needs the package gssapi" in caught.value.message
    assert "pip install 'aadsim[kerberos]'" in (caught.value.help or "")
    assert account(SourceRequest(sign_in=SignIn.KERBEROS)) == "the current user"


# -- NTLM --------------------------------------------------------------------------------------


def ntlm(server: DirectoryServer, password: str = "") -> SourceRequest:
    return server.request(
        user="CONTOSO\\reader", sign_in=SignIn.NTLM, password=lambda: password or server.password
    )


@pytest.fixture
def with_md4(monkeypatch: pytest.MonkeyPatch) -> None:
    """MD4, where the installed ldap3 looks for it when OpenSSL has none."""
    if binds_ntlm_to_tls():
        return  # it brings its own
    monkeypatch.setattr(hashlib, "new", without_md4)
    monkeypatch.syspath_prepend(str(SERVERS))
    import fake_ad as imitation  # type: ignore[import-not-found]

    module = types.ModuleType("Crypto.Hash")
    module.MD4 = types.SimpleNamespace(  # type: ignore[attr-defined]
        new=lambda data: types.SimpleNamespace(digest=lambda: imitation.md4(data))
    )
    monkeypatch.setitem(sys.modules, "Crypto", types.ModuleType("Crypto"))
    monkeypatch.setitem(sys.modules, "Crypto.Hash", module)


def without_md4(name: str, *rest: object) -> object:
    raise ValueError(f"unsupported hash type {name}")


@pytest.fixture
def binding() -> None:
    """Only with an ldap3 that binds NTLM to the TLS connection around it."""
    if not binds_ntlm_to_tls():
        if os.environ.get("AADSIM_REQUIRE_NTLM") == "1":
            pytest.fail("AADSIM_REQUIRE_NTLM=1, but ldap3 cannot bind NTLM to TLS")
        pytest.skip("the installed ldap3 cannot bind NTLM to TLS: the extra ntlm")


@pytest.mark.parametrize("scheme", ["ldaps", "ldap"], ids=["LDAPS", "StartTLS"])
def test_ntlm_proves_the_password(fake_ad, with_md4, tmp_path: Path, scheme: str) -> None:
    """The server computes the NTLMv2 proof itself; the password is not sent."""
    log = tmp_path / "binds"
    server = fake_ad("--ntlm", "free", "--bind-log", log, ldaps=scheme == "ldaps", computers=3)
    assert len(load_objects(url_of(server, scheme), ntlm(server)).objects) == 3
    assert "CONTOSO\\reader proven=True" in log.read_text()
    with pytest.raises(UsageError, match="the user name or the password is wrong"):
        load_objects(url_of(server, scheme), ntlm(server, "guess"))
    assert "CONTOSO\\reader proven=False" in log.read_text()


def test_ntlm_is_bound_to_ldaps(fake_ad, binding, tmp_path: Path) -> None:
    log = tmp_path / "binds"
    server = fake_ad("--ntlm", "bound", "--bind-log", log, computers=3)
    assert len(load_objects(server.url(), ntlm(server)).objects) == 3
    assert "proven=True bound=True" in log.read_text()


def test_ntlm_that_cannot_be_bound_is_explained(fake_ad, with_md4) -> None:
    server = fake_ad("--ntlm", "bound", ldaps=False, computers=1)
    with pytest.raises(UsageError) as caught:
        load_objects(server.ldap_url(), ntlm(server))
    assert "channel binding, 80090346" in caught.value.message
    assert "--auth kerberos" in (caught.value.help or "")
    if not binds_ntlm_to_tls():
        assert "aadsim[ntlm]" in (caught.value.help or "")


def test_a_binding_that_is_missing_in_other_words(fake_ad, with_md4) -> None:
    """Some domain controllers say it as a wrong parameter; of a simple bind that is no such thing."""
    server = fake_ad("--refuse", "49:8009030C: ..., data 57, v1", computers=1)
    with pytest.raises(UsageError, match="channel binding, data 57"):
        load_objects(server.url(), ntlm(server))
    with pytest.raises(UsageError, match="the user name or the password is wrong"):
        load_objects(server.url(), server.request())


def test_ntlm_without_md4_is_explained(fake_ad, monkeypatch: pytest.MonkeyPatch) -> None:
    if binds_ntlm_to_tls():
        pytest.skip("this ldap3 brings MD4")
    monkeypatch.setattr(hashlib, "new", without_md4)
    monkeypatch.setitem(sys.modules, "Crypto", None)
    server = fake_ad("--ntlm", "free", computers=1)
    with pytest.raises(UsageError) as caught:
        load_objects(server.url(), ntlm(server))
    assert "NTLM needs the hash MD4" in caught.value.message
    assert "pip install 'aadsim[ntlm]'" in (caught.value.help or "")


def test_ntlm_at_a_server_that_does_not_know_it(fake_ad, samba) -> None:
    server = fake_ad(computers=1)
    with pytest.raises(UsageError, match="does not know the sign-in ntlm"):
        load_objects(server.url(), ntlm(server))
    with pytest.raises(IncompleteError) as caught:  # Samba ends the connection
        load_objects(samba.url(), ntlm(samba))
    assert "hung up during the sign-in ntlm" in caught.value.message
    assert "another --auth" in (caught.value.help or "")
