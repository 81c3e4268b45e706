"""PowerShell scripts: the ten variations of the specification of rule formats, section 3.

Every sample is made for these tests. Each is read as what it says or refused with reason and place.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.errors import Diagnostic, DiagnosticsError, Severity, UsageError
from simulator.rule import (
    AttributeFlow,
    FlowType,
    JoinCondition,
    LinkType,
    MergeType,
    RuleSet,
    ScopeCondition,
    ScopeOperator,
    SyncRule,
)
from simulator.rulefiles import load_rules, write_rules

LAB = Path(__file__).parent / "data" / "rule-formats" / "lab.ps1"
MODEL = "Microsoft.IdentityManagement.PowerShell.ObjectModel"
BEGIN = (
    "$rule = New-ADSyncRule -Name 'Lab' -Identifier '11111111-2222-4333-8444-555555555555' -Direction 'Inbound' "
    "-Precedence 90 -SourceObjectType 'computer' -TargetObjectType 'device' "
    "-Connector 'aaaaaaaa-0000-4000-8000-000000000001' -LinkType 'Join'\n"
)
END = "Add-ADSyncRule -SynchronizationRule $rule\n"
FLOW = "Add-ADSyncAttributeFlowMapping -SynchronizationRule $rule -Destination 'cloudFiltered' -FlowType 'Expression' -Expression "


def load(folder: Path, text: str | bytes, **settings: str) -> RuleSet:
    path = folder / "lab.ps1"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_rules(str(path), settings=settings)


def problems(folder: Path, text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(DiagnosticsError) as caught:
        load(folder, text)
    return caught.value.diagnostics


def one(rules: RuleSet) -> SyncRule:
    (rule,) = (*rules.rules, *rules.disabled)
    return rule


def expressions(rules: RuleSet) -> list[str]:
    return [f.expression.text for f in one(rules).flows if f.expression]


def codes(rules: RuleSet) -> list[str]:
    return [finding.code for finding in rules.findings]


def flow(flow: AttributeFlow) -> tuple[object, ...]:
    text = flow.expression.text if flow.expression else flow.constant or ",".join(flow.sources)
    return (flow.target, flow.type, text, flow.merge, flow.once)


def is_lab(rule: SyncRule) -> None:
    """What `lab.ps1` says, word by word."""
    assert (rule.name, rule.precedence, rule.link_type) == (
        "In from AD - Lab Computer Filter",
        90,
        LinkType.JOIN,
    )
    assert rule.id == "11111111-2222-4333-8444-555555555555"
    assert rule.connector == "aaaaaaaa-0000-4000-8000-000000000001"
    assert (rule.source_type, rule.target_type, rule.disabled) == ("computer", "device", False)
    assert rule.scope == ((ScopeCondition("location", ScopeOperator.STARTSWITH, "LAB"),),)
    assert rule.join == ((JoinCondition("objectGUID", "deviceId"),),)
    assert [flow(each) for each in rule.flows] == [
        (
            "cloudFiltered",
            FlowType.EXPRESSION,
            'IIF(InStr([operatingSystem],"Server") > 0,True,NULL)',
            MergeType.UPDATE,
            False,
        ),
        ("accountEnabled", FlowType.CONSTANT, "True", MergeType.UPDATE, True),
        ("displayName", FlowType.DIRECT, "cn", MergeType.MERGE_CASE_INSENSITIVE, False),
    ]


def test_the_editor_s_own_form() -> None:
    rules = load_rules(str(LAB))
    is_lab(one(rules))
    assert rules.findings == ()
    expression = one(rules).flows[0].expression
    assert expression is not None and (expression.line, expression.column) == (24, 14)


def test_1_indentation_and_comments(tmp_path: Path) -> None:
    text = LAB.read_text()
    text = text.replace("\n-", "\n      -").replace(
        "\n\n\n", "\n\n#region part\n  <# New-ADSyncRule -Name 'no' #>\n"
    )
    is_lab(one(load(tmp_path, text)))
    commented = "<#\n" + LAB.read_text() + "#>\n" + LAB.read_text().replace("\n", "\n# ")
    found = problems(tmp_path, commented)
    assert [each.code for each in found] == ["no-rule"]
    rules = load(tmp_path, BEGIN + FLOW + "'NULL' # flows nothing: -Destination 'x'\n" + END)
    assert expressions(rules) == ["NULL"]


def test_1_six_rules_in_comments_beside_one(tmp_path: Path) -> None:
    commented = "\n".join("# " + line for line in LAB.read_text().splitlines())
    is_lab(one(load(tmp_path, f"{commented}\n" * 6 + LAB.read_text())))


def test_2_all_on_one_line(tmp_path: Path) -> None:
    is_lab(one(load(tmp_path, LAB.read_text().replace("`\n", ""))))


def test_2_lost_backticks_are_taken_with_a_warning(tmp_path: Path) -> None:
    rules = load(tmp_path, LAB.read_text().replace(" `\n", "\n"))
    is_lab(one(rules))
    assert codes(rules) == ["lost-backtick"]
    assert rules.findings[0].severity is Severity.WARNING
    assert rules.findings[0].place().endswith("lab.ps1: line 2")


def test_2_a_blank_behind_backticks_is_taken_with_a_warning(tmp_path: Path) -> None:
    rules = load(tmp_path, LAB.read_text().replace("`\n", "`  \n"))
    is_lab(one(rules))
    assert codes(rules) == ["blank-after-backtick"]
    assert rules.findings[0].place().endswith("lab.ps1: line 1")


def test_2_lines_of_an_expression_may_look_like_parameters(tmp_path: Path) -> None:
    text = "\n  5\n-Len([cn])\n` \n".replace("` \n", "")
    rules = load(tmp_path, BEGIN + FLOW + f"'{text}'\n" + END)
    assert (expressions(rules), codes(rules)) == ([text], [])


def test_3_output_dropped_and_assigned(tmp_path: Path) -> None:
    text = BEGIN.replace("\n", " | Out-Null\n").replace("$rule = ", "") + (
        FLOW + "'NULL' | Out-Null\n" + END
    )
    kept = text.replace("-LinkType 'Join'", "-LinkType 'Join' -OutVariable rule")
    assert expressions(load(tmp_path, kept.replace("$rule", "$rule[0]"))) == ["NULL"]
    assigned = BEGIN + "$rule = " + FLOW + "'NULL'\n$rule = " + END
    assert expressions(load(tmp_path, assigned)) == ["NULL"]
    (found, *_) = problems(tmp_path, text)
    assert (found.code, found.position()) == ("rule-not-known", (2, 1))


def test_4_literal_variables(tmp_path: Path) -> None:
    text = "$Name = 'Lab'\n[int] $p = 88\n$Script:type = \"computer\"\n" + BEGIN
    text = text.replace("-Name 'Lab'", "-Name $Name").replace("90", "$p")
    text = text.replace("-SourceObjectType 'computer'", "-SourceObjectType ${script:type}")
    rule = one(load(tmp_path, text + END))
    assert (rule.name, rule.precedence, rule.source_type) == ("Lab", 88, "computer")


OPEN = [
    ("$id = New-Guid", "id"),
    ("$id = ([guid]::NewGuid())", "id"),
    ("", "id"),
    ("$id = $Connector[1].Identifier", "id"),
    ("$id = $adConnector.Identifier.Guid", "id"),
    ("param([string] $id)", "id"),
    ("$id = Read-Host 'Which?'", "id"),
]


@pytest.mark.parametrize(("line", "name"), OPEN)
def test_4_what_only_the_server_knows_is_open(tmp_path: Path, line: str, name: str) -> None:
    text = line + "\n" + BEGIN.replace("'11111111-2222-4333-8444-555555555555'", "$id") + END
    rules = load(tmp_path, text)
    assert (one(rules).id, codes(rules)) == ("", ["open-value"])
    assert rules.findings[0].help == f"give it: --set '{name}=...'"
    filled = load(tmp_path, text, **{name: "{ABCD0000-2222-4333-8444-555555555555}"})
    assert (one(filled).id, codes(filled)) == ("abcd0000-2222-4333-8444-555555555555", [])


def test_4_members_are_open_by_their_own_name(tmp_path: Path) -> None:
    text = (
        BEGIN.replace("'aaaaaaaa-0000-4000-8000-000000000001'", "$connector[1].Identifier") + END
    )
    rules = load(tmp_path, text)
    assert one(rules).connector == ""
    assert rules.findings[0].help == "give it: --set 'connector[1].Identifier=...'"
    filled = load(tmp_path, text, **{"Connector[1].identifier": "contoso"})
    assert one(filled).connector == "contoso"


def test_4_a_setting_that_nothing_asks_for_is_refused(tmp_path: Path) -> None:
    text = BEGIN.replace("90", "$precedence") + END
    with pytest.raises(UsageError, match=r"--set precedense: .*\n?") as caught:
        load(tmp_path, text, precedense="88")
    assert caught.value.help == "did you mean `precedence`? open are: precedence"


def test_4_an_open_precedence_keeps_the_rule_from_being_read(tmp_path: Path) -> None:
    text = "\n" + BEGIN.replace("90", "$precedence") + END
    (found,) = problems(tmp_path, text)
    assert (found.code, found.help) == ("open-value", "give it: --set 'precedence=...'")
    assert found.position() == (2, 9)
    assert one(load(tmp_path, text, precedence="88")).precedence == 88


def test_4_parameters_have_defaults(tmp_path: Path) -> None:
    text = "param(\n  [int] $p = 77,\n  $q\n)\n" + BEGIN.replace("90", "$p") + END
    assert one(load(tmp_path, text)).precedence == 77
    assert one(load(tmp_path, text, p="76")).precedence == 76


def test_5_double_quotes_and_concatenation(tmp_path: Path) -> None:
    text = "$d = 'contoso.com'\n" + BEGIN + FLOW
    rules = load(
        tmp_path,
        text
        + '("Left([cn], 3) & `"@$d`" & ""x""" +\n  \'& "it\'\'s"\' +\n  "`n& `$null")\n'.replace(
            "`$null", '`"`"'
        )
        + END,
    )
    assert expressions(rules) == ['Left([cn], 3) & "@contoso.com" & "x"& "it\'s"\n& ""']


