"""Functions that turn a value of one type into another. Source: specification section 8."""

from datetime import datetime

from simulator.assumptions import DECIDED
from simulator.errors import ObjectError
from simulator.language import dotnet, dotnet_bytes
from simulator.language.context import Context
from simulator.language.dotnet_bytes import Encoding
from simulator.language.dotnet_parse import parse_time
from simulator.language.function import function
from simulator.values import Reference, Value, guid_text, type_name


@function(null_observed=True)
def CBool(value: Value, *, context: Context) -> Value:
    """Whether *value* counts as True.

    A number does if it is not 0, a Boolean stays as it is, NULL does not. Of a list each value is
    taken by itself.

    CBool(5)  -> True
    CBool(0)  -> False
    CBool(InStr("abc", "b") > 0)  -> True
    CBool(NULL)  -> False

    Assumed: A-21, the texts True and False are taken in any case.
    """
    match value:
        case None:
            return False
        case bool() | int():
            return bool(value)
        case str() if value.lower() in ("true", "false"):
            if context.reading("A-21") != DECIDED:
                raise ObjectError("type-mismatch", "CBool cannot take text (A-21)")
            context.note("cbool-text", "CBool takes the text True or False")
            return value.lower() == "true"
        case tuple():
            return tuple(_single(CBool(each, context=context)) for each in value)
    raise ObjectError(
        "type-mismatch",
        f"CBool cannot take {type_name(value)}",
        'compare it with a value, as in `[a] = "x"`',
    )


def _single(value: Value) -> bool:
    return value is True


@function
def CDate(text: str) -> datetime:
    """The moment, in UTC, that *text* names.

    Read are dates such as 2013-01-10, 12/25/2007 (month first) and 10 Jan 2013, with or without a
    time (16:00, 4:00 PM) and a zone (Z, -8, +05:30). Without a zone UTC is meant. A date without a
    year is an error, and so is the directory's own notation, 20240101120000.0Z.

    CDate("2013-01-10 4:00 PM -8")  -> 2013-01-11T00:00:00Z
    CDate("12/25/2007")  -> 2007-12-25T00:00:00Z
    CDate("2024-03-01 08:00:00")  -> 2024-03-01T08:00:00Z
    CDate(NULL)  -> NULL
    """
    moment = parse_time(text)
    if moment is None:
        digits = text.split(".")[0]
        generalized = digits.isdecimal() and len(digits) == 14 and text.endswith("Z")
        raise ObjectError(
            "bad-date",
            f"CDate cannot read `{text}` as a date",
            "this is GeneralizedTime; put hyphens and colons between its parts with Mid and `&`"
            if generalized
            else "write it as 2024-03-01 08:00:00",
        )
    return moment


@function
def CGuid(text: str) -> bytes:
    """The 16 bytes of the GUID in *text*, in the order in which a directory keeps them.

    The text has hyphens, with or without braces.

    ConvertToBase64(CGuid("{3F2504E0-4F89-41D3-9A0C-0305E82C3301}"))  -> "4AQlP4lP00GaDAMF6CwzAQ=="
    Len(CGuid("3f2504e0-4f89-41d3-9a0c-0305e82c3301"))  -> 16
    """
    digits = dotnet.guid_digits(text)
    if digits is None:
        raise ObjectError("bad-guid", f"`{text}` is no GUID", "test it with IsGuid first")
    from uuid import UUID

    return UUID(digits).bytes_le


@function
def CNum(text: str | bytes) -> int:
    """The whole number that *text* shows in decimal digits, or that bytes hold.

    White space around the digits means nothing. Of bytes, at most eight, the first counts least.

    CNum("42")  -> 42
    CNum(" -7 ")  -> -7
    CNum(CBin(258, 2))  -> 258
    """
    if isinstance(text, bytes):
        if not 1 <= len(text) <= 8:
            raise ObjectError("bad-number", f"CNum takes 1 to 8 bytes, not {len(text)}")
        number: int | None = int.from_bytes(text, "little")
    else:
        number = dotnet.parse_integer(text)
    if number is None:
        raise ObjectError(
            "bad-number",
            f"`{text!s}` is no whole number",
            "test it with IsNumeric first",
        )
    if not dotnet.INT64_MIN <= number <= dotnet.INT64_MAX:
        raise ObjectError("overflow", f"{number} is beyond 64 bits")
    return number


@function
def CRef(text: str) -> Reference:
    """A reference to the object whose distinguished name is *text*.

    CRef("CN=Joe,DC=contoso,DC=com") = "CN=Joe,DC=contoso,DC=com"  -> True
    CStr(CRef("CN=Joe,DC=contoso,DC=com"))  -> "CN=Joe,DC=contoso,DC=com"
    """
    kind, equals, value = text.partition("=")
    if not equals or not value or not kind.strip().replace("-", "").replace(".", "").isalnum():
        raise ObjectError(
            "type-mismatch",
            f"`{text}` is no distinguished name",
            "one begins with a component such as `CN=name`",
        )
    return Reference(text)


