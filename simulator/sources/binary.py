"""Bytes from the texts that files hold for them; `None` where a text is no such thing."""

import binascii
import re
from functools import lru_cache

_BEGINNING = re.compile(r"S-1-[0-9]{1,10}(-[0-9]{1,10}){0,14}")
_LAST = re.compile(r"[0-9]{1,10}")


def from_base64(text: str) -> bytes | None:
    """The bytes of base64 without anything else around or in it."""
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError):
        return None


def from_hex(text: str) -> bytes | None:
    """The bytes of hexadecimal digits."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return None


def from_sid(text: str) -> bytes | None:
    """The bytes of a security identifier written `S-1-...`."""
    beginning, _, last = text.rpartition("-")
    domain = _domain(beginning)
    if domain is None or not _LAST.fullmatch(last) or (number := int(last)) >= 2**32:
        return None
    return domain + number.to_bytes(4, "little")


@lru_cache(maxsize=1024)
def _domain(text: str) -> bytes | None:
    """The bytes of a security identifier without its last part, which is *text* so far."""
    if not _BEGINNING.fullmatch(text):
        return None
    authority, *parts = (int(part) for part in text.split("-")[2:])
    if any(part >= 2**32 for part in parts):
        return None
    tail = b"".join(part.to_bytes(4, "little") for part in parts)
    return bytes([1, len(parts) + 1]) + authority.to_bytes(6, "big") + tail


def from_numbers(values: object) -> bytes | None:
    """The bytes that a list of whole numbers from 0 to 255 stands for."""
    if not isinstance(values, list) or not values:
        return None
    if not all(type(v) is int and 0 <= v < 256 for v in values):
        return None
    return bytes(values)
