"""What the static check says: severity, code and the text under the carets, and nothing else."""

import tomllib
from pathlib import Path

import pytest

from simulator import schema
from simulator.errors import Diagnostic, Severity, Source
from simulator.language.check import check, errors, types_of
from simulator.language.parse import parse
from simulator.schema import schema_of, standard_schema

SCHEMA = standard_schema("ad")

ERRORS = [
    # names
    ("IsPresent([operatingsystem])", "unknown-attribute", "[operatingsystem]"),
    ('ValueCount("Member") > 5', "unknown-attribute", '"Member"'),
    ('ValueCount(("Member")) > 5', "unknown-attribute", '"Member"'),
    ("%Domain.FQND%", "unknown-parameter", "%Domain.FQND%"),
    ("%ForestLDAP%", "unknown-parameter", "%ForestLDAP%"),
    ("ucase([cn])", "unknown-function", "ucase"),
    ("Trimm([cn])", "unknown-function", "Trimm"),
    ('InstrRev([cn],"a")', "unknown-function", "InstrRev"),
    ("$c", "unknown-variable", "$c"),
    ("Where($c, [userCertificate], IsCert($d))", "unknown-variable", "$d"),
    ("Where($c, $c, True)", "unknown-variable", "$c"),
    # number and places of arguments
    ("Left([cn])", "arity", "Left"),
    ("Now(1)", "arity", "Now"),
    ("Guid([cn])", "arity", "Guid"),
    ("IIF(IsPresent([cn]), 1)", "arity", "IIF"),
    ("Switch(IsPresent([cn]), 1, IsPresent([mail]))", "arity", "Switch"),
    ("With([cn], 1, 2)", "syntax", "[cn]"),
    ('ValueCount("mem" & "ber") > 5', "syntax", '"mem" & "ber"'),
    ("ImportedValue([cn])", "syntax", "[cn]"),
    ("Where(c, [userCertificate], True)", "syntax", "c"),
    ("IIF(IsPresent([cn]), UTF8, NULL)", "syntax", "UTF8"),
    ('InStr([cn], "a", 1, "vbTextCompare")', "type-mismatch", '"vbTextCompare"'),
    ('InStr([cn], "a", 1, CaseInsensitive)', "type-mismatch", "CaseInsensitive"),
    # types
    ('[userAccountControl] = "2"', "type-mismatch", "="),
    ('[isCriticalSystemObject] = "True"', "type-mismatch", "="),
    ('CertNotAfter(Item([userCertificate], 1)) > "2024-01-01"', "type-mismatch", ">"),
    ("[objectGUID] < [objectSid]", "type-mismatch", "<"),
    ("True > False", "type-mismatch", ">"),
    ('"x" & 5', "type-mismatch", "5"),
    ('"until " & Now()', "type-mismatch", "Now()"),
    ("[cn] + 5", "type-mismatch", "[cn]"),
    ("-[cn]", "type-mismatch", "-[cn]"),
    ("[cn] || True", "type-mismatch", "[cn]"),
    ("IIF([cn], 1, 2)", "type-mismatch", "[cn]"),
    ("DNComponent([dn], 1)", "type-mismatch", "[dn]"),
    ('Left([cn], "3")', "type-mismatch", '"3"'),
    ("Left([userAccountControl], 3)", "type-mismatch", "[userAccountControl]"),
    ("StringFromGuid([cn])", "type-mismatch", "[cn]"),
    ("CStr([objectGUID])", "type-mismatch", "[objectGUID]"),
    ("Trim([userCertificate])", "type-mismatch", "[userCertificate]"),
    ("Item([description], 1) = 5", "type-mismatch", "="),
    ("IgnoreThisFlow & [cn]", "type-mismatch", "IgnoreThisFlow"),
]  # fmt: skip

