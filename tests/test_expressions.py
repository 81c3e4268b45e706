"""Expressions that others have published: the valid ones run, the others are refused where they fail.

`tests/data/expressions/expressions.json`; its origin and licences are in PROVENANCE.md beside it.
"""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import Diagnostic, DiagnosticsError, ObjectError, Severity, Source
from simulator.language.check import check
from simulator.language.context import Context
from simulator.language.evaluate import evaluate
from simulator.language.nodes import attributes_of
from simulator.language.parse import parse
from simulator.schema import schema_of, standard_schema
from simulator.values import FlowLiteral, Reference, Value
from tests.test_assumptions import certificate

NOW = datetime(2024, 1, 15, 12, tzinfo=UTC)
FILE = Path(__file__).parent / "data" / "expressions" / "expressions.json"
PUBLISHED = {e["id"]: e for e in json.loads(FILE.read_text(encoding="utf-8"))}
VALID = [id for id, e in PUBLISHED.items() if e["status"] == "valid"]

# In no schema at hand: names that documentation made up, or that newer versions have.
FURTHER = {
    "address": "str", "strAttribute": "str", "city": "str", "telephoneAssistant": "str",
    "cloudMSExchRecipientDisplayType": "num", "cloudSOAExchMailbox": "bool",
    "cloudMSExchSafeSendersHash": "bin", "cloudMSExchSafeRecipientsHash": "bin",
    "reasonFiltered": "str", "searchableDeviceKey": "bin", "otherPhone": "mvstr",
}  # fmt: skip
# An object's own values, where a value of the right type would not do.
KEY = bytes([0, 2, 0, 0, 2, 0, 0]) + b"key material"
HELD: dict[str, Value] = {
    "userPrincipalName": "joe@contoso.com", "mail": "joe@contoso.com", "sn": "DOE",
    "proxyAddresses": ("SIP:joe@contoso.com", "SMTP:joe@contoso.com"), "city": "Rome",
    "objectSid": bytes.fromhex("010500000000000515000000010000000200000003000000F4010000"),
    "userCertificate": (certificate(NOW + timedelta(days=9)), certificate(NOW - timedelta(days=9))),
    "strAttribute": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "searchableDeviceKey": KEY,
    "otherPhone": ("555-01", "555-02"), "cloudAnchor": "User_1", "sourceObjectType": "User", "sourceAnchor": "1",
    "cloudSourceAnchor": "1", "operatingSystem": "Windows Server 2012 R2 Standard",
    "operatingSystemVersion": "6.3 (9600)", "objectGUID": bytes(range(16)),
}  # fmt: skip
BY_TYPE: dict[str, Value] = {
    "str": "text", "num": 5, "bool": True, "bin": b"\1\2\3\4", "ref": Reference("CN=a,DC=b"),
}  # fmt: skip
PARAMETERS = {
    "Domain.FQDN": "contoso.com", "Domain.Netbios": "CONTOSO", "Forest.FQDN": "contoso.com",
    "Forest.Netbios": "CONTOSO", "ReplaceString": "’:'",  # noqa: RUF001
}  # fmt: skip


def typed(name: str) -> str:
    """The type of the attribute *name* as an expression sees it."""
    for side in ("ad", "metaverse", "entra"):
        found = standard_schema(side).get(name)
        if found:
            return found.language_type
    return FURTHER[name]


def held(name: str) -> Value:
    if name in HELD:
        return HELD[name]
    kind = typed(name)
    value = BY_TYPE[kind.removeprefix("mv")]
    return (value, value) if kind.startswith("mv") else value  # type: ignore[return-value]


def run(id: str, attributes: dict[str, Value]) -> Any:
    context = Context(
        now=NOW, attributes=attributes, dn="CN=PC1,OU=x,DC=contoso,DC=com", parameters=PARAMETERS
    )
    try:
        return evaluate(PUBLISHED[id]["expression"], context)
    except ObjectError as error:
        return error.kind


