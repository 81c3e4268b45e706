"""An independent count beside a read, and the schema beside attributes that nobody has."""

import base64
import json
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from simulator.errors import IncompleteError
from simulator.sources import SourceRequest, load_objects
from simulator.sources.ldap_count import counted, fewer_read
from simulator.sources.ldap_query import Directory, ask
from simulator.sources.ldap_schema import absence, unknown_to_schema

T = TypeVar("T")
BASE = "DC=contoso,DC=test"
CATEGORY = f"CN=%s,CN=Schema,CN=Configuration,{BASE}"


def asked(url: str, request: SourceRequest, question: Callable[[Directory], T]) -> T:
    answers: list[T] = []
    ask(url, request, lambda directory: answers.append(question(directory)))
    return answers[0]


def count(server, base: str = BASE, **changes: object) -> int | None:
    request = server.request(**changes)
    return asked(
        server.url(), request, lambda directory: counted(directory.connection, directory.url, base)
    )


def test_the_count_of_a_domain_controller(samba) -> None:
    read = load_objects(samba.url(), samba.request())
    assert count(samba) == len(read.objects) == samba.count + 1


def test_the_count_over_several_pages(openldap) -> None:
    assert count(openldap) == openldap.count == 5000
    servers = f"OU=Unix,OU=Servers,{BASE}"
    read = load_objects(openldap.url(f"{servers}???(objectClass=computer)"), openldap.request())
    assert count(openldap, servers) == len(read.objects) > 0


GROUPS = [515, 515, 516, 521]
SERVICES = ["msDS-GroupManagedServiceAccount", "msDS-ManagedServiceAccount"]


@pytest.fixture
def domain(tmp_path: Path) -> Callable[..., Path]:
    """A file of computers of each group, of managed service accounts in the group of computers,
    of users; *hidden* so many computers without what the usual filter tests."""

    def make(hidden: int = 0, groups: bool = True) -> Path:
        objects = [("computer", "Computer", group) for group in GROUPS]
        objects += [(kind, "ms-DS-Managed", 515) for kind in SERVICES]
        objects += [("user", "Person", 513)]
        path = tmp_path / "domain.jsonl"
        with path.open("w", encoding="utf-8") as out:
            for number, (kind, category, group) in enumerate(objects):
                classes = ["user", "computer"] if kind in SERVICES else []
                attributes = {
                    "objectClass": [*classes, kind],
                    "objectGUID": [{"base64": base64.b64encode(bytes([number] * 16)).decode()}],
                }
                if groups:
                    attributes["primaryGroupID"] = [str(group)]
                if number >= hidden:
                    attributes["objectCategory"] = [CATEGORY % category]
                record = {"dn": f"CN=o{number},{BASE}", "attributes": attributes}
                out.write(json.dumps(record) + "\n")
        return path

    return make


def test_service_accounts_are_not_computers(fake_ad, domain) -> None:
    server = fake_ad("--file", domain())
    assert count(server) == len(load_objects(server.url(), server.request()).objects) == 4


def test_what_the_filter_cannot_see_is_counted_all_the_same(fake_ad, domain) -> None:
    server = fake_ad("--file", domain(hidden=2))
    read = len(load_objects(server.url(), server.request()).objects)
    assert (read, count(server)) == (2, 4)
    assert "read 2 objects, but 4 members of the groups" in fewer_read(read, count(server))


def test_without_readable_groups_there_is_no_count(fake_ad, domain) -> None:
    assert count(fake_ad("--file", domain(groups=False))) is None


@pytest.mark.parametrize("fault", ["51@2", "close@2", "4@1", "3@3"])
def test_a_count_that_breaks_is_none(fake_ad, fault: str) -> None:
    assert count(fake_ad("--fault", fault)) is None
    assert count(fake_ad()) == 250


@pytest.mark.parametrize(
    ("read", "number", "said"), [(5, 5, False), (6, 5, False), (5, None, False), (4, 5, True)]
)
def test_only_fewer_objects_are_told(read: int, number: int | None, said: bool) -> None:
    assert bool(fewer_read(read, number)) is said


def test_the_count_holds_a_page_at_most(fake_ad) -> None:
    """Ten times the computers need no more memory; to hold them would take twice what is let."""
    peaks = []
    for computers in (250, 2500):
        server = fake_ad(computers=computers)

        def question(directory: Directory, expected: int = computers) -> None:
            with measured() as peak:
                assert counted(directory.connection, directory.url, BASE) == expected
            peaks.append(peak())

        ask(server.url(), server.request(), question)
    assert peaks[1] < peaks[0] + 250_000


@contextmanager
def measured() -> Iterator[Callable[[], int]]:
    tracemalloc.start()
    peak = 0
    yield lambda: peak
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


# -- the schema --------------------------------------------------------------------------------

NAMES = ("userCertificate", "OPERATINGSYSTEM", "cn", "noSuchAttribute")


@pytest.mark.parametrize("kind", ["openldap", "samba"])
def test_what_a_schema_lacks(request: pytest.FixtureRequest, kind: str) -> None:
    """Names compare without case, and other names of an attribute count (cn, commonName)."""
    server = request.getfixturevalue(kind)

    def question(directory: Directory) -> frozenset[str] | None:
        return unknown_to_schema(directory.connection, directory.url, NAMES)

    assert asked(server.url(), server.request(), question) == {"noSuchAttribute"}


def test_a_directory_that_tells_no_schema(fake_ad) -> None:
    server = fake_ad(computers=1)

    def question(directory: Directory) -> frozenset[str] | None:
        return unknown_to_schema(directory.connection, directory.url, NAMES)

    assert asked(server.url(), server.request(), question) is None


ABSENT = [
    ([], None, []),
    (["a"], None, ["no object has a: absent everywhere, or me may not read it"]),
    (["a"], frozenset(), ["no object has a: absent everywhere, or me may not read it"]),
    (["a"], frozenset({"a", "z"}), ["the schema of the directory does not know a"]),
    (
        ["a", "b", "c"],
        frozenset({"b"}),
        [
            "the schema of the directory does not know b",
            "no object has a, c: absent everywhere, or me may not read it",
        ],
    ),
]


@pytest.mark.parametrize(("absent", "unknown", "notes"), ABSENT)
def test_why_nobody_has_an_attribute(
    absent: list[str], unknown: frozenset[str] | None, notes: list[str]
) -> None:
    assert absence(absent, unknown, "me") == notes


def test_a_question_that_breaks_is_an_error_elsewhere(fake_ad) -> None:
    """Other questions than the count end in an error, whatever page breaks."""
    server = fake_ad("--fault", "51@2")
    with pytest.raises(IncompleteError, match=r"busy \(51\)"):
        asked(
            server.url(),
            server.request(),
            lambda directory: list(directory.entries(BASE, "(objectClass=computer)", ["cn"])),
        )
