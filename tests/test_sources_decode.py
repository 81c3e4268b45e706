"""The quick ways to a typed value give what the careful one does, from text as from bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import InputError
from simulator.objects import ConnectorObject
from simulator.sources.decode import Decoding, RawValue, Record, decode, typed
from simulator.sources.scalars import column_of, scalar
from simulator.values import Reference, Unreadable

NAMES = ["cn", "description", "userAccountControl", "isCriticalSystemObject", "managedBy",
         "memberOf", "mS-DS-CreatorSID", "objectGUID", "userCertificate", "contosoRack"]  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(["", "0", "-1", "007", "+1", "1_0", " 1", "٣", "²", "9" * 18, "9" * 19, "9" * 30,
                     "TRUE", "false", "CN=a", "x", b"\xff", b"", b"\1\1\0\0\0\0\0\5\x12\0\0\0"]),
    st.text(max_size=4), st.binary(max_size=4), st.integers(), st.booleans(),
)  # fmt: skip


def one(name: str, values: list[RawValue]) -> tuple[object, list[str]] | str:
    decoding = Decoding()
    try:
        found = typed(Record("CN=x", {name: values}, "f:1"), decoding).get(name)
    except InputError as error:
        return error.message
    return (repr(found), decoding.notes)


@given(st.sampled_from(NAMES), VALUES)
def test_a_quick_value_is_the_careful_value(name: str, value: RawValue) -> None:
    column = column_of(name)
    record = Record("CN=x", {}, "f:1")
    quick: list[str] = []
    careful: list[str] = []
    slow = type(column)(name, column.kind, frozenset(), {}, column.many, column.always)

    def result(of: object, notes: list[str]) -> object:
        try:
            return repr(scalar(of, value, record, notes))  # type: ignore[arg-type]  # a column
        except InputError as error:
            return error.message

    expected = result(slow, careful)
    if isinstance(value, bytes) and name == "contosoRack" and value:
        try:
            expected = repr(value.decode())  # text that no schema knows, tried first
        except UnicodeDecodeError:
            expected = repr(value)
    assert result(column, quick) == expected
    assert quick == careful


@given(st.sampled_from(NAMES), st.lists(VALUES, max_size=3))
def test_text_and_its_bytes_are_one_value(name: str, values: list[RawValue]) -> None:
    texts: list[RawValue] = [v for v in values if isinstance(v, str)]
    if column_of(name).kind == "bin":
        return
    assert one(name, texts) == one(name, [v.encode() for v in texts if isinstance(v, str)])


def decoded(**attributes: list[RawValue]) -> ConnectorObject:
    given_ = {"objectClass": ["computer"], "objectGUID": [bytes(16)]} | attributes
    return decode(Record("CN=x", given_, "f:1"), Decoding())


def test_spellings_of_one_attribute_are_put_together() -> None:
    decoding = Decoding()
    for _ in range(2):  # the second time the names are known
        record = Record(
            "CN=x",
            {"usercertificate;binary": [b"\1"], "userCertificate": [b"\2"], "USERCERTIFICATE": []},
            "f:1",
        )
        assert typed(record, decoding) == {"userCertificate": (b"\1", b"\2")}


def test_an_option_leaves_its_values_out_and_is_told_once() -> None:
    decoding = Decoding()
    for _ in range(2):
        record = Record("CN=x", {"cn;lang-de": ["a"], "cn": ["b"]}, "f:1")
        assert typed(record, decoding) == {"cn": "b"}
    assert decoding.notes == ["cn;lang-de: values with this option are left out"]


def test_what_is_not_carried_gives_way_to_a_value() -> None:
    absent = {"cn": Unreadable("why", carried=False), "mail": Unreadable("why", carried=False)}
    record = Record("CN=x", {"CN": ["a"], "mail": [""]}, "f:1", {"Info": "cut"}, absent)
    assert typed(record, Decoding()) == {
        "cn": "a", "mail": absent["mail"], "info": Unreadable("cut"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "words"),
    [([], "has no objectGUID"), ([b"x"], "has an objectGUID that is not 16 bytes")],
)
def test_an_object_without_its_guid(value: list[RawValue], words: str) -> None:
    with pytest.raises(InputError, match=f"f:1: CN=x {words}"):
        decoded(objectGUID=value)


def test_the_name_of_the_object_is_a_reference() -> None:
    assert decoded(distinguishedName=["CN=other"]).attributes["distinguishedName"] == Reference(
        "CN=x"
    )
