"""The assumption ledger: every assumption is reached, and its other reading gives the other value.

An assumption about the language is reached by an expression below. Those about the engine are in
`ENGINE`, with the test that reaches each; one that is in neither fails here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from simulator.assumptions import DECIDED, ledger, parse_readings
from simulator.errors import DiagnosticsError, ObjectError, Source, UsageError
from simulator.language.context import Context
from simulator.language.evaluate import evaluate
from simulator.language.function import FUNCTIONS
from simulator.language.parse import parse
from simulator.values import Value

NOW = datetime(2024, 1, 15, 12, tzinfo=UTC)
ERROR = "an object error"


def certificate(expires: datetime) -> bytes:
    key = ec.derive_private_key(7, ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "PC1")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 5)
    builder = builder.not_valid_before(expires - timedelta(days=100)).not_valid_after(expires)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


SOON, LATELY = certificate(NOW + timedelta(hours=5)), certificate(NOW - timedelta(hours=5))
GUID = bytes(range(16))


@dataclass(frozen=True)
class Use:
    """An expression whose value rests on an assumption, and its values in the other readings."""

    expression: str
    value: Any
    others: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Value] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


ABC = {"abc": ("a", "b")}

USES = [
    ("A-01", Use("True || True && False", True, {"flat": False}, notes=("prec-logic",))),
    ("A-02", Use("10-2*3", 24, {"product-first": 4}, notes=("prec-arith",))),
    ("A-03", Use('"ab" = "a" & "b"', True)),
    ("A-04", Use('Len("\\\\0A")', 3)),
    ("A-04", Use('Len("\\0A")', 3)),
    ("A-05", Use('"a" = "A"', False, {"ignore-case": True}, notes=("case-matters",))),
    ("A-05", Use('"a" <> "A"', True, {"ignore-case": False}, notes=("case-matters",))),
    ("A-06", Use("[x] <> 5", True, {"three-valued": None}, notes=("null-compare",))),
    ("A-06", Use("[x] = 5", False, {"three-valued": None})),
    ("A-06", Use("[x] < 5", False, {"three-valued": None})),
    ("A-06", Use("[x] = NULL", True, {"three-valued": None})),
    ("A-07", Use("IIF([x], 1, 2)", 2, {"error": ERROR}, notes=("null-condition",))),
    ("A-07", Use("True && [x]", False, {"error": ERROR}, notes=("null-condition",))),
    ("A-08", Use("LCase([x])", None, {"error": ERROR})),
    ("A-08", Use('[x] & "y"', "y", {"error": ERROR})),
    ("A-09", Use('InStr([x], "a")', 0, {"null": None})),
    ("A-09", Use('InStrRev([x], "a")', 0, {"null": None})),
    ("A-10", Use("Count([x])", 0, {"error": ERROR})),
    ("A-11", Use('[abc] & "1"', ("a1", "b1"), given=ABC)),
    ("A-11", Use("UCase([abc])", ("A", "B"), given=ABC)),
    ("A-12", Use("CertNotAfter([c]) > Now()", True, {"utc-12": False, "utc+14": True},
                 {"c": SOON}, ("near-boundary",))),
    ("A-12", Use("CertNotAfter([c]) > Now()", False, {"utc-12": False, "utc+14": True},
                 {"c": LATELY}, ("near-boundary",))),
    ("A-13", Use("StringFromGuid([g])", "03020100-0504-0706-0809-0a0b0c0d0e0f",
                 {"upper-case": "03020100-0504-0706-0809-0A0B0C0D0E0F"}, {"g": GUID})),
    ("A-14", Use('RegexIsMatch("abc", "^b")', False, notes=("undocumented",))),
    ("A-15", Use("CertSubject([c])", "CN=PC1", given={"c": SOON})),
    ("A-16", Use('DNComponent(CRef("CN=a\\,b,DC=c"), 1)', "a\\,b")),
    ("A-17", Use("IsPresent([flag])", True, given={"flag": False})),
    ("A-18", Use("&H80000000 > 0", True)),
    ("A-18", Use("2147483647 + 1", 2147483648)),
    ("A-19", Use('Mid("abc", 2)', "bc", {"error": ERROR}, notes=("mid-without-length",))),
    ("A-20", Use('PCase("IBM")', "IBM", {"plain": "Ibm"}, notes=("pcase-acronym",))),
    ("A-21", Use('CBool("true")', True, {"error": ERROR}, notes=("cbool-text",))),
    ("A-22", Use("CNum(CBin(258, 2))", 258, notes=("undocumented",))),
    ("A-22", Use("Len(Thumbprint(CBin(0, 1)))", 32, notes=("undocumented",))),
    ("A-27", Use("IsBitSet(1, 3)", False, {"any": True})),
]  # fmt: skip

# What no expression can reach, and the file in `tests` that shows it.
_STORIES = "engine/assumptions.toml"
ENGINE = {
    "A-23": "engine/precedence.toml",
    **{f"A-{n}": _STORIES for n in (24, 25, 26, 28, 29, 30, 31, 32, 33)},
    "A-34": _STORIES,
    "A-35": "test_engine_traps.py",
    "A-37": _STORIES,
}
# Reached by text that is refused.
SYNTAX = {"A-36": "IIF(True, 1, 2) // a remark"}


def outcome(use: Use, readings: Mapping[str, str]) -> tuple[Any, Context]:
    context = Context(now=NOW, attributes=use.given, readings=readings)
    try:
        return evaluate(use.expression, context), context
    except ObjectError:
        return ERROR, context


@pytest.mark.parametrize(("id", "use"), USES, ids=[f"{i} {u.expression}" for i, u in USES])
def test_an_assumption_is_recorded_and_its_other_readings_differ(id: str, use: Use) -> None:
    value, context = outcome(use, {})
    assert (value, type(value)) == (use.value, type(use.value))
    assert id in context.used
    assert set(use.notes) <= set(context.notes)
    assert set(use.others) == set(ledger()[id].readings)
    for reading, other in use.others.items():
        assert outcome(use, {id: reading})[0] == other
    assert outcome(use, {id: DECIDED})[0] == value


def test_every_assumption_is_reached() -> None:
    language = {id for id, _ in USES}
    assert not language & ENGINE.keys() and not SYNTAX.keys() & (language | ENGINE.keys())
    assert sorted(language | ENGINE.keys() | SYNTAX.keys()) == list(ledger())
    assert list(ledger()) == [f"A-{n:02}" for n in range(1, 38)]


def test_a_reading_that_can_be_taken_changes_something() -> None:
    for id, assumption in ledger().items():
        if id not in ENGINE:
            changed = {
                reading
                for use_id, use in USES
                for reading, other in use.others.items()
                if use_id == id and other != use.value
            }
            assert changed == set(assumption.readings), id


@pytest.mark.parametrize("id", SYNTAX)
def test_an_assumption_about_what_is_no_text(id: str) -> None:
    with pytest.raises(DiagnosticsError, match=id):
        parse(Source("expression", SYNTAX[id]))


@pytest.mark.parametrize("id", ENGINE)
def test_an_assumption_of_the_engine_is_in_a_test_of_it(id: str) -> None:
    assert id in (Path(__file__).parent / ENGINE[id]).read_text(encoding="utf-8")


def test_what_does_not_rest_on_anything_records_nothing() -> None:
    context = Context(now=NOW, attributes={"v": "6.3 (9600)", "os": "Windows"})
    text = 'IIF(InStr(UCase([os]), "WINDOWS") > 0 && Left([v], 3) = "6.3", True, NULL)'
    assert evaluate(text, context) is True
    assert context.used == set() and context.notes == {}


def test_functions_name_assumptions_that_exist() -> None:
    named = {id for f in FUNCTIONS.values() for id in f.assumptions}
    assert named <= ledger().keys()
    for id, assumption in ledger().items():
        assert assumption.statement and assumption.other and assumption.evidence, id


@pytest.mark.parametrize("option", ["A-99=x", "A-05", "A-05=maybe", "A-03=flat", "=flat"])
def test_a_reading_that_does_not_exist_is_refused(option: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_readings((option,))
    assert raised.value.help and "A-" in raised.value.help


def test_readings_are_taken_by_name() -> None:
    assert parse_readings(("A-05=ignore-case", "A-12=utc+14")) == {
        "A-05": "ignore-case",
        "A-12": "utc+14",
    }