def test_5_an_unset_variable_in_a_text_is_open_not_empty(tmp_path: Path) -> None:
    text = BEGIN + "\n" + FLOW + '"With($valid,[userCertificate],Count($valid) = 0)"\n' + END
    (found,) = problems(tmp_path, text)
    assert (found.code, found.position()) == ("open-value", (3, 1))
    assert found.help == "give it: --set 'valid=...'"


def test_6_a_function_called_once_is_followed(tmp_path: Path) -> None:
    body = BEGIN.replace("'Lab'", "$name").replace("90", "$number")
    text = f"function Make {{\n  param($name, $number = 91)\n  {body}{FLOW}'NULL'\n  {END}}}\n"
    rule = one(load(tmp_path, text + "Make -name 'Once'\n"))
    assert (rule.name, rule.precedence, len(rule.flows)) == ("Once", 91, 1)


def test_6_a_function_called_several_times_is_refused(tmp_path: Path) -> None:
    text = f"function Make($name) {{\n{BEGIN}{END}}}\nMake 'a'\nMake 'b'\n"
    found = problems(tmp_path, text)
    assert [(each.code, each.position()) for each in found] == [
        ("rule-by-function", (5, 1)),
        ("rule-by-function", (6, 1)),
    ]
    assert "called 2 times" in found[0].message and found[0].help


