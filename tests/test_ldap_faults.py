"""What goes wrong while a directory is read: an error with its status, and never a part of it."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulator.errors import IncompleteError
from simulator.sources import load_objects
from simulator.sources.ldap_count import counted, fewer_read
from simulator.sources.ldap_errors import result_error
from simulator.sources.ldap_query import Directory, ask
from tests.conftest import SEED, DirectoryServer, free_ports, must, need, script
from tests.running import Command

COMPUTERS = "???(objectClass=computer)"
STOPPED = "the read stopped after {} objects: "


def stops(url: str, request: object, came: int) -> IncompleteError:
    with pytest.raises(IncompleteError) as caught:
        load_objects(url, request)  # type: ignore[arg-type]
    assert STOPPED.format(came) in caught.value.message
    assert caught.value.status == 3
    assert caught.value.help
    return caught.value


# -- the server goes away ----------------------------------------------------------------------


def test_a_server_that_is_killed_in_mid_page(fake_ad) -> None:
    server = fake_ad("--fault", "kill@2")
    stops(server.url(), server.request(), 100)


@pytest.fixture
def slapd(server_folder: Callable[[str], Path]) -> Iterator[tuple[DirectoryServer, Path]]:
    """An OpenLDAP of its own, to be killed, and the file with its process id."""
    need("slapd", "slapadd", "slappasswd", "ldapwhoami", "openssl")
    folder = server_folder("kill") / "server"
    port, tls_port = free_ports(2)
    ports = {"LDAP_PORT": str(port), "LDAPS_PORT": str(tls_port)}
    must(script("openldap.sh", "init", "-d", folder, "-n", 2500, "-s", SEED, **ports))
    must(script("openldap.sh", "start", "-d", folder, **ports))
    (pid_file,) = folder.rglob("*.pid")
    server = DirectoryServer(
        "127.0.0.1", port, tls_port, "CN=svc-reader,CN=Users,DC=contoso,DC=test",
        "ldap.contoso.test", folder / "tls",
    )  # fmt: skip
    yield server, pid_file
    script("openldap.sh", "stop", "-d", folder, **ports)


def test_openldap_is_killed_while_it_is_read(slapd: tuple[DirectoryServer, Path]) -> None:
    server, pid_file = slapd
    pid = int(pid_file.read_text())

    def kill(came: int) -> None:
        if came == 1000:
            os.kill(pid, signal.SIGKILL)

    stops(server.url(COMPUTERS), server.request(progress=kill), 1000)


# -- slow, but steady --------------------------------------------------------------------------


def test_a_slow_server_within_the_limit(fake_ad) -> None:
    """The limit is for silence: three pages may take longer than it together."""
    server = fake_ad("--slow", 0.6)
    assert len(load_objects(server.url(), server.request(timeout=1)).objects) == 250


def test_a_slow_line_within_the_limit(openldap, run_server) -> None:
    to = f"127.0.0.1:{openldap.tls_port}"
    proxy = run_server("fault_proxy.py", "--to", to, "--rate", 20_000)
    url = f"ldaps://127.0.0.1:{proxy}/OU=Unix,OU=Servers,DC=contoso,DC=test{COMPUTERS}"
    assert load_objects(url, openldap.request("userCertificate", timeout=1)).objects


def test_a_slow_server_beyond_the_limit(fake_ad) -> None:
    server = fake_ad("--slow", 1.5)
    error = stops(server.url(), server.request(timeout=1), 0)
    assert "no answer in time" in error.message
    assert "--timeout" in (error.help or "")


# -- the place that was reached is not known any more ---------------------------------------------


def test_a_paging_cookie_that_has_expired(fake_ad) -> None:
    server = fake_ad("--fault", "expire@2")
    error = stops(server.url(), server.request(), 100)
    assert "unwillingToPerform (53): 00000057: LdapErr" in error.message
    assert "does not know any more how far it had come" in (error.help or "")


@pytest.mark.parametrize("kind", ["fake_ad", "openldap", "samba"])
def test_a_paging_cookie_of_another_connection(request: pytest.FixtureRequest, kind: str) -> None:
    """What each server says to a cookie that it has not given here."""
    fixture = request.getfixturevalue(kind)
    server = fixture() if kind == "fake_ad" else fixture
    results = []

    def question(directory: Directory) -> None:
        from ldap3.core.exceptions import LDAPOperationResult

        for cookie in (b"foreign", b"\x01" * 8, b"\xff" * 16):
            try:
                directory.connection.search(
                    server.base, "(objectClass=computer)", attributes=["cn"], paged_size=10,
                    paged_cookie=cookie,
                )  # fmt: skip
            except LDAPOperationResult:
                results.append(dict(directory.connection.result))
                error = result_error(results[-1], directory.url, server.base, 10)
                assert isinstance(error, IncompleteError)
                assert "does not know any more how far it had come" in (error.help or ""), results

    ask(server.url(), server.request(), question)
    assert results, "every cookie was taken"


# -- an object moves while it is read ------------------------------------------------------------


def test_an_object_that_comes_a_second_time_under_another_name(fake_ad) -> None:
    server = fake_ad("--move", "twice")
    with pytest.raises(IncompleteError) as caught:
        load_objects(server.url(), server.request())
    assert caught.value.status == 3
    assert "OU=Moved" in caught.value.message


def test_an_object_that_moves_out_of_sight_is_missing_from_the_count(fake_ad) -> None:
    server = fake_ad("--move", "lost")
    read = len(load_objects(server.url(), server.request()).objects)
    counts: list[int | None] = []
    ask(
        server.url(),
        server.request(),
        lambda d: counts.append(counted(d.connection, d.url, server.base)),
    )
    assert (read, counts) == (249, [250])
    assert "read 249 objects, but 250 members" in fewer_read(read, counts[0])


# -- on the command line -------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [["--fault", "kill@2"], ["--fault", "expire@3"], ["--move", "twice"]])  # fmt: skip
@pytest.mark.parametrize("command", ["audit", "snapshot"])
def test_what_had_been_written_stays(
    fake_ad, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path,
    command: str, fault: list[str],
) -> None:  # fmt: skip
    server = fake_ad(*fault)
    monkeypatch.setenv("AADSIM_PASSWORD", server.password)
    path = tmp_path / "result.parquet"
    path.write_text("before", encoding="utf-8")
    objects = ["-r", "standard-1.4", "-o", server.url()] if command == "audit" else [server.url()]
    ran = Command(monkeypatch, capsys)(
        command, *objects, "--output", str(path), "--user", server.user,
        "--ca-file", str(server.ca_file), "--ldap-server-name", server.server_name,
    )  # fmt: skip
    assert ran.status == 3, ran.err
    assert ran.err.startswith("error: ")
    assert "Traceback" not in ran.out + ran.err
    assert path.read_text(encoding="utf-8") == "before"
