"""Functions on text: parts, search, case, padding, replacement.

Positions start at 1 and count UTF-16 code units, as the engine's .NET text does; that shows only
beyond U+FFFF. Source: specification section 7.
"""

from typing import Literal, TypeAlias

from simulator.assumptions import DECIDED
from simulator.errors import ObjectError
from simulator.language import dotnet
from simulator.language.context import Context
from simulator.language.dotnet import characters, units
from simulator.language.function import function

Comparison: TypeAlias = Literal["vbBinaryCompare", "vbTextCompare"]

_REST = 1 << 63  # longer than any number of the language: no length was given
_LONGEST = 1 << 20


@function
def InStr(
    text: str | None,
    sought: str | None,
    start: int = 1,
    compare: Comparison = "vbBinaryCompare",
    *,
    context: Context,
) -> int | None:
    """The position in *text* at which *sought* first occurs, from *start* on; 0 if nowhere.

    The case of letters counts, unless *compare* is vbTextCompare. An empty *sought* is found at
    *start*, an empty *text* contains nothing. A *start* below 1 is an error.

    InStr("The quick brown fox", "quick")  -> 5
    InStr("repEated", "e", 3)  -> 7
    InStr("repEated", "e", 3, vbTextCompare)  -> 4
    InStr("abc", "z")  -> 0
    InStr(NULL, "WINDOWS")  -> 0

    Assumed: A-09, NULL as the text or as what is sought gives 0.
    """
    if text is None or sought is None:
        return _not_found(context)
    if start < 1:
        raise ObjectError(
            "type-mismatch", f"InStr cannot start at {start}", "the first position is 1"
        )
    text, sought = _comparable(text, compare), _comparable(sought, compare)
    if start > len(text):
        return 0
    return text.find(sought, start - 1) + 1


@function
def InStrRev(
    text: str | None,
    sought: str | None,
    start: int = -1,
    compare: Comparison = "vbBinaryCompare",
    *,
    context: Context,
) -> int | None:
    """The position at which *sought* last occurs in *text*, ending at *start* at the latest.

    The position counts from the left. Without *start*, or with -1, the search begins at the end; a
    *start* beyond the end finds nothing. The case of letters counts, unless *compare* is
    vbTextCompare.

    InStrRev("abbcdbbbef", "bb")  -> 7
    InStrRev("abbcdbbbef", "bb", 6)  -> 2
    InStrRev("abc", "z")  -> 0
    InStrRev(NULL, "a")  -> 0

    Assumed: A-09, NULL as the text or as what is sought gives 0.
    """
    if text is None or sought is None:
        return _not_found(context)
    text, sought = _comparable(text, compare), _comparable(sought, compare)
    end = len(text) if start == -1 else start
    if end < 1 and start != -1:
        raise ObjectError(
            "type-mismatch",
            f"InStrRev cannot start at {start}",
            "the first position is 1",
        )
    if end > len(text) or not text:
        return 0
    return end if not sought else text.rfind(sought, 0, end) + 1


def _not_found(context: Context) -> int | None:
    return 0 if context.reading("A-09") == DECIDED else None


def _comparable(text: str, compare: Comparison) -> str:
    return units(dotnet.upper(text) if compare == "vbTextCompare" else text)


@function
def LCase(text: str) -> str:
    """*text* with small letters.

    The casing is that of the invariant culture: letter by letter, and the sharp s stays.

    LCase("TeSt")  -> "test"
    LCase("6.3 (9600)")  -> "6.3 (9600)"
    LCase(NULL)  -> NULL
    """
    return dotnet.lower(text)


@function
def UCase(text: str) -> str:
    """*text* with capital letters.

    The casing is that of the invariant culture: letter by letter, and the sharp s stays.

    UCase("Windows Server")  -> "WINDOWS SERVER"
    UCase("straße")  -> "STRAßE"
    UCase(NULL)  -> NULL
    """
    return dotnet.upper(text)


@function(null_observed=True)
def Left(text: str | None, length: int) -> str:
    """The first *length* characters of *text*.

    A negative *length*, or one beyond the end, gives the whole text. NULL gives an empty text.

    Left("6.3 (9600)", 3)  -> "6.3"
    Left("John Doe", 0)  -> ""
    Left("John Doe", -1)  -> "John Doe"
    Left(NULL, 3)  -> ""
    """
    if text is None or length < 0:
        return text or ""
    return characters(units(text)[:length])