@function
def CStr(value: str | int | bool | Reference) -> str:
    """*value* as text.

    CStr(255)  -> "255"
    CStr(1 = 1)  -> "True"
    CStr(CRef("CN=Joe,DC=contoso,DC=com"))  -> "CN=Joe,DC=contoso,DC=com"
    """
    match value:
        case Reference(dn=dn):
            return dn
        case _:
            return str(value)


@function(documented=False)
def CBin(value: int, size: int, *, context: Context) -> bytes:
    """The number *value* in *size* bytes, the first of which counts least.

    CNum(CBin(258, 2))  -> 258
    Len(CBin(0, 4))  -> 4

    Assumed: A-22, the order of the bytes.
    """
    _undocumented("CBin", context)
    if not 0 <= size <= 8:
        raise ObjectError("type-mismatch", f"CBin cannot make {size} bytes of a number")
    try:
        return value.to_bytes(size, "little", signed=value < 0)
    except OverflowError:
        raise ObjectError("overflow", f"{value} does not fit into {size} bytes") from None


@function(documented=False)
def Thumbprint(data: bytes, *, context: Context) -> bytes:
    """The SHA-256 digest of *data*.

    Len(Thumbprint(CBin(1, 1)))  -> 32
    ConvertToBase64(Thumbprint(CBin(0, 0)))  -> "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

    Assumed: A-22, the kind of the digest.
    """
    _undocumented("Thumbprint", context)
    from hashlib import sha256

    return sha256(data).digest()


def _undocumented(name: str, context: Context) -> None:
    context.reading("A-22")
    context.note("undocumented", f"{name} is in no reference page; what it does is inferred")


@function
def ConvertFromBase64(text: str, encoding: Encoding = "Unicode") -> str:
    """The text that *text* holds in Base64, in UTF-16 unless *encoding* names another one.

    ConvertFromBase64("SABlAGwAbABvACAAdwBvAHIAbABkACEA")  -> "Hello world!"
    ConvertFromBase64("SGVsbG8gd29ybGQh", UTF8)  -> "Hello world!"
    ConvertFromBase64("")  -> ""
    """
    data = dotnet_bytes.from_base64(text)
    if data is None:
        raise ObjectError("bad-encoding", f"`{text}` is not Base64")
    return dotnet_bytes.decode(data, encoding)


@function
def ConvertToBase64(value: str | bytes) -> str:
    """The bytes of *value* in Base64; those of a text are its UTF-16 form.

    Of an objectGUID this is the form that is known as the ImmutableId.

    ConvertToBase64("Hello world!")  -> "SABlAGwAbABvACAAdwBvAHIAbABkACEA"
    ConvertToBase64("")  -> ""
    """
    data = value if isinstance(value, bytes) else dotnet_bytes.encode(value, "Unicode")
    return dotnet_bytes.to_base64(data)


@function
def ConvertFromUTF8Hex(text: str) -> str:
    """The text whose UTF-8 bytes *text* shows in hexadecimal digits.

    ConvertFromUTF8Hex("48656C6C6F20776F726C6421")  -> "Hello world!"
    ConvertFromUTF8Hex("c3a9")  -> "é"
    """
    if len(text) % 2 or not text.isascii() or not (text.isalnum() or not text):
        raise ObjectError("bad-encoding", f"`{text}` is no text of hexadecimal pairs")
    try:
        data = bytes.fromhex(text)
    except ValueError:
        raise ObjectError("bad-encoding", f"`{text}` is no text of hexadecimal pairs") from None
    return dotnet_bytes.decode(data, "UTF8")


@function
def ConvertToUTF8Hex(text: str) -> str:
    """The UTF-8 bytes of *text* in hexadecimal digits, two for each byte, in capitals.

    ConvertToUTF8Hex("Hello world!")  -> "48656C6C6F20776F726C6421"
    ConvertToUTF8Hex("é")  -> "C3A9"
    """
    return dotnet_bytes.encode(text, "UTF8").hex().upper()


@function
def StringFromGuid(value: bytes, *, context: Context) -> str:
    """The GUID in 16 bytes as text: small letters, hyphens, no braces.

    Left(StringFromGuid(CGuid("{3F2504E0-4F89-41D3-9A0C-0305E82C3301}")), 13)  -> "3f2504e0-4f89"
    StringFromGuid(NULL)  -> NULL

    Assumed: A-13, small letters and no braces.
    """
    if len(value) != 16:
        raise ObjectError("bad-guid", f"a GUID has 16 bytes, not {len(value)}")
    text = guid_text(value)
    return text if context.reading("A-13") == DECIDED else text.upper()


@function
def StringFromSid(value: bytes) -> str:
    """The security identifier in *value* as text, `S-1-...`.

    StringFromSid(CBin(1, 8))  -> "S-1-0"
    StringFromSid(NULL)  -> NULL
    """
    text = dotnet_bytes.sid_text(value)
    if text is None:
        raise ObjectError("bad-encoding", f"{len(value)} bytes are no security identifier")
    return text
