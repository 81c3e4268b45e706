"""The same computers through every format are equal, except for what a format cannot hold."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from simulator import Options, audit, load_rules
from simulator.errors import InputError, UsageError
from simulator.objects import ConnectorObject, ObjectSet
from simulator.sources import SourceRequest, load_objects
from simulator.sources.snapshot_write import write_snapshot
from simulator.sources.source import open_objects
from simulator.values import Unreadable
from tests import object_formats as formats
from tests.object_formats import SAMPLES
from tests.running import Command

FLEET = str(formats.ROOT / "fixtures" / "fleet.jsonl")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
RULES = ("standard-2016", "server-2012-r2")
RULE_SET = load_rules(*RULES)
REQUEST = SourceRequest(RULE_SET.attributes_read)

# format, how it is printed, attributes that it cannot hold
LOSSLESS = [
    ("ldapsearch", formats.ldapsearch),
    ("ldifde", formats.ldifde),
    ("csvde", formats.csvde),
    ("JSON of 7", formats.computer_json),
    ("JSON of 5.1", lambda r, more: formats.computer_json(r, more, wrapped=True)),
    ("JSON Lines of PowerShell", lambda r, more: formats.computer_json(r, more, lines=True)),
    ("CliXml", formats.clixml),
    (
        "CSV with base64",
        lambda r, more: formats.computer_csv(r, more, certificates="userCertificate"),
    ),
    (
        "CSV with semicolons",
        lambda r, more: formats.computer_csv(r, more, ";", False, "userCertificate"),
    ),
    ("csexport", formats.csexport),
    ("bofhound log", formats.search_log),
]
LOSSY = [
    ("CSV", formats.computer_csv),
    ("Format-List", formats.format_list),
    ("dsquery table", formats.dsquery_table),
    ("dsquery list", formats.dsquery_list),
]
# PowerShell and the log show these beside what the fleet has; csvde and csexport write no NULL
BESIDE = {"name", "instanceType", "whenCreated"}
Print = Callable[[formats.Fleet, set[str]], str]


@pytest.fixture
def aadsim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def written(tmp_path: Path, content: str, encoding: str = "utf-8") -> str:
    path = tmp_path / "objects"
    with path.open("w", encoding=encoding, newline="") as file:
        file.write(content)
    return str(path)


def read(tmp_path: Path, printer: Print, encoding: str = "utf-8") -> ObjectSet:
    more = {n for n in RULE_SET.attributes_read if n != "dn"}
    return load_objects(written(tmp_path, printer(formats.fleet(), more), encoding), REQUEST)


def shown(one: ConnectorObject) -> dict[str, object]:
    return {n: v for n, v in one.attributes.items() if n not in BESIDE}


@pytest.fixture(scope="module")
def expected() -> ObjectSet:
    return load_objects(FLEET, REQUEST)


def outcomes(objects: ObjectSet) -> dict[str, str]:
    result = audit(RULE_SET, objects, Options(now=NOW))
    return {r.subject.dn: f"{r.verdict.disposition} {r.verdict.reason.code}" for r in result}


@pytest.mark.parametrize("printer", [c[1] for c in LOSSLESS], ids=[c[0] for c in LOSSLESS])
def test_objects_and_outcomes_are_equal(
    tmp_path: Path, expected: ObjectSet, printer: Print
) -> None:
    found = read(tmp_path, printer)
    assert found.complete and not found.provenance.not_carried
    assert len(found.objects) == len(expected.objects) == 349
    for one, other in zip(expected.objects, found.objects, strict=True):
        assert (other.dn, other.type, other.classes) == (one.dn, one.type, one.classes)
        assert shown(other) == shown(one)
    assert outcomes(found) == outcomes(expected)


def test_utf_16_makes_no_difference(tmp_path: Path, expected: ObjectSet) -> None:
    for printer in (formats.ldifde, formats.csvde, formats.json_51, formats.clixml):
        found = read(tmp_path, printer, "utf-16")
        assert [shown(o) for o in found.objects] == [shown(o) for o in expected.objects]


def test_a_snapshot_makes_no_difference(tmp_path: Path, expected: ObjectSet) -> None:
    path = tmp_path / "fleet.parquet"
    write_snapshot(open_objects(FLEET, REQUEST), path)
    found = load_objects(str(path), REQUEST)
    assert [o.attributes for o in found.objects] == [o.attributes for o in expected.objects]
    assert outcomes(found) == outcomes(expected)


@pytest.mark.parametrize("printer", [c[1] for c in LOSSY], ids=[c[0] for c in LOSSY])
def test_what_a_format_loses_is_never_a_value(
    tmp_path: Path, expected: ObjectSet, printer: Print
) -> None:
    found = read(tmp_path, printer)
    by_dn = {o.dn: o for o in found.objects}
    for one in expected.objects:
        other = by_dn[one.dn]
        assert other.guid == one.guid
        for name in {*one.attributes, *other.attributes} - BESIDE - {"userCertificate"}:
            assert other.attributes.get(name) == one.attributes.get(name), (one.dn, name)
        certificates = other.attributes.get("userCertificate")
        carried = isinstance(certificates, Unreadable)
        assert carried or (certificates is None and "userCertificate" not in one.attributes)


LEAVING_OUT = [formats.computer_csv, formats.computer_json, formats.clixml, formats.format_list,
               formats.dsquery_table, formats.dsquery_list, formats.bloodhound]  # fmt: skip


@pytest.mark.parametrize("printer", LEAVING_OUT, ids=lambda p: p.__name__)
def test_an_export_without_certificates_filters_nothing(
    tmp_path: Path, expected: ObjectSet, printer: Print
) -> None:
    """Nobody asked for userCertificate, or the format has none: it is not known, not absent."""
    fleet = [
        {**r, "attributes": {n: v for n, v in r["attributes"].items() if n != "userCertificate"}}
        for r in formats.fleet()
    ]
    more = RULE_SET.attributes_read - {"dn", "userCertificate"}
    found = load_objects(written(tmp_path, printer(fleet, set(more))), REQUEST)
    assert "userCertificate" in found.provenance.not_carried
    assert sum("userCertificate" in note for note in found.provenance.notes) == 1
    known = {dn.casefold(): outcome for dn, outcome in outcomes(expected).items()}
    for dn, outcome in outcomes(found).items():
        if not known[dn.casefold()].startswith("NO-RULE"):
            assert outcome == "UNCERTAIN not-carried"


@pytest.mark.parametrize("printer", [formats.ldapsearch, formats.csvde])
def test_tools_that_write_no_empty_attribute_leave_it_open(tmp_path: Path, printer: Print) -> None:
    without = [r for r in formats.fleet() if "userCertificate" not in r["attributes"]]
    found = load_objects(written(tmp_path, printer(without, set())), REQUEST)
    assert any(
        note.startswith("no object has ") and "userCertificate" in note
        for note in found.provenance.notes
    )
    assert not found.provenance.not_carried


def test_a_cut_list_is_an_error_and_an_empty_cell_is_none(tmp_path: Path) -> None:
    found = load_objects(written(tmp_path, formats.computer_csv(formats.sample())), REQUEST)
    by_name = {o.name: o.attributes.get("userCertificate") for o in found.objects}
    assert by_name["XP-NO-CERT"] is None
    cut = by_name["XP-VALID"]
    assert isinstance(cut, Unreadable) and cut.carried
    assert "ADPropertyValueCollection" in cut.reason


def test_a_named_column_of_certificates(tmp_path: Path, expected: ObjectSet) -> None:
    text = formats.computer_csv(
        formats.fleet(), RULE_SET.attributes_read - {"dn"}, certificates="CertBase64"
    )
    path = written(tmp_path, text)
    request = SourceRequest(RULE_SET.attributes_read, certificate_column="CertBase64")
    found = load_objects(path, request)
    assert [shown(o) for o in found.objects] == [shown(o) for o in expected.objects]
    unnamed = load_objects(path, REQUEST)
    assert "userCertificate" in unnamed.provenance.not_carried
    with pytest.raises(UsageError, match="there is no column Certificat"):
        load_objects(path, SourceRequest(certificate_column="Certificat"))


def test_bloodhound_says_what_it_does_not_carry(tmp_path: Path) -> None:
    found = read(tmp_path, formats.bloodhound)
    assert {"userCertificate", "objectGUID", "operatingSystemVersion"} <= set(
        found.provenance.not_carried
    )
    assert sum("do not carry" in note for note in found.provenance.notes) == 1
    for one in found.objects:
        assert one.guid == ""
        guid = one.attributes["objectGUID"]
        assert isinstance(guid, Unreadable) and not guid.carried
    # never FILTERED, and never in by a pattern that an absent GUID would make match all
    assert {o.split(" ")[0] for o in outcomes(found).values()} <= {"ERROR", "UNCERTAIN"}


# The real samples; their origin and licences are in tests/data/objects/PROVENANCE.md
REAL = [
    ("20240305110018_computers.json", 21, "21"),
    ("computers_20220413_204956.json", 4, ""),
    ("ldapsearch_516-objects.computers.txt", 4, ""),
    ("Get-ADComputer.properties-all.format-list.txt", 1, "printed list"),
]


@pytest.mark.parametrize(("file", "count", "note"), REAL, ids=[r[0] for r in REAL])
def test_a_real_file_is_read(file: str, count: int, note: str) -> None:
    (path,) = SAMPLES.rglob(file)
    found = load_objects(str(path))
    assert len(found.objects) == count
    assert any(note in n for n in found.provenance.notes) or not note
    assert {o.type for o in found.objects} == {"computer"}


def test_facts_of_the_real_files() -> None:
    log = load_objects(str(next(SAMPLES.rglob("ldapsearch_516*"))))
    first = log.objects[0]
    assert first.dn == "CN=DC1,OU=Domain Controllers,DC=ez,DC=lab"
    assert first.guid == "d12cfafd-1a96-404a-bfa3-cbd19ad5cf75"
    assert first.attributes["userAccountControl"] == 532480
    assert first.attributes["isCriticalSystemObject"] is True
    joined = log.objects[3].attributes["mS-DS-CreatorSID"]
    assert joined.dn == "S-1-5-21-3539700351-1165401899-3544196954-1110"  # type: ignore[union-attr]
    printed = load_objects(str(next(SAMPLES.rglob("Get*format-list.txt")))).objects[0]
    assert printed.guid == "828306a3-8ccd-410e-9537-e6616662c0b0"
    assert "userCertificate" not in printed.attributes  # {} is no value
    assert isinstance(printed.attributes["whenCreated"], Unreadable)


@pytest.mark.parametrize("file", formats.WRITERS)
def test_a_sample_is_what_the_writer_prints(file: str) -> None:
    path = SAMPLES / f"own-{file}"
    assert path.read_bytes() == formats.encoded(file, formats.WRITERS[file](formats.sample()))
    assert len(load_objects(str(path)).objects) == len(formats.SAMPLE)


BAD = [
    ("csvde without its DN", "DN,cn\r\n,PC1\r\n", "a row without DN"),
    ("csvde with a short row", 'DN,cn,objectGUID\r\n"CN=a,DC=b",PC1\r\n', "2 values in a row"),
    ("csvde with a column twice", "DN,cn,CN\r\n", "the column cn is there twice"),
    ("csvde with an open quote", 'DN,cn\r\n"CN=a,PC1\r\n', "is no row of CSV"),
    ("csvde twice", "DN,cn\r\nDN,cn\r\n", "2: the header is there again"),
    ("Export-Csv twice", '#TYPE X\r\n"DistinguishedName","Name"\r\n#TYPE X\r\n', "3: the header is there again"),
    ("a table twice", "  distinguishedName  cn\n" * 2, "2: the names of the columns are there again"),
    ("a table that is cut in a GUID", "  distinguishedName  objectGUID\n  CN=a,DC=b          {ED51AA\n", "cannot be read: `{ED51AA`"),
    ("csvde with a NUL", "DN,cn\r\nCN=a,\0\r\n", "2: holds a character that no text has"),
    ("a long number", '[{"DistinguishedName": "CN=a,DC=b", "n": ' + "1" * 5000, "1: is not JSON: a number has thousands of digits"),
    ("a document after JSON", '[{"DistinguishedName": "CN=a,DC=b"}]\ndn: CN=a', ":2: is not JSON: Expecting value"),
    ("JSON that is cut in a list", '[{"DistinguishedName": "CN=a", "n": [1,', "1: is not JSON: the file ends too soon"),
    ("half a surrogate pair", '[{"DistinguishedName": "\\uD800"}]', "half a surrogate pair"),
    ("a collection with data twice", '{"data": [], "data": [], "meta": {}}', "has `data` twice"),
    ("a collection and more", '{"data": [], "meta": {}}\n{}', "2: is not JSON: Extra data"),
    ("LDIF and JSON Lines", 'dn: CN=a,DC=b\ncn: a\n{"dn": "CN=b"}\n', "3: `{\"dn\": \"CN=b\"}` is no line of LDIF"),
    ("LDIF of another system", "dn: CN=a,DC=b\rcn: a\r", "1: a carriage return within a line"),
    ("a header alone", "#TYPE Selected.X\r\n", "has no header"),
    ("CSV without DistinguishedName", "#TYPE X\r\nName,Enabled\r\nPC1,True\r\n", "without DistinguishedName"),
    ("JSON that is cut", '[{"DistinguishedName": "CN=a", "Name"', "is not JSON"),
    ("JSON with text in a list", '[{"DistinguishedName": "CN=a,DC=b"}, "x"]', "object 2: is no object"),
    ("JSON of numbers", '[{"DistinguishedName": 5}]', "without DistinguishedName"),
    ("CliXml that is cut", "<Objs><Obj><Props><S N='DistinguishedName'>CN=a", "is not XML"),
    ("CliXml of a text", "<Objs><S>hello</S></Objs>", "is no object with properties"),
    ("CliXml with a document type", '<Objs><!DOCTYPE a [<!ENTITY b "c">]></Objs>', "is not XML"),
    ("a collection of users", '{"data": [], "meta": {"type": "users", "count": 0}}', "holds users"),
    ("a collection without names", '{"data": [{"Properties": {}}], "meta": {"type": "computers"}}', "no Properties with"),
    ("a collection that is cut", '{"data": [', "is not JSON"),
    ("csexport without a name", "<cs-objects><cs-object><pending-import-hologram><entry/></pending-import-hologram></cs-object></cs-objects>", "without cs-dn"),
    ("a log that is cut", "-" * 20 + "\ncn: PC1\n" + "-" * 20 + "\ndistinguishedName: CN=a,DC=b\n", "without distinguishedName"),
    ("a printed list with prose", "Name : PC1\nDistinguishedName : CN=a\n!!\n", "no line of a printed list"),
    ("a table out of line", "  cn    distinguishedName\n  PC1234567 CN=a,DC=b\n", "do not stand under"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "problem"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_a_bad_file(tmp_path: Path, content: str, problem: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(InputError) as caught:
        load_objects(path)
    assert problem in caught.value.message
    assert caught.value.message.startswith(path)
    assert caught.value.help


# Tools end each line, so that a last one without an end tells of a cut
CUT = [formats.csvde, formats.format_list, formats.dsquery_table, formats.dsquery_list,
       formats.search_log]  # fmt: skip


@pytest.mark.parametrize("printer", CUT, ids=lambda p: p.__name__)
def test_a_last_line_without_an_end(tmp_path: Path, printer: Print) -> None:
    text = printer(formats.sample(), set()).rstrip()
    for encoding in ("utf-8", "utf-16"):
        cut = load_objects(written(tmp_path, text, encoding))
        assert not cut.complete
        assert "the last line has no end" in cut.provenance.notes[0]
        assert load_objects(written(tmp_path, text + "\r\n", encoding)).complete


def test_a_last_cell_that_is_closed_needs_no_end(tmp_path: Path) -> None:
    text = formats.computer_csv(formats.sample()).rstrip()
    assert text.endswith('"')
    assert load_objects(written(tmp_path, text)).complete


def test_a_file_of_another_system_may_end_its_lines_with_returns(tmp_path: Path) -> None:
    text = formats.csvde(formats.sample())
    one = load_objects(written(tmp_path, text)).objects
    other = load_objects(written(tmp_path, text.replace("\r\n", "\r"))).objects
    assert [o.attributes for o in other] == [o.attributes for o in one]
    assert [o.origin for o in other] == [o.origin for o in one]


GUID = bytes.fromhex("666b716e6c0f464ba33281a5ff0073a2")
SID = bytes.fromhex("010100000000000520000000")
# A property, what the file holds for it, and what becomes of it
PROPERTIES = [
    ("userCertificate", "[[48, 3, 2, 1, 5]]", (bytes([48, 3, 2, 1, 5]),)),
    ("userCertificate", "[48, 3, 2, 1, 5]", (bytes([48, 3, 2, 1, 5]),)),
    ("userCertificate", '{"value": [[48, 0]], "Count": 1}', (b"0\0",)),
    ("userCertificate", "[]", None),
    ("userCertificate", "{}", None),
    ("userCertificate", "null", None),
    ("userCertificate", '["MAA="]', (b"0\0",)),
    ("userCertificate", '["48 3 2 1 5 6 7 8 9 1 2 3 4 5 6 7 8 9"]', "-Depth 4"),
    ("userCertificate", '["System.Byte[]"]', "were lost on export"),
    ("userCertificate", "[[48, 300]]", "not hold it as the directory does"),
    ("objectGUID", '"{6E716B66-0F6C-4B46-A332-81A5FF0073A2}"', GUID),
    ("objectGUID", f"{[*GUID]}", GUID),
    ("objectGUID", f'{{"value": {[*GUID]}, "Count": 16}}', GUID),
    ("objectGUID", '"ZmtxbmwPRkujMoGl/wBzog=="', GUID),
    ("objectSid", f"{[1, 1, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0]}", SID),
    ("whenCreated", '"/Date(1693000000000)/"', "20230825214640.0Z"),
    ("whenCreated", '"2023-08-25T23:46:40+02:00"', "20230825214640.0Z"),
    ("whenCreated", '"2023-08-25T23:46:40"', "has no zone"),
    ("whenCreated", '"25.08.2023 21:46:40"', "in the form of some culture"),
    ("userAccountControl", "4096", 4096),
    ("userAccountControl", "true", "not hold it as the directory does"),
    ("userAccountControl", "4096.5", "not hold it as the directory does"),
    ("extensionAttribute1", "7", "7"),
    ("isCriticalSystemObject", "false", False),
    ("SID", '{"BinaryLength": 12, "Value": "S-1-5-32"}', SID),
    ("description", '"a, b"', ("a, b",)),
    ("operatingSystem", '"@{x=y}"', "were lost on export"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given", "value"), PROPERTIES, ids=[f"{p[0]} {p[1][:40]}" for p in PROPERTIES])  # fmt: skip
def test_a_property_of_json(tmp_path: Path, name: str, given: str, value: object) -> None:
    guid = "" if name == "objectGUID" else f' "ObjectGUID": "{uuid.UUID(bytes_le=GUID)}",'
    path = written(
        tmp_path,
        f'{{"DistinguishedName": "CN=a,DC=b", "ObjectClass": "computer",{guid}'
        f' "{name}": {given}}}',
    )
    found = load_objects(path).objects[0].attributes.get("objectSid" if name == "SID" else name)
    if isinstance(found, Unreadable):
        assert found.carried and isinstance(value, str) and value in found.reason
    else:
        assert found == value


# What Export-Clixml writes for a certificate, and what becomes of it
ELEMENTS = [
    ("<Obj N='userCertificate'><LST><BA>MAA=</BA><BA>MAE=</BA></LST></Obj>", (b"0\0", b"0\1")),
    ("<Obj N='userCertificate'><IE><BA>MAA=</BA></IE></Obj>", (b"0\0",)),
    ("<BA N='userCertificate'>MA\nA=</BA>", (b"0\0",)),
    ("<Obj N='userCertificate'><LST><By>48</By><By>0</By></LST></Obj>", (b"0\0",)),
    ("<Obj N='userCertificate'><LST><Obj><LST><By>48</By><By>0</By></LST></Obj></LST></Obj>", (b"0\0",)),
    ("<Obj N='userCertificate'><LST /></Obj>", None),
    ("<Nil N='userCertificate' />", None),
    ("<Obj N='userCertificate'><LST><S>MAA=</S></LST></Obj>", (b"0\0",)),
    ("<Obj N='userCertificate'><LST><S>System.Byte[]</S></LST></Obj>", "were lost on export"),
    ("<S N='userCertificate'>System.Byte[]</S>", "were lost on export"),
    ("<BA N='userCertificate'>MA</BA>", "is no value of the kind BA"),
    ("<By N='userCertificate'>48</By>", "not hold it as the directory does"),
    ("<Ref N='userCertificate' RefId='9' />", "refers to what is not in it"),
]  # fmt: skip


@pytest.mark.parametrize(("element", "value"), ELEMENTS)
def test_a_certificate_of_clixml(tmp_path: Path, element: str, value: object) -> None:
    path = written(
        tmp_path,
        "<Objs><Obj><Props><S N='DistinguishedName'>CN=a,DC=b</S><S N='ObjectClass'>computer</S>"
        f"<G N='ObjectGUID'>{uuid.UUID(bytes_le=GUID)}</G>{element}</Props></Obj></Objs>",
    )
    one = load_objects(path).objects[0]
    assert one.attributes["objectGUID"] == GUID
    found = one.attributes.get("userCertificate")
    if isinstance(found, Unreadable):
        assert found.carried and isinstance(value, str) and value in found.reason
    else:
        assert found == value


def test_a_property_that_none_has_is_not_known(tmp_path: Path) -> None:
    path = written(tmp_path, formats.computer_json(formats.sample()))
    found = load_objects(path, SourceRequest(frozenset({"extensionAttribute1"})))
    assert "extensionAttribute1" in found.provenance.not_carried
    value = found.objects[0].attributes["extensionAttribute1"]
    assert isinstance(value, Unreadable) and not value.carried
    assert any("extensionAttribute1" in n and "-Properties" in n for n in found.provenance.notes)


def test_all_properties_were_asked_for(tmp_path: Path) -> None:
    everything = '"CannotChangePassword": false, "ProtectedFromAccidentalDeletion": false'
    path = written(
        tmp_path,
        '{"DistinguishedName": "CN=a,DC=b", "ObjectClass": "computer",'
        f' "ObjectGUID": "6e716b66-0f6c-4b46-a332-81a5ff0073a2", {everything}}}',
    )
    found = load_objects(path, SourceRequest(frozenset({"extensionAttribute1"})))
    assert not found.provenance.not_carried
    assert "extensionAttribute1" not in found.objects[0].attributes


def test_csvde_escapes_semicolons(tmp_path: Path) -> None:
    guid = "66b6716e6c0f464ba33281a5ff0073a2"
    path = written(
        tmp_path,
        "DN,objectClass,objectGUID,description,cn\r\n"
        f"\"CN=a\\,b,DC=c\",top;computer,X'{guid}',one\\;two;three,a;b\r\n",
    )
    one = load_objects(path).objects[0]
    assert one.dn == "CN=a\\,b,DC=c"
    assert one.attributes["description"] == ("one;two", "three")
    assert one.attributes["cn"] == "a;b"


def test_a_condition_on_an_attribute_asks_for_it(aadsim: Command) -> None:
    path = str(SAMPLES / "own-bloodhound-v6.json")
    ran = aadsim(
        "audit", "-r", "standard-2016", "-o", path, "--where", "IsPresent([extensionAttribute9])"
    )
    assert ran.status == 2  # it is not known, which is neither true nor false
    assert "extensionAttribute9" in ran.err


def test_a_certificate_column_on_the_command_line(aadsim: Command, tmp_path: Path) -> None:
    more = RULE_SET.attributes_read - {"dn"}
    path = written(tmp_path, formats.computer_csv(formats.sample(), more, certificates="Cert64"))
    ran = aadsim("audit", *(x for r in RULES for x in ("-r", r)), "-o", path, "--as-of",
                 "2026-01-01T00:00:00Z", "--certificate-column", "Cert64", "--strict")  # fmt: skip
    assert ran.status == 0, ran.out
    assert "XP-VALID" in ran.out
