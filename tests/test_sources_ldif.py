"""LDIF, as ldapsearch and ldifde write it: values, folding, trailers, and what is refused."""

import base64
import codecs
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.errors import InputError
from simulator.sources import load_objects
from simulator.values import Reference, Unreadable, Value

DN = "CN=PC01,OU=PCs,DC=lab,DC=example"
PC01 = f"""\
dn: {DN}
objectClass: top
objectClass: computer
objectGUID:: ERERESIiM0OERFVVVVVVVQ==
"""
PC02 = PC01.replace("PC01", "PC02").replace("ERER", "IhER")


def read_text(folder: Path, text: str) -> str:
    path = folder / "objects.ldif"
    path.write_text(text, encoding="utf-8", newline="")
    return str(path)


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


VALUES: list[tuple[str, str, str, Value]] = [
    ("plain", "cn: PC01", "cn", "PC01"),
    ("without a space", "cn:PC01", "cn", "PC01"),
    ("several spaces before it", "cn:   PC01", "cn", "PC01"),
    ("base64", f"cn:: {encoded('PC 東京')}", "cn", "PC 東京"),
    ("base64 that begins with a space", f"cn:: {encoded(' a')}", "cn", " a"),
    ("a colon in it", "cn: a:b", "cn", "a:b"),
    ("folded", "cn: PC\n 01", "cn", "PC01"),
    ("folded with a space kept", "cn: PC\n  01", "cn", "PC 01"),
    ("base64 folded", "userCertificate:: AA\n EC", "userCertificate", (b"\x00\x01\x02",)),
    ("the name in another spelling", "OPERATINGSYSTEM: x", "operatingSystem", "x"),
    (
        ";binary is left out",
        "userCertificate;binary:: AAEC",
        "userCertificate",
        (b"\x00\x01\x02",),
    ),
    ("several", "description: b\ndescription: a", "description", ("b", "a")),
    ("several, apart", "description: b\ncn: x\ndescription: a", "description", ("b", "a")),
    ("a number", "userAccountControl: 4096", "userAccountControl", 4096),
    ("a truth value", "isCriticalSystemObject: TRUE", "isCriticalSystemObject", True),
    ("a reference", "managedBy: CN=Ann,DC=lab", "managedBy", Reference("CN=Ann,DC=lab")),
    ("empty is absent", "cn:", "cn", None),
    ("empty base64 is absent", "userCertificate::", "userCertificate", None),
    (
        "the creator, as the directory gives it",
        "mS-DS-CreatorSID:: AQEAAAAAAAUSAAAA",  # 01 01 000000000005 12000000
        "mS-DS-CreatorSID",
        Reference("S-1-5-18"),
    ),
    ("an unknown attribute", "contosoRack: 7", "contosoRack", "7"),
    ("an unknown attribute of bytes", "contosoKey:: /w==", "contosoKey", b"\xff"),
    ("comments and their continuations", "# a\n  comment\ncn: x\n# b", "cn", "x"),
]


@pytest.mark.parametrize(
    ("lines", "name", "value"), [v[1:] for v in VALUES], ids=[v[0] for v in VALUES]
)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_value(tmp_path: Path, lines: str, name: str, value: Value, end: str) -> None:
    text = (PC01 + lines + "\n\n" + PC02).replace("\n", end)
    result = load_objects(read_text(tmp_path, text))
    assert result.objects[0].attributes.get(name) == value
    assert [o.name for o in result.objects][1:] == ["PC02"]
    assert (result.provenance.notes, result.complete) == ((), True)


def test_an_object(tmp_path: Path) -> None:
    path = read_text(tmp_path, "version: 1\n\n" + PC01)
    (read,) = load_objects(path).objects
    assert (read.dn, read.type, read.origin) == (DN, "computer", f"{path}:3")
    assert read.guid == "11111111-2222-4333-8444-555555555555"
    assert read.classes == ("top", "computer")


@pytest.mark.parametrize(
    "convert",
    [
        lambda text: codecs.BOM_UTF16_LE + text.replace("\n", "\r\n").encode("utf-16-le"),
        lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
        lambda text: codecs.BOM_UTF8 + text.encode(),
    ],
    ids=["as ldifde -u writes it", "UTF-16 BE", "UTF-8 with a mark"],
)
def test_encodings(tmp_path: Path, convert: Callable[[str], bytes]) -> None:
    path = tmp_path / "objects"
    path.write_bytes(convert(PC01 + "changetype: add\ndescription: 東京\n\n" + PC02))
    first, second = load_objects(str(path)).objects
    assert first.attributes["description"] == ("東京",)
    assert second.origin == f"{path}:8"