def test_6_a_function_never_called_is_named(tmp_path: Path) -> None:
    rules = load(tmp_path, f"function Make {{\n{BEGIN}{END}}}\n" + LAB.read_text())
    is_lab(one(rules))
    assert codes(rules) == ["function-not-called", "function-not-called"]


@pytest.mark.parametrize("head", ["if ($x) {", "foreach ($n in $names) {", "while ($true) {"])
def test_6_rules_in_branches_are_refused(tmp_path: Path, head: str) -> None:
    (found,) = problems(tmp_path, f"$a = 1\n{head}\n{BEGIN}{END}}}\n")
    assert (found.code, found.position()) == ("rule-in-branch", (2, 1))


def test_6_splatting_of_a_literal_table(tmp_path: Path) -> None:
    text = (
        "$p = @{ Name = 'Lab'; Direction = 'Inbound'\n  Precedence = 90\n  SourceObjectType = 'computer'\n"
        "  TargetObjectType = 'device'; LinkType = 'Join'; EnablePasswordSync = $true }\n$p.Description = 'more'\n"
        "$rule = New-ADSyncRule @p -Disabled\n"
    )
    rule = one(load(tmp_path, text + END))
    assert (rule.name, rule.description, rule.password_sync, rule.disabled) == (
        "Lab",
        "more",
        True,
        True,
    )
    (found,) = problems(tmp_path, "$rule = New-ADSyncRule @q\n" + LAB.read_text())
    assert (found.code, found.position()) == ("splatting", (1, 24))