@function(null_observed=True)
def Right(text: str | None, length: int) -> str:
    """The last *length* characters of *text*.

    A negative *length*, or one beyond the beginning, gives the whole text. NULL gives an empty
    text.

    Right("John Doe", 3)  -> "Doe"
    Right("John Doe", 0)  -> ""
    Right("ab", 9)  -> "ab"
    Right(NULL, 3)  -> ""
    """
    if text is None or length < 0:
        return text or ""
    all_units = units(text)
    return characters(all_units[max(0, len(all_units) - length) :])


@function
def Len(text: str | bytes | None) -> int:
    """The number of characters of *text*, or of bytes.

    NULL has none.

    Len("John Doe")  -> 8
    Len("")  -> 0
    Len(NULL)  -> 0
    """
    if text is None:
        return 0
    return len(text) if isinstance(text, bytes) else len(units(text))


@function(null_observed=True)
def Mid(
    text: str | bytes | None, start: int, length: int = _REST, *, context: Context
) -> str | bytes:
    """*length* characters (or bytes) of *text*, from position *start*; the first is position 1.

    A *length* of 0 gives an empty text. A negative *length*, a *start* below 1 or a *start* beyond
    the end give the whole text, unlike Visual Basic. NULL gives an empty text.

    Mid("John Doe", 3, 5)  -> "hn Do"
    Mid("John Doe", 6, 999)  -> "Doe"
    Mid("John Doe", 3, 0)  -> ""
    Mid("John Doe", 9, 2)  -> "John Doe"
    Mid(NULL, 1, 2)  -> ""

    Assumed: A-19, without a *length* the rest of the text is meant.
    """
    if length == _REST:
        if context.reading("A-19") != DECIDED:
            raise ObjectError("arity", "Mid takes three arguments (A-19)")
        context.note("mid-without-length", "Mid has two arguments; it gives the rest of the text")
    match text:
        case None:
            return ""
        case bytes():
            first, last = _part(len(text), start, length)
            return text[first:last]
        case str():
            all_units = units(text)
            first, last = _part(len(all_units), start, length)
            return characters(all_units[first:last])


def _part(size: int, start: int, length: int) -> tuple[int, int]:
    if length == 0:
        return 0, 0
    if length < 0 or start < 1 or start > size:
        return 0, size
    return start - 1, start - 1 + length


@function
def LTrim(text: str) -> str:
    """*text* without the white space before it.

    All white space of Unicode counts, not only the blank.

    LTrim(" Test ")  -> "Test "
    LTrim("   ")  -> ""
    """
    return text.lstrip(dotnet.WHITE_SPACE)


@function
def RTrim(text: str) -> str:
    """*text* without the white space after it.

    All white space of Unicode counts, not only the blank.

    RTrim(" Test ")  -> " Test"
    RTrim("   ")  -> ""
    """
    return text.rstrip(dotnet.WHITE_SPACE)


@function(null_observed=True)
def Trim(text: str) -> str:
    """*text* without the white space around it.

    All white space of Unicode counts, not only the blank.

    Trim(" Test ")  -> "Test"
    Trim("   ")  -> ""
    Trim(NULL)  -> NULL
    """
    return text.strip(dotnet.WHITE_SPACE)


@function(null_observed=True)
def PadLeft(text: str | None, length: int, character: str) -> str:
    """*text* filled up on the left with *character* until it has *length* characters.

    A longer text stays as it is. NULL gives an empty text, which is not filled up.

    PadLeft("User", 10, "0")  -> "000000User"
    PadLeft("User", 2, "0")  -> "User"
    PadLeft(NULL, 3, "0")  -> ""
    """
    return _padding("PadLeft", text, length, character) + (text or "")


@function(null_observed=True)
def PadRight(text: str | None, length: int, character: str) -> str:
    """*text* filled up on the right with *character* until it has *length* characters.

    A longer text stays as it is. NULL gives an empty text, which is not filled up.

    PadRight("User", 10, "0")  -> "User000000"
    PadRight("User", 2, "0")  -> "User"
    PadRight(NULL, 3, "0")  -> ""
    """
    return (text or "") + _padding("PadRight", text, length, character)


def _padding(name: str, text: str | None, length: int, character: str) -> str:
    if len(units(character)) != 1:
        raise ObjectError(
            "type-mismatch",
            f"{name} fills up with one character, not with `{character}`",
        )
    if text is None:
        return ""
    missing = max(0, length - len(units(text)))
    if missing > _LONGEST:
        raise ObjectError("overflow", f"{name} cannot make a text of {length} characters")
    return character * missing


