"""What `aadsim doctor` finds in directories, and what it says of enrolment codes."""

import json
from pathlib import Path

import pytest

from simulator.doctor.examine import SCP_PLACE
from simulator.doctor.findings import (
    ConnectionPoint,
    Diagnosis,
    Level,
    attribute_findings,
    connection_point_findings,
    count_findings,
    tenant_findings,
)
from simulator.enrolment import enrolment_codes
from simulator.objects import ConnectorObject, ObjectSet, Provenance
from tests.running import Command, Ran

TENANT = "11111111-2222-4333-8444-555555555555"
OTHER = "99999999-2222-4333-8444-555555555555"
PLACE = f"{SCP_PLACE},CN=Configuration,DC=x"
NAME, ID = "azureADName:x.example", f"azureADId:{TENANT}"

# keywords of each connection point, the tenant, and each problem with its codes
POINTS = [
    ("as it should be", [[NAME, ID]], TENANT, []),
    ("the tenant in capitals", [[NAME, f"AZUREADID:{TENANT.upper()}"]], TENANT, []),
    ("no tenant told", [[NAME, ID]], None, []),
    ("none", [], TENANT, [("there is no service connection point", (16, 17))]),
    ("another tenant", [[NAME, ID]], OTHER, [(f"is not the tenant {OTHER}", (15, 18))]),
    ("no id", [[NAME]], TENANT, [("no keyword azureADId", (15, 16, 17))]),
    ("no name", [[ID]], TENANT, [("no keyword azureADName", (16, 17))]),
    ("no keywords", [[]], TENANT, [("no keyword azureADName", (16, 17)), ("no keyword azureADId", (15, 16, 17))]),
    ("an enterprise service", [[NAME, ID, "enterpriseDrsName:fs.x.example"]], TENANT, [("fs.x.example", (16, 17))]),
    ("a GUID in braces", [[NAME, f"azureADId:{{{TENANT}}}"]], TENANT, [("is not written as a GUID", (15, 16, 17))]),
    ("two ids", [[NAME, ID, f"azureADId:{OTHER}"]], TENANT, [("2 keywords azureADId", (15, 16, 17, 18)), (f"azureADId {OTHER} is not", (15, 18))]),
]  # fmt: skip


@pytest.mark.parametrize(("keywords", "tenant", "problems"), [p[1:] for p in POINTS], ids=[p[0] for p in POINTS])  # fmt: skip
def test_connection_points(
    keywords: list[list[str]], tenant: str | None, problems: list[tuple[str, tuple[int, ...]]]
) -> None:
    points = [ConnectionPoint(PLACE.replace(",CN", ", cn"), tuple(k)) for k in keywords]
    found = connection_point_findings(points, PLACE, tenant)
    wrong = [f for f in found if f.level is Level.PROBLEM]
    assert [f.codes for f in wrong] == [codes for _, codes in problems]
    for finding, (text, _) in zip(wrong, problems, strict=True):
        assert text in finding.text and finding.help


def test_a_second_connection_point_is_told() -> None:
    points = [ConnectionPoint(PLACE, (NAME, ID)), ConnectionPoint("CN=old,DC=x", (ID,))]
    (note,) = [
        f for f in connection_point_findings(points, PLACE, TENANT) if f.level is Level.NOTE
    ]
    assert "CN=old,DC=x" in note.text


def test_a_tenant_that_nobody_compares_is_noted() -> None:
    (note,) = [
        f
        for f in connection_point_findings([ConnectionPoint(PLACE, (NAME, ID))], PLACE, None)
        if f.level is Level.NOTE
    ]
    assert f"azureADId is {TENANT}" in note.text
    assert "--tenant" in note.help


TENANTS = [
    ([(), ()], False),
    ([(TENANT,), (TENANT,)], False),
    ([(TENANT,), ()], False),
    ([(TENANT, OTHER)], False),  # told already, of the one connection point
    ([(TENANT,), (OTHER,)], True),
]


@pytest.mark.parametrize(("tenants", "wrong"), TENANTS)
def test_directories_that_name_different_tenants(tenants: list, wrong: bool) -> None:
    found = tenant_findings([Diagnosis("x", "me", (), each) for each in tenants])
    assert [f.codes for f in found] == ([(15, 18)] if wrong else [])
    assert all(TENANT in f.text and OTHER in f.text for f in found)