def test_a_name_in_base64_and_folded(tmp_path: Path) -> None:
    name = encoded("CN=PC01,OU=São Paulo,DC=lab")
    text = PC01.replace(f"dn: {DN}", f"dn:: {name[:10]}\n {name[10:]}")
    (read,) = load_objects(read_text(tmp_path, text)).objects
    assert read.dn == "CN=PC01,OU=São Paulo,DC=lab"


def test_a_number_that_is_none_is_unreadable(tmp_path: Path) -> None:
    (read,) = load_objects(read_text(tmp_path, PC01 + "userAccountControl: much\n")).objects
    assert read.attributes["userAccountControl"] == Unreadable("`much` is not a number")


def test_text_that_is_not_utf8_is_shown_and_noted(tmp_path: Path) -> None:
    path = read_text(tmp_path, PC01 + "operatingSystem:: V2luZG93cyBTZXJ2ZXKu\n")
    result = load_objects(path)
    assert result.objects[0].attributes["operatingSystem"] == "Windows Server\ufffd"
    (note,) = result.provenance.notes
    assert note.startswith(f"{path}:1: {DN}: operatingSystem is not UTF-8")


def test_an_option_other_than_binary_is_left_out_and_noted(tmp_path: Path) -> None:
    text = PC01 + "description;lang-de: eins\n\n" + PC02 + "description;lang-de: zwei\n"
    result = load_objects(read_text(tmp_path, text))
    assert all("description" not in o.attributes for o in result.objects)
    assert result.provenance.notes == (
        "description;lang-de: values with this option are left out",
    )


HEAD = "# extended LDIF\n#\n# LDAPv3\n# requesting: ALL\n#\n\n"
DONE = "# search result\nsearch: 2\nresult: 0 Success\n"
SEARCHES = [
    ("whole", HEAD + PC01 + "\n" + DONE + "\n# numResponses: 2\n# numEntries: 1\n", True, ""),
    (
        "pages follow one another",
        HEAD
        + PC01
        + "\n"
        + DONE
        + "pagedresults: cookie=BQ==\n"
        + HEAD
        + PC02
        + "\n"
        + DONE
        + "pagedresults: cookie=\n\n# numEntries: 2\n",
        True,
        "",
    ),
    ("pages, with comments for results", PC01 + "\n# pagedresults: cookie=\n", True, ""),
    (
        "references",
        HEAD + PC01 + "\n# search reference\nref: ldap://dz.lab/DC=dz??\n sub\n\n" + DONE,
        True,
        "references to other partitions, not followed: 1",
    ),
    (
        "references, in comments",
        PC01 + "\n# refldap://dz.lab/DC=dz??sub\n\n",
        True,
        "references to other partitions, not followed: 1",
    ),
    (
        "size limit",
        HEAD + PC01 + "\n# search result\nsearch: 2\nresult: 4 Size limit exceeded\n",
        False,
        "the search ended with `4 Size limit exceeded`: objects are missing",
    ),
    (
        "time limit, then a page that worked",
        HEAD + PC01 + "\nsearch: 2\nresult: 3 Time limit exceeded\n" + HEAD + PC02 + "\n" + DONE,
        False,
        "the search ended with `3 Time limit exceeded`: objects are missing",
    ),
    (
        "left between pages",
        HEAD + PC01 + "\n" + DONE + "pagedresults: cookie=BQ==\n",
        False,
        "the search was stopped between pages: objects are missing",
    ),
    (
        "left between pages, with comments for results",
        PC01 + "\n# pagedresults: cookie=BQ==\n",
        False,
        "the search was stopped between pages: objects are missing",
    ),
    (
        "cut off",
        HEAD + PC01,
        False,
        "the file ends before the result of its search: objects may be missing",
    ),
    (
        "objects taken out",
        HEAD + PC01 + "\n" + DONE + "\n# numEntries: 2\n",
        False,
        "the search found 2 objects, and 1 are in the file",
    ),
]


