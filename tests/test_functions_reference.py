"""The reference: every published function is there, and what is printed is what is declared."""

import json
import re
from pathlib import Path

import click
import pytest

from simulator.cli import cli
from simulator.errors import UsageError
from simulator.language import reference
from simulator.language.function import FUNCTIONS
from tests.running import Command

DOCUMENT = Path(reference.__file__).parent / "FUNCTIONS.md"

# The names in the published reference, and beside them those that published rules use.
DOCUMENTED = """
    BitAnd BitOr CBool CDate CertExtensionOids CertFormat CertFriendlyName CertHashString CertIssuer
    CertIssuerDN CertIssuerOid CertKeyAlgorithm CertKeyAlgorithmParams CertNameInfo CertNotAfter
    CertNotBefore CertPublicKeyOid CertPublicKeyParametersOid CertSerialNumber
    CertSignatureAlgorithmOid CertSubject CertSubjectNameDN CertSubjectNameOid CertThumbprint
    CertVersion CGuid Contains ConvertFromBase64 ConvertFromUTF8Hex ConvertToBase64 ConvertToUTF8Hex
    Count CNum CRef CStr DateAdd DateFromNum DNComponent DNComponentRev Error EscapeDNComponent
    FormatDateTime Guid IIF InStr InStrRev IsBitSet IsDate IsCert IsEmpty IsGuid IsNull IsNullOrEmpty
    IsNumeric IsPresent IsString Item ItemOrNull Join LCase Left Len LTrim Mid Now NumFromDate PadLeft
    PadRight PCase RandomNum RemoveDuplicates Replace ReplaceChars Right RTrim Select Split
    StringFromGuid StringFromSid Switch Trim UCase Where With Word
""".split()  # noqa: SIM905
OBSERVED = ["CBin", "ImportedValue", "RegexIsMatch", "Thumbprint", "ValueCount"]
ALIAS = "GUID"

# The published signatures whose shape is easy to get wrong: least and greatest number of arguments.
ARGUMENTS = {
    "InStr": (2, 4), "InStrRev": (2, 4), "Left": (2, 2), "Mid": (2, 3), "PadLeft": (3, 3),
    "Replace": (3, 3), "ReplaceChars": (2, 2), "Word": (3, 3), "Guid": (0, 0), "Now": (0, 0),
    "ConvertFromBase64": (1, 2), "ConvertToBase64": (1, 1), "DNComponentRev": (2, 3),
    "DateAdd": (3, 3), "Contains": (2, 3), "Join": (1, 2), "Split": (2, 3), "IIF": (3, 3),
    "Switch": (2, None), "With": (3, 3), "Where": (3, 3), "Select": (3, 3), "CertNameInfo": (3, 3),
    "RegexIsMatch": (2, 3), "CBin": (2, 2), "Error": (1, 1), "IsBitSet": (2, 2), "Item": (2, 2),
}  # fmt: skip


@pytest.fixture
def aadsim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def test_every_published_function_is_there_and_no_other() -> None:
    assert len(DOCUMENTED) == 85
    assert sorted([*DOCUMENTED, *OBSERVED, ALIAS]) == sorted(FUNCTIONS)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_the_number_of_arguments(name: str) -> None:
    assert (FUNCTIONS[name].minimum, FUNCTIONS[name].maximum) == ARGUMENTS[name]


def test_the_document_is_up_to_date() -> None:
    written = "".join(f"{line}\n" for line in reference.markdown_lines())
    assert DOCUMENT.read_text(encoding="utf-8") == written, (
        "regenerate it: aadsim functions --format markdown --output simulator/language/FUNCTIONS.md"
    )


