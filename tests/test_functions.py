"""The functions against real .NET runtimes (`golden/`), and their private parts.

Each feature of the golden files has one reader: it turns a case into what we give and what .NET
gives, or into the reason why the language says something else. `pytest -s` prints the tally.
"""

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import ObjectError
from simulator.language import dotnet, dotnet_bytes
from simulator.language.context import Context
from simulator.language.dotnet_parse import parse_time
from simulator.language.functions import conversion, date_time, directory, multivalued, text

GOLDEN = Path(__file__).parent / "golden"
ERROR = "an error"
Case = dict[str, Any]
Answers = tuple[Any, Any] | str


def context() -> Context:
    return Context(now=datetime(2024, 1, 15, 12, tzinfo=UTC))


# -- text -------------------------------------------------------------------------------------


def casing(case: Case) -> Answers:
    match case["method"]:
        case "ToUpperInvariant":
            return text.UCase(this(case)), case["expected"]
        case "ToLowerInvariant":
            return text.LCase(this(case)), case["expected"]
    return "casing by a culture; ours is invariant"


def title(case: Case) -> Answers:
    return text.PCase(case["args"][0], context=context()), case["expected"]


def index_of(case: Case) -> Answers:
    sought, comparison = case["args"]
    if not this(case) or not sought:
        return "for an empty text the language follows Visual Basic"
    words = {"Ordinal": "vbBinaryCompare", "OrdinalIgnoreCase": "vbTextCompare"}
    search = text.InStr if case["method"] == "IndexOf" else text.InStrRev
    start = 1 if case["method"] == "IndexOf" else -1
    found = search(this(case), sought, start, words[comparison], context=context())
    return found - 1, case["expected"]


def in_str(case: Case) -> Answers:
    arguments = list(case["args"])
    if arguments[-1] == "Text" and not all(str(a).isascii() for a in arguments):
        return "Text compares by a culture, we without regard to case only"
    if case["method"] == "InStr" and isinstance(arguments[0], int):
        start, where, sought, compare = arguments
        if start > len(where) and not sought:
            return "beyond the end the language finds nothing"
    else:
        where, sought, start, compare = [*arguments[:2], *([1] if len(arguments) == 3 else []),
                                         *arguments[2:]]  # fmt: skip
    search = text.InStr if case["method"] == "InStr" else text.InStrRev
    return attempt(search, where or "", sought or "", start, f"vb{compare}Compare",
                   context=context()), wanted(case)  # fmt: skip


def contains(case: Case) -> Answers:
    found = multivalued.Contains((this(case),), case["args"][0], context=context())
    return found == 1, case["expected"]


def trim(case: Case) -> Answers:
    if case["method"] != "Trim":
        return "another member than Trim"
    return text.Trim(this(case)), case["expected"]


def split(case: Case) -> Answers:
    where, arguments = (
        (this(case), case["args"]) if "this" in case else (case["args"][0], case["args"][1:])
    )
    delimiter, limit = arguments[0], arguments[1] if isinstance(arguments[1], int) else -1
    if arguments[-1] not in ("None", "Binary") or len(delimiter) != 1:
        return "a delimiter of the language is one character, compared exactly"
    if not where:
        return "an empty text has no parts"
    return list(multivalued.Split(where, delimiter, limit)), case["expected"]


def join(case: Case) -> Answers:
    delimiter, values = case["args"]
    return multivalued.Join(tuple(values), delimiter), case["expected"]


def pad(case: Case) -> Answers:
    length, character = case["args"]
    if length < 0:
        return "a negative length leaves the text as it is"
    function = {"PadLeft": text.PadLeft, "PadRight": text.PadRight}[case["method"]]
    return function(this(case), length, character), case["expected"]


def left_right(case: Case) -> Answers:
    where, length = case["args"]
    if length < 0:
        return "a negative length gives the whole text"
    return {"Left": text.Left, "Right": text.Right}[case["method"]](where, length), wanted(case)