@function
def PCase(text: str, *, context: Context) -> str:
    """*text* with a capital at the beginning of each word, and small letters in the rest.

    A word written all in capitals stays as it is; lower it first with LCase. Marks and digits
    belong to the word they stand in, also an apostrophe.

    PCase("TEsT")  -> "Test"
    PCase("britta simon")  -> "Britta Simon"
    PCase("TEST")  -> "TEST"
    PCase(LCase("TEST"))  -> "Test"

    Assumed: A-20, words all in capitals are left alone.
    """
    cased, acronyms = dotnet.title_case(text)
    if not acronyms:
        return cased
    if context.reading("A-20") != DECIDED:
        return dotnet.title_case(text, keep_capitals=False)[0]
    context.note("pcase-acronym", f"PCase left `{acronyms[0]}` in capitals")
    return cased


_MONIKERS = (("\\n", "\n"), ("\\r", "\r"), ("\\t", "\t"))


@function
def Replace(text: str, old: str, new: str | None) -> str:
    r"""*text* with *new* for every *old*; the case of letters counts.

    In *old* and *new*, `\n` stands for a line feed, `\r` for a carriage return, `\t` for a tab.
    NULL as *new* counts as empty; an empty *old* is an error.

    Replace("555-01-00", "-", "")  -> "5550100"
    Replace("a", "A", "b")  -> "a"
    Replace("a" & CRLF & "b", "\r\n", ", ")  -> "a, b"
    """
    if not old:
        raise ObjectError("type-mismatch", "Replace cannot look for an empty text")
    new = new or ""
    for moniker, character in _MONIKERS:
        old, new = old.replace(moniker, character), new.replace(moniker, character)
    return text.replace(old, new)


@function
def ReplaceChars(text: str, pattern: str) -> str:
    """*text* with single characters replaced as *pattern* says.

    *pattern* is a list of `source:target` pairs with commas between them. A source is one
    character, but not comma or colon; a target is any text, also none. White space in the pattern
    means nothing. What was put in is not replaced again.

    ReplaceChars("Räksmörgås", "å:a, ä:a, ö:o")  -> "Raksmorgas"
    ReplaceChars("O'Neil", "':")  -> "ONeil"
    ReplaceChars("Große", "ß:ss")  -> "Grosse"
    """
    targets: dict[int, str] = {}
    for pair in "".join(c for c in pattern if c not in dotnet.WHITE_SPACE).split(","):
        source, colon, target = pair.partition(":")
        if not colon or len(units(source)) != 1:
            raise ObjectError(
                "replace-pattern",
                f"`{pair}` in the pattern of ReplaceChars is no pair of one character and a text",
                'pairs are written `source:target`, as in "ä:a,ö:o"',
            )
        targets.setdefault(ord(source), target)
    return text.translate(targets)


@function(null_observed=True)
def Word(text: str | None, number: int, delimiters: str, *, context: Context) -> str:
    """The word of that *number* in *text*, cut at each character that occurs in *delimiters*.

    Two delimiters side by side have an empty word between them. A *number* below 1, or above the
    number of words, gives an empty text, and so does NULL as the text. A text without a delimiter
    is one word.

    Word("The quick brown fox", 3, " ")  -> "brown"
    Word("This,string!has&many separators", 3, ",!&#")  -> "has"
    Word("Test;;Function", 2, ";")  -> ""
    Word("a b", 3, " ")  -> ""
    Word(NULL, 1, " ")  -> ""
    """
    if text is None or number < 1:
        return ""
    cuts = set(units(delimiters))
    words, current = [], ""
    for character in units(text):
        if character in cuts:
            words.append(current)
            current = ""
        else:
            current += character
    words.append(current)
    if len(words) == 1:
        context.note("word-no-delimiter", "a text without any of the delimiters is one word")
    return characters(words[number - 1]) if number <= len(words) else ""


@function(alias="GUID")
def Guid(*, context: Context) -> str:
    """A new GUID as text: small letters, hyphens, no braces.

    It is another one at every call, so nothing that depends on it can be predicted.

    Len(Guid())  -> 36
    IsGuid(GUID())  -> True
    """
    context.note("nondeterministic", "Guid gives another value at every call")
    from uuid import uuid4

    return str(uuid4())
