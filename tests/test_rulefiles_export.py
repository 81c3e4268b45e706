"""The XML server export: a real one read whole, and what is said of broken ones.

The numbers of the real one are counted here a second time, with the plain XML reader and the rules
of the format (specification of rule formats, section 2), without any code of ours.
"""

import codecs
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from simulator.errors import Diagnostic, DiagnosticsError, InputError, Severity
from simulator.rule import (
    ConnectorKind,
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

EXPORT = Path(__file__).parent / "data" / "contoso-pilot"
FOREST = "ae4db4cc-b16b-4eb2-acf5-837ca84e4d7d"
CLOUD = "b891884f-051e-4a83-95af-2544101c9083"


@pytest.fixture(scope="module")
def rules() -> tuple[SyncRule, ...]:
    return load_rules(str(EXPORT)).rules


def elements() -> list[Element]:
    return [ElementTree.parse(p).getroot() for p in (EXPORT / "SynchronizationRules").iterdir()]


def kind_of(mapping: Element) -> str:
    if mapping.find("expression") is not None:
        return "Expression"
    return "Direct" if mapping.find("src/attr") is not None else "Constant"


def stated(rule: Element) -> dict[str, list[object]]:
    """What the file of one rule states, by kind of statement."""
    mappings = list(rule.iter("mapping"))
    constants = [m for m in mappings if kind_of(m) == "Constant"]
    return {
        "direction": [rule.findtext("direction")],
        "link": [rule.findtext("linkType")],
        "precedence": [rule.findtext("precedence")],
        "name": [rule.findtext("name")],
        "tag": [rule.findtext("immutable-tag")],
        "connector": [rule.findtext("connector", "")[1:-1]],
        "id": [rule.findtext("id", "")[1:-1]],
        "source type": [rule.findtext("sourceObjectType")],
        "target type": [rule.findtext("targetObjectType")],
        "password": [rule.findtext("EnablePasswordSync")],
        "kind": [kind_of(m) for m in mappings],
        "merge": [m.findtext("valueMergeType") for m in mappings],
        "target": [m.findtext("dest") for m in mappings],
        "sources": [tuple(a.text for a in m.iter("attr")) for m in mappings],
        "constant": [m.findtext("src") for m in constants],
        "expression": [e.text for e in rule.iter("expression")],
        "once": [m.get("execute-once", "false") for m in mappings],
        "clause": [tuple(part.text or "" for part in clause) for clause in rule.iter("scope")],
        "scope group": [len(g) for g in rule.findall("synchronizationCriteria/conditions")],
        "join group": [len(g) for g in rule.findall("relationshipCriteria/conditions")],
        "join case": [c.findtext("caseSensitive", "False") for c in rule.iter("condition")],
    }


def read(rule: SyncRule) -> dict[str, list[object]]:
    """The same of a rule that was read."""
    clauses = [clause for group in rule.scope for clause in group]
    return {
        "direction": [rule.direction],
        "link": [rule.link_type],
        "precedence": [str(rule.precedence)],
        "name": [rule.name],
        "tag": [rule.immutable_tag],
        "connector": [rule.connector],
        "id": [rule.id],
        "source type": [rule.source_type],
        "target type": [rule.target_type],
        "password": [str(rule.password_sync).lower()],
        "kind": [f.type for f in rule.flows],
        "merge": [f.merge for f in rule.flows],
        "target": [f.target for f in rule.flows],
        "sources": [f.sources for f in rule.flows],
        "constant": [f.constant for f in rule.flows if f.type is FlowType.CONSTANT],
        "expression": [f.expression.text for f in rule.flows if f.expression],
        "once": [str(f.once).lower() for f in rule.flows],
        "clause": [(c.attribute, c.operator.value, c.value) for c in clauses],
        "scope group": [len(group) for group in rule.scope],
        "join group": [len(group) for group in rule.join],
        "join case": [str(c.case_sensitive) for group in rule.join for c in group],
    }


def test_the_export_is_read_whole(rules: tuple[SyncRule, ...]) -> None:
    expected = {str(element.findtext("name")): stated(element) for element in elements()}
    assert len(expected) == 62
    assert {rule.name: read(rule) for rule in rules} == expected


def test_the_published_numbers_of_the_export(rules: tuple[SyncRule, ...]) -> None:
    """From the description of the sample data: 62 rules, MergeCaseInsensitive in few flows."""
    flows = [flow for rule in rules for flow in rule.flows]
    assert len(rules) == 62
    assert Counter(r.direction for r in rules) == {Direction.INBOUND: 28, Direction.OUTBOUND: 34}
    assert Counter(r.link_type for r in rules) == {LinkType.JOIN: 53, LinkType.PROVISION: 9}
    assert Counter(f.type for f in flows) == {
        FlowType.DIRECT: 802,
        FlowType.EXPRESSION: 391,
        FlowType.CONSTANT: 7,
    }
    assert Counter(f.merge for f in flows) == {
        MergeType.UPDATE: 1195,
        MergeType.MERGE_CASE_INSENSITIVE: 5,
    }
    assert all((f.node is not None) == (f.type is FlowType.EXPRESSION) for f in flows)


def test_nothing_of_the_export_is_passed_over() -> None:
    found = load_rules(str(EXPORT))
    assert [(f.code, f.severity) for f in found.findings] == [
        ("file-not-read", Severity.NOTE),  # LICENSE.txt
        ("file-not-read", Severity.NOTE),  # PROVENANCE.md
    ]
    assert found.sources[0].count == 62


def test_every_expression_has_its_place(rules: tuple[SyncRule, ...]) -> None:
    """The line of the file, from the column on, begins like the expression with its escapes."""
    for rule in rules:
        lines = Path(rule.origin).read_text().split("\n")
        for flow in rule.flows:
            if flow.expression is None:
                continue
            text = flow.expression.text
            escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            line = lines[flow.expression.line - 1]
            assert line[flow.expression.column - 1 :].startswith(escaped.split("\n")[0])
            assert line[: flow.expression.column - 1].endswith("<expression>")
            assert flow.expression.name == f"{rule.name} > {flow.target}"


@pytest.mark.parametrize(
    "name", ["In from AD - Computer Join", "Out to AAD - Device Join SOAInAD"]
)
def test_the_shipped_standard_rule_is_that_of_the_export(
    rules: tuple[SyncRule, ...], name: str
) -> None:
    (exported,) = [rule for rule in rules if rule.name == name]
    (shipped,) = [rule for rule in load_rules("standard-2016").rules if rule.name == name]
    assert len(exported.flows) == len(shipped.flows)
    for left, right in zip(exported.flows, shipped.flows, strict=True):
        assert (left.node, left.expression and left.expression.text) == (
            right.node,
            right.expression and right.expression.text,
        )
        for field in ("target", "type", "sources", "constant", "merge", "once"):
            assert getattr(left, field) == getattr(right, field), (left.target, field)
    for field in SyncRule.__dataclass_fields__:
        if field not in ("flows", "origin", "description"):
            assert getattr(exported, field) == getattr(shipped, field), field


def test_the_sides_of_an_outbound_join(rules: tuple[SyncRule, ...]) -> None:
    """The export names the connector's side first; an outbound rule starts in the metaverse."""
    (rule,) = [rule for rule in rules if rule.name == "Out to AD - Group Join"]
    assert rule.join == ((JoinCondition("sourceAnchorBinary", "objectGUID"),),)


def test_connectors_of_the_export() -> None:
    forest, cloud = load_rules(str(EXPORT)).connectors
    assert (forest.id, forest.name, forest.kind) == (
        FOREST,
        "contoso.com",
        ConnectorKind.ACTIVE_DIRECTORY,
    )
    assert len(forest.attributes) == 132
    assert {"userCertificate", "operatingSystemVersion"} <= forest.attributes
    assert "dNSHostName" not in forest.attributes
    (partition,) = forest.partitions
    assert (partition.dn, partition.selected) == ("DC=contoso,DC=com", True)
    assert partition.excluded == ("DC=contoso,DC=com",)
    assert partition.included == ("OU=CORP,DC=contoso,DC=com",)
    assert partition.object_types == (
        "computer", "contact", "foreignSecurityPrincipal", "group", "inetOrgPerson",
        "msDS-Device", "user", "container", "domainDNS", "organizationalUnit",
    )  # fmt: skip
    assert partition.parameters == {
        "Domain.FQDN": "contoso.com",
        "Domain.LDAP": "DC=contoso,DC=com",
        "Domain.Netbios": "CONTOSO",
    }
    assert forest.parameters["Forest.FQDN"] == "contoso.com"
    assert forest.parameters["Forest.Netbios"] == "CONTOSO"
    assert not {"forest-login-user", "password", "cookie"} & forest.parameters.keys()
    assert forest.pilot_group == ""
    assert (cloud.id, cloud.kind, len(cloud.attributes)) == (CLOUD, ConnectorKind.ENTRA, 161)
    assert [(p.dn, p.included) for p in cloud.partitions] == [("default", ("default",))]


def test_the_connector_alone() -> None:
    path = EXPORT / "Connectors" / f"Connector_{{{FOREST}}}.xml"
    (connector,) = load_connector(str(path))
    assert connector.id == FOREST
    assert [c.id for c in load_connector(str(EXPORT))] == [FOREST]
    with pytest.raises(InputError, match="no connector to Active Directory"):
        load_connector(str(EXPORT / "Connectors" / f"Connector_{{{CLOUD}}}.xml"))
    with pytest.raises(InputError, match="there is no rule in it"):
        load_rules(str(path))


def test_a_connector_with_a_pilot_group_and_an_unselected_domain(tmp_path: Path) -> None:
    path = tmp_path / "Connector_x.xml"
    path.write_text("""\
<ma-data><id>{AAAAAAAA-0000-4000-8000-000000000001}</id><name>lab.example</name><category>AD</category>
<private-configuration><adma-configuration><parameter-values>
<parameter name="Connector.GroupFilteringGroupDn" use="global">CN=Pilot,DC=lab</parameter>
</parameter-values></adma-configuration></private-configuration>
<ma-partition-data><partition><name>DC=lab</name><selected>0</selected><new-thing/></partition></ma-partition-data>
<brand-new />
</ma-data>""")
    (connector,) = load_connector(str(path))
    assert connector.pilot_group == "CN=Pilot,DC=lab"
    assert [p.selected for p in connector.partitions] == [False]


# --- made files ------------------------------------------------------------------------------

RULE = """\
<synchronizationRule>
  <id>{11111111-2222-4333-8444-55555555555A}</id>
  <version>1</version>
  <name>In from AD - Lab</name>
  <description />
  <immutable-tag />
  <direction>Inbound</direction>
  <disabled>False</disabled>
  <connector>{AAAAAAAA-0000-4000-8000-000000000001}</connector>
  <sourceObjectType>computer</sourceObjectType>
  <targetObjectType>device</targetObjectType>
  <linkType>Join</linkType>
  <precedence>90</precedence>
  <precedence-after>{00000000-0000-0000-0000-000000000000}</precedence-after>
  <attribute-mappings>
    <mapping execute-once="true">
      <dest>cloudFiltered</dest>
      <src><attr>operatingSystem</attr></src>
      <expression>IIF(InStr([operatingSystem],"Server") &gt; 0,
  True,
  NULL)</expression>
      <valueMergeType>Update</valueMergeType>
    </mapping>
    <mapping>
      <dest>description</dest>
      <src> kept &amp; exact </src>
      <valueMergeType>Merge</valueMergeType>
    </mapping>
  </attribute-mappings>
  <relationshipCriteria />
  <synchronizationCriteria>
    <conditions>
      <scope><csAttribute /><csOperator>ISMEMBEROF</csOperator><csValue>CN=g</csValue></scope>
      <scope><csAttribute>dn</csAttribute><csOperator>ENDSWITH</csOperator><csValue>,DC=x</csValue></scope>
    </conditions>
    <conditions>
      <scope><csAttribute>cn</csAttribute><csOperator>EQUAL</csOperator><csValue>%Connector.ID%</csValue></scope>
    </conditions>
  </synchronizationCriteria>
</synchronizationRule>"""


def load(folder: Path, content: str | bytes) -> RuleSet:
    path = folder / "SynchronizationRule_x.xml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return load_rules(str(path))


def problems(folder: Path, content: str | bytes) -> tuple[Diagnostic, ...]:
    with pytest.raises(DiagnosticsError) as caught:
        load(folder, content)
    return caught.value.diagnostics


CONTENTS = [
    RULE.encode(),
    codecs.BOM_UTF8 + RULE.encode(),
    codecs.BOM_UTF16_LE + RULE.encode("utf-16-le"),
    codecs.BOM_UTF16_BE + ('<?xml version="1.0" encoding="utf-16"?>\n' + RULE).encode("utf-16-be"),
    ('<?xml version="1.0" encoding="utf-16"?>' + RULE).encode(),  # re-saved by PowerShell
    RULE.replace("\n", "\r\n").encode(),
]


@pytest.mark.parametrize("content", CONTENTS)
def test_a_rule(tmp_path: Path, content: bytes) -> None:
    (rule,) = load(tmp_path, content).rules
    assert rule.id == "11111111-2222-4333-8444-55555555555a"
    assert rule.connector == "aaaaaaaa-0000-4000-8000-000000000001"
    assert (rule.precedence_after, rule.precedence_before) == ("", "")
    assert rule.scope == (
        (
            ScopeCondition("", ScopeOperator.ISMEMBEROF, "CN=g"),
            ScopeCondition("dn", ScopeOperator.ENDSWITH, ",DC=x"),
        ),
        (ScopeCondition("cn", ScopeOperator.EQUAL, "%Connector.ID%"),),
    )
    first, second = rule.flows
    assert first.expression is not None
    assert first.expression.text == 'IIF(InStr([operatingSystem],"Server") > 0,\n  True,\n  NULL)'
    assert first.once and not second.once
    assert (second.type, second.constant, second.merge) == (
        FlowType.CONSTANT,
        " kept & exact ",
        MergeType.MERGE,
    )


def test_a_fault_is_shown_at_its_place_in_the_file(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, RULE.replace("  NULL)", "  String-FromGuid([a]))"))
    place = f"{tmp_path / 'SynchronizationRule_x.xml'}: In from AD - Lab > cloudFiltered:21:3"
    assert found.place() == place
    assert "  |   String-FromGuid([a]))\n  |   ^^^^^^^^^^^^^^^\n" in found.render()
    assert "StringFromGuid" in (found.help or "")


def test_comments_do_not_move_places(tmp_path: Path) -> None:
    text = RULE.replace("<attribute-mappings>", "<attribute-mappings><!-- <expression> -->")
    (rule,) = load(tmp_path, text).rules
    assert rule.flows[0].expression is not None
    assert (rule.flows[0].expression.line, rule.flows[0].expression.column) == (19, 19)


def test_an_empty_expression_is_none(tmp_path: Path) -> None:
    text = RULE.replace(
        "<mapping execute",
        "<mapping><dest>cn</dest><src>x</src><expression/></mapping><mapping execute",
    )
    (rule,) = load(tmp_path, text).rules
    assert [f.type for f in rule.flows][:2] == [FlowType.CONSTANT, FlowType.EXPRESSION]
    assert rule.flows[1].expression is not None
    assert (rule.flows[1].expression.line, rule.flows[1].expression.column) == (19, 19)


# (what is replaced, by what, code, part of the message, part of the help)
FAULTS = [
    (RULE, "<synchronizationRule>hello", "not-xml", "ends too soon", "export the file again"),
    (RULE, RULE[:900], "not-xml", "ends too soon", "export the file again"),
    (RULE, "<a><b></a>", "not-xml", "does not close", "export the file again"),
    (RULE, "<a>\x01</a>", "not-xml", "", "export the file again"),
    (RULE, "<cs-objects />", "wrong-root", "`cs-objects`", "`synchronizationRule`"),
    (RULE, '<!DOCTYPE a [<!ENTITY e "x">]>' + RULE, "document-type", "never read", "<!DOCTYPE"),
    (RULE, '<!DOCTYPE a SYSTEM "http://localhost/x">' + RULE, "document-type", "never read", ""),
    (RULE, "<a>" * 5_000, "too-deep", "nested", "no server export"),
    ("<name>In from AD - Lab</name>", "", "missing-element", "`name`", "export again"),
    ("<direction>Inbound</direction>", "", "unknown-direction", "empty", "Inbound, Outbound"),
    ("Inbound", "Inwards", "unknown-direction", "`Inwards`", "Inbound"),
    ("<linkType>Join", "<linkType>join", "unknown-link-type", "`join`", "`Join`"),
    (">90<", "><", "precedence-no-number", "no `precedence`", "whole number"),
    (">90<", ">first<", "precedence-no-number", "`first`", "whole number"),
    (">90<", ">-1<", "precedence-no-number", "`-1`", "whole number"),
    (">90<", ">\u0669<", "precedence-no-number", "", "whole number"),
    (">computer<", "> <", "missing-element", "`sourceObjectType`", "export again"),
    ("<disabled>False", "<disabled>no", "wrong-value", "`no`", "True or False"),
    ("ISMEMBEROF", "ISMEMBER", "unknown-scope-operator", "`ISMEMBER`", "`ISMEMBEROF`"),
    ("ISMEMBEROF", "EQUAL", "clause-without-attribute", "EQUAL", "name the attribute"),
    ("<dest>description</dest>", "", "missing-element", "`dest`", "export again"),
    ("<src> kept &amp; exact </src>", "", "flow-type", "no source", "constant"),
    (
        "<src> kept &amp; exact </src>",
        "<src><attr>a</attr><attr>b</attr></src>",
        "flow-type",
        "names 2",
        "expression",
    ),
    (">Merge<", ">merge<", "unknown-merge-type", "`merge`", "`Merge`"),
    ("&gt; 0", "&amp;gt; 0", "syntax", "&gt;", "write >"),
    ("NULL)", "NULL", "syntax", "never closed", "add"),
    ('"Server"', "“Server”", "syntax", "curly", "straight"),
    (
        "<relationshipCriteria />",
        "<relationshipCriteria><conditions><condition><csAttribute>a</csAttribute></condition>"
        "</conditions></relationshipCriteria>",
        "missing-element",
        "`ilmAttribute`",
        "export again",
    ),
]


@pytest.mark.parametrize(("old", "new", "code", "message", "help"), FAULTS)
def test_faults(tmp_path: Path, old: str, new: str, code: str, message: str, help: str) -> None:
    assert old in RULE
    (found,) = problems(tmp_path, RULE.replace(old, new))
    assert (found.code, found.severity) == (code, Severity.ERROR)
    assert message in found.message and help in (found.help or "")
    assert "SynchronizationRule_x.xml" in found.place()


@pytest.mark.parametrize(
    ("end", "position"),
    [("<vers", (3, 3)), ("<version>1</version>", (3, 23)), ("<!-- x", (3, 3))],
)
def test_a_file_cut_off_is_shown_at_its_end(
    tmp_path: Path, end: str, position: tuple[int, int]
) -> None:
    (found,) = problems(tmp_path, RULE[: RULE.index("<version>")] + end)
    assert (found.code, found.message) == ("not-xml", "the file ends too soon")
    assert found.position() == position


def test_elements_that_are_not_known_are_told(tmp_path: Path) -> None:
    text = RULE.replace("<version>1</version>", "<version>1</version><audience>all</audience>")
    text = text.replace("<dest>", "<when>x</when><dest>")
    findings = load(tmp_path, text).findings
    assert [(f.code, f.severity) for f in findings] == [("unknown-element", Severity.WARNING)] * 2
    assert "`audience`" in findings[0].message and "`when`" in findings[1].message
    assert "SynchronizationRule_x.xml" in findings[0].place()


def test_constant_null_is_told(tmp_path: Path) -> None:
    text = RULE.replace("<src> kept &amp; exact </src>", "<src>AuthoritativeNull</src>")
    (found,) = load(tmp_path, text).findings
    assert (found.code, found.severity) == ("constant-is-text", Severity.WARNING)


def test_all_findings_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(RULE.replace("NULL)", "NULL").replace(">90<", ">x<"))
    (tmp_path / "b.xml").write_text(RULE.replace("Join<", "Joint<"))
    (tmp_path / "c.xml").write_text("<")
    (tmp_path / "d.xml").write_bytes(b"PK\x03\x04\x00\xff")
    (tmp_path / "e.xml").write_text("hello")
    with pytest.raises(DiagnosticsError) as caught:
        load_rules(str(tmp_path))
    assert sorted(d.code for d in caught.value.diagnostics) == [
        "not-text",
        "not-xml",
        "precedence-no-number",
        "syntax",
        "unknown-format",
        "unknown-link-type",
    ]


def test_a_connector_without_an_id(tmp_path: Path) -> None:
    (tmp_path / "c.xml").write_text("<ma-data><name>x</name></ma-data>")
    with pytest.raises(DiagnosticsError, match="missing-element: the connector has no `id`"):
        load_connector(str(tmp_path / "c.xml"))


def test_a_connector_of_another_kind(tmp_path: Path) -> None:
    (tmp_path / "rule.xml").write_text(RULE)
    (tmp_path / "c.xml").write_text(
        "<ma-data><id>{aaaaaaaa-0000-4000-8000-000000000001}</id><name>hr</name>"
        "<category>Extensible2</category><subtype>Generic SQL</subtype></ma-data>"
    )
    (connector,) = load_rules(str(tmp_path)).connectors
    assert connector.kind is ConnectorKind.OTHER