def mid(case: Case) -> Answers:
    where, start, *length = case["args"]
    if start < 1 or start > len(dotnet.units(where)) or (length and length[0] < 0):
        return "a start or length out of range gives the whole text"
    return text.Mid(where, start, *length, context=context()), case["expected"]


def substring(case: Case) -> Answers:
    if isinstance(case["expected"], dict) or case["args"][0] == len(dotnet.units(this(case))):
        return "a start or length out of range gives the whole text"
    start, *length = case["args"]
    return text.Mid(this(case), start + 1, *length, context=context()), case["expected"]


def replace(case: Case) -> Answers:
    return text.Replace(this(case), *case["args"]), case["expected"]


def length(case: Case) -> Answers:
    return text.Len(this(case) if "this" in case else case["args"][0]), case["expected"]


def number(case: Case) -> Answers:
    if case.get("type") == "Int64" or case["method"] == "ToInt64":
        got = attempt(conversion.CNum, case["args"][0])
        expected = wanted(case)
        if isinstance(expected, dict):  # TryParse
            expected = expected["out"] if expected["return"] else ERROR
        return got, expected
    return "the only numbers of the language are whole ones of 64 bits"


# -- moments ----------------------------------------------------------------------------------


def parse(case: Case) -> Answers:
    expected = case["expected"]
    out = expected.get("out", {}) if expected.get("return") else {}
    moment = out.get("iso")
    if moment and case["args"][0] in ("6.3", "1.1"):
        return "what is completed with the current day or year is refused"
    if moment and moment.startswith("0001-01-01T23"):
        return "what a zone moves out of the years 1 to 9999 is refused"
    if "AssumeLocal" in str(case["args"][-1]):
        return "a text without a zone is UTC"
    if out.get("kind") == "Local" and case["tz"] != "UTC":
        return "the answer is in local time"
    got = parse_time(case["args"][0])
    return (iso(got) if got else None), moment[:26] if moment else None


def form(case: Case) -> Answers:
    format, culture = case["args"]
    moment, _, kind = this(case).partition("|")
    if culture and (not format or (len(format) == 1 and format in "dDfFgGmMtTUyY")):
        return "standard formats are those of the invariant culture"
    if kind != "Utc" and any(letter in format for letter in "zKoO"):
        return "every moment of the language is in UTC"
    if moment[26:] not in ("", "0") and ("fffffff" in format or format in ("o", "O")):
        return "a moment here has microseconds, not ticks"
    return attempt(date_time.FormatDateTime, instant(moment), format), wanted(case)


def filetime(case: Case) -> Answers:
    if case["method"] == "FromFileTimeUtc":
        if case["args"][0] % 10:
            return "a moment here has microseconds, not ticks"
        got = attempt(date_time.DateFromNum, case["args"][0])
        expected = wanted(case)
        return (got if got == ERROR else iso(got)), (
            expected["iso"] if isinstance(expected, dict) else expected
        )
    if case["method"].startswith("ToFileTime") and this(case).endswith("|Utc"):
        if ".9999999" in this(case):
            return "a moment here has microseconds, not ticks"
        return attempt(date_time.NumFromDate, instant(this(case))), wanted(case)
    return "another member than FromFileTimeUtc and ToFileTimeUtc"


def add(case: Case) -> Answers:
    interval = {"AddMonths": "m", "AddYears": "yyyy", "AddDays": "d", "AddHours": "h",
                "AddSeconds": "s"}[case["method"]]  # fmt: skip
    number = float(case["args"][0])
    if number != int(number):
        return "numbers of the language are whole ones"
    got = attempt(date_time.DateAdd, interval, int(number), instant(this(case)))
    expected = wanted(case)
    return (got if got == ERROR else iso(got)), (
        expected["iso"] if isinstance(expected, dict) else expected
    )


# -- bytes ------------------------------------------------------------------------------------