@pytest.mark.parametrize(
    ("text", "complete", "note"), [s[1:] for s in SEARCHES], ids=[s[0] for s in SEARCHES]
)
def test_what_ldapsearch_says_about_its_search(
    tmp_path: Path, text: str, complete: bool, note: str
) -> None:
    result = load_objects(read_text(tmp_path, text))
    assert (result.complete, result.provenance.notes) == (complete, (note,) if note else ())
    assert [o.name for o in result.objects] == ["PC01", "PC02"][: text.count("dn: ")]


ERRORS = [
    ("broken base64", PC01 + "photo:: A=A\n", 5, "the base64 of photo is broken", "one space"),
    ("base64 cut short", PC01 + "cn: x\nphoto:: AAE\n", 6, "the base64 of photo is broken", "cut"),
    ("the place is that of the first line", PC01 + "photo:: AA\n E\n", 5, "broken", "cut"),
    ("a file", PC01 + "photo:< file:///tmp/x\n", 5, "photo refers to a file or URL", "the value"),
    ("no colon", PC01 + "hello\n", 5, "`hello` is no line of LDIF", "`name: value`"),
    ("no name", PC01 + ": x\n", 5, "`: x` is no line of LDIF", "`name: value`"),
    (
        "a change",
        f"dn: {DN}\nchangetype: modify\nreplace: cn\n",
        2,
        "`changetype: modify` describes a change",
        "ldifde",
    ),
    (
        "a deletion",
        f"dn: {DN}\nchangetype: delete\n",
        2,
        "`changetype: delete` describes a change",
        "export objects",
    ),
    ("a renaming", f"dn: {DN}\nchangetype: modrdn\n", 2, "describes a change", "export objects"),
    ("nothing to continue", "version: 1\n\n a\n", 3, "nothing to continue", ""),
    (
        "no blank line between",
        PC01 + PC02,
        5,
        "a second `dn:` within the object of line 1",
        "blank line",
    ),
    (
        "an object without a name",
        PC01 + "\ncn: x\n",
        6,
        "`cn: x` where an object must begin",
        "`dn:`",
    ),
    ("another version", "version: 2\n" + PC01, 1, "only version 1", ""),
    (
        "the root of a directory",
        "dn:\nobjectClass: top\n",
        1,
        "without a distinguished name",
        "base",
    ),
    ("a name that is no text", "dn:: /w==\n", 1, "not UTF-8", "again"),
    ("broken base64 of a name", "dn:: A\n", 1, "the base64 of dn is broken", "again"),
    (
        "no objectGUID",
        f"dn: {DN}\nobjectClass: computer\n",
        1,
        f"{DN} has no objectGUID",
        "ldifde -l",
    ),
    ("a GUID in text", f"dn: {DN}\nobjectGUID: 1111\n", 1, "not 16 bytes", "ldapsearch"),
    (
        "only a range",
        PC01 + "member;range=0-1499: CN=a\n",
        1,
        f"`member;range=0-1499` of {DN} is only a part",
        "LDAP URL",
    ),
    (
        "twice",
        PC01 + "\n" + PC01.replace("PC01", "PC09"),
        6,
        "has the objectGUID of CN=PC01,OU=PCs,DC=lab,DC=example at",
        "once",
    ),
]


@pytest.mark.parametrize(
    ("text", "line", "problem", "help"), [e[1:] for e in ERRORS], ids=[e[0] for e in ERRORS]
)
def test_error(tmp_path: Path, text: str, line: int, problem: str, help: str) -> None:
    path = read_text(tmp_path, text)
    with pytest.raises(InputError) as caught:
        load_objects(path)
    assert caught.value.message.startswith(f"{path}:{line}: ")
    assert problem in caught.value.message
    assert help in (caught.value.help or "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_file_that_is_not_text_is_refused_with_its_line(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "objects"
    text = (PC01 + "cn: ").encode(encoding)
    path.write_bytes(text + b"\xff\xfe\xff" if encoding == "utf-8" else text + b"\x00\xd8")
    with pytest.raises(InputError) as caught:
        load_objects(str(path))
    assert caught.value.message.startswith(f"{path}:5: is not {encoding.upper()} text")
    assert "save it as UTF-8" in (caught.value.help or "")
