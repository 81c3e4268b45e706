"""Rule sets over one another: what replaces what, and what a clone becomes."""

from pathlib import Path

import pytest

from simulator.errors import DiagnosticsError, Severity
from simulator.rule import SyncRule
from simulator.rulefiles import load_rules

EXPORT = str(Path(__file__).parent / "data" / "contoso-pilot")
COMPUTER = "In from AD - Computer Join"
CLONE = "In from AD - Computer Join - Server 2012 R2"
FOREST = "ae4db4cc-b16b-4eb2-acf5-837ca84e4d7d"

RULE = """\
name = "{name}"
direction = "Inbound"
source_object_type = "computer"
target_object_type = "device"
link_type = "Join"
precedence = {precedence}
connector = "{connector}"
disabled = {disabled}
[[flow]]
target = "description"
type = "Constant"
constant = "{text}"
"""


def rule(
    path: Path,
    name: str = "A",
    precedence: int = 10,
    connector: str = "",
    disabled: str = "false",
    text: str = "x",
) -> str:
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        RULE.format(
            name=name, precedence=precedence, connector=connector, disabled=disabled, text=text
        )
    )
    return str(path)


def named(rules: tuple[SyncRule, ...], name: str) -> SyncRule:
    (found,) = [each for each in rules if each.name == name]
    return found


def findings(*locations: str) -> list[tuple[str, Severity]]:
    return [(each.code, each.severity) for each in load_rules(*locations).findings]


# The export numbers its rules 100 to 161 without a gap; the sets that have only the two device
# rules use 159 and 160.
@pytest.mark.parametrize(
    ("base", "precedence"),
    [
        (EXPORT, 162),
        ("standard-2016", 161),
        ("standard-1.4", 161),
        ("standard-1.4-three-clauses", 161),
    ],
)
def test_the_published_change_is_a_clone(base: str, precedence: int) -> None:
    before, after = load_rules(base), load_rules(base, "server-2012-r2")
    original, clone = named(before.rules, COMPUTER), named(after.rules, CLONE)
    assert clone.precedence == precedence
    assert (clone.immutable_tag, clone.id) == ("", "")
    # its other flows are the original's: copies of a reconstruction are reconstructed too
    assert clone.reconstruction == original.reconstruction
    assert [f.target for f in clone.flows] == [f.target for f in original.flows]
    for old, new in zip(original.flows, clone.flows, strict=True):
        if old.target == "cloudFiltered":
            assert new.expression is not None and "6.3" in new.expression.text
            assert new.expression.name == f"{CLONE} > cloudFiltered"
        else:
            assert new == old
    for kept in ("direction", "source_type", "target_type", "link_type", "scope", "join"):
        assert getattr(clone, kept) == getattr(original, kept)
    assert clone.connector == original.connector
    assert [each.name for each in after.disabled] == [COMPUTER]
    assert named(after.disabled, COMPUTER).immutable_tag == original.immutable_tag
    assert len(after.rules) == len(before.rules)
    told = [f.code for f in after.findings if f.code != "file-not-read"]
    assert told == ["rule-cloned"]
    assert [s.name for s in after.sources] == [base, "server-2012-r2"]


def test_a_clone_without_its_original() -> None:
    with pytest.raises(DiagnosticsError) as caught:
        load_rules("server-2012-r2")
    (found,) = caught.value.diagnostics
    assert found.code == "clone-without-original"
    assert f"`{COMPUTER}`" in found.message
    assert "--rules standard-2016 --rules server-2012-r2" in (found.help or "")
    with pytest.raises(DiagnosticsError, match="clone-without-original"):
        load_rules("server-2012-r2", "standard-2016")


