"""Our own rule form: what a file says, and what is said of a file that says it wrongly."""

import codecs
from pathlib import Path

import pytest

from simulator.errors import Diagnostic, DiagnosticsError, InputError, Severity, UsageError
from simulator.rule import (
    AttributeFlow,
    Connector,
    ConnectorKind,
    Direction,
    FlowType,
    JoinCondition,
    LinkType,
    MergeType,
    Partition,
    RuleSet,
    ScopeCondition,
    ScopeOperator,
)
from simulator.rulefiles import load_connector, load_rules, shipped_sets

HEAD = """\
name = "Lab"
direction = "Inbound"
source_object_type = "computer"
target_object_type = "device"
link_type = "Join"
precedence = 90
"""
FLOW = """
[[flow]]
target = "cloudFiltered"
type = "Expression"
expression = '''IIF(InStr([operatingSystem],"Server") > 0,True,NULL)'''
"""


def load(folder: Path, text: str, name: str = "lab.toml") -> RuleSet:
    path = folder / name
    path.write_bytes(text.encode())
    return load_rules(str(path))


def problems(folder: Path, text: str, name: str = "lab.toml") -> tuple[Diagnostic, ...]:
    with pytest.raises(DiagnosticsError) as caught:
        load(folder, text, name)
    return caught.value.diagnostics


def caret(finding: Diagnostic) -> str:
    assert finding.source is not None and finding.span is not None
    return finding.source.text[finding.span.start : finding.span.end]


def test_every_key_of_a_rule(tmp_path: Path) -> None:
    text = """\
name = "Every key \u2013 also a dash"
direction = "Outbound"
source_object_type = "device"
target_object_type = "*"
link_type = "JoinNoFlow"
precedence = 0
connector = "{AE4DB4CC-B16B-4EB2-ACF5-837CA84E4D7D}"
id = "{11111111-2222-4333-8444-55555555555A}"
description = "two\\nlines"
immutable_tag = "Microsoft.Lab.001"
disabled = false
reconstruction = true
enable_password_sync = true
soft_delete_expiry_interval = "01:00:00"
precedence_after = "00000000-0000-0000-0000-000000000000"
precedence_before = "22222222-2222-4333-8444-55555555555A"
scope = [
    [{ attribute = "a", operator = "ISNULL" },
     { attribute = "b", operator = "ISNOTBITSET", value = "2" }],
    [{ attribute = "c", operator = "LESSTHANOREQUAL", value = "%Connector.ID%" },
     { attribute = "", operator = "ISMEMBEROF", value = "CN=g" }],
]
join = [[{ source = "x", target = "y" }], [{ source = "p", target = "q", case_sensitive = true }]]

[[flow]]
target = "t1"
type = "Direct"
source = "dn"
merge = "MergeCaseInsensitive"
once = true

[[flow]]
target = "t2"
type = "Constant"
constant = " kept "

[[flow]]
target = "t3"
type = "Expression"
expression = "%Domain.FQDN%"
sources = ["one", "two"]
"""
    (rule,) = load(tmp_path, text).rules
    assert rule.name == "Every key \u2013 also a dash"
    assert (rule.direction, rule.link_type) == (Direction.OUTBOUND, LinkType.JOIN_NO_FLOW)
    assert (rule.source_type, rule.target_type, rule.precedence) == ("device", "*", 0)
    assert rule.connector == "ae4db4cc-b16b-4eb2-acf5-837ca84e4d7d"
    assert rule.id == "11111111-2222-4333-8444-55555555555a"
    assert rule.description == "two\nlines"
    assert rule.immutable_tag == "Microsoft.Lab.001"
    assert (rule.disabled, rule.reconstruction, rule.password_sync) == (False, True, True)
    assert rule.soft_delete_expiry == "01:00:00"
    assert rule.precedence_after == ""
    assert rule.precedence_before == "22222222-2222-4333-8444-55555555555a"
    assert rule.scope == (
        (
            ScopeCondition("a", ScopeOperator.ISNULL),
            ScopeCondition("b", ScopeOperator.ISBITNOTSET, "2"),
        ),
        (
            ScopeCondition("c", ScopeOperator.LESSTHAN_OR_EQUAL, "%Connector.ID%"),
            ScopeCondition("", ScopeOperator.ISMEMBEROF, "CN=g"),
        ),
    )
    assert rule.join == ((JoinCondition("x", "y"),), (JoinCondition("p", "q", True),))
    first, second, third = rule.flows
    assert first == AttributeFlow(
        "t1", FlowType.DIRECT, ("dn",), merge=MergeType.MERGE_CASE_INSENSITIVE, once=True
    )
    assert second == AttributeFlow("t2", FlowType.CONSTANT, constant=" kept ")
    assert (third.type, third.sources) == (FlowType.EXPRESSION, ("one", "two"))
    assert third.expression is not None and third.expression.text == "%Domain.FQDN%"
    assert third.node is not None and third.merge is MergeType.UPDATE


