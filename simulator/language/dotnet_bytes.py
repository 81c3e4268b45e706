"""Bytes and text as .NET converts them: Base64, encodings, security identifiers."""

import base64
import binascii
import codecs
import re
from typing import Literal, TypeAlias

Encoding: TypeAlias = Literal["Unicode", "UTF8", "ASCII"]

_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_SKIPPED = str.maketrans("", "", " \t\r\n")


def from_base64(text: str) -> bytes | None:
    """Convert.FromBase64String: strict, but for blank, tab and line ends; `None` if malformed."""
    digits = text.translate(_SKIPPED)
    return binascii.a2b_base64(digits) if _BASE64.fullmatch(digits) else None


def to_base64(data: bytes) -> str:
    """Convert.ToBase64String: one line, with padding."""
    return base64.b64encode(data).decode("ascii")


def encode(text: str, encoding: Encoding) -> bytes:
    """Encoding.GetBytes: half a surrogate pair becomes U+FFFD, or `?` in ASCII."""
    if encoding == "ASCII":
        joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return "".join("??" if c > "\uffff" else c for c in joined).encode("ascii", "replace")
    whole = text.encode("utf-16-le", "surrogatepass")
    whole_text = decode(whole, "Unicode")
    return whole_text.encode("utf-8" if encoding == "UTF8" else "utf-16-le")


def decode(data: bytes, encoding: Encoding) -> str:
    """Encoding.GetString: what cannot be decoded becomes U+FFFD, or `?` in ASCII."""
    match encoding:
        case "ASCII":
            return "".join(chr(b) if b < 0x80 else "?" for b in data)
        case "UTF8":
            return data.decode("utf-8", "dotnet")
        case "Unicode":
            return _decode_utf16(data)


def _replacement(error: UnicodeError) -> tuple[str, int]:
    """One U+FFFD for what cannot be read; a forbidden second byte goes with its lead."""
    assert isinstance(error, UnicodeDecodeError)
    lead, after = (
        error.object[error.start],
        error.object[error.start + 1 : error.start + 2],
    )
    forbidden = lead in b"\xe0\xed\xf0\xf4" and error.end == error.start + 1
    if forbidden and after and 0x80 <= after[0] <= 0xBF:
        return "\ufffd", error.start + 2
    return "\ufffd", error.end


codecs.register_error("dotnet", _replacement)


def _decode_utf16(data: bytes) -> str:
    """Python's decoder swallows what follows half a pair, .NET's does not."""
    text = data[: len(data) & ~1].decode("utf-16-le", "surrogatepass")
    text = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    # An odd byte after half a pair is one replacement together with it.
    odd = len(data) & 1 and not (len(data) > 2 and 0xD8 <= data[-2] <= 0xDB)
    return text + "\ufffd" if odd else text


def sid_text(data: bytes) -> str | None:
    """`S-1-...` of a security identifier in its binary form; `None` if it is none."""
    if len(data) < 8 or data[0] != 1 or data[1] > 15 or len(data) < 8 + 4 * data[1]:
        return None
    authority = int.from_bytes(data[2:8], "big")
    parts = (data[8 + 4 * i : 12 + 4 * i] for i in range(data[1]))
    return "-".join(["S-1", str(authority), *(str(int.from_bytes(p, "little")) for p in parts)])
