"""A domain in place of a host: who is tried, in which order, and when the next one is."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.errors import IncompleteError, InputError, SimulatorError, UsageError
from simulator.sources import SourceRequest, load_objects
from simulator.sources.ldap_domain import servers
from simulator.sources.ldap_query import Directory, ask
from simulator.sources.ldap_url import domain_of, parse_ldap_url
from tests.conftest import DirectoryServer, free_ports
from tests.running import Command

DOMAIN = "contoso.test"
CONTROLLERS = f"_ldap._tcp.dc._msdcs.{DOMAIN}."
ANY = f"_ldap._tcp.{DOMAIN}."


@pytest.fixture
def name_server(run_server: Callable[..., int]) -> Callable[..., str]:
    """Starts a DNS server with these records, and gives its address."""
    return lambda *records: f"127.0.0.1:{run_server('dns_server.py', *records)}"


def order(url: str, name_server: str) -> list[tuple[str, int]]:
    found = servers(parse_ldap_url(url), SourceRequest(name_server=name_server, timeout=2))
    return [(one.host, one.port) for one in found if not one.outside]


BASES = [
    ("DC=contoso,DC=com", "contoso.com"),
    ("OU=Servers,DC=contoso,DC=com", "contoso.com"),
    ("ou=a\\,DC=x, dc = contoso , Dc=com", "contoso.com"),
    ("DC=x,OU=a,DC=contoso,DC=com", "contoso.com"),
    ("OU=a", ""),
    ("DC=contoso,O=b", ""),
    ("", ""),
]


@pytest.mark.parametrize(("base", "domain"), BASES)
def test_the_domain_of_a_base(base: str, domain: str) -> None:
    assert domain_of(base) == domain


MEANT = [
    ("ldaps://contoso.test", "contoso.test"),
    ("ldaps://contoso.test/DC=other,DC=test", "contoso.test"),
    ("ldaps:///OU=a,DC=contoso,DC=test", "contoso.test"),
    ("ldaps://contoso.test:636", ""),
    ("ldaps://dc1", ""),
    ("ldaps://10.0.0.1/DC=contoso,DC=test", ""),
    ("ldaps://[fe80::1]/DC=contoso,DC=test", ""),
]


@pytest.mark.parametrize(("url", "domain"), MEANT)
def test_what_may_be_a_domain(url: str, domain: str) -> None:
    assert parse_ldap_url(url).domain == domain


def test_priority_comes_first_and_the_port_follows_the_scheme(name_server) -> None:
    dns = name_server(
        f"{CONTROLLERS} SRV 20 100 389 far.{DOMAIN}.",
        f"{CONTROLLERS} SRV 0 100 3890 near.{DOMAIN}.",
        f"{CONTROLLERS} SRV 10 0 389 middle.{DOMAIN}.",
        f"{ANY} SRV 0 0 389 other.{DOMAIN}.",
    )
    hosts = [f"{name}.{DOMAIN}" for name in ("near", "middle", "far")]
    for url in (f"ldaps://{DOMAIN}", f"ldaps:///OU=a,DC={DOMAIN.replace('.', ',DC=')}"):
        assert order(url, dns) == [(host, 636) for host in hosts]
    assert order(f"ldap://{DOMAIN}/", dns) == list(zip(hosts, (3890, 389, 389), strict=True))


def test_weight_decides_how_often_a_server_is_the_first(name_server) -> None:
    dns = name_server(
        f"{CONTROLLERS} SRV 0 90 389 often.{DOMAIN}.",
        f"{CONTROLLERS} SRV 0 10 389 seldom.{DOMAIN}.",
    )
    firsts = Counter(order(f"ldaps://{DOMAIN}", dns)[0][0] for _ in range(200))
    # 180 of 200 are expected; outside of 140 and 199 once in millions of runs
    assert 140 < firsts[f"often.{DOMAIN}"] < 200


def test_other_directory_servers_count_where_there_are_no_domain_controllers(name_server) -> None:
    dns = name_server(f"{ANY} SRV 0 0 389 ldap.{DOMAIN}.")
    assert order(f"ldaps://{DOMAIN}", dns) == [(f"ldap.{DOMAIN}", 636)]


HOSTS = [[f"dc1.{DOMAIN}. A 127.0.0.1"], ["--refuse"], ["--silent"]]


@pytest.mark.parametrize("records", HOSTS, ids=["no such records", "refused", "silent"])
def test_a_name_without_records_is_a_host(name_server, records: list[str]) -> None:
    assert order(f"ldaps://dc1.{DOMAIN}", name_server(*records)) == [(f"dc1.{DOMAIN}", 636)]


@pytest.mark.parametrize("url", [f"ldaps://dc1.{DOMAIN}:636", "ldaps://dc1", "ldaps://10.0.0.1"])
def test_a_server_that_is_named_is_not_looked_up(run_server, tmp_path: Path, url: str) -> None:
    log = tmp_path / "asked"
    dns = f"127.0.0.1:{run_server('dns_server.py', '--log', log)}"
    assert len(order(url, dns)) == 1
    assert not log.exists()


NOT_FOUND = [
    ([], InputError, "knows no directory server of the domain contoso.test"),
    ([f"{CONTROLLERS} SRV 0 0 0 ."], InputError, "knows no directory server"),
    (["--refuse"], IncompleteError, "DNS does not tell the servers of contoso.test"),
    (["--silent"], IncompleteError, "DNS does not tell the servers of contoso.test"),
]


@pytest.mark.parametrize(
    ("records", "kind", "problem"), NOT_FOUND, ids=["none", "none offered", "refused", "silent"]
)
def test_a_domain_without_servers(
    name_server, records: list[str], kind: type[SimulatorError], problem: str
) -> None:
    with pytest.raises(kind) as caught:
        order("ldaps:///DC=contoso,DC=test", name_server(*records))
    assert caught.value.message.startswith("ldaps:///DC=contoso,DC=test: ")
    assert problem in caught.value.message
    assert "name a domain controller" in (caught.value.help or "")


def test_a_host_outside_of_the_domain_is_not_believed(name_server) -> None:
    """Else who forges DNS chooses the name that the certificate is checked against."""
    outside = f"{CONTROLLERS} SRV 0 0 389 dc1.evil.test."
    for record in (outside, outside.replace("dc1.evil", f"evil{DOMAIN.removesuffix('.test')}")):
        with pytest.raises(UsageError, match="are not in that domain"):
            order(f"ldaps://{DOMAIN}", name_server(record))
    dns = name_server(outside, f"{CONTROLLERS} SRV 5 0 389 dc1.{DOMAIN}.")
    assert order(f"ldaps://{DOMAIN}", dns) == [(f"dc1.{DOMAIN}", 636)]


@pytest.mark.parametrize("text", ["dns.contoso.test", "10.0.0.1:x", "10.0.0.1:70000", "[::1"])
def test_what_is_no_address_of_a_dns_server(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        order(f"ldaps://{DOMAIN}", text)
    assert f"`{text}` is no address" in caught.value.message


def test_a_system_that_names_no_dns_server(monkeypatch: pytest.MonkeyPatch) -> None:
    import dns.resolver

    def none(resolver: object, *arguments: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    for how in ("read_resolv_conf", "read_registry"):
        monkeypatch.setattr(dns.resolver.Resolver, how, none)
    with pytest.raises(InputError) as caught:
        order("ldaps:///DC=contoso,DC=test", "")
    assert "names no DNS server" in caught.value.message
    assert "--dns-server" in (caught.value.help or "")
    assert order(f"ldaps://dc1.{DOMAIN}", "") == [(f"dc1.{DOMAIN}", 636)]


# -- signing in at the first that answers ------------------------------------------------------


@pytest.fixture
def domain(name_server) -> Callable[..., str]:
    """A domain of servers on loopback, the first tried first; gives the address of its DNS."""

    def make(*controllers: DirectoryServer | int | str) -> str:
        records = []
        for number, one in enumerate(controllers, 1):
            host = (
                f"dc1.{DOMAIN}." if isinstance(one, DirectoryServer) else f"dc{number}0.{DOMAIN}."
            )
            port = one.port if isinstance(one, DirectoryServer) else one
            if isinstance(one, str):
                records.append(f"{CONTROLLERS} SRV {number} 0 389 {one}")
                continue
            records.append(f"{CONTROLLERS} SRV {number} 0 {port} {host}")
            records.append(f"{host} A 127.0.0.1")
        return name_server(*records)

    return make


def of_domain(server: DirectoryServer, dns: str, **changes: object) -> SourceRequest:
    return server.request(server_name=None, name_server=dns, timeout=2, **changes)


URL = f"ldap://{DOMAIN}/"


def test_the_next_server_is_tried_when_one_is_away(fake_ad, domain, run_server) -> None:
    good = fake_ad(ldaps=False, computers=5)
    (nobody,) = free_ports(1)
    mute = run_server("fault_proxy.py", "--to", f"127.0.0.1:{good.port}", "--stall-after", 0)
    rude = run_server("fault_proxy.py", "--to", f"127.0.0.1:{good.port}", "--close-after", 0)
    busy = fake_ad("--refuse", "51:too much to do", ldaps=False, computers=1)
    leaving = fake_ad("--refuse", "52:going down", ldaps=False, computers=1)
    dns = domain(nobody, mute, rude, busy, leaving, "dc1.evil.test.", good)
    asked: list[str] = []
    request = of_domain(good, dns, password=lambda: asked.append("once") or good.password)
    seen: list[Directory] = []
    ask(URL, request, seen.append)
    assert (seen[0].url.host, seen[0].url.port) == (f"dc1.{DOMAIN}", good.port)
    assert asked == ["once"]
    assert len(load_objects(URL, of_domain(good, dns)).objects) == 5


@pytest.fixture
def counting(fake_ad, tmp_path: Path) -> Callable[..., tuple[DirectoryServer, Callable[[], int]]]:
    """A server and how many sign-ins it has been asked for."""

    def make(*arguments: object) -> tuple[DirectoryServer, Callable[[], int]]:
        log = tmp_path / "binds"
        server = fake_ad("--bind-log", log, *arguments, ldaps=False, computers=1)
        return server, lambda: len(log.read_text().splitlines()) if log.exists() else 0

    return make


def test_a_refused_sign_in_is_not_tried_elsewhere(fake_ad, domain, counting) -> None:
    """Each try counts against the account, at whichever server."""
    first = fake_ad("--refuse", "49:80090308: ..., data 52e, v1", ldaps=False, computers=1)
    second, binds = counting()
    dns = domain(first, second)
    with pytest.raises(UsageError, match="password is wrong"):
        load_objects(URL, of_domain(first, dns))
    assert binds() == 0


def test_an_untrusted_certificate_is_not_passed_over(
    fake_ad, domain, counting, certificates: Path, tmp_path: Path
) -> None:
    first = fake_ad(ldaps=False, computers=1)
    second, binds = counting()
    dns = domain(first, second)
    with pytest.raises(UsageError, match="is not trusted"):
        load_objects(URL, of_domain(first, dns, ca_file=first.other_ca_file))
    assert binds() == 0


def test_the_certificate_must_be_for_the_name_and_not_for_the_address(fake_ad, domain) -> None:
    """The certificate is for 127.0.0.1 as well, where the name leads."""
    server = fake_ad(ldaps=False, computers=1)
    dns = domain(server.port)  # under the name dc10
    with pytest.raises(UsageError) as caught:
        load_objects(URL, of_domain(server, dns))
    assert f"not for dc10.{DOMAIN}" in caught.value.message
    request = of_domain(server, dns)
    named = server.request(name_server=dns, timeout=2)  # --ldap-server-name dc1.contoso.test
    assert request.server_name is None
    assert len(load_objects(URL, named).objects) == 1


def test_when_no_server_answers_each_is_told_with_its_reason(fake_ad, domain) -> None:
    (nobody,) = free_ports(1)
    busy = fake_ad("--refuse", "51:too much to do", ldaps=False, computers=1)
    dns = domain(nobody, busy, "dc1.evil.test.", f"gone.{DOMAIN}.")
    with pytest.raises(IncompleteError) as caught:
        load_objects(URL, of_domain(busy, dns))
    message = caught.value.message
    assert message.startswith(f"ldap://{DOMAIN}:389: no server of the domain {DOMAIN} answers: ")
    assert f"dc10.{DOMAIN}:{nobody}: nothing listens there: connection refused" in message
    assert f"dc1.{DOMAIN}:{busy.port}: busy (51): too much to do" in message
    assert "dc1.evil.test: is not in the domain, and was not tried" in message
    assert f"gone.{DOMAIN}:389: the host gone.{DOMAIN} is not known" in message
    assert caught.value.status == 3


def test_so_many_servers_are_tried_and_no_more(fake_ad, domain) -> None:
    good = fake_ad(ldaps=False, computers=1)
    with pytest.raises(IncompleteError) as caught:
        load_objects(URL, of_domain(good, domain(*free_ports(8), good)))
    assert caught.value.message.count("connection refused") == 8
    assert caught.value.message.endswith("; not tried: 1 more")
    assert load_objects(URL, of_domain(good, domain(*free_ports(7), good))).objects


def test_on_the_command_line(
    samba, name_server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a host, with LDAPS on its own port, at a domain controller."""
    dns = name_server(
        f"{CONTROLLERS} SRV 0 100 389 gone.{DOMAIN}.",
        f"{CONTROLLERS} SRV 1 100 389 dc1.{DOMAIN}.",
        f"dc1.{DOMAIN}. A {samba.host}",
    )
    monkeypatch.setenv("AADSIM_PASSWORD", samba.password)
    ran = Command(monkeypatch, capsys)(
        "doctor", f"ldaps:///{samba.base}", "--dns-server", dns, "--user", samba.user,
        "--ca-file", str(samba.ca_file),
    )  # fmt: skip
    assert ran.status == 0, ran.out + ran.err
    assert f"dc1.{DOMAIN} is a domain controller of {samba.base}" in ran.out