MID = """\
Mid - `length` characters (or bytes) of `text`, from position `start`; the first is position 1.

SIGNATURE
    bin or str Mid(bin or str text, num start[, num length])

DESCRIPTION
    A `length` of 0 gives an empty text. A negative `length`, a `start` below 1 or a `start`
    beyond the end give the whole text, unlike Visual Basic. NULL gives an empty text.

ARGUMENTS
    text    text or bytes
    start   a whole number
    length  a whole number; optional

NULL AND LISTS
    NULL as `text` gives "". As `start` or `length` it is an error. Of a list as `text` each
    value is taken by itself (A-11).

EXAMPLES
    Mid("John Doe", 3, 5)
        "hn Do"
    Mid("John Doe", 6, 999)
        "Doe"
    Mid("John Doe", 3, 0)
        ""
    Mid("John Doe", 9, 2)
        "John Doe"
    Mid(NULL, 1, 2)
        ""

ASSUMPTIONS
    A-19: Mid with two arguments gives the rest of the text. It could be otherwise: an
    error. Why so: an example of the reference uses it against its own signature.
        the other reading: --assume A-19=error

SOURCE
    Microsoft's published documentation of the expression language.

SEE ALSO
    Guid, GUID, InStr, InStrRev, LCase, Left, Len, LTrim, PadLeft, PadRight, PCase, Replace,
    ReplaceChars, Right, RTrim, Trim, UCase, Word
"""


def test_a_page_reads_like_a_manual_page(aadsim: Command) -> None:
    ran = aadsim("functions", "Mid")
    assert ran.status == 0
    assert ran.out == MID


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_page_is_complete(name: str) -> None:
    page = "\n".join(reference.page_lines(FUNCTIONS[name]))
    assert page.startswith(f"{name} - ")
    assert "SIGNATURE" in page and "SOURCE" in page
    assert not re.search(r"\*[a-z]+\*", page)
    assert max(map(len, page.splitlines()[1:])) <= 130
    for id in FUNCTIONS[name].assumptions:
        assert f"{id}: " in page
    documented = "In no reference page" not in page
    assert documented == (name not in OBSERVED or name == "ImportedValue")


def test_what_null_and_lists_do_is_told() -> None:
    told = {
        name: reference.null_behaviour(FUNCTIONS[name])
        for name in ("Trim", "LCase", "Left", "InStr", "Count", "Where", "IsPresent", "Now")
    }
    assert told == {
        "Trim": "NULL as `text` gives NULL (published rules show it).",
        "LCase": "NULL as `text` gives NULL (A-08).",
        "Left": 'NULL as `text` gives "". As `length` it is an error.',
        "InStr": "NULL as `text` gives 0. As `start` it is an error.",
        "Count": "NULL as `values` gives 0.",
        "Where": "NULL as `values` counts as a list without values.",
        "IsPresent": "NULL gives False.",
        "Now": "",
    }
    assert "each value is taken by itself" in reference.list_behaviour(FUNCTIONS["Trim"])
    assert "the whole list" in reference.list_behaviour(FUNCTIONS["Count"])
    assert "as a whole" in reference.list_behaviour(FUNCTIONS["IsPresent"])


def test_the_list_has_every_function_with_its_signature(aadsim: Command) -> None:
    out = aadsim("functions").out
    for name, declared in FUNCTIONS.items():
        assert declared.signature in out, name
    assert "91 names" in out


def test_the_reference_as_data(aadsim: Command) -> None:
    document = json.loads(aadsim("functions", "InStr", "--format", "json").out)
    (form,) = document["functions"]
    assert form["parameters"][3] == {
        "name": "compare", "type": "enum", "optional": True, "repeatable": False,
        "words": ["vbBinaryCompare", "vbTextCompare"],
    }  # fmt: skip
    assert form["assumptions"] == ["A-09"]
    assert form["null"].startswith("NULL as `text` gives 0")


@pytest.mark.parametrize(
    ("name", "help"),
    [
        ("mid", "write Mid"),
        ("Midd", "did you mean Mid"),
        ("ToUpper", "UCase"),
        ("Concatenate", "`&`"),
        ("Xyzzy", "aadsim functions"),
    ],
)
def test_a_name_that_is_none_gets_a_way_out(name: str, help: str) -> None:
    with pytest.raises(UsageError) as raised:
        reference.declared(name)
    assert help in (raised.value.help or "")


def test_the_command_is_registered() -> None:
    assert {"functions", "eval", "check", "repl"} <= set(cli.list_commands(click.Context(cli)))