def guid_form(case: Case) -> Answers:
    if case["args"] not in ([], ["D"]):
        return "StringFromGuid knows the form D only"
    return conversion.StringFromGuid(bytes.fromhex(this(case)), context=context()), case[
        "expected"
    ]


def guid_parse(case: Case) -> Answers:
    given, form = case["args"]
    if form not in ("D", "B"):
        return "a GUID of the language has hyphens, and braces or none"
    got = dotnet.guid_digits(given) is not None and given.startswith("{") == (form == "B")
    if case["expected"]["return"] and not got:
        return "the two published patterns have no blanks, signs or prefixes"
    return got, case["expected"]["return"]


def guid_bytes(case: Case) -> Answers:
    got = attempt(conversion.StringFromGuid, bytes.fromhex(case["args"][0]), context=context())
    expected = wanted(case)
    return got, expected["guid"] if isinstance(expected, dict) else expected


def sid(case: Case) -> Answers:
    got = attempt(conversion.StringFromSid, bytes.fromhex(case["args"][0]))
    expected = wanted(case)
    return got, expected["sid"] if isinstance(expected, dict) else expected


def base64_decode(case: Case) -> Answers:
    data = dotnet_bytes.from_base64(case["args"][0])
    return (ERROR if data is None else {"hex": data.hex().upper()}), wanted(case)


def base64_encode(case: Case) -> Answers:
    return conversion.ConvertToBase64(bytes.fromhex(case["args"][0])), case["expected"]


ENCODINGS = {"utf-8": "UTF8", "utf-16": "Unicode", "ascii": "ASCII"}


def decode(case: Case) -> Answers:
    if this(case) not in ENCODINGS:
        return "no encoding of the language"
    data = bytes.fromhex(case["args"][0])
    return dotnet_bytes.decode(data, ENCODINGS[this(case)]), case["expected"]


def encode(case: Case) -> Answers:
    if this(case) not in ENCODINGS:
        return "no encoding of the language"
    data = dotnet_bytes.encode(case["args"][0], ENCODINGS[this(case)])
    return {"hex": data.hex().upper()}, case["expected"]


READERS: dict[str, Callable[[Case], Answers]] = {
    "case": casing, "titlecase": title, "indexof-ordinal": index_of, "lastindexof": index_of,
    "vb-instr": in_str, "vb-instr-start": in_str, "vb-instrrev": in_str, "contains": contains,
    "trim": trim, "split": split, "vb-split": split, "join": join, "pad": pad,
    "vb-left-right": left_right, "vb-mid": mid, "substring": substring, "replace": replace,
    "length": length, "vb-len": length, "number-default": number, "number-convert": number,
    "parse": parse, "parse-zoned": parse, "parse-styles": parse,
    "format-standard": form, "format-custom": form, "filetime": filetime, "add": add,
    "guid-format": guid_form, "guid-tryparseexact": guid_parse, "guid-ctor": guid_bytes,
    "sid-from-bytes": sid, "base64-decode": base64_decode, "base64-encode": base64_encode,
    "decode": decode, "encode": encode,
}  # fmt: skip


# -- helpers ----------------------------------------------------------------------------------


def this(case: Case) -> Any:
    return case["this"]["value"]


def wanted(case: Case) -> Any:
    expected = case["expected"]
    return ERROR if isinstance(expected, dict) and "error" in expected else expected


