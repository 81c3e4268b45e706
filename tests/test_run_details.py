"""What rows tell in full, as JSON and as a forecast, is what the reference tells, byte by byte."""

import json
import random
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from simulator import Audit, Options, Preview, audit, load_objects, load_rules, preview
from simulator.assumptions import DECIDED
from simulator.check import check
from simulator.errors import Severity
from simulator.objects import ConnectorObject, ObjectSet, Provenance
from simulator.reports.json_form import head_form, result_form
from simulator.reports.report import REPORTS, Layout
from simulator.rule import RuleSet
from simulator.sources.snapshot_layout import objects_of
from simulator.sources.snapshot_write import write_snapshot
from simulator.sources.source import open_objects
from simulator.sources.spool import Rows, open_rows
from simulator.sync.engine import Settings, simulate
from simulator.sync.outcome import Disposition
from tests.building import BASE, NOW, OUT, expression, inbound, rules
from tests.bulk_agreement import batches_of
from tests.random_objects import FLEET, random_objects
from tests.random_rules import random_forests, random_rules
from tests.test_bulk_agreement import ROOT, SHIPPED, STORIES

FILE = str(ROOT / "fixtures/fleet.jsonl")
DETAILS = Options(now=NOW, details=True)
# tests of a certificate that have no code of their own: what is said quotes the one that fails
OWN_TESTS = (
    'IIF(Count(Where($c,[userCertificate],IsCert($c) && InStr(CertThumbprint($c),"A")>3 && '
    'InStr(CertThumbprint($c),"B")>3))=0,True,NULL)'
)


def ways(objects: list[ConnectorObject]) -> tuple[Rows, ObjectSet]:
    """*objects* as rows and one by one."""
    held, provenance = batches_of(objects, 100), Provenance("made")
    each = tuple(o for rows in held for o in objects_of(rows, "", 1))
    counts = Counter(o.type for o in each)
    return Rows(provenance, lambda columns: iter(held), counts), ObjectSet(each, provenance)


def printed(form: str, result: Audit | Preview) -> str:
    return "".join(f"{line}\n" for line in REPORTS[form](result, Layout()))


def assert_tells_the_same(found: Audit | Preview, reference: Audit | Preview) -> None:
    """The JSON of *found* is that of the *reference*, put together and written at once."""
    head, results = head_form(reference), [result_form(row) for row in reference]
    document = json.dumps({**head, "results": results}, ensure_ascii=False, indent=2)
    assert printed("json", found) == f"{document}\n"
    lines = [json.dumps(each, ensure_ascii=False) for each in (head, *results)]
    assert printed("jsonl", found).splitlines() == lines


@pytest.mark.parametrize("names", SHIPPED, ids="+".join)
def test_the_fleet_in_full(names: tuple[str, ...]) -> None:
    used = load_rules(*names)
    with open_rows(FILE) as rows:
        assert_tells_the_same(audit(used, rows, DETAILS), audit(used, load_objects(FILE), DETAILS))


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_snapshot_in_full(tmp_path: Path, jobs: int) -> None:
    before, after = load_rules(*SHIPPED[0]), load_rules(*SHIPPED[3])
    path = str(tmp_path / "fleet.parquet")
    write_snapshot(open_objects(FILE), Path(path))
    options = Options(now=NOW, details=True, jobs=jobs)
    with open_rows(path) as rows:
        found = preview(before, after, rows, options)
    assert_tells_the_same(found, preview(before, after, load_objects(path), options))


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.name)
def test_the_scenarios_in_full(story: Path) -> None:
    own, location = story / "rules.toml", str(story / "objects.jsonl")
    used = load_rules(str(own) if own.exists() else str(ROOT / "tests/data/contoso-pilot"))
    with open_rows(location) as rows:
        found = audit(used, rows, DETAILS)
    assert_tells_the_same(found, audit(used, load_objects(location), DETAILS))


def test_certificates_that_fail_a_test_without_a_code() -> None:
    own = rules(BASE, OUT, inbound("Own", 50, expression("cloudFiltered", OWN_TESTS)))
    rows, objects = ways(list(FLEET))
    reference = audit(own, objects, DETAILS)
    told = {c.text for row in reference for c in row.certificates if "rejected" in c.verdict}
    assert len(told) == 2
    assert_tells_the_same(audit(own, rows, DETAILS), reference)


def valid_rules(chance: random.Random) -> RuleSet:
    while True:
        made = random_rules(chance, random_forests(chance))
        if all(f.severity is not Severity.ERROR for f in check(made)):
            return made


@pytest.mark.parametrize("seed", range(12))
def test_random_rules_and_odd_objects_in_full(seed: int) -> None:
    chance = random.Random(seed)
    rows, objects = ways([*random_objects(chance, 40), *chance.sample(FLEET, 25)])
    before, after = valid_rules(chance), valid_rules(chance)
    found, reference = (preview(before, after, o, DETAILS) for o in (rows, objects))
    assert_tells_the_same(found, reference)


def test_nothing_in_full() -> None:
    used = load_rules(*SHIPPED[3])
    nothing = ObjectSet((), Provenance("made"))
    rows = Rows(nothing.provenance, lambda columns: iter(()), Counter())
    assert_tells_the_same(audit(used, rows, DETAILS), audit(used, nothing, DETAILS))


# -- the forecast ----------------------------------------------------------------------------------


def departures(used: RuleSet, objects: ObjectSet, span: timedelta) -> list[tuple[datetime, str]]:
    """Who leaves when: every object that syncs, at every end of a certificate of its own."""
    found = []
    for outcome in simulate(objects.objects, used, Settings(NOW)):
        ends = {datetime.fromisoformat(c.not_after) for c in outcome.certificates if c.not_after}
        for end in sorted(end for end in ends if NOW < end <= NOW + span):
            then = Settings(end, {"A-12": DECIDED})
            (later,) = simulate([outcome.subject], used, then)
            gone = later.decided and later.disposition is not Disposition.SYNCS
            if outcome.disposition is Disposition.SYNCS and gone:
                found.append((end, outcome.subject.sort_key(), outcome.subject.dn))
                break
    return [(end, dn) for end, _, dn in sorted(found)]


@pytest.mark.parametrize("names", SHIPPED[2:4], ids="+".join)
def test_rows_forecast_what_the_reference_forecasts(names: tuple[str, ...]) -> None:
    used, options = load_rules(*names), Options(now=NOW)
    rows, objects = ways(list(FLEET))
    for days in (0, 60, 900):
        span = timedelta(days=days)
        expected = departures(used, objects, span)
        results = [audit(used, given, options, span=span) for given in (rows, objects)]
        for told in (each.forecast for each in results):
            assert told is not None
            assert [(d.at, d.outcome.subject.dn) for d in told.departures] == expected
        assert forms(results[0]) == forms(results[1])


def forms(result: Audit) -> list[str]:
    """The forms that tell no details of certificates."""
    return [printed(form, result) for form in ("text", "markdown", "csv")]