def test_there_are_as_many_as_were_published() -> None:
    statuses = [e["status"] for e in PUBLISHED.values()]
    assert len(PUBLISHED) == 102
    assert {s: statuses.count(s) for s in set(statuses)} == {
        "valid": 93, "damaged": 5, "unknown-function": 3, "placeholder": 1,
    }  # fmt: skip


IGNORE, REMOVE = FlowLiteral.IGNORE_THIS_FLOW, FlowLiteral.AUTHORITATIVE_NULL
BOTH = HELD["proxyAddresses"]
VALID_CERTIFICATE = HELD["userCertificate"][:1]  # type: ignore[index]  # a list
DATE = datetime(2001, 4, 1, tzinfo=UTC)

# id: what it gives on an object that has its attributes, and on one that lacks them. A text that
# ends in `!` is the kind of the object error that the specification asks for there.
GIVES: dict[str, tuple[Any, Any]] = {
    "X001": ("AAECAwQFBgcICQoLDA0ODw==", None), "X003": (False, True), "X005": (7, 7),
    "X006": ("SABlAGwAbABvACAAdwBvAHIAbABkACEA",) * 2, "X007": ("x500:text", None),
    "X010": (("SIP:joe@contoso.com", "SMTP:joe@contoso.com"), "@contoso.com"),
    "X012": ("S-1-5-21-1-2-3-500", None), "X013": (REMOVE, REMOVE),
    "X015": ("joe@contoso.com", "index-out-of-range!"),  # Item(..., 0) is documented to throw
    "X016": ("Test", "Test"), "X017": (True, False), "X018": (BOTH, None),
    "X020": ("CONTOSO", "CONTOSO"), "X021": ("Hello world!",) * 2,
    "X022": ("joe@contoso.com", "error-function!"), "X023": (IGNORE, IGNORE), "X025": (16, 16),
    "X027": (False, False), "X029": (5, 5), "X032": ("contoso.com", "contoso.com"),
    "X034": ("2007-12-25", "2007-12-25"), "X036": (5, IGNORE), "X038": (False, False),
    "X040": ("x", "x"), "X041": (BOTH, None), "X043": ("text", None),
    "X046": (VALID_CERTIFICATE, None), "X048": ("1", None),
    "X049": (bytes.fromhex("e004253f894fd3419a0c0305e82c3301"), None), "X051": ("text", None),
    "X052": (BOTH, "error-function!"), "X053": ("text", ""),
    "X055": ("CN=PC1,OU=x,DC=contoso,DC=com",) * 2, "X056": ("000000User",) * 2,
    "X058": ("Hello world!",) * 2, "X059": ("48656C6C6F20776F726C6421",) * 2,
    "X062": ("O'Neil", "O'Neil"), "X067": ("CN={31}", "CN={}"), "X068": (BOTH, None),
    "X069": (b"\1\2\3\4", IGNORE),
    "X070": (KEY[:9] + b"\x20\0\2" + sha256(KEY[9:]).digest() + KEY[9:], None),
    "X073": (False, True), "X075": (True, True), "X076": ("SMTP:joe@contoso.com", "SMTP:"),
    "X077": ("Italian", "error-function!"), "X079": (True, False),
    "X080": (("55501", "55502"), None), "X083": (True, True), "X084": (" Test", " Test"),
    "X086": ("1", None), "X087": (BOTH, None), "X089": ("joe@contosotest.com", "@contosotest.com"),
    "X090": ("text", None), "X091": ("User", "User"), "X092": ("has", "has"),
    "X094": (("SMTP:joe@contoso.com",), None), "X095": (VALID_CERTIFICATE, None),
    "X096": (13, 13), "X098": ("1", None), "X100": (b"\1\2\3\4", IGNORE), "X102": (2, 0),
    "X103": (b"\1\2\3\4", None), "X105": (DATE, DATE), "X107": (VALID_CERTIFICATE, None),
    "X108": ("text", None), "X110": ("CONTOSO", "CONTOSO"), "X111": (False, False),
    "X113": (datetime(2013, 1, 11, tzinfo=UTC),) * 2, "X114": ("Hello world!",) * 2,
    "X115": ("text", IGNORE), "X116": ("PC1", "PC1"), "X117": ("text", None),
}  # fmt: skip
# Printed as an example of the reference, whose own strict types it breaks: `+` takes numbers only.
JOINED_WITH_PLUS = "X031"
WARNINGS = {
    "X015": ["mid-without-length"],
    "X070": ["undocumented"] * 2,
    "X083": ["undocumented"],
    "X103": ["constant-condition"] * 2,
}