def test_6_values_of_another_rule(tmp_path: Path) -> None:
    text = (
        "$old = Get-ADSyncRule -Identifier 'x'\n"
        + BEGIN.replace("90", "($old.Precedence - 1)")
        + END
    )
    (found,) = problems(tmp_path, text)
    assert found.help == "give it: --set 'old.Precedence=...'"
    assert one(load(tmp_path, text, **{"old.Precedence": "159"})).precedence == 158
    join = (
        BEGIN
        + "Add-ADSyncJoinConditionGroup -SynchronizationRule $rule -JoinConditions $old.JoinFilter[0].JoinConditionList\n"
        + END
    )
    (found,) = problems(tmp_path, join)
    assert found.code == "open-value" and found.position() == (2, 1)


def test_7_no_precedence_and_no_identifier(tmp_path: Path) -> None:
    text = (
        BEGIN.replace("-Precedence 90", "-PrecedenceAfter 'D79C6B03-A3D5-4160-8B12-87EFF97AB7BE'")
        + END
    )
    (found,) = problems(tmp_path, text)
    assert (found.code, found.position()) == ("no-precedence", (1, 9))
    assert found.help and "--set 'Lab.Precedence=88'" in found.help
    rule = one(load(tmp_path, text, **{"Lab.Precedence": "160"}))
    assert (rule.precedence, rule.precedence_after) == (
        160,
        "d79c6b03-a3d5-4160-8b12-87eff97ab7be",
    )
    bare = BEGIN.replace("-Identifier '11111111-2222-4333-8444-555555555555'", "").replace(
        "90", "160"
    )
    assert (one(load(tmp_path, bare + END)).id, one(load(tmp_path, bare + END)).precedence) == (
        "",
        160,
    )


def test_7_colliding_precedence_is_an_error_of_the_set(tmp_path: Path) -> None:
    other = LAB.read_text().replace("Lab Computer Filter", "Other").replace("11111111", "22222222")
    rules = load(tmp_path, LAB.read_text() + "\n" + other)
    assert codes(rules) == ["precedence-collision"]


def test_8_lines_and_blanks_of_expressions_are_kept(tmp_path: Path) -> None:
    text = "\n   IIF(\n\tTrue,  \n  NULL,NULL )  \n "
    rules = load(tmp_path, BEGIN + FLOW + f"'{text}'\n" + END)
    assert expressions(rules) == [text]
    (found,) = problems(
        tmp_path, BEGIN + "\n\n" + FLOW + f"'{text.replace('True', '[cn')}'\n" + END
    )
    assert (found.code, found.position()) == ("syntax", (6, 2)) or found.position() is not None


def test_9_marks_line_ends_and_dashes(tmp_path: Path) -> None:
    text = "# über\n" + LAB.read_text().replace("AD - Lab", "AD \u2013 Lab")
    for content in (
        text.encode("utf-8-sig"),
        text.replace("\n", "\r\n").encode("utf-8-sig"),
        b"\xff\xfe" + text.replace("\n", "\r\n").encode("utf-16-le"),
        b"\xfe\xff" + text.encode("utf-16-be"),
    ):
        rules = load(tmp_path, content)
        assert (one(rules).name, rules.findings) == ("In from AD \u2013 Lab Computer Filter", ())
        expression = one(rules).flows[0].expression
        assert expression is not None and (expression.line, expression.column) == (25, 14)


