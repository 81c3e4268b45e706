"""A certificate with pseudonyms for the names in it, that rules read as they read the first.

Its texts are replaced one by one in the encoding, wherever they stand: names, alternative names,
addresses of revocation lists. GUIDs, dates, keys and identifiers stay. The signature does not fit
any more, which no rule looks at.
"""

import base64
import hashlib
import hmac
import re

from simulator.certificates import Certificate, CertificateError, read_certificate
from simulator.sources.binary import from_base64
from simulator.sources.pseudonym import Pseudonyms

_TEXTS = {0x0C: "utf-8", 0x13: "ascii", 0x14: "latin-1", 0x16: "ascii", 0x1A: "ascii",
          0x1B: "latin-1", 0x1C: "utf-32-be", 0x1E: "utf-16-be", 0x12: "ascii"}  # fmt: skip
_OCTETS = 0x04
_ADDRESS = 0x87  # of a machine, in an alternative name
_PUBLIC = re.compile(r"MS-Organization-[\w -]+(?:\[\d+\])?|Microsoft[\w .-]*", re.IGNORECASE)
_PEM = re.compile(rb"-----BEGIN ([A-Z ]+)-----\s+([A-Za-z0-9+/=\s]+?)-----END \1-----\s*")
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DEEPEST = 30


def redacted_certificate(data: bytes, pseudonyms: Pseudonyms) -> bytes:
    """*data* without names; `ValueError` where that cannot be done without changing its facts."""
    before = _read(data)
    if before is None:
        return _noise(data, pseudonyms)
    changed = _changed(data, pseudonyms)
    after = _read(changed)
    if after is None or _facts(after) != _facts(before):
        raise ValueError("a certificate whose facts would change")
    return changed


def _changed(data: bytes, pseudonyms: Pseudonyms) -> bytes:
    if match := _PEM.fullmatch(data):
        inner = from_base64("".join(match[2].decode().split()))
        if inner is None:
            raise ValueError("no base64 within")
        encoded = base64.encodebytes(_elements(inner, pseudonyms, _DEEPEST)).decode()
        label = match[1].decode()
        return f"-----BEGIN {label}-----\n{encoded}-----END {label}-----\n".encode()
    if (inner := from_base64(b"".join(data.split()).decode("latin-1"))) is not None:
        return base64.b64encode(_elements(inner, pseudonyms, _DEEPEST))
    return _elements(data, pseudonyms, _DEEPEST)


def _read(data: bytes) -> Certificate | None:
    try:
        return read_certificate(data)
    except CertificateError:
        return None


def _facts(certificate: Certificate) -> tuple[object, ...]:
    """What rules decide by: dates, the GUIDs named, and whether it is its own issuer."""
    subject = certificate.subject
    return (
        certificate.not_before,
        certificate.not_after,
        _GUID.findall(subject),
        certificate.issuer == subject,
        certificate.version,
        certificate.serial,
        bool(certificate.remark),
    )


def _noise(data: bytes, pseudonyms: Pseudonyms) -> bytes:
    """Other bytes, as many, that are no certificate either."""
    seed = hmac.new(pseudonyms.key, data, hashlib.sha256).digest()
    noise = hashlib.shake_256(seed).digest(len(data))
    noise = b"\xff" + noise[1:]  # no encoding begins so, nor does a text
    if _read(noise) is not None:
        raise ValueError("cannot be replaced")
    return noise


def _elements(data: bytes, pseudonyms: Pseudonyms, deepest: int) -> bytes:
    """The elements in *data*, each with its texts replaced; `ValueError` if it holds no such."""
    if deepest == 0:
        raise ValueError("nested too deeply")
    result, at = [], 0
    while at < len(data):
        tag, content, at = _element(data, at)
        result.append(_encoded(tag, _content(tag, content, pseudonyms, deepest)))
    return b"".join(result)


def _element(data: bytes, at: int) -> tuple[int, bytes, int]:
    """Tag, content and end of the element at *at*; only the one form that DER allows."""
    if at + 2 > len(data) or data[at] & 0x1F == 0x1F:
        raise ValueError("no element")
    length, start = data[at + 1], at + 2
    if length >= 0x80:
        count = length & 0x7F
        start += count
        digits = data[at + 2 : start]
        length = int.from_bytes(digits, "big")
        if not 1 <= count <= 4 or len(digits) != count or digits[0] == 0 or length < 0x80:
            raise ValueError("no length")
    if start + length > len(data):
        raise ValueError("an element that is cut")
    return data[at], data[start : start + length], start + length


def _encoded(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + content


def _content(tag: int, content: bytes, pseudonyms: Pseudonyms, deepest: int) -> bytes:
    if tag & 0x20:
        return _elements(content, pseudonyms, deepest - 1)
    if tag in _TEXTS:
        return _text(content, _TEXTS[tag], pseudonyms)
    if tag == _ADDRESS and len(content) in (4, 16):
        return bytes(len(content))
    if tag == _OCTETS and content:
        try:
            return _elements(content, pseudonyms, deepest - 1)
        except ValueError:
            pass
    if (tag == _OCTETS or tag & 0xC0 == 0x80) and len(content) > 2 and _printable(content):
        return _text(content, "ascii", pseudonyms)
    return content


def _printable(content: bytes) -> bool:
    return all(0x20 <= byte < 0x7F for byte in content)


def _text(content: bytes, encoding: str, pseudonyms: Pseudonyms) -> bytes:
    text = content.decode(encoding)  # UnicodeDecodeError is a ValueError
    if len(text) <= 2 or _PUBLIC.fullmatch(text):  # a country, or an issuer of the cloud
        return content
    return pseudonyms.text(text).encode(encoding)