def names(id: str) -> list[str]:
    node = parse(Source("expression", PUBLISHED[id]["expression"]))
    return sorted(attributes_of(node) - {"dn"})


def findings(id: str) -> tuple[Diagnostic, ...]:
    node = parse(Source("expression", PUBLISHED[id]["expression"]))
    types = {name: typed(name) for name in names(id)}
    return check(node, schema_of("all sides", types), parameters=PARAMETERS)


@pytest.mark.parametrize("id", [id for id in VALID if id != JOINED_WITH_PLUS])
def test_a_valid_expression_runs_with_and_without_its_attributes(id: str) -> None:
    found = findings(id)
    assert [f.code for f in found if f.severity is not Severity.NOTE] == WARNINGS.get(id, [])
    has, lacks = run(id, {name: held(name) for name in names(id)}), run(id, {})
    if id in GIVES:
        assert (has, lacks) == tuple(
            each[:-1] if isinstance(each, str) and each.endswith("!") and " " not in each else each
            for each in GIVES[id]
        )
    else:
        (name,) = names(id)
        assert PUBLISHED[id]["expression"] == f"Trim([{name}])"
        assert (has, lacks) == (held(name), None)


def test_text_is_not_joined_with_plus() -> None:
    found = findings(JOINED_WITH_PLUS)
    assert {f.code for f in found} == {"type-mismatch"}
    assert all(f.help == "join text with `&`" for f in found)


# id: code, the text under the carets, a word of the help
REFUSED = {
    "X024": ("unknown-function", ["IIf", "IIf", "chyba"], "write IIF"),
    "X047": ("syntax", ["'"], 'use "'),
    "X063": ("syntax", [")"], "remove it"),
    "X066": ("unknown-function", ["Random"], "RandomNum"),
    "X072": ("unknown-function", ["Concatenate", "Concatenate"], "`&`"),
    "X074": ("unknown-function", ["Concatenate"], "`&`"),
    "X106": ("unknown-function", ["IIf", "IIf", "Instr", "hiba"], "write IIF"),
    "X207": ("syntax", ["String-FromGuid"], "write StringFromGuid"),
    "X028": ("unknown-function", ["Function1", "Function2", "Function3"], ""),
}


def test_every_other_expression_is_refused() -> None:
    assert REFUSED.keys() | set(VALID) == PUBLISHED.keys()


@pytest.mark.parametrize("id", REFUSED)
def test_a_damaged_expression_is_refused_where_it_is_damaged(id: str) -> None:
    text = PUBLISHED[id]["expression"]
    with pytest.raises(DiagnosticsError) as raised:
        evaluate(text, Context(now=NOW))
    found = raised.value.diagnostics
    code, at, help = REFUSED[id]
    assert {f.code for f in found} == {code}
    assert [text[f.span.start : f.span.end] for f in found if f.span] == at
    assert help in (found[0].help or "")
    if code == "unknown-function":
        assert all(f"`{place}`" in f.message for f, place in zip(found, at, strict=True))


def test_the_bracket_too_many_is_the_last_one() -> None:
    text = PUBLISHED["X063"]["expression"]
    with pytest.raises(DiagnosticsError) as raised:
        parse(Source("expression", text))
    span = raised.value.diagnostics[0].span
    assert span is not None and span.start == len(text) - 1