def test_connectors(tmp_path: Path) -> None:
    path = tmp_path / "connectors.toml"
    path.write_text("""\
[[connector]]
id = "{AE4DB4CC-B16B-4EB2-ACF5-837CA84E4D7D}"
name = "lab.example"
kind = "AD"
attributes = ["cn", "userCertificate"]
parameters = { "Forest.FQDN" = "lab.example" }
pilot_group = "CN=Pilot,DC=lab,DC=example"

[[connector.partition]]
dn = "DC=lab,DC=example"
object_types = ["computer"]
included = ["OU=PCs,DC=lab,DC=example"]
excluded = ["DC=lab,DC=example"]
parameters = { "Domain.Netbios" = "LAB" }

[[connector.partition]]
dn = "DC=child,DC=lab,DC=example"
selected = false

[[connector]]
id = "b"
name = "cloud"
kind = "Entra"
""")
    (connector,) = load_connector(str(path))
    assert connector == Connector(
        id="ae4db4cc-b16b-4eb2-acf5-837ca84e4d7d",
        name="lab.example",
        kind=ConnectorKind.ACTIVE_DIRECTORY,
        partitions=(
            Partition(
                "DC=lab,DC=example",
                True,
                ("computer",),
                ("OU=PCs,DC=lab,DC=example",),
                ("DC=lab,DC=example",),
                {"Domain.Netbios": "LAB"},
            ),
            Partition("DC=child,DC=lab,DC=example", False),
        ),
        attributes=frozenset({"cn", "userCertificate"}),
        parameters={"Forest.FQDN": "lab.example"},
        pilot_group="CN=Pilot,DC=lab,DC=example",
        origin=str(path),
    )


PLACES = [
    ("expression = '''True'''", 10, 17),
    ("expression = '''\nTrue'''", 11, 1),
    ("expression = '''\n\n  True'''", 11, 1),
    ('expression = "True"', 10, 15),
    ("expression='True'", 10, 13),
    ('expression = """\nTrue"""', 11, 1),
    ('"expression" = "Trim(\\"x\\")"', 10, 17),
    ("# expression = 'True'\nexpression = 'True'", 11, 15),
]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize(("key", "line", "column"), PLACES)
def test_place_of_an_expression(
    tmp_path: Path, key: str, line: int, column: int, line_end: str
) -> None:
    text = f'{HEAD}\n[[flow]]\ntarget = "t"\n{key}\ntype = "Expression"\n'
    (rule,) = load(tmp_path, text.replace("\n", line_end)).rules
    source = rule.flows[0].expression
    assert source is not None
    assert (source.name, source.line, source.column) == ("Lab > t", line, column)
    assert source.file == str(tmp_path / "lab.toml")


def test_equal_expressions_have_each_its_place(tmp_path: Path) -> None:
    flow = "[[flow]]\ntarget = '{}'\ntype = 'Expression'\nexpression = 'True'\n"
    (rule,) = load(tmp_path, HEAD + "".join(flow.format(t) for t in "abc")).rules
    assert [f.expression.line for f in rule.flows if f.expression] == [10, 14, 18]


