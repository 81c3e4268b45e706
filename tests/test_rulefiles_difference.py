"""What differs between rule sets, by meaning; and the command that lists, shows and converts."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from simulator.errors import Source
from simulator.language.parse import parse
from simulator.rule import RuleSet, SyncRule, rule_set
from simulator.rulefiles import load_rules
from simulator.rulefiles.difference import conflicts, difference

from .running import Command

FORMATS = Path(__file__).parent / "data" / "rule-formats"
EXPORT = str(Path(__file__).parent / "data" / "contoso-pilot")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def standard() -> RuleSet:
    return load_rules("standard-2016")


def with_rule(rules: RuleSet, called: str, **changes: object) -> RuleSet:
    every = [
        replace(r, **changes) if r.name == called else r  # type: ignore[arg-type]
        for r in (*rules.rules, *rules.disabled)
    ]
    return rule_set(every)


def with_expression(rule: SyncRule, target: str, text: str) -> SyncRule:
    source = Source("", text)
    flows = tuple(
        replace(f, expression=source, node=parse(source)) if f.target == target else f
        for f in rule.flows
    )
    return replace(rule, flows=flows)


JOIN = "In from AD - Computer Join"


def test_nothing_differs_from_itself_in_any_format(tmp_path: Path, run: Command) -> None:
    assert difference(standard(), standard()) == ()
    output = tmp_path / "rules.ps1"
    assert run("rules", EXPORT, "--to", "ps1", "--output", str(output)).status == 0
    ran = run("rules", EXPORT, "--diff", str(output))
    assert (ran.status, ran.out) == (0, "0 added, 0 removed, 0 changed\n")


def test_blanks_and_listed_sources_are_no_difference() -> None:
    rule = standard().rules[0]
    blank = with_expression(
        rule, "cloudFiltered", "IIF( IsNullOrEmpty( [userCertificate] ),\nTrue, NULL )"
    )
    other = rule_set([blank, *standard().rules[1:]])
    assert difference(standard(), other) == ()
    changed = with_expression(
        rule, "cloudFiltered", "IIF(IsNullOrEmpty([userCertificate]),False,NULL)"
    )
    (change,) = difference(standard(), rule_set([changed, *standard().rules[1:]]))
    assert (change.kind, [each.part for each in change.changes]) == (
        "changed",
        ["flow to cloudFiltered"],
    )


def test_a_renamed_standard_rule_is_known_by_its_tag() -> None:
    after = with_rule(
        standard(), JOIN, name="other", id="", immutable_tag="Microsoft.InfromADComputerJoin.003"
    )
    (change,) = difference(standard(), after)
    assert change.before is not None and change.before.name == JOIN
    assert [each.part for each in change.changes] == ["name", "tag"]


def test_a_clone_is_known_by_what_it_shares() -> None:
    after = load_rules("standard-2016", "server-2012-r2")
    changes = difference(standard(), after)
    assert [(c.kind, c.rule.name) for c in changes] == [
        ("changed", JOIN),
        ("added", f"{JOIN} - Server 2012 R2"),
    ]
    assert [each.part for each in changes[0].changes] == ["disabled"]
    assert changes[1].clone_of is not None and changes[1].clone_of.name == JOIN
    assert [each.part for each in changes[1].changes] == ["flow to cloudFiltered"]


def test_added_and_removed() -> None:
    one = rule_set(standard().rules[:1])
    assert [c.kind for c in difference(standard(), one)] == ["removed"]
    assert [c.kind for c in difference(one, standard())] == ["added"]


def test_what_rules_read_is_told_of_scope_join_and_flows(run: Command) -> None:
    lab = str(Path(__file__).parent / "data" / "rule-formats" / "lab.toml")
    text = run("rules", lab, "--reads").out.splitlines()
    named = {line.split()[0]: line for line in text[1:]}
    for name in ("location", "objectGUID", "operatingSystem", "cn"):
        assert named[name].endswith("In from AD - Lab Computer Filter")
    assert named["location"].split()[1] == "computer"  # the others are read of every object
    assert named["sAMAccountName"].endswith("aadsim, to name the object")
    found = json.loads(run("rules", lab, "--reads", "--format", "json").out)["reads"]
    assert [each["attribute"] for each in found] == list(named)


def test_changes_of_both_sides_conflict_only_where_they_differ() -> None:
    base = standard()
    here = with_rule(base, JOIN, precedence=91, description="mine")
    there = with_rule(base, JOIN, precedence=92, disabled=True)
    pairs = conflicts(difference(base, here), difference(base, there))
    assert [[c.rule.precedence for c in pair] for pair in pairs] == [[91, 92]]
    same = with_rule(base, JOIN, precedence=91, disabled=True)
    assert conflicts(difference(base, here), difference(base, same)) == ()


def test_the_list_has_a_line_for_each_rule(run: Command) -> None:
    ran = run("rules", "standard-2016", "server-2012-r2")
    lines = ran.out.splitlines()
    assert (ran.status, len(lines), lines[-1]) == (0, 5, "2 enabled rules, 1 disabled")
    assert lines[1].split()[:5] == ["159", "Inbound", "computer", "device", "Provision"]
    assert lines[1].endswith("disabled, Microsoft.InfromADComputerJoin.002")


def test_one_rule_is_shown_whole(run: Command) -> None:
    ran = run("rules", "standard-2016", "--show", "microsoft.infromadcomputerjoin.002")
    assert (
        "    cloudFiltered <- Expression: IIF(IsNullOrEmpty([userCertificate]),True,NULL)"
        in ran.out.splitlines()
    )
    assert "    objectGUID = deviceId" in ran.out.splitlines()
    wrong = run("rules", "standard-2016", "--show", "In from AD - Computer Joyn")
    assert wrong.status == 2 and f"did you mean `{JOIN}`?" in wrong.err


@pytest.mark.parametrize("form", ["json", "ps1", "toml", "xml"])
def test_one_rule_is_written_in_each_format(form: str, run: Command, tmp_path: Path) -> None:
    output = tmp_path / f"one.{form}"
    one = ("--show", JOIN, "--to", form, "--output", str(output))
    assert run("rules", "standard-2016", *one).err == ""
    assert [rule.name for rule in load_rules(str(output)).rules] == [JOIN]


def test_json_has_what_the_text_has(run: Command) -> None:
    listed = json.loads(run("rules", "standard-2016", "--format", "json").out)
    assert (listed["schema_version"], len(listed["rules"])) == (1, 2)
    shown = json.loads(run("rules", "standard-2016", "--show", JOIN, "--format", "json").out)
    assert len(shown["rules"][0]["flows"]) == 13
    other = run("rules", "standard-2016", "--diff", EXPORT, "--format", "json")
    assert other.status == 1
    assert {each["kind"] for each in json.loads(other.out)["changes"]} == {"added"}


def test_xml_goes_into_a_new_folder(tmp_path: Path, run: Command) -> None:
    folder = tmp_path / "export"
    assert run("rules", "standard-2016", "--to", "xml", "--output", str(folder)).status == 0
    assert len(list((folder / "SynchronizationRules").iterdir())) == 2
    assert difference(standard(), load_rules(str(folder))) == ()
    again = run("rules", "standard-2016", "--to", "xml", "--output", str(folder))
    assert again.status == 2 and "not empty" in again.err
    assert run("rules", "standard-2016", "--to", "xml").status == 2


def test_new_identifiers_only_if_asked(tmp_path: Path, run: Command) -> None:
    kept = run("rules", "standard-2016", "--to", "json").out
    new = run("rules", "standard-2016", "--to", "json", "--new-identifiers").out
    ids = [{each["Identifier"] for each in json.loads(text)} for text in (kept, new)]
    assert ids[0] == {rule.id for rule in standard().rules}
    assert len(ids[1]) == 2 and not ids[0] & ids[1]


def test_a_script_disables_the_original_of_a_clone(tmp_path: Path, run: Command) -> None:
    output = tmp_path / "rules.ps1"
    sets = ("standard-2016", "server-2012-r2")
    assert run("rules", *sets, "--to", "ps1", "--output", str(output)).status == 0
    heads = [
        part for part in output.read_text().split("\n\n\n") if part.startswith("New-ADSyncRule")
    ]
    assert ["-Disabled" in head for head in heads] == [True, False, False]
    assert f"-Name '{JOIN}' `" in heads[0] and "-Precedence 161 `" in heads[2]
    assert difference(load_rules(*sets), load_rules(str(output))) == ()


def test_three_ways(run: Command) -> None:
    ran = run(
        "rules", "standard-1.4", "--diff", "standard-1.4-three-clauses", "--base", "standard-2016"
    )
    assert ran.status == 1
    assert ran.out.splitlines()[0] == "here, since the base:" and ran.out.endswith("1 conflict\n")


def test_values_only_the_server_knows_are_set(tmp_path: Path, run: Command) -> None:
    path = tmp_path / "lab.ps1"
    path.write_text(
        (FORMATS / "lab.ps1").read_text().replace("-Precedence 90", "-Precedence $number")
    )
    refused = run("rules", str(path))
    assert refused.status == 2 and "--set 'number=...'" in refused.err
    ran = run("rules", str(path), "--set", "number=77", "--to", "ps1")
    assert ran.status == 0 and "-Precedence 77 `" in ran.out


WRONG = [
    (["--set", "x"], "--set x: has no name and value"),
    (["--set", "x=1"], "no rule file leaves a value of that name open"),
    (["--base", "standard-2016"], "--base is given without --diff"),
    (["--show", "x", "--diff", "standard-2016"], "--show and --diff are given"),
    (["--show", "x", "--to", "ps1"], "there is no rule of that name"),
    (["--to", "csv"], "write one of: json, ps1, toml, xml"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG)
def test_wrong_use(run: Command, arguments: list[str], message: str) -> None:
    ran = run("rules", "standard-2016", *arguments)
    assert ran.status == 2 and message in ran.err
