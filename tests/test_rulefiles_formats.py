"""One rule in every format is one rule; what formats leave open, cut off or cannot hold is told."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.errors import Diagnostic, DiagnosticsError, InputError, Source
from simulator.language.parse import parse
from simulator.rule import (
    AttributeFlow,
    Direction,
    FlowType,
    JoinCondition,
    LinkType,
    MergeType,
    RuleSet,
    ScopeCondition,
    ScopeOperator,
    SyncRule,
)
from simulator.rulefiles import load_connector, load_rules
from simulator.rulefiles.contents import contents_of
from simulator.rulefiles.writer import renamed, write_rules

DATA = Path(__file__).parent / "data"
FORMATS = DATA / "rule-formats"
TO = ("toml", "ps1", "json", "xml")


def plain(rule: SyncRule) -> SyncRule:
    """*rule* without the places of its texts."""
    flows = tuple(
        replace(f, expression=f.expression and Source("", f.expression.text)) for f in rule.flows
    )
    return replace(rule, origin="", flows=flows)


def all_of(rules: RuleSet) -> list[SyncRule]:
    every = (*rules.rules, *rules.disabled)
    return sorted((plain(r) for r in every), key=lambda r: (r.precedence, r.name))


def written(rules: list[SyncRule], to: str, folder: Path) -> Path:
    folder.mkdir()
    for name, text in write_rules(rules, to).files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode())
    return folder


def problems(path: Path) -> tuple[Diagnostic, ...]:
    with pytest.raises(DiagnosticsError) as caught:
        load_rules(str(path))
    return caught.value.diagnostics


@pytest.mark.parametrize(
    "name",
    [
        "lab.toml",
        "lab.xml",
        "lab.json",
        "lab.clixml",
        "lab.yml",
        "lab-dsc.ps1",
        "lab-configuration.ps1",
    ],
)
def test_the_lab_rule_is_one_rule_in_every_format(name: str) -> None:
    (script,) = all_of(load_rules(str(FORMATS / "lab.ps1")))
    (rule,) = all_of(load_rules(str(FORMATS / name)))
    if rule.id == "":  # DSC has no identifiers
        script = replace(script, id="")
    if name in ("lab-dsc.ps1", "lab-configuration.ps1", "lab.yml"):  # one source, no list
        assert script.flows[0].sources == ("operatingSystem",)
    assert rule == script
    assert [f.node for f in rule.flows] == [f.node for f in script.flows]


def test_the_rules_of_a_server_survive_every_format(tmp_path: Path) -> None:
    """XML -> TOML -> PS1 -> JSON -> XML: the same 62 rules after each step."""
    rules = all_of(load_rules(str(DATA / "contoso-pilot")))
    assert len(rules) == 62
    step = rules
    for to in TO:
        step = all_of(load_rules(str(written(step, to, tmp_path / to))))
        assert step == rules, to
    assert write_rules(rules, "xml").findings == ()


TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\r", categories=("L", "N", "P", "S", "Zs"))
    | st.just("\n"),
    max_size=12,
)
NAME = (
    st.text(st.sampled_from("abcXYZ-_. '\u2019\u2013`$#\"@{"), min_size=1, max_size=10)
    .map(str.strip)
    .filter(bool)
)
WORD = st.text(st.sampled_from("abcDEF-"), min_size=1, max_size=8)
GUIDS = st.uuids().map(str)
EXPRESSION = st.sampled_from([
    "NULL", " \n[cn] ", "[cn] & \"it's\"", "\"'''\" & 'a", "Left([cn],3)", "\"\u2019\u2018\" & [cn]", "\n\"\\\"", "\"`$x\" & [a]",
    "\"a\"\n-Len([cn])", "\"#\" & [cn]", "\"@'\n'@\" & [cn]'",
])  # fmt: skip


def is_expression(text: str) -> bool:
    try:
        parse(Source("", text))
    except DiagnosticsError:
        return False
    return True


@st.composite
def flows(draw: st.DrawFn) -> AttributeFlow:
    type = draw(st.sampled_from(FlowType))
    flow = AttributeFlow(
        draw(WORD), type, merge=draw(st.sampled_from(MergeType)), once=draw(st.booleans())
    )
    match type:
        case FlowType.DIRECT:
            return replace(flow, sources=(draw(WORD),))
        case FlowType.CONSTANT:
            return replace(flow, constant=draw(TEXT.filter(str.strip)))
        case _:
            text = draw((EXPRESSION | TEXT.map(lambda t: f'"{t}"')).filter(is_expression))
            sources = tuple(draw(st.lists(WORD, max_size=2)))
            return replace(flow, sources=sources, expression=Source("", text))


CLAUSES = st.builds(ScopeCondition, WORD, st.sampled_from(ScopeOperator), TEXT)
PAIRS = st.builds(JoinCondition, WORD, WORD, st.booleans())
RULES = st.builds(
    SyncRule,
    name=NAME,
    direction=st.sampled_from(Direction),
    source_type=WORD,
    target_type=WORD | st.just("*"),
    link_type=st.sampled_from(LinkType),
    precedence=st.integers(0, 999_999_999),
    flows=st.lists(flows(), max_size=3).map(tuple),
    scope=st.lists(st.lists(CLAUSES, max_size=2).map(tuple), max_size=2).map(tuple),
    join=st.lists(st.lists(PAIRS, max_size=2).map(tuple), max_size=2).map(tuple),
    connector=GUIDS,
    id=GUIDS | st.just(""),
    description=TEXT,
    immutable_tag=st.just("") | NAME,
    disabled=st.booleans(),
    password_sync=st.booleans(),
    precedence_after=GUIDS | st.just(""),
    precedence_before=GUIDS | st.just(""),
)


@pytest.mark.parametrize("to", TO)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rule=RULES)
def test_any_rule_survives_every_format(to: str, rule: SyncRule) -> None:
    files = write_rules([rule], to).files
    (text,) = files.values()
    read = contents_of(text.encode(), "case", True, {})
    assert [each.render() for each in read.problems] == []
    assert [plain(each) for each in read.rules] == [plain(rule)]


def test_what_a_format_cannot_hold_is_told() -> None:
    (rule,) = load_rules(str(FORMATS / "lab.ps1")).rules
    odd = replace(
        rule, reconstruction=True, connector="contoso.com", soft_delete_expiry="01:00:00"
    )
    script = write_rules([odd], "ps1").findings
    assert [each.code for each in script] == ["cannot-hold"] * 3
    assert [each.code for each in write_rules([odd], "json").findings] == ["cannot-hold"]
    assert write_rules([odd], "toml").findings == ()
    broken = write_rules([replace(rule, description="\x01")], "xml")
    assert (broken.files, [each.code for each in broken.findings]) == ({}, ["cannot-hold"])
    twice = write_rules([rule, replace(rule, name="other")], "ps1").findings
    assert [each.code for each in twice] == ["precedence-taken"]


def test_new_identifiers_are_new_wherever_they_are_named() -> None:
    (rule,) = load_rules(str(FORMATS / "lab.ps1")).rules
    names = iter(["one", "two"])
    after = replace(rule, name="b", id="", precedence_after=rule.id)
    first, second = renamed([rule, after], lambda: next(names))
    assert (first.id, second.id, second.precedence_after) == ("one", "two", "one")


def test_a_script_with_other_signs_has_a_mark_for_windows() -> None:
    (rule,) = load_rules(str(FORMATS / "lab.ps1")).rules
    (text,) = write_rules([rule], "ps1").files.values()
    assert text == (FORMATS / "lab.ps1").read_text()
    (text,) = write_rules([replace(rule, name="\u2013")], "ps1").files.values()
    assert text.startswith("\ufeffNew-ADSyncRule")


def test_json_cut_off_at_its_depth_names_the_way_out(tmp_path: Path) -> None:
    value = json.loads((FORMATS / "lab.json").read_text())
    value[0]["ScopeFilter"] = [
        f"{'Microsoft.IdentityManagement.PowerShell.ObjectModel.ScopeConditionGroup'}"
    ]
    path = tmp_path / "rules.json"
    path.write_text(json.dumps(value))
    (found,) = problems(path)
    assert found.code == "depth-ran-out" and "-Depth 10" in str(found.help)


def test_clixml_cut_off_at_its_depth_names_the_way_out(tmp_path: Path) -> None:
    text = (FORMATS / "lab.clixml").read_text()
    start, end = text.index('<Obj N="ScopeFilter"'), text.index('<Obj N="JoinFilter"')
    path = tmp_path / "rules.xml"
    path.write_text(f'{text[:start]}<S N="ScopeFilter">ScopeConditionGroup</S>{text[end:]}')
    (found,) = problems(path)
    assert found.code == "depth-ran-out" and "-Depth 10" in str(found.help)


def test_texts_of_clixml_are_unescaped(tmp_path: Path) -> None:
    text = (FORMATS / "lab.clixml").read_text()
    path = tmp_path / "rules.xml"
    path.write_text(
        text.replace(
            '<S N="Description"></S>', '<S N="Description">a_x000A_b_x005F_x_xD83D__xDE00_</S>'
        )
    )
    (rule,) = load_rules(str(path)).rules
    assert rule.description == "a\nb_x\U0001f600"


@pytest.mark.parametrize("wrap", [lambda v: v[0], lambda v: {"value": v, "Count": 1}])
def test_json_of_one_rule_or_wrapped(tmp_path: Path, wrap: object) -> None:
    value = wrap(json.loads((FORMATS / "lab.json").read_text()))  # type: ignore[operator]
    path = tmp_path / "rules.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(value).encode())
    assert all_of(load_rules(str(path))) == all_of(load_rules(str(FORMATS / "lab.json")))


def test_numbers_of_enumerations_are_told() -> None:
    rules = load_rules(str(FORMATS / "lab.json"))
    assert [each.code for each in rules.findings] == ["enumeration-number"]


def test_yaml_aliases_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "rules.yml"
    path.write_text(
        (FORMATS / "lab.yml")
        .read_text()
        .replace("Direction: Inbound", "Direction: &d Inbound\n    LinkType: *d")
    )
    (found,) = problems(path)
    assert (found.code, found.position()) == ("alias", (6, 15))


def test_yaml_that_is_no_rule(tmp_path: Path) -> None:
    path = tmp_path / "attributes.yml"
    path.write_text("Items:\n  - Name: comment\n    Type: string\n    AssignedObjectClass: user\n")
    (found,) = problems(path)
    assert found.code == "no-rule"


def test_the_wizard_s_default_rules_are_joined_by_tag_or_name(tmp_path: Path) -> None:
    path = FORMATS / "policy.json"
    alone = load_rules(str(path))
    assert [rule.name for rule in alone.rules] == ["Lab filter"]
    assert [each.code for each in alone.findings] == ["kind-not-written", "content-missing"]
    for order in ([str(path), "standard-2016"], ["standard-2016", str(path)]):
        rules = load_rules(*order)
        joined = next(r for r in rules.rules if r.name == "In from AD - Computer Join")
        assert (joined.precedence, joined.id) == (161, "11111111-2222-4333-8444-555555555555")
        assert len(joined.flows) == 13
        assert "other-version" in [each.code for each in rules.findings]
    same = tmp_path / "policy.json"
    same.write_text(path.read_text().replace("Join.003", "Join.002"))
    assert "content-joined" in [f.code for f in load_rules("standard-2016", str(same)).findings]


def test_the_wizard_s_directories_are_connectors() -> None:
    (connector,) = load_connector(str(FORMATS / "policy.json"))
    (partition,) = connector.partitions
    assert (connector.name, partition.dn) == ("lab.example", "DC=lab,DC=example")
    assert partition.included == ("OU=PCs,DC=lab,DC=example",)
    assert partition.excluded == ("DC=lab,DC=example",)


def test_unknown_keys_of_the_wizard_are_told(tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    text = (FORMATS / "policy.json").read_text()
    path.write_text(text.replace('"linkType": "Join",', '"linkType": "Join", "joinRules": [],'))
    found = [each for each in load_rules(str(path)).findings if each.code == "unknown-key"]
    assert ["joinrules" in each.message for each in found] == [True]


def pack(path: Path, *members: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def test_an_archive_of_an_export_is_that_export(tmp_path: Path) -> None:
    export = DATA / "contoso-pilot"
    members = [
        (f"export\\{path.relative_to(export)}".replace("/", "\\"), path.read_bytes())
        for path in sorted(export.rglob("*.xml"))
    ]
    rules = load_rules(str(pack(tmp_path / "export.zip", *members)))
    whole = load_rules(str(export))
    assert all_of(rules) == all_of(whole)
    assert len(rules.connectors) == len(whole.connectors) == 2


LAB_XML = (FORMATS / "lab.xml").read_bytes()


@pytest.mark.parametrize(
    "name", ["../lab.xml", "/lab.xml", "a/../../lab.xml", "C:\\lab.xml", "..\\lab.xml"]
)
def test_members_that_point_out_of_the_archive_are_refused(tmp_path: Path, name: str) -> None:
    path = pack(tmp_path / "a.zip", (name, LAB_XML))
    with pytest.raises(InputError, match="points out of the archive"):
        load_rules(str(path))


def test_archives_that_unpack_to_more_than_rules_are_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", *((f"{n}.xml", b"\0" * 60_000_000) for n in range(5)))
    assert path.stat().st_size < 400_000
    with pytest.raises(InputError, match="too many"):
        load_rules(str(path))
    one = pack(tmp_path / "b.zip", ("a.xml", b"\0" * 100_000_000), ("lab.xml", LAB_XML))
    with pytest.raises(DiagnosticsError, match="larger than it may be"):
        load_rules(str(one))