def test_a_fault_is_shown_at_its_place_in_the_file(tmp_path: Path) -> None:
    text = f"""{HEAD}
[[flow]]
target = "cloudFiltered"
type = "Expression"
expression = '''IIF(
  [a] == 1,
  True, NULL)'''
"""
    (found,) = problems(tmp_path, text)
    assert found.position() == (12, 7)
    assert found.place() == f"{tmp_path / 'lab.toml'}: Lab > cloudFiltered:12:7"
    assert caret(found) == "=="
    assert "  |   [a] == 1,\n  |       ^^" in found.render()


# (the rule's text, code, a part of the message, a part of the help)
FAULTS = [
    (HEAD.replace('name = "Lab"\n', ""), "missing-key", "`name`", "add name"),
    (HEAD.replace('"Lab"', '""'), "missing-key", "`name` is empty", "give the rule a name"),
    (HEAD.replace('direction = "Inbound"\n', ""), "missing-key", "`direction`", "add direction"),
    (HEAD.replace("Inbound", "inbound"), "unknown-direction", "`inbound`", "`Inbound`"),
    (HEAD.replace("Inbound", "Sideways"), "unknown-direction", "`Sideways`", "Inbound, Outbound"),
    (HEAD.replace('"Join"', '"Provison"'), "unknown-link-type", "`Provison`", "`Provision`"),
    (HEAD.replace("90", '"90"'), "wrong-type", "`precedence` is a text", "a whole number"),
    (HEAD.replace("90", "9.5"), "wrong-type", "`precedence` is a number with", "a whole number"),
    (HEAD.replace("90", "true"), "wrong-type", "`precedence` is true or false", "a whole number"),
    (HEAD.replace("90", "-1"), "wrong-value", "`precedence` is below zero", "0 or more"),
    (HEAD + "disabled = 'False'", "wrong-type", "`disabled` is a text", "without quotes"),
    (HEAD + "presedence = 1", "unknown-key", "`presedence`", "`precedence`"),
    (HEAD + "colour = 1", "unknown-key", "`colour`", "the keys are: name, direction"),
    (HEAD + "scope = [{attribute='a', operator='ISNULL'}]", "wrong-type", "`scope`", "groups"),
    (HEAD + "scope = [[{attribute='a'}]]", "missing-key", "`operator`", "add operator"),
    (
        HEAD + "scope = [[{attribute='a', operator='equal'}]]",
        "unknown-scope-operator",
        "`equal`",
        "`EQUAL`",
    ),
    (
        HEAD + "scope = [[{attribute='', operator='EQUAL'}]]",
        "clause-without-attribute",
        "EQUAL",
        "name",
    ),
    (HEAD + "join = [[{source='a', targt='b'}]]", "unknown-key", "`targt`", "`target`"),
    (HEAD + "flow = 'x'", "wrong-type", "`flow` is a text", "[[flow]]"),
    (FLOW, "missing-key", "`name`", "add name"),
    (
        HEAD + FLOW.replace("expression =", "expresion ="),
        "unknown-key",
        "`expresion`",
        "`expression`",
    ),
    (
        HEAD + FLOW.replace("Expression", "Formula"),
        "unknown-flow-type",
        "`Formula`",
        "Direct, Constant",
    ),
    (HEAD + FLOW + "merge = 'Merged'", "unknown-merge-type", "`Merged`", "`Merge`"),
    (HEAD + FLOW + "merge = []", "wrong-type", "`merge` is a list", "a text in quotes"),
    (HEAD + FLOW + "source = 'x'", "flow-type", "`source` does not belong", 'type = "Direct"'),
    (HEAD + FLOW.replace("Expression", "Direct"), "flow-type", "needs `source`", "add source"),
    (HEAD + "[[flow]]\ntarget='t'\ntype='Expression'", "flow-type", "needs `expression`", "add"),
    (
        HEAD + "[[flow]]\ntarget='t'\ntype='Constant'\nconstant=true",
        "wrong-type",
        "true or false",
        "True",
    ),
    (HEAD + "[[flow]]\ntarget='t'\ntype='Direct'\nsource=''", "flow-type", "needs `source`", ""),
    (
        HEAD + "[[flow]]\ntarget='t'\ntype='Direct'\nsource='a'\nsources=['a']",
        "flow-type",
        "`sources`",
        "one",
    ),
    ("x = 1\n[[rule]]\n" + HEAD, "unknown-key", "`x` stands outside", "below [[rule]]"),
    (HEAD.replace("[", "").replace('"Lab"', '"Lab'), "not-toml", "", "quotes"),
    (HEAD + "a = = 1", "not-toml", "invalid value", "quotes"),
    ("clone_of = 'A'\nname = 'B'\nlink_type = 'Join'", "unknown-key", "`link_type`", "clone_of"),
    ("[[connector]]\nid='a'\nname='b'\nkind='ad'", "unknown-connector-kind", "`ad`", "`AD`"),
    (
        "[[connector]]\nid='a'\nname='b'\nkind='AD'\n[[connector.partition]]\nDN='x'",
        "unknown-key",
        "`DN`",
        "`dn`",
    ),
]