def test_a_clone_of_itself(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text('clone_of = "A"\nname = "A"\n')
    base = rule(tmp_path / "a" / "a.toml")
    with pytest.raises(DiagnosticsError, match="clone-of-itself"):
        load_rules(base, str(tmp_path / "c.toml"))


def test_a_clone_with_what_it_says_itself(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text("""\
clone_of = "A"
name = "A - mine"
description = "mine"
precedence = 7
[[flow]]
target = "displayName"
type = "Direct"
source = "cn"
[[flow]]
target = "description"
type = "Direct"
source = "description"
""")
    rules = load_rules(rule(tmp_path / "a" / "a.toml"), str(tmp_path / "c.toml"))
    clone = named(rules.rules, "A - mine")
    assert (clone.precedence, clone.description) == (7, "mine")
    assert [(f.target, f.sources) for f in clone.flows] == [
        ("description", ("description",)),
        ("displayName", ("cn",)),
    ]
    assert [f.code for f in rules.findings] == ["rule-cloned", "flow-added"]


def test_a_clone_of_a_disabled_rule_is_told(tmp_path: Path) -> None:
    base = rule(tmp_path / "a" / "a.toml", disabled="true")
    (tmp_path / "c.toml").write_text('clone_of = "A"\nname = "B"\n')
    assert findings(base, str(tmp_path / "c.toml")) == [
        ("rule-cloned", Severity.NOTE),
        ("clone-of-disabled", Severity.WARNING),
    ]
    assert not named(load_rules(base, str(tmp_path / "c.toml")).rules, "B").disabled


def test_a_clone_laid_twice_stays_one() -> None:
    once = load_rules("standard-2016", "server-2012-r2")
    twice = load_rules("standard-2016", "server-2012-r2", "server-2012-r2")
    assert twice.rules == once.rules


def test_a_clone_beside_its_original_in_one_folder(tmp_path: Path) -> None:
    rule(tmp_path / "a.toml")
    (tmp_path / "0.toml").write_text('clone_of = "A"\nname = "B"\n')
    rules = load_rules(str(tmp_path))
    assert [(r.name, r.precedence) for r in rules.rules] == [("B", 11)]
    assert [r.name for r in rules.disabled] == ["A"]


def test_the_rule_of_each_connector_is_cloned(tmp_path: Path) -> None:
    rule(tmp_path / "a" / "1.toml", connector="one", precedence=10)
    rule(tmp_path / "a" / "2.toml", connector="two", precedence=11)
    (tmp_path / "c.toml").write_text('clone_of = "A"\nname = "B"\n')
    (tmp_path / "d.toml").write_text('clone_of = "A"\nname = "B"\nconnector = "{TWO}"\n')
    both = load_rules(str(tmp_path / "a"), str(tmp_path / "c.toml"))
    assert [(r.connector, r.precedence) for r in both.rules] == [("one", 12), ("two", 13)]
    one = load_rules(str(tmp_path / "a"), str(tmp_path / "d.toml"))
    assert [(r.name, r.connector) for r in one.rules] == [("A", "one"), ("B", "two")]


def test_a_later_rule_of_the_name_replaces(tmp_path: Path) -> None:
    first = rule(tmp_path / "1.toml", text="first")
    other = rule(tmp_path / "2.toml", name="a", precedence=20, text="other case, other rule")
    last = rule(tmp_path / "3.toml", precedence=30, text="last")
    rules = load_rules(first, other, last)
    assert [(r.name, r.flows[0].constant) for r in rules.rules] == [
        ("a", "other case, other rule"),
        ("A", "last"),
    ]
    assert [(f.code, f.severity) for f in rules.findings] == [("rule-replaced", Severity.NOTE)]
    assert first in rules.findings[0].message
    assert [s.name for s in rules.sources] == [first, other, last]


def test_a_later_rule_disables(tmp_path: Path) -> None:
    last = rule(tmp_path / "2.toml", disabled="true")
    rules = load_rules(rule(tmp_path / "1.toml"), last)
    assert not rules.rules
    assert [r.name for r in rules.disabled] == ["A"]
    assert [f.code for f in rules.findings] == ["rule-disabled"]


def test_a_rule_for_one_connector_replaces_that_one(tmp_path: Path) -> None:
    rule(tmp_path / "a" / "1.toml", connector="one", precedence=10)
    rule(tmp_path / "a" / "2.toml", connector="two", precedence=11)
    last = rule(tmp_path / "3.toml", connector="two", precedence=5)
    rules = load_rules(str(tmp_path / "a"), last).rules
    assert [(r.connector, r.precedence) for r in rules] == [("two", 5), ("one", 10)]


@pytest.mark.parametrize("connector", ["", "of-another-forest"])
def test_a_rule_for_no_known_connector_takes_theirs(tmp_path: Path, connector: str) -> None:
    """So a shipped set, whose connectors are those of its sample, fits any export."""
    rule(tmp_path / "a" / "1.toml", connector="one", precedence=10)
    rule(tmp_path / "a" / "2.toml", connector="two", precedence=11)
    last = rule(tmp_path / "3.toml", connector=connector, precedence=5)
    rules = load_rules(str(tmp_path / "a"), last).rules
    assert [(r.connector, r.precedence) for r in rules] == [("one", 5), ("two", 5)]


def test_a_layer_with_a_rule_for_a_further_connector(tmp_path: Path) -> None:
    base = rule(tmp_path / "0.toml", connector="one")
    rule(tmp_path / "a" / "1.toml", connector="one", precedence=10)
    rule(tmp_path / "a" / "2.toml", connector="two", precedence=11)
    rules = load_rules(base, str(tmp_path / "a")).rules
    assert [(r.connector, r.precedence) for r in rules] == [("one", 10), ("two", 11)]


def test_a_shipped_set_over_an_export_keeps_its_connectors() -> None:
    rules = load_rules(EXPORT, "standard-1.4")
    assert len(rules.rules) == 62
    assert named(rules.rules, COMPUTER).origin == "standard-1.4/computer-join.toml"
    assert named(rules.rules, COMPUTER).connector == FOREST
    assert [f.code for f in rules.findings if f.code != "file-not-read"] == ["rule-replaced"] * 2
    forest, cloud = rules.connectors
    assert (forest.id, len(forest.attributes), len(forest.partitions)) == (FOREST, 132, 1)
    assert cloud.name == "contoso.onmicrosoft.com - AAD"


def test_a_shipped_set_under_an_export_gives_way() -> None:
    rules = load_rules("standard-1.4", EXPORT)
    assert rules.rules == load_rules(EXPORT).rules
    assert [len(c.attributes) for c in rules.connectors] == [132, 161]


def test_connectors_that_no_rule_names_are_left_out(tmp_path: Path) -> None:
    export = tmp_path / "export"
    rule(export / "1.toml", name=COMPUTER, connector="lab.example")
    (export / "c.toml").write_text("[[connector]]\nid='lab'\nname='lab.example'\nkind='AD'\n")
    rules = load_rules(str(export), "standard-1.4")
    assert named(rules.rules, COMPUTER).connector == "lab"
    assert [c.name for c in rules.connectors] == ["lab.example", "contoso.onmicrosoft.com - AAD"]


def test_one_precedence_for_two_rules_is_found(tmp_path: Path) -> None:
    locations = rule(tmp_path / "1.toml"), rule(tmp_path / "2.toml", name="B")
    assert findings(*locations) == [("precedence-collision", Severity.ERROR)]
