"""Audit and preview over rows say what they say over objects, for every report."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from simulator import (
    Options,
    audit,
    explain,
    load_connector,
    load_objects,
    load_rules,
    preview,
    table,
)
from simulator.errors import InputError, Source, UsageError
from simulator.find import find_object
from simulator.language.parse import parse
from simulator.objects import ObjectSet, Provenance
from simulator.reports.report import REPORTS, Layout
from simulator.results.certificates import certificate_counts
from simulator.results.expiry import endings
from simulator.results.groups import groups
from simulator.results.results import Row, ended
from simulator.rule import RuleSet, ScopeCondition
from simulator.single import object_at, place_of
from simulator.sources.snapshot_write import write_snapshot
from simulator.sources.source import open_objects, stream_of
from simulator.sources.spool import Rows, open_rows, spooled
from simulator.sync.outcome import Outcome
from simulator.where import Where
from tests.building import BASE, OUT, clause, computer, expression, inbound, rules

FIXTURES = Path(__file__).parent.parent / "fixtures"
FLEET = str(FIXTURES / "fleet.jsonl")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
BEFORE, AFTER = load_rules("standard-1.4"), load_rules("standard-1.4", "server-2012-r2")
OBJECTS = load_objects(FLEET)
CONNECTOR = load_connector(str(FIXTURES / "connector.toml"))


@pytest.fixture(params=["jsonl", "parquet"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "jsonl":
        return FLEET
    write_snapshot(open_objects(FLEET), tmp_path / "f.parquet")
    return str(tmp_path / "f.parquet")


def without_details(rows: list[Row]) -> list[Row]:
    """*rows* with the verdict and the end of certificates alone."""
    return [
        replace(
            row,
            sides=tuple(
                replace(
                    side,
                    certificates=tuple(
                        c._replace(thumbprint="", subject="", issuer="", not_before="", text="")
                        for c in side.certificates
                    ),
                )
                for side in row.sides
            ),
        )
        for row in rows
    ]


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("filtered", [False, True])
def test_an_audit(location: str, filtered: bool, jobs: int) -> None:
    options = Options(now=NOW, connectors=CONNECTOR if filtered else (), jobs=jobs)
    expected = list(audit(AFTER, OBJECTS, options))
    with open_rows(location) as rows:
        found = audit(AFTER, rows, options)
    assert list(found) == without_details(expected)
    assert found.read == 349
    assert found.statistics[0].rows == 349


def test_details_of_certificates(location: str) -> None:
    options = Options(now=NOW, details=True)
    with spooled(open_objects(location)) as rows:
        found = audit(AFTER, rows, options)
    assert list(found) == list(audit(AFTER, OBJECTS, options))


def test_a_preview(location: str) -> None:
    options = Options(now=NOW)
    expected = preview(BEFORE, AFTER, OBJECTS, options)
    with spooled(open_objects(location)) as rows:
        found = preview(BEFORE, AFTER, rows, options)
    assert list(found) == without_details(list(expected))
    assert (found.gates, found.findings) == (expected.gates, expected.findings)


def test_objects_that_are_wanted_alone(location: str) -> None:
    where = parse(Source("--where", 'Left([operatingSystemVersion], 3) = "6.3"'))
    options = Options(now=NOW, where=where)
    expected = without_details(list(audit(AFTER, OBJECTS, options)))
    with spooled(open_objects(location)) as rows:
        found = audit(AFTER, rows, options)
    assert list(found) == expected
    assert 0 < len(expected) < 349
    assert found.read == 349


CONDITIONS = [
    '[cn] = "SRV2012R2-VALID"',
    'InStr([dn], "OU=Servers") > 0 && Left([cn], 1) <> "S"',
    "Count([userCertificate]) > 1",
    'Contains([objectClass], "computer")',
    "IsPresent([mS-DS-CreatorSID])",
    "BitAnd([userAccountControl], 2) = 2 || [isCriticalSystemObject]",
    "IsNullOrEmpty([operatingSystem])",
    "True",
    "False",
]


@pytest.mark.parametrize("text", CONDITIONS)
def test_a_condition_on_rows_is_that_on_their_objects(location: str, text: str) -> None:
    where = Where(parse(Source("--where", text)), NOW)
    expected = [each.dn for each in where.kept(OBJECTS)]
    with spooled(open_objects(location)) as rows:
        masks = where.masks(rows)
        dns = [dn for b, m in zip(rows.batches(()), masks, strict=True)
               for dn in b.filter(m).column("dn").to_pylist()]  # fmt: skip
    assert sorted(dns) == sorted(expected)


def test_a_condition_is_asked_once_for_all_that_are_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    holds = Where._holds
    monkeypatch.setattr(Where, "_holds", lambda s, o: asked.append(o.dn) or holds(s, o))
    versions = {o.attributes.get("operatingSystemVersion") for o in OBJECTS.objects}
    with spooled(open_objects(FLEET)) as rows:
        Where(parse(Source("--where", '[operatingSystemVersion] = "6.3 (9600)"')), NOW).masks(rows)
    assert len(asked) == len(versions) < 349


def test_nothing_at_all(tmp_path: Path) -> None:
    empty = tmp_path / "none.jsonl"
    empty.write_text('{"snapshot": {"captured_at": "2026-01-01T00:00:00Z"}}\n')
    for objects in (load_objects(str(empty)), None):
        with spooled(open_objects(str(empty))) as rows:
            results = (audit(AFTER, objects or rows), preview(BEFORE, AFTER, objects or rows))
        for result in results:
            assert list(result) == []
            for form in REPORTS:
                assert "".join(REPORTS[form](result, Layout()))


@pytest.fixture(scope="module")
def both() -> tuple[Rows, ObjectSet]:
    with spooled(open_objects(FLEET)) as rows:
        yield rows, OBJECTS  # type: ignore[misc]


def test_the_table_has_the_same_facts(both: tuple[Rows, ObjectSet]) -> None:
    by_rows, by_objects = (
        table(preview(BEFORE, AFTER, o, Options(now=NOW)).results).drop_columns("certificates")
        for o in both
    )
    assert by_rows.to_pylist() == by_objects.to_pylist()


def test_counts_are_the_same(both: tuple[Rows, ObjectSet]) -> None:
    by_rows, by_objects = (preview(BEFORE, AFTER, o, Options(now=NOW)).results for o in both)
    for count in (groups, lambda r: certificate_counts(r, NOW), lambda r: endings(r, NOW)):
        assert count(by_rows) == count(by_objects)  # type: ignore[operator]  # of one argument


def test_ends_of_texts_can_be_put_into_verdicts(both: tuple[Rows, ObjectSet]) -> None:
    results = preview(BEFORE, AFTER, both[0], Options(now=NOW)).results
    assert any(side.ends.null_count < len(side.ends) for side in results.sides)
    whole = ended(results)
    assert all(side.ends.null_count == len(side.ends) for side in whole.sides)
    assert list(whole) == list(results)
    assert isinstance(whole.subjects, pa.Table)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_damaged_snapshot_is_told(tmp_path: Path, jobs: int) -> None:
    path = tmp_path / "f.parquet"
    write_snapshot(open_objects(FLEET), path)
    content = path.read_bytes()
    options = Options(now=NOW, jobs=jobs)
    with open_rows(str(path)) as rows:
        expected = list(audit(AFTER, rows, options))
    refused = 0
    for at in range(10, len(content), len(content) // (25 // jobs)):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1 :])
        try:
            with open_rows(str(path)) as rows:
                found = list(audit(AFTER, rows, options))
        except InputError as error:
            assert str(path) in error.message
            refused += 1
        else:
            assert found == expected  # in what holds no value that is read
    assert refused


# -- where no outbound rule tests cloudFiltered -----------------------------------------------------

UNTESTED = [
    ((), {"SYNCS not-filtered"}),
    ((clause("displayName EQUAL A"),), {"NOT-EXPORTED outbound-scope"}),
]


@pytest.mark.parametrize(("scope", "expected"), UNTESTED)
@pytest.mark.parametrize("filter", ["True", "False", "NULL", "AuthoritativeNull",
    "IIF(Count(Where($c,[userCertificate],IsCert($c)))>0,True,NULL)"])  # fmt: skip
def test_what_nothing_tests_decides_nothing(
    filter: str,
    scope: tuple[ScopeCondition, ...],
    expected: set[str],
    both: tuple[Rows, ObjectSet],
) -> None:
    out = replace(OUT, scope=(scope,) if scope else ())
    own = rules(BASE, out, inbound("Filter", 90, expression("cloudFiltered", filter)))
    computers = replace(both[1], objects=tuple(o for o in both[1].objects if o.type == "computer"))
    with spooled(stream_of(Provenance("x"), iter(computers.objects))) as rows:
        for objects in (computers, rows):
            found = audit(own, objects, Options(now=NOW))
            assert {f"{r.verdict.disposition} {r.verdict.reason.code}" for r in found} == expected
            one = explain("SRV2012R2-VALID", own, objects, Options(now=NOW))
            assert {f"{one.disposition} {one.reason.code}"} == expected


# -- one object ----------------------------------------------------------------------------------

STORIES = sorted(p.parent for p in (Path(__file__).parent / "scenarios").glob("*/objects.jsonl"))


def explained(name: str, rules: RuleSet, objects: Rows | ObjectSet) -> Outcome:
    outcome = explain(name, rules, objects, Options(now=NOW))
    return replace(outcome, subject=replace(outcome.subject, origin=""))


@pytest.mark.parametrize("position", range(0, 349, 29))
def test_one_object_is_explained_alike(both: tuple[Rows, ObjectSet], position: int) -> None:
    rows, objects = both
    dn = objects.objects[position].dn
    assert explained(dn, AFTER, rows) == explained(dn, AFTER, objects)


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.name)
def test_one_object_is_explained_with_those_that_it_meets(story: Path) -> None:
    location = str(story / "objects.jsonl")
    own = story / "rules.toml"
    rules = load_rules(str(own) if own.exists() else "standard-2016")
    objects = load_objects(location)
    with spooled(open_objects(location)) as rows:
        for one in objects.objects:
            found, expected = (explained(one.dn, rules, o) for o in (rows, objects))
            assert found == expected


@pytest.mark.parametrize("name", ["SRV2012R2-VALID", "srv2012r2-valid$", "cn=srv2012r2-valid, OU=Windows,OU=Servers,DC=corp,DC=example"])  # fmt: skip
def test_it_is_found_by_each_of_its_names(both: tuple[Rows, ObjectSet], name: str) -> None:
    for objects in both:
        assert explain(name, AFTER, objects, Options(now=NOW)).subject.name == "SRV2012R2-VALID"


ODD = [
    computer("Plain", sAMAccountName="PLAIN$"),
    computer("twice", sAMAccountName="a$"),
    computer("TWICE", sAMAccountName="b$", dn="CN=TWICE,OU=x"),
    computer("s1", sAMAccountName="c$"),
    computer("\u017f2", sAMAccountName="d$"),  # folds to s2
    computer("x", cn=None, dn="CN=Nameless,OU=x"),
    computer("y", sAMAccountName="NAMELESS2", cn=None, dn="CN=y,OU=x"),
    computer("z", cn="", dn="CN=empty,OU=x"),
    computer("dollars", sAMAccountName="e$$"),
    computer("six of a = b"),
]


@pytest.mark.parametrize("name", ["plain", "PLAIN$", "Twice", "S1", "s2", "S\u017f", "nameless",
                                  "nameless2", "empty", "E", "e$", "e$$", "six of a = b", "nobody", "", "$"])  # fmt: skip
def test_a_name_means_the_same_among_rows(name: str) -> None:
    objects = ObjectSet(tuple(ODD), Provenance("x"))
    with spooled(stream_of(Provenance("x"), iter(ODD))) as rows:
        try:
            expected = find_object(name, objects)
        except UsageError as error:
            with pytest.raises(UsageError) as caught:
                place_of(name, rows)
            assert caught.value.render() == error.render()
        else:
            assert object_at(rows, place_of(name, rows)).dn == expected.dn


def test_what_is_nearly_a_name_is_suggested(both: tuple[Rows, ObjectSet]) -> None:
    for objects in both:
        with pytest.raises(UsageError) as caught:
            explain("SRV2012R2-VALIT", AFTER, objects, Options(now=NOW))
        assert "among the 349 of" in caught.value.message
        assert "did you mean SRV2012R2-VALID" in (caught.value.help or "")
