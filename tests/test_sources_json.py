"""JSON Lines: what a file may hold, and what is said about one that cannot be read."""

import codecs
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import InputError
from simulator.sources import load_objects
from simulator.sources.decode import Record
from simulator.sources.json_line import parse, quick_record, record
from simulator.values import Reference, Unreadable

GUID = "11111111-2222-4333-8444-555555555555"
GUID_BYTES = bytes.fromhex("11111111222233438444555555555555")
DN = "CN=PC1,OU=PCs,DC=lab,DC=example"


def line(**attributes: object) -> str:
    given = {"objectClass": ["top", "computer"], "objectGUID": {"guid": GUID}} | attributes
    return json.dumps({"dn": DN, "attributes": given}, ensure_ascii=False)


def other(number: int, **changes: object) -> str:
    record = {
        "dn": f"CN=PC{number},DC=lab,DC=example",
        "attributes": {"objectClass": ["computer"], "objectGUID": {"hex": f"{number:032x}"}},
    }
    return json.dumps(record | changes)


def written(folder: Path, *lines: str) -> str:
    path = folder / "objects.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


VALUES = [
    ("text", "cn", "PC1", "PC1"),
    ("text is a value of a multi-valued attribute", "description", "x", ("x",)),
    ("several values keep their order", "description", ["z", "a"], ("z", "a")),
    ("a number", "userAccountControl", 4096, 4096),
    ("a number in text, as LDAP gives it", "userAccountControl", "4096", 4096),
    ("a negative number", "groupType", "-2147483646", -2147483646),
    ("a truth value", "isCriticalSystemObject", True, True),
    ("a truth value in text", "isCriticalSystemObject", "FALSE", False),
    ("false is a value", "isCriticalSystemObject", False, False),
    ("zero is a value", "userAccountControl", 0, 0),
    ("base64", "userCertificate", [{"base64": "AAEC"}], (b"\x00\x01\x02",)),
    ("hex", "mS-DS-ConsistencyGuid", {"hex": "00 ff"}, b"\x00\xff"),
    ("a GUID is mixed-endian", "mS-DS-ConsistencyGuid", {"guid": "{" + GUID + "}"}, GUID_BYTES),
    (
        "a security identifier",
        "objectSid",
        {"sid": "S-1-5-21-1-2-4294967295-512"},
        bytes.fromhex(
            "010500000000000515000000010000000200000 0ffffffff00020000".replace(" ", "")
        ),
    ),
    ("a reference", "managedBy", "CN=Ann,DC=lab", Reference("CN=Ann,DC=lab")),
    ("the creator, as text", "mS-DS-CreatorSID", "S-1-5-18", Reference("S-1-5-18")),
    ("the creator, as bytes", "mS-DS-CreatorSID", {"sid": "S-1-5-18"}, Reference("S-1-5-18")),
    ("an unknown attribute keeps its type", "contosoRack", 7, 7),
    ("an unknown attribute with one value", "contosoRack", ["a"], "a"),
    ("an unknown attribute with two values", "contosoRack", ["a", "b"], ("a", "b")),
    ("unknown bytes stay bytes when they are no text", "contosoKey", {"hex": "ff"}, b"\xff"),
    ("an empty text is absent", "cn", "", None),
    ("an empty list is absent", "userCertificate", [], None),
    ("empty values are dropped", "description", ["", "a"], ("a",)),
]


@pytest.mark.parametrize(
    ("name", "given", "value"), [v[1:] for v in VALUES], ids=[v[0] for v in VALUES]
)
def test_value(tmp_path: Path, name: str, given: object, value: object) -> None:
    (read,) = load_objects(written(tmp_path, line(**{name: given}))).objects
    found = read.attributes.get(name)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("name", "given", "reason"),
    [
        ("userAccountControl", "12 apples", "`12 apples` is not a number"),
        ("userAccountControl", "1.5", "not a number"),
        ("userAccountControl", "9223372036854775808", "out of range"),
        ("userAccountControl", -9223372036854775809, "out of range"),
        ("isCriticalSystemObject", "yes", "neither TRUE nor FALSE"),
    ],
)
def test_what_is_not_of_its_type_is_unreadable(
    tmp_path: Path, name: str, given: object, reason: str
) -> None:
    (read,) = load_objects(written(tmp_path, line(**{name: given}))).objects
    found = read.attributes[name]
    assert isinstance(found, Unreadable)
    assert reason in found.reason