WARNINGS = [
    ("IsPresent([operatingSystmVersion])", "unknown-attribute-name", "[operatingSystmVersion]"),
    ("%domain.fqdn%", "parameter-case", "%domain.fqdn%"),
    ("Where($c, [userCertificate], Count(Where($c, [userCertificate], IsCert($c))) > 0)",
     "variable-hidden", "$c"),
    # comparisons that are settled
    ('Left([operatingSystemVersion],2) = "6.3"', "never-equal", '"6.3"'),
    ('"6.3" <> Left([operatingSystemVersion],2)', "never-equal", '"6.3"'),
    ('Right(Trim([cn]), 1) = "ab"', "never-equal", '"ab"'),
    ('UCase([operatingSystem]) = "Windows"', "never-equal", '"Windows"'),
    ('LCase([mail]) = "A@x"', "never-equal", '"A@x"'),
    ('UCase(Left([cn], 3)) = "SRV1"', "never-equal", '"SRV1"'),
    ('Trim([cn]) = "PC1 "', "never-equal", '"PC1 "'),
    ('Word([mail], 1, "@") = "a@b"', "never-equal", '"a@b"'),
    ('StringFromGuid([objectGUID]) = "{3f2504e0-4f89-41d3-9a0c-0305e82c3301}"', "never-equal",
     '"{3f2504e0-4f89-41d3-9a0c-0305e82c3301}"'),
    ('StringFromGuid([objectGUID]) = "3F2504E0-4F89-41D3-9A0C-0305E82C3301"', "never-equal",
     '"3F2504E0-4F89-41D3-9A0C-0305E82C3301"'),
    ('[displayName] = ""', "empty-text", '""'),
    ("[cn] = [cn]", "same-operands", "[cn] = [cn]"),
    ('InStr([operatingSystem], "Windows") = -1', "never-true", 'InStr([operatingSystem], "Windows") = -1'),
    ('InStr([operatingSystem], "Windows") >= 0', "always-true", 'InStr([operatingSystem], "Windows") >= 0'),
    ("Count([userCertificate]) < 0", "never-true", "Count([userCertificate]) < 0"),
    ("-1 < Count([userCertificate])", "always-true", "-1 < Count([userCertificate])"),
    ("BitAnd([userAccountControl], 2) = 1", "never-true", "BitAnd([userAccountControl], 2) = 1"),
    ("BitAnd([userAccountControl], 2) > 2", "never-true", "BitAnd([userAccountControl], 2) > 2"),
    ("BitAnd([userAccountControl], 2) <= 2", "always-true", "BitAnd([userAccountControl], 2) <= 2"),
    ('InStr(UCase([operatingSystem]), "Windows") > 0', "never-found", '"Windows"'),
    ('InStr(Left([cn], 3), "SRV1") > 0', "never-found", '"SRV1"'),
    # conditions
    ('IIF("a" = "a", [cn], NULL)', "constant-condition", '"a" = "a"'),
    ('IIF(IsPresent([cn]) && (1 > 2), 1, 2)', "constant-condition", "(1 > 2)"),
    ("IIF(True, [cn], NULL)", "constant-condition", "True"),
    ("IIF(1 = 2, 3, 4)", "constant-condition", "1 = 2"),
    ('Switch(IsPresent([cn]), 1, CBool(1), 2)', "constant-condition", "CBool(1)"),
    ("Where($c, [userCertificate], With($n, 3, $n > 2))", "constant-condition", "With($n, 3, $n > 2)"),
    ("[userAccountControl] && IsPresent([cn])", "number-condition", "[userAccountControl]"),
    ("IIF(BitAnd([userAccountControl], 2), 1, 2)", "number-condition", "BitAnd([userAccountControl], 2)"),
    ("IIF(CertNotAfter([userCertificate]) > Now(), True, NULL)", "mv-condition",
     "CertNotAfter([userCertificate]) > Now()"),
    ('InStr([proxyAddresses], "SIP:") = 1 || IsPresent([cn])', "mv-condition",
     'InStr([proxyAddresses], "SIP:") = 1'),
    ("IIF([mail] = NULL, 1, 2)", "null-compare", "[mail] = NULL"),
    ("NULL <> [mail]", "null-compare", "NULL <> [mail]"),
    ('[cn] = "a" && [sn] = "b" || [mail] = "c"', "prec-logic", '[cn] = "a" && [sn] = "b" || [mail] = "c"'),
    ("10 - 2 * [userAccountControl]", "prec-arith", "10 - 2 * [userAccountControl]"),
    ("BitAnd([groupType], &H80000000) > 0", "hex-sign", "&H80000000"),
    # lists
    ("Count([cn])", "single-value", "[cn]"),
    ('Item([displayName], 1)', "single-value", "[displayName]"),
    ('Contains([mail], "SMTP:") > 0', "single-value", "[mail]"),
    # arguments with which a function always fails
    ('RegexIsMatch([cn], "(PC")', "bad-regex", '"(PC"'),
    ('RegexIsMatch([cn], "PC", "ignorecase")', "bad-regex", '"ignorecase"'),
    ('RegexIsMatch([cn], "CN=(" & StringFromGuid([objectGUID]))', "bad-regex",
     '"CN=(" & StringFromGuid([objectGUID])'),
    ('Replace([cn], "", "x")', "type-mismatch", '""'),
    ('ReplaceChars([cn], "ö,o")', "replace-pattern", '"ö,o"'),
    ('Split([cn], ", ")', "type-mismatch", '", "'),
    ('PadLeft([cn], 10, "")', "type-mismatch", '""'),
    ('DateAdd("M", 1, Now())', "type-mismatch", '"M"'),
    ('InStr([cn], "a", 0)', "type-mismatch", "0"),
    ('DNComponentRev(CRef([dn]), 1, "OU")', "type-mismatch", '"OU"'),
    ('IIF(IsPresent([cn]), CDate("13/13/2013"), NULL)', "always-fails", 'CDate("13/13/2013")'),
    # spelling
    ('[cn] = "say ""hello"""', "doubled-quote", '""'),
    ('[cn] = "a\nb"', "line-break", "\n"),
    ("BitAnd([userAccountControl], &hF) <> 0", "lower-case-hex", "&hF"),
    ("RegexIsMatch([cn], \"^PC\")", "undocumented", "RegexIsMatch"),
    ("Mid([cn], 2)", "mid-without-length", "Mid([cn], 2)"),
    # inside a branch an error is a warning
    ('IIF(IsPresent([cn]), CStr([objectGUID]), NULL)', "type-mismatch", "[objectGUID]"),
]  # fmt: skip

