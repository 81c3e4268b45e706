"""Elements of ASN.1 in BER or DER: tag, length and content, found leniently.

Windows reads certificates with a lenient decoder: lengths may be longer than needed or
indefinite. Nothing here interprets contents except object identifiers.
"""

from collections.abc import Iterator
from typing import NamedTuple

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, OBJECT_ID = 0x01, 0x02, 0x03, 0x04, 0x06
UTC_TIME, GENERALIZED_TIME = 0x17, 0x18
SEQUENCE, SET = 0x30, 0x31
CONTEXT = 0xA0  # constructed, context-specific; `CONTEXT + n` is [n]

_DEEPEST = 32


class CertificateError(ValueError):
    """The bytes are no certificate, or no part of one, that can be read."""


class Element(NamedTuple):
    """One element: its *tag* and, as positions, where it, its content and it ends."""

    tag: int
    start: int
    content: int
    content_end: int
    end: int


def element(data: bytes, start: int, limit: int, depth: int = 0) -> Element:
    """The element of *data* that begins at *start* and ends at *limit* at the latest."""
    if start + 2 > limit:
        raise CertificateError("it ends too early")
    tag = data[start]
    if tag & 0x1F == 0x1F:
        raise CertificateError("it has a tag that no certificate has")
    length = data[start + 1]
    content = start + 2
    if length == 0x80:
        content_end = _indefinite_end(data, tag, content, limit, depth)
        return Element(tag, start, content, content_end, content_end + 2)
    if length > 0x80:
        content += length & 0x7F
        if length == 0xFF or content > limit:
            raise CertificateError("a length in it is wrong")
        length = int.from_bytes(data[start + 2 : content])
    end = content + length
    if end > limit:
        raise CertificateError("it ends too early")
    return Element(tag, start, content, end, end)


def _indefinite_end(data: bytes, tag: int, content: int, limit: int, depth: int) -> int:
    """Where the content of an element of indefinite length ends: at two zero octets."""
    if not tag & 0x20 or depth == _DEEPEST:
        raise CertificateError("a length in it is wrong")
    while data[content : content + 2] != b"\0\0":
        content = element(data, content, limit, depth + 1).end
    if content + 2 > limit:
        raise CertificateError("it ends too early")
    return content


def children(data: bytes, parent: Element) -> Iterator[Element]:
    """The elements inside *parent*, in order."""
    position = parent.content
    while position < parent.content_end:
        child = element(data, position, parent.content_end)
        yield child
        position = child.end


def definite(data: bytes, found: Element) -> bytes:
    """*found* with its length in the one form that DER allows; its content stays as it is."""
    content = data[found.content : found.content_end]
    if len(content) < 0x80:
        return bytes((found.tag, len(content))) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8)
    return bytes((found.tag, 0x80 | len(length))) + length + content


def expect(found: Element, *tags: int) -> Element:
    """*found*, which must have one of *tags*."""
    if found.tag not in tags:
        raise CertificateError("its parts are not those of a certificate")
    return found


def content_of(data: bytes, found: Element) -> bytes:
    """The content octets of *found*; those of a string in pieces are put together."""
    if found.tag & 0x20 and found.tag & 0xC0 == 0 and found.tag not in (SEQUENCE, SET):
        return b"".join(content_of(data, piece) for piece in children(data, found))
    return data[found.content : found.content_end]


def object_id(data: bytes, found: Element) -> str:
    """The object identifier in *found* as numbers with dots."""
    expect(found, OBJECT_ID)
    numbers = []
    value = 0
    for octet in data[found.content : found.content_end]:
        value = value << 7 | octet & 0x7F
        if octet < 0x80:
            numbers.append(value)
            value = 0
    if not numbers or value:
        raise CertificateError("an object identifier in it is wrong")
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))