@pytest.mark.parametrize(("text", "code", "message", "help"), FAULTS)
def test_faults(tmp_path: Path, text: str, code: str, message: str, help: str) -> None:
    found = {(f.code, f.message, f.help or "", f.place()) for f in problems(tmp_path, text)}
    assert any(c == code and message in m and help in h for c, m, h, _ in found), found
    assert all(
        place.startswith(str(tmp_path / "lab.toml")) or c == "not-toml" for c, *_, place in found
    )


def test_a_syntax_error_of_toml_has_line_and_caret(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, HEAD + 'scope = [["a" "b"]]\n')
    assert found.position() == (7, 15)
    assert caret(found) == '"'


def test_all_findings_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(HEAD.replace("Inbound", "In") + "x = 1\n" + FLOW + "y = 2\n")
    (tmp_path / "b.toml").write_text(HEAD.replace("Lab", "B") + FLOW.replace("InStr(", "InStr(("))
    (tmp_path / "c.toml").write_text("x = \n")
    with pytest.raises(DiagnosticsError) as caught:
        load_rules(str(tmp_path))
    codes = [each.code for each in caught.value.diagnostics]
    assert sorted(codes) == [
        "not-toml",
        "syntax",
        "unknown-direction",
        "unknown-key",
        "unknown-key",
    ]


# (what is pasted into a flow, the text under the carets, what the way out must say)
PASTED = [
    ("StringFromGuid([a])", None, ""),
    ("String-FromGuid([objectGUID])", "String-FromGuid", "StringFromGuid"),
    ("[a] = “x”", "“", "straight"),
    ("[a] &amp; [b]", "&amp;", "&"),
    ("[a] &lt; 1", "&lt;", "<"),
    ("", "", "NULL"),
]


@pytest.mark.parametrize(("expression", "under", "help"), PASTED)
def test_pasted_expressions(tmp_path: Path, expression: str, under: str | None, help: str) -> None:
    text = f"{HEAD}[[flow]]\ntarget = 't'\ntype = 'Expression'\nexpression = '''{expression}'''\n"
    if under is None:
        assert load(tmp_path, text).rules
        return
    (found,) = problems(tmp_path, text)
    assert (found.code, caret(found)) == ("syntax", under)
    assert found.source is not None and found.source.name == "Lab > t"
    assert help in (found.help or "")


CONSTANTS = [
    ("cloudFiltered", "NULL", Severity.ERROR),
    ("cloudFiltered", "AuthoritativeNull", Severity.ERROR),
    ("displayName", "AuthoritativeNull", Severity.WARNING),
    ("displayName", "null", Severity.WARNING),
    ("displayName", "nullify", None),
    ("cloudFiltered", "True", None),
]


@pytest.mark.parametrize(("target", "constant", "severity"), CONSTANTS)
def test_a_constant_that_looks_like_a_literal(
    tmp_path: Path, target: str, constant: str, severity: Severity | None
) -> None:
    flow = f"[[flow]]\ntarget = '{target}'\ntype = 'Constant'\nconstant = '{constant}'\n"
    findings = load(tmp_path, HEAD + flow).findings
    assert [f.severity for f in findings] == ([severity] if severity else [])
    assert all(f.code == "constant-is-text" and "Expression" in (f.help or "") for f in findings)


def test_two_flows_to_one_target_are_a_finding(tmp_path: Path) -> None:
    findings = load(tmp_path, HEAD + FLOW + FLOW).findings
    assert [(f.code, f.severity) for f in findings] == [("repeated-target", Severity.ERROR)]


