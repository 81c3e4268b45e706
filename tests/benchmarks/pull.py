"""What pulling a directory costs: `aadsim snapshot` beside ldapsearch and ldap3 itself.

    python tests/benchmarks/pull.py [--computers 100000] [--rounds 5]

Starts an OpenLDAP of its own on loopback (slapd and ldapsearch must be installed), and runs the
clients in turn; figures are processor seconds of the whole process, ratios are round by round.
"""

import argparse
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

SERVERS = Path(__file__).parent.parent / "servers"
BASE = "DC=contoso,DC=test"
USER = f"CN=svc-reader,CN=Users,{BASE}"
PASSWORD = "Passw0rd.Lab1"
FILTER = "(objectClass=computer)"
GOALS = {"aadsim / ldapsearch": 3.0, "aadsim / ldap3 alone": 1.15}

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


def attributes() -> list[str]:
    """What `aadsim snapshot` asks for."""
    from simulator.sources.carried import COMPUTER_ATTRIBUTES
    from simulator.sources.ldap_resume import UPDATE_NUMBER
    from simulator.sources.ldap_server import ALWAYS_READ

    return sorted({*COMPUTER_ATTRIBUTES, *ALWAYS_READ, UPDATE_NUMBER})


@contextmanager
def directory(computers: int) -> Iterator[tuple[int, Path]]:
    """An OpenLDAP with so many computers: its port for LDAPS, and its authority's certificate."""
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


def processor_seconds(command: list[str], environment: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=os.environ | environment, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--computers", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    names = attributes()
    with directory(given.computers) as (port, authority), tempfile.TemporaryDirectory() as folder:
        url = f"ldaps://127.0.0.1:{port}"
        clients: dict[str, Callable[[], float]] = {
            "ldapsearch": lambda: processor_seconds(
                ["ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-x", "-H", url, "-D", USER, "-w",
                 PASSWORD, "-E", "pr=1000/noprompt", "-b", BASE, FILTER, *names],
                {"LDAPTLS_CACERT": str(authority)},
            ),
            "aadsim": lambda: processor_seconds(
                [sys.executable, "-m", "simulator", "snapshot", f"{url}/???{FILTER}", "--user", USER,
                 "--ca-file", str(authority), "--output", f"{folder}/o.parquet"],
                {"AADSIM_PASSWORD": PASSWORD},
            ),
            "ldap3 alone": lambda: processor_seconds(
                [sys.executable, "-W", "ignore", "-c", LDAP3, str(port), str(authority), BASE, USER,
                 PASSWORD, FILTER, *names], {},
            ),
        }  # fmt: skip
        rounds = [{name: run() for name, run in clients.items()} for _ in range(given.rounds)]
    print(f"{given.computers} computers over LDAPS, {given.rounds} rounds, processor seconds")
    for name in clients:
        figures = sorted(each[name] for each in rounds)
        print(
            f"{name:14} {statistics.median(figures):7.2f}   ({figures[0]:.2f} to {figures[-1]:.2f})"
        )
    for title, goal in GOALS.items():
        above, below = title.split(" / ")
        ratios = sorted(each[above] / each[below] for each in rounds)
        met = "met" if statistics.median(ratios) <= goal else "MISSED"
        print(
            f"{title:24} {statistics.median(ratios):5.2f}   ({ratios[0]:.2f} to {ratios[-1]:.2f})"
            f"   goal {goal}: {met}"
        )


if __name__ == "__main__":
    main()
