"""The same facts, read quickly from bytes that a strict reader has accepted.

Nothing is checked twice. Where anything is out of the ordinary the answer is `None`, and the
lenient functions give it instead.
"""

import re
from datetime import datetime
from typing import TypeAlias

from simulator.certificates.der import (
    CONTEXT,
    GENERALIZED_TIME,
    OBJECT_ID,
    SEQUENCE,
    SET,
    UTC_TIME,
)
from simulator.certificates.names import LABELS

# As in a `Layout`; a plain tuple is quicker made, and quicker read.
Positions: TypeAlias = tuple[int | None, int, int, int, int, int, int, int]


def positions(data: bytes) -> Positions:
    """Where the parts of the certificate *data* begin."""
    length = data[1]
    start = 2 if length < 0x80 else 2 + (length & 0x7F)
    length = data[start + 1]
    if length < 0x80:
        position = start + 2
        limit = position + length
    else:
        position = start + 2 + (length & 0x7F)
        limit = position + int.from_bytes(data[start + 2 : position])
    version = None
    if data[position] == CONTEXT:
        version = position + 2
        position += 2 + data[position + 1]
    serial = position
    length = data[serial + 1]
    signature = serial + 2 + length if length < 0x80 else _end(data, serial)
    length = data[signature + 1]
    issuer = signature + 2 + length if length < 0x80 else _end(data, signature)
    length = data[issuer + 1]
    validity = issuer + 2 + length if length < 0x80 else _end(data, issuer)
    subject = validity + 2 + data[validity + 1]
    length = data[subject + 1]
    key = subject + 2 + length if length < 0x80 else _end(data, subject)
    return version, serial, signature, issuer, validity, subject, key, limit


def _end(data: bytes, position: int) -> int:
    length = data[position + 1]
    if length < 0x80:
        return position + 2 + length
    content = position + 2 + (length & 0x7F)
    return content + int.from_bytes(data[position + 2 : content])


def has_long_year(data: bytes, layout: Positions) -> bool:
    """Whether a date of the certificate has a year of four digits."""
    first = layout[4] + 2
    return data[first] == GENERALIZED_TIME or data[first + 2 + data[first + 1]] == GENERALIZED_TIME


def quick_time(data: bytes, position: int) -> datetime | None:
    """The instant written at *position*, if it has the usual form."""
    if data[position] != UTC_TIME or data[position + 1] != 13:
        return None
    text = data[position + 2 : position + 15].decode("ascii")
    century = "20" if text < "5" else "19"
    return _instant(f"{century}{text[:6]}T{text[6:]}")


_instant = datetime.fromisoformat
_SPECIAL = re.compile(r'[,+="<>#;\t\n\r\0]').search  # needs quotes, or the lenient reading
_UNUSUAL = re.compile(r"[\t\r\0]").search  # may need quotes at an end, or end the text
_TEXTS = (12, 19, 22)  # UTF-8, and two that are ASCII
_ORDINARY = re.compile(rb"[0-9A-Za-z{}.-]+").fullmatch
# Names of a single common name, up to its text of so many bytes.
_ONE_COMMON_NAME = frozenset(
    bytes((SEQUENCE, n + 11, SET, n + 9, SEQUENCE, n + 7, OBJECT_ID, 3, 0x55, 4, 3, tag, n))
    for tag in _TEXTS
    for n in range(1, 0x80 - 11)
)


def quick_name(data: bytes, start: int) -> str | None:
    """The name at *start* as Windows prints it, if each component is one short ordinary text."""
    length = data[start + 1]
    if data[start : start + 13] in _ONE_COMMON_NAME:  # so it is in the certificates of devices
        content = data[start + 13 : start + 2 + length]
        if _ORDINARY(content):
            return "CN=" + content.decode("ascii")
    if length >= 0x80:
        return None
    position = start + 2
    end = position + length
    printed = ""
    while position < end:
        size = data[position + 1]
        # A set with one sequence that fills it, a short type, and a text that fills the rest.
        if data[position + 2] != SEQUENCE or data[position + 3] + 2 != size:
            return None
        value = position + 6 + data[position + 5]
        label = _LABELS.get(data[position + 6 : value])
        position += 2 + size
        tag = data[value]
        if label is None or tag not in _TEXTS or value + 2 + data[value + 1] != position:
            return None
        try:
            text = data[value + 2 : position].decode()
        except UnicodeDecodeError:
            return None
        if not text or text[0] == " " or text[-1] == " ":
            return None
        if tag != 12 and not text.isascii():
            return None
        if _SPECIAL(text):
            if _UNUSUAL(text):
                return None
            text = '"' + text.replace('"', '""') + '"'
        printed = f"{label}{text}, {printed}" if printed else label + text
    return printed


def _encoded(object_id: str) -> bytes:
    """The content octets of *object_id*."""
    first, second, *rest = map(int, object_id.split("."))
    octets = [first * 40 + second]
    for number in rest:
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.insert(0, number & 0x7F | 0x80)
        octets += groups
    return bytes(octets)


_LABELS = {_encoded(object_id): f"{label}=" for object_id, label in LABELS.items()}
