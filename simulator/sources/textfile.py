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
# How files begin that hold others, compressed.
_PACKED = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"\x28\xb5\x2f\xfd": "Zstandard",
}
_PEEK = 1 << 16
LARGEST = 1 << 26  # of one object, in characters; far more than a directory holds of any


class Digest(Protocol):
    """What `hashlib.sha256()` gives, as far as it is needed here."""

    def update(self, data: bytes, /) -> None:
        """Takes *data* into the sum."""


def file_sum(path: Path) -> str:
    """The SHA-256 of the content of *path*."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_folder(path: Path, name: str) -> bool:
    """Whether *path* is a folder; an error for what cannot be a path."""
    try:
        return path.is_dir()
    except OSError as error:  # a name that is too long
        raise _unreadable(name, error) from None


def packed_with(path: Path, name: str) -> str:
    """What *path* is compressed with, as far as its first bytes tell; else empty."""
    with _open(path, name) as stream:
        start = stream.read(8)
    return next((way for mark, way in _PACKED.items() if start.startswith(mark)), "")


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


def cut_note(path: Path, name: str) -> list[str]:
    """A sentence if the last line of *path* has no end, for formats where that tells of a cut."""
    with _open(path, name) as stream:
        wide = _encoding(stream)[1] != "utf-8"
        size = stream.seek(0, io.SEEK_END)
        stream.seek(max(0, size - 1 - wide))
        last = stream.read().strip(b"\0")
    # a quote closes the last cell of CSV
    whole = last in (b"\n", b"\r", b'"', b"")
    return [] if whole else ["the last line has no end: the file may be cut, objects be missing"]


def text_pieces(path: Path, name: str, digest: Digest) -> Iterator[str]:
    """All of *path* as text in pieces of any size; all bytes pass through *digest*."""
    with _open(path, name) as stream:
        mark, encoding = _encoding(stream)
        stream.seek(len(mark))
        digest.update(mark)
        decoder = codecs.getincrementaldecoder(encoding)()
        number = 1
        try:
            while chunk := stream.read(_PEEK):
                digest.update(chunk)
                piece = decoder.decode(chunk)
                number += piece.count("\n")
                yield piece
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            number += error.object[: error.start].decode(encoding).count("\n")
            raise _no_text(f"{name}:{number}", error, encoding) from None
        except OSError as error:
            raise _unreadable(name, error) from None


def numbered_lines(
    path: Path, name: str, digest: Digest, *, ends: bool = False
) -> Iterator[tuple[int, str]]:
    """Every line of *path*, numbered from 1; all bytes pass through *digest*.

    The lines come without their ends, unless *ends* are asked for.
    """
    with _open(path, name) as stream:
        wide = _encoding(stream)[1] != "utf-8"
    lines = _wide_lines(path, name, digest) if wide else _narrow_lines(path, name, digest)
    for number, line in enumerate(lines, 1):
        yield number, line if ends else line.rstrip("\r\n")


def too_large(place: str, what: str) -> InputError:
    """The error that *what* begins at *place* and has no end within the largest size."""
    return InputError(
        f"{place}: {what} of more than {LARGEST >> 20} MB, which no object has",
        "export the objects again: the file was cut or edited, or is of another kind",
    )


def refuse_change(name: str, first: str, second: str) -> None:
    """Raises `InputError` where two readings of the file had different sums."""
    if first != second:
        raise InputError(
            f"{name}: was changed while it was read",
            "read it again when nothing writes to it any more",
        )


def _open(path: Path, name: str) -> BinaryIO:
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"{name}: is not a regular file", "save the objects in a file first")
        return path.open("rb")
    except FileNotFoundError:
        way_out = "check the path; a directory server is given as ldaps://host/base"
        if name == "-":
            way_out = "standard input is not read: save the objects in a file first"
        raise InputError(f"{name}: there is no such file", way_out) from None
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from None


def _no_text(place: str, error: UnicodeDecodeError, encoding: str) -> InputError:
    kind = "UTF-8" if encoding == "utf-8" else "UTF-16"
    return InputError(
        f"{place}: is not {kind} text: {error.reason}",
        "save it as UTF-8, or export again: ldifde and csvde with -u, PowerShell with"
        " -Encoding utf8",
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


def _narrow_lines(path: Path, name: str, digest: Digest) -> Iterator[str]:
    """Lines of UTF-8 text, whose line ends are found in the bytes, which is faster."""
    with _open(path, name) as stream:
        mark, encoding = _encoding(stream)
        stream.seek(len(mark))
        digest.update(mark)
        number = 1
        try:
            while raw := stream.readline(LARGEST + 1):
                if len(raw) > LARGEST:
                    raise too_large(f"{name}:{number}", "a line")
                digest.update(raw)
                yield raw.decode()
                number += 1
        except UnicodeDecodeError as error:
            raise _no_text(f"{name}:{number}", error, encoding) from None
        except OSError as error:
            raise _unreadable(name, error) from None


def _wide_lines(path: Path, name: str, digest: Digest) -> Iterator[str]:
    """Lines of UTF-16 text, whose line ends cannot be found in the bytes."""
    parts: list[str] = []
    number, held = 1, 0
    for piece in text_pieces(path, name, digest):
        first, *others = piece.split("\n")
        parts.append(first)
        held += len(first)
        for other in others:
            yield "".join([*parts, "\n"])
            parts, held = [other], len(other)
            number += 1
        if held > LARGEST:
            raise too_large(f"{name}:{number}", "a line")
    if last := "".join(parts):
        yield last