def test_an_object(tmp_path: Path) -> None:
    record = {
        "dn": DN,
        "attributes": {
            "OBJECTCLASS": ["top", "person", "organizationalPerson", "user", "computer"],
            "cn": "PC1",
            "objectguid": {"guid": GUID},
        },
        "unreadable": {"usercertificate": "no right to read"},
    }
    text = json.dumps(record) + "\n"
    path = tmp_path / "one.jsonl"
    path.write_text("\n" + text, encoding="utf-8")
    result = load_objects(str(path))
    (read,) = result.objects
    assert (read.dn, read.type, read.guid, read.name) == (DN, "computer", GUID, "PC1")
    assert read.classes[0] == "top"
    assert read.origin == f"{path}:2"
    assert read.attributes["distinguishedName"] == Reference(DN)
    assert read.attributes["userCertificate"] == Unreadable("no right to read")
    assert result.provenance.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (result.source, result.complete, result.provenance.notes) == (str(path), True, ())


@pytest.mark.parametrize(
    ("attributes", "type"),
    [
        ({"objectClass": ["top", "user", "computer"]}, "computer"),
        (
            {"objectClass": ["top", "computer", "msDS-GroupManagedServiceAccount"]},
            "msDS-GroupManagedServiceAccount",
        ),
        ({"objectCategory": "CN=Computer,CN=Schema,CN=Configuration,DC=x"}, "computer"),
        ({"sAMAccountName": "PC1$"}, "computer"),
    ],
)
def test_the_type_is_the_most_specific_class(
    tmp_path: Path, attributes: dict[str, object], type: str
) -> None:
    record = {"dn": DN, "attributes": attributes | {"objectGUID": {"guid": GUID}}}
    (read,) = load_objects(written(tmp_path, json.dumps(record))).objects
    assert read.type == type


def test_several_values_of_a_single_valued_attribute_are_kept_and_noted(tmp_path: Path) -> None:
    path = written(tmp_path, line(operatingSystem=["a", "b"]))
    result = load_objects(path)
    assert result.objects[0].attributes["operatingSystem"] == ("a", "b")
    assert result.provenance.notes == (
        f"{path}:1: {DN}: operatingSystem has 2 values, but is single-valued",
    )


@pytest.mark.parametrize(
    "encoded",
    [
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
        lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.rstrip("\n").encode(),
    ],
    ids=["UTF-8 with a mark", "UTF-16 LE", "UTF-16 BE", "CRLF", "no last line end"],
)
def test_encodings(tmp_path: Path, encoded: object) -> None:
    text = line(cn="Zürich 東京 😀") + "\n" + other(2) + "\n"
    path = tmp_path / "objects"
    path.write_bytes(encoded(text))  # type: ignore[operator]
    result = load_objects(str(path))
    assert [o.name for o in result.objects] == ["Zürich 東京 😀", "PC2"]
    assert result.objects[1].origin == f"{path}:2"
    assert result.provenance.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_head_tells_where_the_objects_are_from(tmp_path: Path) -> None:
    head = {"source": "ldaps://dc1", "captured_at": "2026-01-01T00:00:00Z", "complete": False}
    result = load_objects(written(tmp_path, json.dumps({"snapshot": head}), line()))
    assert len(result.objects) == 1
    assert (result.captured_at, result.complete) == ("2026-01-01T00:00:00Z", False)
    assert result.provenance.details == {"captured from": "ldaps://dc1"}


