"""Stories of whole objects: a folder of tests/scenarios/ each, with what must become of every object.

`expected.toml` opens with `story` (one sentence), and may name `rules` (the folder's own `rules.toml` is
meant where it does not), `connector` (a file beside it, which filters what is imported), `as_of` and
`readings`. Then a table for every object, by its common name: `outcome`, `reason`, `decides` (the
assumptions that make it UNCERTAIN), `rests_on` (others that were used), `metaverse` and `cloud` (values of
both, written from the rules by reasoning), `absent` (metaverse attributes without a value), `findings`.
"""

import base64
import tomllib
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from simulator import Options, audit, load_connector, load_objects, load_rules
from simulator.reports.json_parts import value_form
from simulator.results.gather import row_of
from simulator.sync.engine import Settings, simulate
from simulator.sync.outcome import Outcome
from tests.building import NOW

SCENARIOS = Path(__file__).parent / "scenarios"
STORIES = sorted(path.name for path in SCENARIOS.iterdir() if (path / "expected.toml").exists())
ASSUMPTIONS = tomllib.loads(
    (Path(__file__).parent / "engine" / "assumptions.toml").read_text("utf-8")
)
HEAD = {"story", "rules", "connector", "as_of", "readings", "rule_findings"}


def told(story: str) -> tuple[dict[str, Any], list[Outcome], set[str]]:
    folder = SCENARIOS / story
    expected = tomllib.loads((folder / "expected.toml").read_text("utf-8"))
    names = [
        str(folder / name) if (folder / name).exists() else name
        for name in expected.get("rules", ["rules.toml"])
    ]
    options = Options(
        now=datetime.fromisoformat(expected.get("as_of", "2026-01-01T00:00:00Z")).astimezone(UTC),
        readings=expected.get("readings", {}),
        connectors=load_connector(str(folder / expected["connector"]))
        if "connector" in expected
        else (),
    )
    objects = load_objects(str(folder / "objects.jsonl"))
    rules = load_rules(*names)
    settings = Settings(options.now or NOW, options.readings, options.connectors)
    outcomes = list(simulate(objects.objects, rules, settings))
    audited = audit(rules, objects, options)
    # what a report shows of each object is what the engine says
    assert [row_of(outcome) for outcome in outcomes] == list(audited)
    return expected, outcomes, {f.code for f in audited.findings}


def form(value: Any) -> Any:
    """A value of expected.toml as a report prints it: `{ guid = ... }` and `{ hex = ... }` as base64."""
    match value:
        case {"guid": text}:
            return {"base64": base64.b64encode(uuid.UUID(text).bytes_le).decode()}
        case {"hex": text}:
            return {"base64": base64.b64encode(bytes.fromhex(text)).decode()}
        case list():
            return [form(each) for each in value]
    return value


def cloud(outcome: Outcome) -> dict[str, Any]:
    winners = {t: w for done in outcome.outbound for t, w in done.winners.items()}
    return {target: value_form(w.value) for target, w in winners.items() if w.value is not None}


@pytest.mark.parametrize("story", STORIES)
def test_every_object_of_the_story_ends_as_it_must(story: str) -> None:
    expected, outcomes, findings = told(story)
    assert expected["story"]
    found = {outcome.subject.name: outcome for outcome in outcomes}
    wanted = {name: table for name, table in expected.items() if name not in HEAD}
    assert set(found) == set(wanted)
    assert set(expected.get("rule_findings", [])) <= findings
    for name, table in wanted.items():
        outcome = found[name]
        context = f"{story}: {name}: {outcome.reason}"
        decides = sorted({r.assumption for r in outcome.readings})
        assert (outcome.disposition, outcome.reason.code) == (table["outcome"], table["reason"]), (
            context
        )
        assert decides == table.get("decides", []), context
        assert set(table.get("rests_on", [])) <= set(outcome.assumptions), context
        assert {f.code for f in outcome.findings} >= set(table.get("findings", [])), context
        assert table.get("text", "") in outcome.reason.text, context
        metaverse = {t: value_form(v) for t, v in outcome.metaverse.items()}
        for target, value in table.get("metaverse", {}).items():
            assert metaverse.get(target) == form(value), f"{context}: {target}"
        for target in table.get("absent", []):
            assert target not in metaverse, f"{context}: {target}"
        exported = cloud(outcome)
        for target, value in table.get("cloud", {}).items():
            assert exported.get(target) == form(value), f"{context}: {target} in the cloud"


@pytest.mark.parametrize("assumption, stories", ASSUMPTIONS.items())
def test_each_assumption_of_the_engine_has_a_story_that_rests_on_it(
    assumption: str, stories: list[str]
) -> None:
    for story in stories:
        expected = tomllib.loads((SCENARIOS / story / "expected.toml").read_text("utf-8"))
        tables = [table for table in expected.values() if isinstance(table, dict)]
        assert any(assumption in t.get("decides", []) + t.get("rests_on", []) for t in tables)
