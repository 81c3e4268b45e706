"""What goes over the wire: nothing but signing in, searching and leaving, and all inside TLS."""

import ast
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.sources import load_objects

SOURCES = Path(__file__).parent.parent / "simulator" / "sources"
START_TLS = b"1.3.6.1.4.1.1466.20037"
BIND, UNBIND, SEARCH, EXTENDED = 0x60, 0x42, 0x63, 0x77  # RFC 4511, section 4.2 and on
SUCCESS = bytes.fromhex("78070a010004000400")  # of an extended request
ANOTHER_RECORD = 0x16  # a TLS handshake


class Recorder:
    """Stands between client and server, ends TLS, and keeps what the client says inside it."""

    def __init__(self, upstream: int, tls: Path, start_tls: bool) -> None:
        self.upstream, self.start_tls = upstream, start_tls
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(tls / "cert.pem", tls / "key.pem")
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.clear, self.inside = b"", bytearray()
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self) -> None:
        client, _ = self.listener.accept()
        with client, socket.create_connection(("127.0.0.1", self.upstream)) as server:
            if self.start_tls:
                self.clear = client.recv(4096)
                _, start, _ = element(self.clear, 0)
                answer = self.clear[start : element(self.clear, start)[2]] + SUCCESS
                client.sendall(bytes([0x30, len(answer)]) + answer)
                self.first_after = client.recv(1, socket.MSG_PEEK)
            with self.context.wrap_socket(client, server_side=True) as secured:
                answers = threading.Thread(target=pump, args=(server, secured))
                answers.start()
                while heard := receive(secured):
                    self.inside += heard
                    server.sendall(heard)
                server.shutdown(socket.SHUT_WR)
                answers.join()

    def close(self) -> None:
        self.thread.join(timeout=20)
        self.listener.close()


def receive(stream: socket.socket) -> bytes:
    try:
        return stream.recv(65536)
    except OSError:
        return b""


def pump(source: socket.socket, sink: socket.socket) -> None:
    while heard := receive(source):
        try:
            sink.sendall(heard)
        except OSError:
            return


def operations(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """The tag and the contents of each operation in a stream of LDAP messages."""
    at = 0
    while at < len(stream):
        tag, start, at = element(stream, at)
        assert tag == 0x30
        _, _, after_id = element(stream, start)
        operation, begin, end = element(stream, after_id)
        yield operation, stream[begin:end]


def element(stream: bytes, at: int) -> tuple[int, int, int]:
    """The tag, the start of the contents and the end of the BER element at *at*."""
    length, start = stream[at + 1], at + 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(stream[at + 2 : start], "big")
    return stream[at], start, start + length


@pytest.mark.parametrize("start_tls", [False, True], ids=["LDAPS", "StartTLS"])
def test_only_bind_search_and_unbind_are_sent(openldap, start_tls: bool) -> None:
    recorder = Recorder(openldap.port, openldap.tls, start_tls)
    scheme = "ldap" if start_tls else "ldaps"
    url = f"{scheme}://127.0.0.1:{recorder.port}/???(objectClass=computer)"
    found = load_objects(url, openldap.request("userCertificate"))
    recorder.close()
    assert len(found.objects) == openldap.count
    sent = [tag for tag, _ in operations(bytes(recorder.inside))]
    assert sent[0] == BIND
    assert sent[-1] == UNBIND
    assert set(sent[1:-1]) == {SEARCH}
    assert sent.count(SEARCH) == 6  # the root of the directory, and five pages
    if start_tls:
        ((tag, contents),) = operations(recorder.clear)
        assert (tag, START_TLS in contents) == (EXTENDED, True)
        assert recorder.first_after == bytes([ANOTHER_RECORD])
    assert openldap.password.encode() not in recorder.clear
    assert openldap.password.encode() in recorder.inside  # so that the line above means something


def test_reading_ranges_sends_only_searches(run_server, certificates: Path, openldap) -> None:
    port = run_server("fake_ad.py", "--count", 3, "--max-val-range", 2)
    recorder = Recorder(port, certificates, start_tls=False)
    request = openldap.request(
        "servicePrincipalName", ca_file=certificates / "ca.pem", server_name="dc1.contoso.test"
    )
    found = load_objects(f"ldaps://127.0.0.1:{recorder.port}/", request)
    recorder.close()
    names = [o.attributes.get("servicePrincipalName", ()) for o in found.objects]
    assert [len(n) for n in names if isinstance(n, tuple) and n]
    assert all(len(n) in (0, 4) for n in names if isinstance(n, tuple))
    assert {tag for tag, _ in operations(bytes(recorder.inside))} == {BIND, SEARCH, UNBIND}


CHANGES = {"add", "modify", "modify_dn", "delete", "extend", "extended", "compare", "rebind"}
MODULES = sorted(SOURCES.glob("ldap_*.py"))


def test_the_modules_that_may_speak_ldap_are_the_ones_looked_at() -> None:
    root = SOURCES.parent
    speaking = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if any(name.startswith("ldap3") for name in imported(path))
    }
    formatters = {"sources/decode.py", "sources/json_file.py"}  # take text forms of identifiers
    talking = {f"sources/{p.name}" for p in MODULES}
    assert talking & speaking
    for path in speaking - talking - formatters:
        names = imported(root / path)
        assert all(n.startswith(("ldap3.utils", "ldap3.protocol")) for n in names if "ldap3" in n)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.name)
def test_no_call_changes_a_directory(path: Path) -> None:
    called = {
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not called & CHANGES


def test_connections_are_verified_read_only_and_follow_nothing() -> None:
    tree = ast.parse((SOURCES / "ldap_session.py").read_text(encoding="utf-8"))
    calls = {
        node.func.id: {k.arg: ast.unparse(k.value) for k in node.keywords}
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert calls["Tls"]["validate"] == "ssl.CERT_REQUIRED"
    settings = {
        "read_only": "True",
        "auto_referrals": "False",
        "raise_exceptions": "True",
        "check_names": "False",
        "return_empty_attributes": "False",
    }
    assert settings.items() <= calls["Connection"].items()


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names
