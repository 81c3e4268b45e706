"""Directory servers for tests: on loopback, one per test process, each in a folder of its own.

A server that is not installed skips its tests, visibly; AADSIM_REQUIRE_SERVERS=1 fails them.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

import pytest

from simulator.sources import SourceRequest

SERVERS = Path(__file__).parent / "servers"
PASSWORD = "Passw0rd.Lab1"
SEED = 1
HUGE = ("--huge", "1")  # the first computer has 1600 certificates


@dataclass(frozen=True)
class DirectoryServer:
    """A running directory server with generated computers, and how to reach it."""

    host: str
    port: int
    tls_port: int
    user: str
    server_name: str
    tls: Path
    base: str = "DC=contoso,DC=test"
    count: int = 0
    facts: Path | None = None
    password: str = field(default=PASSWORD, repr=False)

    @property
    def ca_file(self) -> Path:
        return self.tls / "ca.pem"

    @property
    def other_ca_file(self) -> Path:
        """A certificate that must not make the server trusted."""
        return self.tls / "other-ca.pem"

    def url(self, tail: str = "") -> str:
        """The LDAPS URL, with everything after the slash in *tail*."""
        return f"ldaps://{self.host}:{self.tls_port}/{tail}"

    def ldap_url(self, tail: str = "") -> str:
        """The URL of the port that starts without TLS."""
        return f"ldap://{self.host}:{self.port}/{tail}"

    def request(self, *attributes: str, **changes: object) -> SourceRequest:
        """What a reader needs to read the server, with *changes*."""
        request = SourceRequest(
            frozenset(attributes),
            user=self.user,
            password=lambda: self.password,
            ca_file=self.ca_file,
            server_name=self.server_name,
            timeout=20,
        )
        return replace(request, **changes)  # type: ignore[arg-type]


def unavailable(reason: str) -> NoReturn:
    if os.environ.get("AADSIM_REQUIRE_SERVERS") == "1":
        pytest.fail(f"AADSIM_REQUIRE_SERVERS=1, but {reason}")
    pytest.skip(reason)


def need(*programs: str) -> None:
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    missing = [p for p in programs if shutil.which(p, path=path) is None]
    if missing:
        unavailable(f"not installed: {', '.join(missing)}")


def script(name: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(SERVERS / name), *map(str, arguments)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def must(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Callable[[str], Path]]:
    """Makes folders with short names, which the sockets of servers need."""
    made: list[Path] = []

    def make(name: str) -> Path:
        made.append(Path(tempfile.mkdtemp(prefix=f"aadsim-{name}-")))
        return made[-1]

    yield make
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def certificates(server_folder: Callable[[str], Path]) -> Path:
    """A folder with ca.pem, other-ca.pem, and cert.pem and key.pem for dc1.contoso.test."""
    need("sh", "openssl")
    folder = server_folder("tls") / "tls"
    must(script("make_certs.sh", folder, "dc1.contoso.test", "127.0.0.1"))
    return folder


@pytest.fixture(scope="session")
def openldap(server_folder: Callable[[str], Path]) -> Iterator[DirectoryServer]:
    """OpenLDAP with 5000 computers: five pages; the filter is (objectClass=computer)."""
    need("slapd", "slapadd", "slappasswd", "ldapwhoami", "openssl")
    folder, count = server_folder("ldap") / "server", 5000
    port, tls_port = free_ports(2)
    ports = {"LDAP_PORT": str(port), "LDAPS_PORT": str(tls_port)}
    must(
        script("openldap.sh", "init", "-d", folder, "-n", count, "-s", SEED, "--", *HUGE, **ports)
    )
    must(script("openldap.sh", "start", "-d", folder, **ports))
    yield DirectoryServer(
        "127.0.0.1",
        port,
        tls_port,
        "CN=svc-reader,CN=Users,DC=contoso,DC=test",
        "ldap.contoso.test",
        folder / "tls",
        count=count,
        facts=folder / "facts.jsonl",
    )
    must(script("openldap.sh", "stop", "-d", folder))


@pytest.fixture(scope="session")
def samba(server_folder: Callable[[str], Path]) -> Iterator[DirectoryServer]:
    """A Samba domain controller with 1000 computers beside itself."""
    need("samba", "samba-tool", "ldapsearch", "openssl")
    if os.geteuid() != 0:
        unavailable("a Samba domain controller needs root")
    folder, count = server_folder("ad") / "dc", 1000
    # The ports are fixed: an address for each test process.
    address = {"AD_HOST": f"127.77.{os.getpid() // 250 % 250}.{os.getpid() % 250 + 1}"}
    must(
        script(
            "samba-ad.sh", "init", "-d", folder, "-n", count, "-s", SEED, "--", *HUGE, **address
        )
    )
    must(script("samba-ad.sh", "start", "-d", folder, **address))
    yield DirectoryServer(
        address["AD_HOST"],
        389,
        636,
        "svc-reader@contoso.test",
        "dc1.contoso.test",
        folder / "tls",
        count=count,
        facts=folder / "facts.jsonl",
    )
    must(script("samba-ad.sh", "stop", "-d", folder, **address))


@pytest.fixture(scope="session")
def generated(server_folder: Callable[[str], Path]) -> Callable[[int], Path]:
    """Gives a JSON Lines file of the computers that the servers hold: the first so many."""
    folder = server_folder("jsonl")

    def make(count: int, *more: str) -> Path:
        path = folder / f"{count}{''.join(more)}.jsonl"
        if not path.exists():
            command = [SERVERS / "generate_computers.py", "--count", count, "--seed", SEED, *more]
            subprocess.run(
                [sys.executable, *map(str, command), "--out", str(path)], check=True, timeout=120
            )
        return path

    return make


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


@pytest.fixture
def run_server() -> Iterator[Callable[..., int]]:
    """Starts a script of tests/servers that prints its port first, and gives that port.

    With *replacing*, the one started last is ended before.
    """
    running: list[subprocess.Popen[str]] = []

    def start(name: str, *arguments: object, replacing: bool = False) -> int:
        if replacing:
            running[-1].terminate()
            running[-1].communicate(timeout=20)
        process = subprocess.Popen(
            [sys.executable, str(SERVERS / name), *map(str, arguments)],
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        assert process.stdout is not None
        return int(process.stdout.readline())

    yield start
    for process in running:
        process.terminate()
    for process in running:
        process.communicate(timeout=20)


@pytest.fixture
def fake_ad(
    run_server: Callable[..., int], certificates: Path, generated: Callable[[int], Path]
) -> Callable[..., DirectoryServer]:
    """Starts the imitation of a domain controller: 250 computers, 100 a page, LDAPS."""

    def start(
        *arguments: object, computers: int = 250, ldaps: bool = True, replacing: bool = False
    ) -> DirectoryServer:
        given = {"--file", "--count"} & set(arguments)
        source = [] if given else ["--file", generated(computers)]
        tls = ["--tls", certificates, *(["--ldaps"] if ldaps else [])]
        port = run_server(
            "fake_ad.py", "--max-page-size", 100, *source, *tls, *arguments, replacing=replacing
        )
        return DirectoryServer(
            "127.0.0.1", port, port, "reader@contoso.test", "dc1.contoso.test", certificates
        )

    return start
