"""Bytes of a rule file as text: UTF-8, with or without a mark, or UTF-16 with one.

Text in other encodings is not guessed at; an XML file's own declaration is not needed, because the
tools that write these files use the two above.
"""

import codecs
from pathlib import Path

from simulator.errors import InputError

MAXIMUM_SIZE = 64 * 1024 * 1024  # thirty times the largest connector export that we know

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def read_bytes(path: Path, name: str) -> bytes:
    """The content of *path*, unless it is larger than any rule file can be."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MAXIMUM_SIZE + 1)
    except OSError as error:
        raise InputError(
            f"{name}: cannot be read: {error.strerror or error}",
            "check the path and the right to read it",
        ) from None
    if len(content) > MAXIMUM_SIZE:
        raise InputError(
            f"{name}: is larger than {MAXIMUM_SIZE // (1024 * 1024)} MB, too large for rules",
            "give the folder of the rule export itself, not an archive or a dump",
        )
    return content


def decode(content: bytes) -> str | None:
    """*content* as text with \\n line ends; `None` when it is no text."""
    marks = [(mark, encoding) for mark, encoding in _MARKS if content.startswith(mark)]
    mark, encoding = marks[0] if marks else (b"", "utf-8")
    content = content[len(mark) :]
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return None
    if "\0" in text:
        return None
    return text.replace("\r\n", "\n")