NOTES = [
    ('InStr([dn], "\\0ACNF") > 0', "backslash", "\\0"),
    ('[cn] = "C:\\temp"', "backslash", "\\t"),
]

CLEAN = [
    "IIF(IsNullOrEmpty([userCertificate]), True, NULL)",
    '(InStr(UCase([operatingSystem]), "WINDOWS") > 0) && (Left([operatingSystemVersion], 3) = "6.3")',
    'Left([operatingSystemVersion], 2) = "6."',
    'Left([cn], -1) = "a long name"',
    'Mid([cn], 5, 1) = "whole text"',  # Mid gives the whole text where *start* is beyond its end
    'IIF(InStr([proxyAddresses], "SIP:") = 1, NULL, [proxyAddresses])',
    "CBool(BitAnd([groupType], -2147483648))",
    "BitAnd([userAccountControl], 2) = 2",
    "BitAnd([userAccountControl], -2147483648) < 0",
    "BitAnd([groupType], &H80000000) <> 0",
    'Switch([l] = "London", 1, True, Error("no"))',
    'Replace([cn], "\\r\\n", ", ")',
    'InStr(DNComponent(CRef([dn]), 1), "\\\\0ACNF:") > 0',
    '[cn] = "say \\"hello\\""',
    "IIF(IsString([objectGUID]), CStr([objectGUID]), ConvertToBase64([objectGUID]))",
    "Count(Where($c, [userCertificate], CertNotAfter($c) > Now())) = 0",
    'With($v, Split([cn], ","), Item($v, 1) = "x")',
    "ValueCount(\"member\") > 75000",
    "%Domain.FQDN%",
    '"a" & CRLF & [cn]',
    'DateAdd("m", 3, CDate("2001-01-01"))',
    'InStr("abc", "b") > 0',
    '[whenCreated] = "20240101120000.0Z"',
    "-(3 - 5) * 2",
    "10 - 3 - 2",
    "IsBitSet([userAccountControl], 2) = False",
]  # fmt: skip


def findings(expression: str) -> list[Diagnostic]:
    source = Source("expression", expression)
    return [f.at(source) for f in check(parse(source), SCHEMA)]


@pytest.mark.parametrize(
    ("severity", "expression", "code", "at"),
    [
        pytest.param(severity, *case, id=f"{case[1]}-{case[0][:50]}")
        for severity, cases in (
            (Severity.ERROR, ERRORS),
            (Severity.WARNING, WARNINGS),
            (Severity.NOTE, NOTES),
        )
        for case in cases
    ],
)
def test_finding(severity: Severity, expression: str, code: str, at: str) -> None:
    try:
        found = findings(expression)
    except Exception as error:  # a mistake of form is found while reading
        found = list(getattr(error, "diagnostics", ()))
        assert found, error
    if code not in ("undocumented", "bad-regex"):
        assert len(found) == 1, [f.render() for f in found]
    first = next(f for f in found if f.code == code)
    assert (first.severity, first.code) == (severity, code), first.render()
    assert first.span is not None
    assert expression[first.span.start : first.span.end] == at
    assert not first.message.endswith(".")


@pytest.mark.parametrize("expression", CLEAN)
def test_nothing_to_say(expression: str) -> None:
    assert findings(expression) == []