def test_10_no_flow_no_scope_and_scope_before_flows(tmp_path: Path) -> None:
    bare = one(load(tmp_path, BEGIN.replace("'Join'", "'JoinNoFlow'") + END))
    assert (bare.flows, bare.scope, bare.link_type) == ((), (), LinkType.JOIN_NO_FLOW)
    scope = (
        f"New-Object -TypeName '{MODEL}.ScopeCondition' -ArgumentList 'a','','ISNULL' -OutVariable condition0\n"
        "Add-ADSyncScopeConditionGroup -SynchronizationRule $rule -ScopeConditions @($condition0[0])\n"
    )
    rule = one(load(tmp_path, BEGIN + scope + FLOW + "'NULL'\n" + END))
    assert rule.scope == ((ScopeCondition("a", ScopeOperator.ISNULL, ""),),)
    assert len(rule.flows) == 1


def test_condition_variables_are_numbered_again_in_every_group(tmp_path: Path) -> None:
    text = BEGIN
    for number in range(2):
        text += "".join(
            f"New-Object {MODEL}.ScopeCondition -ArgumentList 'a{number}','{each}','EQUAL' -OutVariable condition{each}\n"
            for each in range(2)
        )
        text += "Add-ADSyncScopeConditionGroup -SynchronizationRule $rule -ScopeConditions @($condition0[0],$condition1[0])\n"
    assert [[str(c) for c in group] for group in one(load(tmp_path, text + END)).scope] == [
        ["a0 EQUAL 0", "a0 EQUAL 1"],
        ["a1 EQUAL 0", "a1 EQUAL 1"],
    ]


def test_quotes_by_the_rules_of_powershell(tmp_path: Path) -> None:
    curly = (
        BEGIN
        + FLOW.replace("'Expression'", "\u2018Expression\u2019")
        + "'\"it''s\u2019\u2019\"'\n"
        + END
    )
    assert expressions(load(tmp_path, curly)) == ['"it\'s\u2019"']
    here = BEGIN + "$e = @'\nIIF(True,\n  \"it's\",\n\n  NULL)\n'@\n" + FLOW + "$e\n" + END
    assert expressions(load(tmp_path, here)) == ['IIF(True,\n  "it\'s",\n\n  NULL)']
    expression = one(load(tmp_path, here)).flows[0].expression
    assert expression is not None and (expression.line, expression.column) == (3, 1)
    double = BEGIN + '$d = "x"\n$e = @"\n"$d" & "y"\n"@\n' + FLOW + "$e\n" + END
    assert expressions(load(tmp_path, double)) == ['"x" & "y"']


def test_join_with_case_and_merge_words(tmp_path: Path) -> None:
    text = BEGIN + (
        f"$c = New-Object -TypeName '{MODEL}.JoinCondition' -ArgumentList 'objectGUID','deviceId',$true\n"
        "Add-ADSyncJoinConditionGroup -SynchronizationRule $rule -JoinConditions @($c)\n"
        "Add-ADSyncAttributeFlowMapping -SynchronizationRule $rule -Source @('cn') -Destination 'x' -FlowType direct -ValueMergeType 'Merge'\n"
    )
    rule = one(load(tmp_path, text + END))
    assert rule.join == ((JoinCondition("objectGUID", "deviceId", True),),)
    assert rule.flows[0].merge is MergeType.MERGE


def test_a_join_of_an_outbound_rule_names_the_connector_first(tmp_path: Path) -> None:
    text = LAB.read_text().replace("'Inbound'", "'Outbound'")
    assert one(load(tmp_path, text)).join == ((JoinCondition("deviceId", "objectGUID"),),)


def test_a_rule_never_saved_does_not_exist(tmp_path: Path) -> None:
    rules = load(tmp_path, LAB.read_text() + BEGIN)
    is_lab(one(rules))
    assert codes(rules) == ["not-saved"]
    late = load(tmp_path, BEGIN + END + FLOW + "'NULL'\n")
    assert (one(late).flows, codes(late)) == ((), ["not-saved"])


def test_several_rules_of_a_file(tmp_path: Path) -> None:
    other = (
        LAB.read_text()
        .replace("Lab Computer", "Other")
        .replace("11111111", "22222222")
        .replace("90", "91")
    )
    rules = load(tmp_path, LAB.read_text() + "\n\n" + other)
    assert [rule.precedence for rule in rules.rules] == [90, 91]