COUNTS = [
    (0, 5, Level.PROBLEM, (36, 37)),
    (4, 5, Level.NOTE, (36, 37)),
    (5, 5, Level.FINE, ()),
    (5, None, Level.NOTE, ()),
    (6, 5, Level.FINE, ()),
]


@pytest.mark.parametrize(("read", "count", "level", "codes"), COUNTS)
def test_counts(read: int, count: int | None, level: Level, codes: tuple[int, ...]) -> None:
    (found,) = count_findings(read, count, "me")
    assert (found.level, found.codes) == (level, codes)


def test_attributes_that_nobody_has() -> None:
    one = ConnectorObject("CN=a", "computer", {"objectGUID": b"0" * 16, "cn": "a"})
    found = {
        f.text.partition(":")[0]: f
        for f in attribute_findings(ObjectSet((one,), Provenance("x")), {"displayName"}, "me")
    }
    assert found["objectGUID"].level is Level.FINE
    assert found["displayName"].level is Level.NOTE
    assert "the schema of the directory does not know it" in found["displayName"].text
    assert found["userCertificate"].level is Level.PROBLEM
    assert found["userCertificate"].codes == (36, 37)
    assert "or me may not read it" in found["userCertificate"].text


# -- codes: the table of the specification, in words of ours -----------------------------------

BOTH = {5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 24, 25, *range(26, 34), 36, 37, 38, 40, 41, 42}  # fmt: skip


def test_the_list_of_codes() -> None:
    codes = enrolment_codes()
    assert set(codes) == BOTH | {43, 44}
    assert {c for c, known in codes.items() if not known.first} == {43, 44}
    changed = {c for c, known in codes.items() if known.first and known.first != known.later}
    assert changed == {8, 36, 37}


@pytest.fixture
def aadsim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def test_a_code_is_explained_in_both_printings(aadsim: Command) -> None:
    ran = aadsim("doctor", "--code", "37")
    assert ran.status == 0
    first, later, way = ran.out.splitlines()
    assert first == "37, printing of 2022: the synchronization on premises has a fault"
    assert later.startswith("37, printing of 2023: Entra Connect is configured wrongly")
    assert "aadsim explain" in way
    assert "in neither printing" in aadsim("doctor", "--code", "19").out
    shown = json.loads(aadsim("doctor", "--code", "44", "--format", "json").out)
    assert shown["printings"] == {"2022": None, "2023": "the configuration of Intune"}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((), "no server to examine"),
        (("fleet.jsonl",), "is no directory server"),
        (("ldaps://dc1.invalid", "--code", "37"), "asks no server"),
        (("ldaps://dc1.invalid", "--tenant", "contoso"), "is no GUID"),
    ],
)
def test_wrong_use(aadsim: Command, arguments: tuple[str, ...], problem: str) -> None:
    ran = aadsim("doctor", *arguments)
    assert ran.status == 2
    assert problem in ran.err


# -- servers ----------------------------------------------------------------------------------


def examine(aadsim: Command, monkeypatch: pytest.MonkeyPatch, server, *arguments: str, tail: str = "", user: str = "") -> Ran:  # fmt: skip
    monkeypatch.setenv("AADSIM_PASSWORD", server.password)
    return aadsim(
        "doctor", server.url(tail), "--user", user or server.user, "--ca-file", str(server.ca_file),
        "--ldap-server-name", server.server_name, *arguments,
    )  # fmt: skip


@pytest.mark.xdist_group("directory servers")
def test_openldap(aadsim: Command, monkeypatch: pytest.MonkeyPatch, openldap) -> None:
    tail = f"{openldap.base}??sub?(objectClass=computer)"
    ran = examine(aadsim, monkeypatch, openldap, "--tenant", TENANT, tail=tail)
    assert ran.status == 0, ran.out + ran.err
    assert f"azureADId is the tenant {TENANT}" in ran.out
    assert f"{openldap.count} computers" in ran.out
    assert openldap.password not in ran.out + ran.err
    ran = examine(aadsim, monkeypatch, openldap, "--tenant", OTHER, tail=tail)
    assert ran.status == 1
    assert "problem" in ran.out.splitlines()[0]
    assert f"azureADId {TENANT} is not the tenant {OTHER} (enrolment code 15, 18)" in ran.out