HELP = [
    ("ucase([cn])", "write UCase: case matters"),
    ("Trimm([cn])", "did you mean Trim"),
    ('InstrRev([cn],"a")', "write InStrRev"),
    ("IsPresent([operatingsystem])", "write [operatingSystem]"),
    ("IsPresent([operatingSystmVersion])", "did you mean `operatingSystemVersion`?"),
    ("%Domain.FQND%", "did you mean %Domain.FQDN%?"),
    ('[userAccountControl] = "2"', "CStr or CNum"),
    ("DNComponent([dn], 1)", "wrap it in CRef"),
    ("[cn] + [sn]", "join text with `&`"),
    ('"x" & 5', "CStr"),
    ("IIF([mail] = NULL, 1, 2)", "ask IsPresent or IsNullOrEmpty"),
    ("Left([cn])", "str Left(str text, num length)"),
    ("IIF(CertNotAfter([userCertificate]) > Now(), True, NULL)", "Count(Where("),
    ('[displayName] = ""', "ask IsNullOrEmpty([displayName])"),
    ('Concatenate([cn], "x")', "join texts with the operator `&`"),
    ("IF(IsPresent([cn]), 1, 2)", "write IIF"),
    ("Random(1, 2)", "write RandomNum"),
    ("UpperCase([cn])", "of Identity Manager; here it is UCase"),
    ("ConvertSidToString([objectSid])", "here it is StringFromSid"),
    ("ToUpper([cn])", "a Cloud Sync function; here it is UCase"),
    ("toLower([cn])", "a Cloud Sync function; here it is LCase"),
    ("SelectUniqueValue([cn])", "without a counterpart"),
    ("Not(IsPresent([cn]))", "`= False`"),
    ("And(IsPresent([cn]), True)", "the operator `&&`"),
    ("Substring([cn], 1)", "here it is Mid"),
    ("iif(IsPresent([cn]), 1, 2)", "write IIF: case matters"),
]


@pytest.mark.parametrize(("expression", "words"), HELP)
def test_the_way_out(expression: str, words: str) -> None:
    assert words in (findings(expression)[0].help or "")


def test_what_a_connector_does_not_import_is_told() -> None:
    node = parse(Source("expression", "IsPresent([operatingSystem]) && IsPresent([cn])"))
    found = check(node, SCHEMA, imported={"cn", "objectGUID"})
    assert [(f.code, f.severity) for f in found] == [("not-imported", Severity.WARNING)]
    assert "`operatingSystem`" in found[0].message


def test_without_a_schema_any_attribute_may_be() -> None:
    assert check(parse(Source("expression", "[whatever] & [else]"))) == ()


def test_errors_leave_out_what_is_only_doubtful() -> None:
    node = parse(Source("expression", "IIF([mail] = NULL, 1, 2)"))
    assert check(node, SCHEMA) and not errors(node, SCHEMA)


def test_findings_come_in_the_order_of_the_text() -> None:
    found = findings('[mail] = NULL && Left([cn], 1) = "ab" && Mid([cn], 2) = "x"')
    assert [f.code for f in found] == ["null-compare", "never-equal", "mid-without-length"]


@pytest.mark.parametrize(
    ("expression", "types"),
    [
        ("CertNotAfter([userCertificate])", {"mvdt", "null"}),
        ("Where($c, [userCertificate], IsCert($c))", {"mvbin", "null"}),
        ("Item([description], 1)", {"str", "null"}),
        ("IIF(IsPresent([cn]), [cn], IgnoreThisFlow)", {"str", "null", "literal"}),
        ("With($n, 5, $n)", {"num"}),
        ('ImportedValue("proxyAddresses")', {"mvstr", "null"}),
        ("[objectGUID] & [objectSid]", {"bin", "null"}),
        ("CBool([description] = \"x\")", {"mvbool", "null"}),
        ("Now()", {"dt", "null"}),
        ("[unheardOf]", None),
    ],
)  # fmt: skip
def test_types(expression: str, types: set[str] | None) -> None:
    assert types_of(parse(Source("expression", expression)), SCHEMA) == types


def test_a_wrong_attribute_of_an_object_at_hand_is_an_error_too() -> None:
    node = parse(Source("expression", "[Mine]"))
    assert [f.help for f in check(node, schema_of("x", {"mine": "str"}))] == ["write [mine]"]


def test_the_shipped_schemas_are_what_their_file_says_as_toml() -> None:
    text = Path(schema.__file__).with_suffix(".toml").read_text(encoding="utf-8")
    for name, types in tomllib.loads(text).items():
        assert standard_schema(name) == schema_of(name, types)