WRONG = [
    ("New-ADSyncRule -Name 'x", "not-powershell", (1, 23)),  # behind the quote that nothing closes
    (BEGIN.replace("'Inbound'", "'Inwards'") + END, "unknown-direction", (1, 9)),
    (BEGIN.replace("90", "'many'") + END, "precedence-no-number", (1, 9)),
    (
        BEGIN + BEGIN.replace("-Name 'Lab'", "-Name 'Lab' -Name 'x'") + END,
        "repeated-parameter",
        (2, 36),
    ),
    (
        BEGIN + "\n" + FLOW.replace("Expression'", "Direct'", 1) + "'x'\n" + END,
        "flow-type",
        (3, 1),
    ),
    (
        BEGIN + f"$c = New-Object {MODEL}.ScopeCondition -ArgumentList 'a','b'\n" + END,
        "wrong-arguments",
        (2, 6),
    ),
    (BEGIN + "$rule | Add-ADSyncRule\n", "rule-in-pipeline", (2, 1)),
    (
        BEGIN + "Get-Item x | ForEach-Object { Add-ADSyncRule -SynchronizationRule $rule }\n",
        "rule-in-pipeline",
        (2, 1),
    ),
    ("$a = 1\n", "no-rule", None),
]


@pytest.mark.parametrize(("text", "code", "position"), WRONG)
def test_what_is_refused(
    tmp_path: Path, text: str, code: str, position: tuple[int, int] | None
) -> None:
    found = problems(tmp_path, text)
    assert (found[0].code, found[0].position()) == (code, position)
    assert found[0].help


def test_what_has_no_effect_is_told(tmp_path: Path) -> None:
    text = (
        BEGIN.replace("-Name", "-Colour 'red' -Name")
        + END
        + "Set-ADSyncRule -Identifier 'x'\nGet-ADSyncRule x | Remove-ADSyncRule\n. .\\other.ps1\n"
    )
    rules = load(tmp_path, text)
    assert codes(rules) == [
        "unknown-parameter",
        "command-without-effect",
        "command-without-effect",
        "command-without-effect",
    ]


def test_commands_that_stand_alone_ask_for_nothing(tmp_path: Path) -> None:
    text = "Import-Module ADSync\nWrite-Host 'x'\n" + LAB.read_text()
    with pytest.raises(UsageError) as caught:
        load(tmp_path, text, x="1")
    assert caught.value.help == "open are: none"


def test_a_script_is_never_run(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("here")
    text = (
        f"Remove-Item '{victim}'\nSet-Content '{victim}' 'gone'\n& {{ rm '{victim}' }}\n"
        + LAB.read_text()
    )
    is_lab(one(load(tmp_path, text)))
    assert victim.read_text() == "here"


VARIATIONS = {
    "CRLF": ("\n", "\r\n"),
    "indented": ("\n-", "\n\t  -"),
    "one line between": ("\n\n\n", "\n"),
    "comments between": ("\n\n\n", "\n# New-ADSyncRule -Name 'x'\n<# a\nb #>\n"),
    "lost backticks": (" `\n", "\n"),
    "blanks behind backticks": ("`\n", "` \n"),
    "on one line": ("`\n", ""),
    "output dropped": ("-OutVariable syncRule", "-OutVariable syncRule | Out-Null"),
    "dashes and quotes of a word processor": ("-FlowType 'Direct'", "\u2013FlowType \u2018Direct\u2019"),
}  # fmt: skip


@pytest.mark.parametrize("variation", VARIATIONS)
def test_the_rules_of_a_server_in_every_variation(tmp_path: Path, variation: str) -> None:
    rules = load_rules(str(Path(__file__).parent / "data" / "contoso-pilot"))
    (text,) = write_rules(rules.rules, "ps1").files.values()
    read = load(tmp_path, text.replace(*VARIATIONS[variation]))
    assert len(read.rules) == 62
    for before, after in zip(rules.rules, read.rules, strict=True):
        assert [flow(each) for each in before.flows] == [flow(each) for each in after.flows]
        assert replace(before, flows=(), origin="") == replace(after, flows=(), origin="")