ENCODINGS = [
    codecs.BOM_UTF8 + (HEAD + FLOW).encode(),
    codecs.BOM_UTF16_LE + (HEAD + FLOW).encode("utf-16-le"),
    codecs.BOM_UTF16_BE + (HEAD + FLOW).encode("utf-16-be"),
    (HEAD + FLOW).replace("\n", "\r\n").encode(),
]


@pytest.mark.parametrize("content", ENCODINGS)
def test_marks_and_line_ends(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "lab.toml").write_bytes(content)
    plain = tmp_path / "plain.toml"
    plain.write_text(HEAD + FLOW)
    (rule,) = load_rules(str(tmp_path / "lab.toml")).rules
    (expected,) = load_rules(str(plain)).rules
    assert rule.flows[0].node == expected.flows[0].node
    assert rule.flows[0].expression is not None and expected.flows[0].expression is not None
    assert rule.flows[0].expression.line == expected.flows[0].expression.line


# (file name, content, code, a part of the message)
OTHER_FILES = [
    ("a.ps1", b"New-ADSyncRule  `\n-Name 'x'\n", "no-rule", "no rule is made"),
    ("a.txt", b"# note\n$a = 1\nNew-ADSyncRule -Name 'x'\n", "no-rule", "no rule is made"),
    ("a.json", b'{"onpremisesDirectoryPolicy": []}', "no-rule", "no rule"),
    ("a.json", b"[]", "no-rule", "no rule"),
    ("a.yml", b"Items:\n  - Name: x\n", "no-rule", "no rule"),
    ("a.toml", b"\x00\x01\x02\xff", "not-text", "not text"),
    ("a.toml", b"name = '\x00'", "not-text", "not text"),
    ("a.toml", "name = 'ü'".encode("latin-1"), "not-text", "UTF-8"),
    ("a.toml", b"", "unknown-format", "empty"),
    ("a.dat", b"hello", "unknown-format", "no rule file"),
]


@pytest.mark.parametrize(("name", "content", "code", "message"), OTHER_FILES)
def test_files_of_other_kinds(
    tmp_path: Path, name: str, content: bytes, code: str, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DiagnosticsError) as caught:
        load_rules(str(tmp_path / name))
    (found,) = caught.value.diagnostics
    assert (found.code, found.place()) == (code, str(tmp_path / name))
    assert message in found.message and found.help


def test_scripts_without_a_rule_beside_others_are_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(HEAD)
    (tmp_path / "more.ps1").write_text("New-ADSyncRule -Name 'x'\n")
    with pytest.raises(DiagnosticsError, match=r"more.ps1: no-rule"):
        load_rules(str(tmp_path))


def test_every_file_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "a.toml").write_text(HEAD)
    (tmp_path / "README.md").write_text("# Rules\n\n```\nNew-ADSyncRule -Name 'x'\n```\n")
    (tmp_path / "LICENSE").write_text("MIT License\n")
    (tmp_path / "Thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0\x00")
    rules = load_rules(str(tmp_path))
    assert [rule.origin for rule in rules.rules] == [f"{tmp_path}/deep/er/a.toml"]
    assert [(f.code, f.severity, f.place()) for f in rules.findings] == [
        ("file-not-read", Severity.NOTE, f"{tmp_path}/LICENSE"),
        ("file-not-read", Severity.NOTE, f"{tmp_path}/README.md"),
        ("file-not-read", Severity.WARNING, f"{tmp_path}/Thumbs.db"),
    ]


def test_hostile_files_end_in_a_message(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, "a = " + "[" * 100_000)
    assert found.code == "not-toml"
    (found,) = problems(tmp_path, "precedence = " + "9" * 5_000)
    assert found.code == "not-toml"