def attempt(function: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
    try:
        return function(*arguments, **more)
    except ObjectError:
        return ERROR


def instant(moment: str) -> datetime:
    return datetime.fromisoformat(moment.partition("|")[0][:26]).replace(tzinfo=UTC)


def iso(moment: datetime) -> str:
    written = moment.replace(tzinfo=None).isoformat()
    return written.rstrip("0") if "." in written else written


def golden(file: str) -> dict[str, list[Case]]:
    features: dict[str, list[Case]] = {}
    for case in json.loads((GOLDEN / f"{file}.json").read_text(encoding="utf-8"))["cases"]:
        features.setdefault(case["feature"], []).append(case)
    return features


FEATURES = [
    pytest.param(cases, id=f"{file}-{feature}")
    for file in ("strings", "datetime", "misc")
    for feature, cases in golden(file).items()
]


@pytest.mark.parametrize("cases", FEATURES)
def test_feature(cases: list[Case]):
    reader = READERS[cases[0]["feature"]]
    tally: Counter[str] = Counter()
    for case in cases:
        answers = reader(case)
        if isinstance(answers, str):
            tally[f"other by design: {answers}"] += 1
            continue
        got, expected = (dotnet.characters(a) if isinstance(a, str) else a for a in answers)
        assert got == expected, case
        tally["hold"] += 1
    assert tally["hold"]
    print(f"\n  {dict(tally)}")


@pytest.mark.parametrize(
    ("table", "function"),
    [("windows_upper_simple", dotnet.upper), ("windows_lower_simple", dotnet.lower)],
)
def test_every_letter_of_the_bmp_is_cased_as_windows_does(
    table: str, function: Callable[[str], str]
):
    tables = json.loads((GOLDEN / "casing.json").read_text(encoding="utf-8"))["tables"]
    pairs = (pair.split(">") for pair in tables[table].split())
    cased = {int(letter, 16): int(other, 16) for letter, other in pairs}
    for point in [*range(0xD800), *range(0xE000, 0x10000)]:
        assert function(chr(point)) == chr(cased.get(point, point)), hex(point)


def test_trim_takes_what_dotnet_takes():
    tables = json.loads((GOLDEN / "casing.json").read_text(encoding="utf-8"))["tables"]
    points: set[int] = set()
    for part in tables["Trim"].split():
        first, _, last = part.partition("-")
        points |= set(range(int(first, 16), int(last or first, 16) + 1))
    assert {ord(c) for c in dotnet.WHITE_SPACE} == points


# -- private parts ----------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["", "a", "😀", "a😀b", "\ud83d", "\ude00\ud83d"])
def test_code_units_and_back(written: str):
    units = dotnet.units(written)
    assert len(units) == len(written.encode("utf-16-le", "surrogatepass")) // 2
    assert dotnet.characters(units) == written


@pytest.mark.parametrize(
    ("dn", "parts"),
    [
        ("", ()),
        ("CN=a", ("CN=a",)),
        ("CN=a, OU=b ,DC=c", ("CN=a", "OU=b", "DC=c")),
        (r"CN=a\,b,DC=c", (r"CN=a\,b", "DC=c")),
        (r"CN=a\\,DC=c", (r"CN=a\\", "DC=c")),
        (r"CN=a\ ,DC=c", (r"CN=a\ ", "DC=c")),
        (r"CN=a\2Cb,DC=c", (r"CN=a\2Cb", "DC=c")),
        ('CN="a,b",DC=c', ('CN="a,b"', "DC=c")),
        ('CN=a"b,DC=c', ('CN=a"b', "DC=c")),
        ("CN=a\\", ("CN=a\\",)),
    ],
)
def test_components(dn: str, parts: tuple[str, ...]):
    assert directory.components(dn) == parts


@pytest.mark.parametrize(
    "written",
    ["9" * 20000, "1/" * 10000, "Jan " * 5000, " " * 20000, "2013-01-10 " + "0:" * 9000],
)
def test_a_long_text_that_is_no_date_is_refused_at_once(written: str):
    assert parse_time(written) is None


@pytest.mark.parametrize(
    ("cased", "acronyms"),
    [("Ab Cd", ()), ("AB cd", ("AB",)), ("A b", ()), ("O'NEIL", ("O'NEIL",))],
)
def test_words_left_in_capitals_are_told(cased: str, acronyms: tuple[str, ...]):
    assert dotnet.title_case(cased)[1] == acronyms