HEAD = '{"snapshot": {"complete": true}}'
ERRORS = [
    ("no JSON", ["{"], ":1:2", "is not JSON", "on one line"),
    ("no line ends", ["{}\r{}\r{}"], ":1", "its lines end in CR alone", "LF or CRLF"),
    (
        "a long number",
        ['{"dn": "CN=a", "attributes": {"x": ' + "1" * 5000 + "}}"],
        ":1",
        "a number has thousands of digits",
        "on one line",
    ),
    ("two objects on a line", [line() + line()], ":1:", "Extra data", "on one line"),
    ("a number that is none", ['{"dn": NaN}'], ":1", "NaN is not a number", "on one line"),
    ("a list later on", [line(), "[]"], ":2", "is not a JSON object", '"dn"'),
    ("a repeated key", ['{"dn": "a", "dn": "b"}'], ":1", "`dn` is there twice", "as a list"),
    (
        "an unknown key",
        [other(1, DN="x")],
        ":1",
        "`DN` is not known",
        "dn, attributes, unreadable",
    ),
    ("no dn", ['{"attributes": {}}'], ":1", "without a `dn`", '"dn": "CN='),
    ("a blank dn", [other(1, dn=" ")], ":1", "without a `dn`", '"dn": "CN='),
    ("no attributes", ['{"dn": "CN=PC1"}'], ":1", "no `attributes`", '"attributes": {'),
    (
        "null",
        [line(cn=None)],
        ":1",
        "cn of CN=PC1,OU=PCs,DC=lab,DC=example cannot be `null`",
        "leave out",
    ),
    ("a fraction", [line(userAccountControl=1.5)], ":1", "cannot be `1.5`", "a whole number"),
    ("a list in a list", [line(description=[["a"]])], ":1", 'cannot be `["a"]`', "write text"),
    ("an unknown form", [line(cn={"b64": "AA=="})], ":1", "cannot be `{", "base64"),
    ("broken base64", [line(photo={"base64": "A"})], ":1", "`A` is not base64", "base64"),
    ("spaces in base64", [line(photo={"base64": "AA ="})], ":1", "`AA =` is not base64", "base64"),
    ("broken hex", [line(photo={"hex": "0"})], ":1", "`0` is not hex", "hex"),
    *(
        (
            "a GUID with a sign that is no digit",
            [line(photo={"guid": g})],
            ":1",
            "is not guid",
            "guid",
        )
        for g in (
            GUID.replace("4333", "_333"),
            f"{{{GUID.replace('8444', '_444')}}}",
            GUID[:-1] + " ",
        )
    ),
    ("a broken GUID", [line(photo={"guid": "1-2"})], ":1", "`1-2` is not guid", "guid"),
    ("a broken SID", [line(objectSid={"sid": "S-1-5-4294967296"})], ":1", "is not sid", "sid"),
    ("text for bytes", [line(objectSid="S-1-5-18")], ":1", "objectSid", "base64"),
    ("a number for text", [line(cn=1)], ":1", "cn of", "type is str: write it as text"),
    (
        "a truth value for a number",
        [line(userAccountControl=True)],
        ":1",
        "cannot be true",
        "a number",
    ),
    ("one attribute twice", [line(CN="a", cn="b")], ":1", "`CN` and `cn`", "give it once"),
    ("dn as an attribute", [line(dn="CN=x")], ":1", "attribute called `dn`", "as `dn` above"),
    ("half a surrogate pair", [line().replace("top", "\\ud800")], ":1", "surrogate", "character"),
    ("only a range", [line(**{"member;range=0-1499": "CN=a"})], ":1", "only a part", "LDAP URL"),
    (
        "no objectGUID",
        [other(1, attributes={"cn": "a"})],
        ":1",
        "has no objectGUID",
        "ask for objectGUID",
    ),
    (
        "15 bytes",
        [line(objectGUID={"hex": "00" * 15})],
        ":1",
        "not 16 bytes",
        "ask for objectGUID",
    ),
    (
        "no class",
        [other(1, attributes={"objectGUID": {"guid": GUID}})],
        ":1",
        "CN=PC1,DC=lab,DC=example is not known",
        "ask for objectClass",
    ),
    ("an unreadable list", [other(1, unreadable=["cn"])], ":1", "`unreadable`", "no right"),
    (
        "value and unreadable",
        [other(1, unreadable={"OBJECTCLASS": "x"})],
        ":1",
        "one attribute",
        "once",
    ),
    ("a head later on", [line(), HEAD], ":2", "after the first line", "first"),
    (
        "a head with more",
        ['{"snapshot": {}, "dn": "x"}'],
        ":1",
        "more than `snapshot`",
        "by itself",
    ),
    ("an unknown key in the head", ['{"snapshot": {"when": ""}}'], ":1", "`when`", "captured_at"),
    ("a wrong type in the head", ['{"snapshot": {"complete": 1}}'], ":1", "true or false", ""),
    ("notes that are no texts", ['{"snapshot": {"notes": [1]}}'], ":1", "list of texts", ""),
    ("a time without a zone", ['{"snapshot": {"captured_at": "2026-01-01"}}'], ":1", "zone", "Z"),
]


