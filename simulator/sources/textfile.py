"""Files of objects as numbered lines of text, whatever their encoding, without holding them.

UTF-8 with or without a mark, and UTF-16 with one; ldifde writes the latter on request.
"""

import codecs
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from simulator.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PEEK = 1 << 16
MAXIMUM_SIZE = 1 << 30  # what is held whole takes several times its size in memory


class Digest(Protocol):
    """What `hashlib.sha256()` gives, as far as it is needed here."""

    def update(self, data: bytes, /) -> None:
        """Takes *data* into the sum."""


def file_sum(path: Path) -> str:
    """The SHA-256 of the content of *path*."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def first_line(path: Path, name: str) -> str | None:
    """The first line of *path* that is not blank, with what is no text replaced; else `None`."""
    with _open(path, name) as stream:
        mark, encoding = _encoding(stream)
        stream.seek(len(mark))
        text = io.TextIOWrapper(stream, encoding, errors="replace")
        while line := text.readline(_PEEK):
            if line.strip():
                return line
    return None


def beginning(path: Path, name: str) -> str:
    """The first characters of *path*, enough to tell its format, what is no text replaced."""
    with _open(path, name) as stream:
        mark, encoding = _encoding(stream)
        stream.seek(len(mark))
        return stream.read(_PEEK).decode(encoding, errors="replace")


def whole_text(path: Path, name: str, digest: Digest, maximum: int = MAXIMUM_SIZE) -> str:
    """All of *path* as text, for formats that cannot be read line by line."""
    with _open(path, name) as stream:
        mark, encoding = _encoding(stream)
        stream.seek(0)
        try:
            content = stream.read(maximum + 1)
        except OSError as error:
            raise _unreadable(name, error) from None
    if len(content) > maximum:
        raise InputError(
            f"{name}: is larger than {maximum >> 20} MB, too large for this format",
            "export fewer objects at a time, or as LDIF, which is read line by line",
        )
    digest.update(content)
    try:
        return content[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, len(mark) + error.start) + 1
        raise _no_text(f"{name}:{number}", error, encoding) from None


def numbered_lines(path: Path, name: str, digest: Digest) -> Iterator[tuple[int, str]]:
    """Every line of *path*, numbered from 1, without its end; all bytes pass through *digest*."""
    with _open(path, name) as stream:
        mark, encoding = _encoding(stream)
        stream.seek(len(mark))
        digest.update(mark)
        number, wide = 0, encoding != "utf-8"
        try:
            if not wide:
                for raw in stream:
                    digest.update(raw)
                    number += 1
                    yield number, raw.decode().rstrip("\r\n")
            else:
                for number, line in enumerate(_wide_lines(stream, encoding, digest), 1):
                    yield number, line.rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise _no_text(f"{name}:{number + wide}", error, encoding) from None
        except OSError as error:
            raise _unreadable(name, error) from None


def _open(path: Path, name: str) -> BinaryIO:
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"{name}: is not a regular file", "save the objects in a file first")
        return path.open("rb")
    except FileNotFoundError:
        raise InputError(
            f"{name}: there is no such file",
            "check the path; a directory server is given as ldaps://host/base",
        ) from None
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from None


def _no_text(place: str, error: UnicodeDecodeError, encoding: str) -> InputError:
    kind = "UTF-8" if encoding == "utf-8" else "UTF-16"
    return InputError(
        f"{place}: is not {kind} text: {error.reason}",
        "save it as UTF-8, or let the tool that wrote it do so (ldifde -u writes UTF-16)",
    )


def _unreadable(name: str, error: Exception) -> InputError:
    reason = error.strerror if isinstance(error, OSError) else None
    return InputError(
        f"{name}: cannot be read: {reason or error}", "check the path and the right to read it"
    )


def _encoding(stream: BinaryIO) -> tuple[bytes, str]:
    start = stream.read(4)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return mark, encoding
    return b"", "utf-8"


def _wide_lines(stream: BinaryIO, encoding: str, digest: Digest) -> Iterator[str]:
    """Lines of UTF-16 text, whose line ends cannot be found in the bytes."""
    decoder = codecs.getincrementaldecoder(encoding)()
    rest = ""
    while chunk := stream.read(_PEEK):
        digest.update(chunk)
        *whole, rest = (rest + decoder.decode(chunk)).split("\n")
        yield from whole
    rest += decoder.decode(b"", final=True)
    if rest:
        yield rest