def test_a_file_too_large(tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    with path.open("wb") as stream:
        stream.truncate(64 * 1024 * 1024 + 1)
    with pytest.raises(InputError, match=r"large.toml: is larger than 64 MB") as caught:
        load_rules(str(path))
    assert caught.value.help
    (tmp_path / "a.toml").write_text(HEAD)
    with pytest.raises(DiagnosticsError, match=r"large.toml: cannot-be-read"):
        load_rules(str(tmp_path))


def test_a_folder_with_too_many_files(tmp_path: Path) -> None:
    for number in range(5_001):
        (tmp_path / str(number)).touch()
    with pytest.raises(InputError, match="more than 5000 files"):
        load_rules(str(tmp_path))


def test_folders_without_a_rule(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the folder is empty"):
        load_rules(str(tmp_path))
    (tmp_path / "connectors.toml").write_text("[[connector]]\nid='a'\nname='b'\nkind='AD'\n")
    with pytest.raises(InputError, match="there is no rule in it") as caught:
        load_rules(str(tmp_path))
    assert "--connector" in (caught.value.help or "")
    (tmp_path / "connectors.toml").unlink()
    (tmp_path / "README.md").write_text("nothing here")
    with pytest.raises(InputError, match="there is no rule in it"):
        load_rules(str(tmp_path))


def test_two_rules_of_one_name_in_one_folder(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(HEAD)
    (tmp_path / "b.toml").write_text(HEAD)
    with pytest.raises(InputError, match=r"`Lab`: in .*a\.toml and in .*b\.toml"):
        load_rules(str(tmp_path))


def test_one_name_for_rules_of_two_connectors(tmp_path: Path) -> None:
    """A server with several forests has the standard rules once for each of them."""
    (tmp_path / "a.toml").write_text(HEAD + "connector = 'one'\n")
    (tmp_path / "b.toml").write_text(HEAD + "connector = 'two'\n")
    assert [rule.connector for rule in load_rules(str(tmp_path)).rules] == ["one", "two"]


def test_unknown_locations() -> None:
    with pytest.raises(UsageError, match="no rules are given"):
        load_rules()
    with pytest.raises(UsageError, match="standrd-2016: no such file or folder") as caught:
        load_rules("standrd-2016")
    assert "did you mean `standard-2016`?" in (caught.value.help or "")
    assert all(name in (caught.value.help or "") for name in shipped_sets())
    with pytest.raises(UsageError, match=r"\./standard-2016: no such file"):
        load_rules("./standard-2016")
    with pytest.raises(UsageError, match=r"nowhere\.xml: no such file"):
        load_connector("nowhere.xml")
    with pytest.raises(UsageError):
        load_rules("")


def test_a_path_comes_before_a_shipped_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("standard-2016").mkdir()
    Path("standard-2016/a.toml").write_text(HEAD)
    rules = load_rules("standard-2016")
    assert [rule.name for rule in rules.rules] == ["Lab"]
    assert [finding.code for finding in rules.findings] == ["path-before-set"]


def test_the_hash_is_of_what_was_read(tmp_path: Path) -> None:
    """The numbers are those of coreutils: sha256sum of the file, and of its own output."""
    path = tmp_path / "a.toml"
    path.write_text(HEAD)
    first = load_rules(str(path)).sources[0]
    folder = load_rules(str(tmp_path)).sources[0]
    (tmp_path / "README.md").write_text("not a rule")
    assert load_rules(str(tmp_path)).sources[0] == folder
    assert (first.name, first.count) == (str(path), 1)
    assert first.sha256 == "5f22425356452d9f06254e3d3ea6eb56320ce7e6d46c5fe19d1615078f404065"
    assert folder.sha256 == "9da0b01294d5c98b9b7229489c37b1cfb26db5ba6dc8e43830b740bd02682723"
    path.write_text(HEAD.replace("90", "91"))
    assert load_rules(str(tmp_path)).sources[0].sha256 != folder.sha256


@pytest.mark.parametrize("name", ["standard-2016", "standard-1.4", "standard-1.4-three-clauses"])
def test_shipped_sets_load_without_a_finding(name: str) -> None:
    rules = load_rules(name)
    assert not rules.findings
    assert {rule.name for rule in rules.rules} == {
        "In from AD - Computer Join",
        "Out to AAD - Device Join SOAInAD",
    }
    assert [c.kind for c in rules.connectors] == [
        ConnectorKind.ACTIVE_DIRECTORY,
        ConnectorKind.ENTRA,
    ]
    assert {rule.connector for rule in rules.rules} == {c.id for c in rules.connectors}