@pytest.mark.parametrize(
    ("lines", "place", "problem", "help"), [e[1:] for e in ERRORS], ids=[e[0] for e in ERRORS]
)
def test_error(tmp_path: Path, lines: list[str], place: str, problem: str, help: str) -> None:
    path = written(tmp_path, *lines)
    with pytest.raises(InputError) as caught:
        load_objects(path)
    assert caught.value.message.startswith(path + place)
    assert problem in caught.value.message
    assert help in (caught.value.help or "")


@pytest.mark.parametrize(
    ("second", "what"),
    [
        (line().replace("CN=PC1", "CN=PC2"), "objectGUID"),
        (other(2, dn="cn=pc1, ou=PCS,dc=lab,dc=example"), "distinguished name"),
    ],
)
def test_an_object_comes_once(tmp_path: Path, second: str, what: str) -> None:
    path = written(tmp_path, line(), "", second)
    with pytest.raises(InputError) as caught:
        load_objects(path)
    assert caught.value.message.startswith(f"{path}:3: ")
    assert caught.value.message.endswith(f" has the {what} of {DN} at {path}:1")


def test_text_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "objects.jsonl"
    path.write_bytes(line().encode() + b"\n" + other(2).encode().replace(b"PC2", b"PC\xff"))
    with pytest.raises(InputError, match=r"objects\.jsonl:2: is not UTF-8 text") as caught:
        load_objects(str(path))
    assert "save it as UTF-8" in (caught.value.help or "")


# The quick way takes a line only as the careful way would