@pytest.mark.xdist_group("directory servers")
def test_samba(aadsim: Command, monkeypatch: pytest.MonkeyPatch, samba) -> None:
    ran = examine(aadsim, monkeypatch, samba, "--tenant", TENANT, "--format", "json")
    assert ran.status == 0, ran.out + ran.err
    found = json.loads(ran.out)
    (one,) = found["directories"]
    texts = [f["text"] for f in one["findings"]]
    assert (one["source"], one["account"], one["problems"]) == (samba.url(), samba.user, 0)
    assert "dc1.contoso.test is a domain controller of DC=contoso,DC=test" in texts
    assert "domains of the forest: DC=contoso,DC=test" in texts
    assert f"{samba.count + 1} computers; counted by their groups: {samba.count + 1}" in texts
    assert any(t.startswith("userCertificate: ") and "computers have it" in t for t in texts)


@pytest.mark.xdist_group("directory servers")
def test_several_directories(
    aadsim: Command, monkeypatch: pytest.MonkeyPatch, fake_ad, tmp_path: Path
) -> None:
    """Two forests, one of them with the connection point of another tenant."""
    one, other = fake_ad(computers=3), fake_ad("--tenant", OTHER, computers=2)
    monkeypatch.setenv("AADSIM_PASSWORD", one.password)
    arguments = (
        one.url(), other.url(), "--user", one.user, "--ca-file", str(one.ca_file),
        "--ldap-server-name", one.server_name,
    )  # fmt: skip
    ran = aadsim("doctor", *arguments, "--tenant", TENANT)
    assert ran.status == 1, ran.err
    first, second = ran.out.split("\n\n")
    assert first.startswith(f"{one.url()}: 1 problem, ")
    assert f"different tenants: {TENANT}, {OTHER} (enrolment code 15, 18)" in first
    assert second.startswith(f"{other.url()}: 1 problem, ")
    assert f"azureADId {OTHER} is not the tenant {TENANT} (enrolment code 15, 18)" in second
    found = json.loads(aadsim("doctor", *arguments, "--format", "json").out)
    assert found["problems"] == 1
    assert [d["source"] for d in found["directories"]] == [one.url(), other.url()]


@pytest.mark.xdist_group("directory servers")
def test_a_snapshot_of_a_domain_controller(
    aadsim: Command, monkeypatch: pytest.MonkeyPatch, samba, tmp_path: Path
) -> None:
    monkeypatch.setenv("AADSIM_PASSWORD", samba.password)
    path = tmp_path / "samba.parquet"
    signing = ("--user", samba.user, "--ca-file", str(samba.ca_file), "--ldap-server-name", samba.server_name)  # fmt: skip
    ran = aadsim("snapshot", samba.url(), "--output", str(path), *signing)
    assert ran.status == 0, ran.err
    outcomes = []
    for source in ((samba.url(), *signing), (str(path),)):
        ran = aadsim(
            "audit", "-r", "standard-1.4", "-r", "server-2012-r2", "--format", "json",
            "--as-of", "2026-01-01T00:00:00Z", "--objects", *source,
        )  # fmt: skip
        assert ran.status == 0, ran.err
        outcomes.append(json.loads(ran.out)["results"])
    assert outcomes[0] == outcomes[1]
    assert len(outcomes[0]) == samba.count + 1
    content = path.read_bytes()
    assert samba.password.encode() not in content
    ran = aadsim("audit", "-r", "standard-1.4", "--objects", str(path), "--format", "json")
    assert json.loads(ran.out)["objects"]["captured_at"]


@pytest.mark.parametrize("fault", ["3@2", "51@2", "cut@2"])
def test_a_pull_that_breaks_leaves_what_was_there(
    aadsim: Command, monkeypatch: pytest.MonkeyPatch, fake_ad, tmp_path: Path, fault: str
) -> None:
    server = fake_ad("--fault", fault)
    monkeypatch.setenv("AADSIM_PASSWORD", server.password)
    path = tmp_path / "f.parquet"
    path.write_text("before")
    ran = aadsim(
        "snapshot", server.url(), "--output", str(path), "--user", server.user,
        "--ca-file", str(server.ca_file), "--ldap-server-name", server.server_name,
    )  # fmt: skip
    assert ran.status == 3, ran.err
    assert server.password not in ran.out + ran.err
    assert path.read_text() == "before"
    kept = tmp_path / "f.incomplete.parquet"
    assert sorted(tmp_path.iterdir()) == [kept, path]
    assert server.password.encode() not in kept.read_bytes()
