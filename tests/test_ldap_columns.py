"""Rows made column by column hold what `decode` makes of each object alone."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import IncompleteError
from simulator.schema import standard_schema
from simulator.sources.decode import Decoding
from simulator.sources.ldap_columns import Columns
from simulator.sources.ldap_search import RawEntry
from simulator.sources.ldap_server import decoded
from simulator.sources.snapshot_layout import objects_of

PLACE = "ldaps://dc1:636"
SID = bytes.fromhex("010500000000000515000000" + "01" * 16)
# what servers send, and what none should
VALUES = [
    b"", b"a", b"TRUE", b"FALSE", b"true", b"12", b"007", b"-0", b"-5", b"0x1F", b"1 2", b" 7",
    b"9223372036854775807", b"9223372036854775808", b"\xff\xfe", "\u00e4\U0001f600".encode(), SID,
    b"CN=Computer,CN=Schema,DC=a", bytes(16), b"20260101000000.0Z", b"x" * 300,
]  # fmt: skip
NAMES = [
    "objectClass", "cn", "operatingSystem", "userAccountControl", "isCriticalSystemObject",
    "userCertificate", "userCertificate;binary", "description", "description;lang-de", "memberOf",
    "mS-DS-CreatorSID", "objectSid", "lastLogonTimestamp", "servicePrincipalName", "unheardOf",
    "CN", "proxyAddresses", "pwdLastSet",
]  # fmt: skip
ASKED = [n for n in NAMES if ";" not in n and n != "CN"] + ["objectGUID"]


def rows_give(page: list[RawEntry]) -> None:
    told, said = Decoding(), Decoding()
    try:
        expected = [replace(decoded(e, PLACE, said), origin="") for e in page]
    except IncompleteError as error:
        with pytest.raises(IncompleteError, match=re.escape(error.message)):
            Columns(ASKED, PLACE, told).batch(page)
        return
    rows = Columns(ASKED, PLACE, told).batch(page)
    found = [replace(o, origin="") for o in objects_of(rows, PLACE, 1)]
    assert found == expected
    assert set(told.notes) == set(said.notes)


@pytest.mark.parametrize("name", [n for n in NAMES if n != "CN"])
@pytest.mark.parametrize("value", VALUES, ids=lambda v: repr(v[:12]))
def test_each_value_of_each_attribute(name: str, value: bytes) -> None:
    base = {"objectClass": [b"top", b"computer"], "objectGUID": [b"g" * 16]}
    rows_give([("CN=a", {**base, name: [value]}), ("CN=b", {**base, name: [value, b"z"]})])


attributes = st.dictionaries(
    st.sampled_from(NAMES), st.lists(st.sampled_from(VALUES), min_size=1, max_size=3), max_size=8
)


@settings(max_examples=200, deadline=None)
@given(st.lists(attributes, min_size=1, max_size=6))
def test_pages(found: list[dict[str, list[bytes]]]) -> None:
    page = [
        (f"CN={n}", {"objectClass": [b"computer"], "objectGUID": [n.to_bytes(16, "big")], **each})
        for n, each in enumerate(found)
    ]
    rows_give(page)


def test_names_are_spelt_as_the_schema_spells_them() -> None:
    rows_give([("CN=a", {"OBJECTCLASS": [b"computer"], "objectguid": [bytes(16)], "CN": [b"a"]})])


@pytest.mark.parametrize("guid", [{}, {"objectGUID": [b"short"]}])
def test_an_object_without_its_identity(guid: dict[str, list[bytes]]) -> None:
    page = [("CN=a", {"objectClass": [b"computer"], **guid})]
    with pytest.raises(IncompleteError, match=r"CN=a (came without|has an) objectGUID"):
        Columns(ASKED, PLACE, Decoding()).batch(page)


def test_a_column_for_each_attribute_that_was_asked_for() -> None:
    rows = Columns(ASKED, PLACE, Decoding()).batch(
        [("CN=a", {"objectClass": [b"computer"], "objectGUID": [bytes(16)]})]
    )
    known = standard_schema("ad").attributes
    assert set(rows.schema.names) - {"dn", "type", "classes", "other"} == set(ASKED) & set(known)