ODD = [
    '{"dn": "CN=a", "attributes": {"cn": "x", "cn": "x"}}',
    '{"dn": "CN=a", "dn": "CN=a", "attributes": {}}',
    '{"dn": "CN=a", "attributes": {}, "attributes": {}}',
    '{"dn": "CN=a", "attributes": {"cn": 1, "c\\u006e": 1}}',
    '{"dn": "CN=a", "attributes": {"k": {"base64": "AA==", "base64": "AA=="}}}',
    '{"dn": "CN=a", "attributes": {"k": 1, "k": "\\u0022"}}',
    '{"dn": "CN=a", "attributes": {"k": 1, "k": 2, "l": "\\u0022"}}',
    '{"dn": "CN=a", "attributes": {"k": 1, "k": 2, "l": "\\""}}',
    '{"dn": "CN=a", "attributes": {"k": 1, "k": 2, "l": "\\"\\""}}',
    '{"dn": "CN=a", "attributes": {"k": "\\\\"}}',
    '{"dn": "CN=a", "attributes": {"k": "\\\\\\\\, \\n\\/\\u00e9"}}',
    '{"dn": "CN=a", "attributes": {"k": "\\ud83d\\ude00"}}',
    '{"dn": "CN=a", "attributes": {"k": "\\ud83d"}}',
    '{"dn": "CN=a", "attributes": {"k": "\\ude00\\ud83d"}}',
    '{"dn": "CN=a", "attributes": {"k": "\\uD83Dx"}}',
    '{"dn": "CN=a", "attributes": {"k": "\\x"}}',
    '{"dn": "CN=a", "attributes": {"k": "\t"}}',
    '{"dn": "CN=a", "attributes": {"k": "\0"}}',
    '{"dn": "CN=a", "attributes": {"k": "\u2028\x7f"}}',
    '{"dn": "CN=a", "attributes": {"k": ["a", 1, true, "b", -0]}}',
    '{"dn": "CN=a", "attributes": {"k": [{"hex": "00"}, "a"]}}',
    '{"dn": "CN=a", "attributes": {"k": [{"hex": "00"}, {"sid": "S-1-5-18"}]}}',
    '{"dn": "CN=a", "attributes": {"k": [{"hex": "0"}]}}',
    '{"dn": "CN=a", "attributes": {"k": {}}}',
    '{"dn": "CN=a", "attributes": {"k": {"hex": 0}}}',
    '{"dn": "CN=a", "attributes": {"k": {"b64": "AA=="}}}',
    '{"dn": "CN=a", "attributes": {"k": []}}',
    '{"dn": "CN=a", "attributes": {"k": [[]]}}',
    '{"dn": "CN=a", "attributes": {"k": null}}',
    '{"dn": "CN=a", "attributes": {"k": NaN}}',
    '{"dn": "CN=a", "attributes": {"k": -Infinity}}',
    '{"dn": "CN=a", "attributes": {"k": 1.0}}',
    '{"dn": "CN=a", "attributes": {"k": 1e2}}',
    '{"dn": "CN=a", "attributes": {"k": 1e400}}',
    '{"dn": "CN=a", "attributes": {"k": 01}}',
    '{"dn": "CN=a", "attributes": {"k": 18446744073709551616}}',
    '{"dn": "CN=a", "attributes": {"k": -9223372036854775809}}',
    '{"dn": "CN=a", "attributes": {"k": ' + "9" * 5000 + "}}",
    '{"dn": "CN=a", "attributes": {"k": 1,}}',
    '{"dn": "CN=a", "attributes": {"k": ' + "[" * 100_000 + "]" * 100_000 + "}}",
    '{"dn": "CN=a", "attributes": {"": 1}}',
    '{"dn": "CN=a", "attributes": {"DN": 1}}',
    '{"dn": "CN=a", "attributes": {"k": 1, "K": 1}}',
    '{"dn": "CN=a", "attributes": {"\\u212a": 1, "k": 1}}',
    '{"dn": "CN=a", "attributes": []}',
    '{"dn": "CN=a", "attributes": {}, "unreadable": {}}',
    '{"dn": " ", "attributes": {}}',
    '{"dn": 5, "attributes": {}}',
    '{"dn": "CN=a"}',
    '{"snapshot": {}}',
    '["dn", "attributes"]',
    '{"dn": "CN=a", "attributes": {}} {}',
    '{"dn": "CN=a", "attributes": {}}\x0b',
    '\ufeff{"dn": "CN=a", "attributes": {}}',
    ' {"dn" :"CN=a" ,"attributes":{ } }\t\r',
    "",
]
TAKEN = [
    '{"dn": "CN=a", "attributes": {"k": ["a", 1, true, "b", -0]}}',
    '{"dn": "CN=a", "attributes": {"k": {"base64": "AA=="}, "l": [{"hex": "00"}, {"hex": "01"}]}}',
    '{"dn": "CN=a\\\\,b", "attributes": {"k": "\\u00e9", "l": 18446744073709551616, "m": []}}',
]


def careful(line: str) -> Record | str:
    try:
        return record(parse(line, "place"), "place")
    except InputError as error:
        return error.message


def same(line: str, quick: Record) -> None:
    other = careful(line)
    assert isinstance(other, Record)
    assert (quick.dn, quick.place) == (other.dn, other.place)
    assert list(quick.attributes) == list(other.attributes)
    for name, values in quick.attributes.items():
        assert [*map(repr, values)] == [*map(repr, other.attributes[name])]
    assert not other.unreadable and not other.not_carried


@pytest.mark.parametrize("line", ODD, ids=range(len(ODD)))
def test_the_quick_way_takes_no_line_otherwise(line: str) -> None:
    quick = quick_record(line, "place")
    if quick is not None:
        same(line, quick)


@pytest.mark.parametrize("line", TAKEN)
def test_the_quick_way_takes_what_is_in_order(line: str) -> None:
    quick = quick_record(line, "place")
    assert quick is not None
    same(line, quick)


PIECES = st.sampled_from(
    ['"', '\\"', "\\\\", "\\u0022", "\\ud800", "a", "k", ":", ",", "{", "}", "[", "]", "1", " ",
     '"k": 1,', '"k": "",', '{"hex": "00"}', '"k": {"hex": "00"},', "null", "true", "-0", "1.5"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=8))
def test_the_quick_way_takes_no_line_of_pieces_otherwise(pieces: list[str]) -> None:
    line = '{"dn": "CN=a", "attributes": {"a": ' + "".join(pieces) + "}}"
    quick = quick_record(line, "place")
    if quick is not None:
        same(line, quick)
