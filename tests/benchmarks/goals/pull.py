"""P18, and the pull: a directory read into a snapshot, beside ldapsearch and ldap3 itself.

An OpenLDAP of its own on loopback, LDAPS; processor seconds of whole client processes.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

from simulator.sources.carried import COMPUTER_ATTRIBUTES
from simulator.sources.ldap_resume import UPDATE_NUMBER
from simulator.sources.ldap_server import ALWAYS_READ
from tests.benchmarks.bench import Bench, Times, ratios
from tests.benchmarks.child import ROOT, aadsim, usage
from tests.benchmarks.goal import NotMeasuredError, goal

SERVERS = ROOT / "tests" / "servers"
BASE = "DC=contoso,DC=test"
USER = f"CN=svc-reader,CN=Users,{BASE}"
PASSWORD = "Passw0rd.Lab1"
FILTER = "(objectClass=computer)"

LDAP3 = """
import ssl, sys
from ldap3 import NONE, Connection, Server, Tls, set_config_parameter
port, authority, base, user, password, filter, *names = sys.argv[1:]
set_config_parameter("CASE_INSENSITIVE_ATTRIBUTE_NAMES", False)
set_config_parameter("SOCKET_SIZE", 65536)
tls = Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=authority)
server = Server("127.0.0.1", int(port), use_ssl=True, tls=tls, get_info=NONE)
link = Connection(server, user, password, auto_bind=True, raise_exceptions=True,
                  check_names=False, return_empty_attributes=False, auto_range=False)
found = link.extend.standard.paged_search(base, filter, attributes=names, paged_size=1000,
                                          generator=True)
print(sum(entry["type"] == "searchResEntry" for entry in found))
"""


@goal("P18", "`aadsim snapshot` of a directory / ldap3's paged generator, nothing written", 1.15)
def _(bench: Bench) -> list[float]:
    return ratios(_clients(bench), "aadsim", "ldap3")


@goal("pull", "`aadsim snapshot` of a directory / ldapsearch", 3.0)
def _(bench: Bench) -> list[float]:
    return ratios(_clients(bench), "aadsim", "ldapsearch")


@cache
def _clients(bench: Bench) -> Times:
    """Round by round, the processor seconds of each client for half as many as the middle data."""
    names = sorted({*COMPUTER_ATTRIBUTES, *ALWAYS_READ, UPDATE_NUMBER})
    search = _installed("ldapsearch")
    with (
        directory(bench.sizes.middle // 2) as (port, authority),
        tempfile.TemporaryDirectory() as folder,
    ):
        url = f"ldaps://127.0.0.1:{port}"
        commands = {
            "ldapsearch": [
                search, "-LLL", "-o", "ldif-wrap=no", "-x", "-H", url, "-D", USER, "-w", PASSWORD,
                "-E", "pr=1000/noprompt", "-b", BASE, FILTER, *names,
            ],
            "aadsim": aadsim(
                "snapshot", f"{url}/???{FILTER}", "--user", USER, "--ca-file", authority,
                "--output", f"{folder}/o.parquet",
            ),
            "ldap3": [
                sys.executable, "-W", "ignore", "-c", LDAP3, str(port), str(authority), BASE, USER,
                PASSWORD, FILTER, *names,
            ],
        }  # fmt: skip
        environment = {"LDAPTLS_CACERT": str(authority), "AADSIM_PASSWORD": PASSWORD}
        return bench.figures(
            {name: partial(_seconds, each, environment) for name, each in commands.items()}
        )


def _seconds(command: list[str], environment: dict[str, str]) -> float:
    return usage(command, environment).cpu


@contextmanager
def directory(computers: int) -> Iterator[tuple[int, Path]]:
    """An OpenLDAP with so many computers: its port for LDAPS, and its authority's certificate."""
    _installed("slapd")
    folder = Path(tempfile.mkdtemp(prefix="aadsim-pull-"))
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as two,
    ):
        plain, port = one.getsockname()[1], two.getsockname()[1]
    environment = os.environ | {"LDAP_PORT": str(plain), "LDAPS_PORT": str(port)}

    def script(verb: str, *arguments: object) -> None:
        command = ["sh", SERVERS / "openldap.sh", verb, "-d", folder / "server", *arguments]
        subprocess.run(
            list(map(str, command)), env=environment, check=True, stdout=subprocess.DEVNULL
        )

    try:
        script("init", "-n", computers, "-s", 1)
        script("start")
        try:
            yield port, folder / "server" / "tls" / "ca.pem"
        finally:
            script("stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _installed(program: str) -> str:
    """The path of *program*."""
    found = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if not found:
        raise NotMeasuredError(f"{program} is not installed")
    return found
