"""Objects from LDIF, as ldapsearch and ldifde write it.

Read by hand on purpose: the library for it turns broken base64 into an empty value, counts lines
wrongly and knows no UTF-16. What ldapsearch says about its search in comments and trailers tells
whether the file is the whole answer.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NoReturn

from simulator.errors import InputError
from simulator.objects import ConnectorObject, Provenance
from simulator.sources.carried import unseen_note
from simulator.sources.decode import Decoding, Record, decode
from simulator.sources.source import Location, SourceRequest, reader
from simulator.sources.textfile import cut_note, numbered_lines

_STARTS = ("dn:", "version:", "#", "search:")
_TRAILER = ("search", "result", "ref")  # what a block of ldapsearch begins with that is no object
_COMPLETE = "0"


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of LDIF after unfolding: the number of its first part, and the whole text."""

    number: int
    text: str


@dataclass(slots=True)
class _Report:
    """What ldapsearch says about its search: results in order, whether pages were left, counts."""

    begun: int = 0
    results: list[str] = field(default_factory=list)
    pages_left: bool = False
    entries: int | None = None
    references: int = 0


def _recognises(location: Location) -> bool:
    line = location.first_line
    return line is not None and line.lower().startswith(_STARTS) and not line.startswith("#TYPE")


@reader("LDIF", _recognises)
def read_ldif(
    location: Location, request: SourceRequest, provenance: Provenance
) -> Iterator[ConnectorObject]:
    """Reads objects from LDIF, as ldapsearch and ldifde write it."""
    digest, decoding, report = hashlib.sha256(), Decoding(), _Report()
    lines = numbered_lines(Path(location.text), location.text, digest)
    read = 0
    for block in _blocks(_unfolded(lines, location.text), report):
        if (record := _record(block, location.text, report)) is not None:
            read += 1
            yield decode(record, decoding)
    missing = [*_missing(report, read), *cut_note(Path(location.text), location.text)]
    references = (
        [f"references to other partitions, not followed: {report.references}"]
        if report.references
        else []
    )
    provenance.sha256 = digest.hexdigest()
    provenance.complete = not missing
    unseen = unseen_note(decoding.columns, request) if read else []
    provenance.notes = (*missing, *references, *unseen, *decoding.notes)


def _unfolded(lines: Iterable[tuple[int, str]], name: str) -> Iterator[_Line]:
    """Logical lines: one that begins with a space continues the one before."""
    number, parts = 0, None
    for at, line in lines:
        if "\r" in line:
            _fail(
                f"{name}:{at}",
                "a carriage return within a line",
                "save it with the line ends of this system",
            )
        if line.startswith(" "):
            if parts is None:
                _fail(
                    f"{name}:{at}",
                    "a continuation line with nothing to continue",
                    "lines of objects begin without blanks: export again if the file was edited",
                )
            parts.append(line[1:])
            continue
        if parts is not None:
            yield _Line(number, "".join(parts))
        if line:
            number, parts = at, [line]
        else:
            yield _Line(at, "")
            parts = None
    if parts is not None:
        yield _Line(number, "".join(parts))


def _blocks(lines: Iterable[_Line], report: _Report) -> Iterator[list[_Line]]:
    """The lines between blank ones, without comments; those are looked through for counts."""
    block: list[_Line] = []
    for line in lines:
        if line.text.startswith("#"):
            _note_comment(line.text, report)
        elif line.text:
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _note_comment(text: str, report: _Report) -> None:
    words = text[1:].split()
    if words[:2] == ["extended", "LDIF"]:
        report.begun += 1
    if words[:1] == ["numEntries:"] and len(words) == 2 and words[1].isdecimal():
        report.entries = (report.entries or 0) + int(words[1])
    if words[:1] == ["pagedresults:"] and len(words) == 2:
        report.pages_left = words[1] != "cookie="
    if words and words[0].startswith("refldap"):
        report.references += 1


def _record(block: list[_Line], name: str, report: _Report) -> Record | None:
    """The object of *block*; `None` when it holds what ldapsearch says beside objects."""
    first = block[0]
    if first.text.lower().startswith("version:"):
        if first.text[8:].strip() != "1":
            _fail(
                f"{name}:{first.number}",
                f"`{first.text[:60]}`: only version 1 of LDIF is known",
                "export again with ldapsearch or ldifde",
            )
        block = block[1:]
        if not block:
            return None
        first = block[0]
    key = first.text.partition(":")[0].lower()
    if key in _TRAILER:
        _note_trailer(block, report)
        return None
    place = f"{name}:{first.number}"
    if key != "dn":
        _fail(place, f"`{first.text[:60]}` where an object must begin", "objects begin with `dn:`")
    dn = _text(_value(first, name), place)
    attributes: dict[str, list[bytes]] = {}
    for line in block[1:]:
        attribute = line.text.partition(":")[0]
        if attribute.lower() == "changetype":
            _check_change(line, name)
        elif attribute.lower() == "dn":
            _fail(
                f"{name}:{line.number}",
                f"a second `dn:` within the object of line {first.number}",
                "put a blank line between objects",
            )
        else:
            attributes.setdefault(attribute, []).append(_value(line, name))
    return Record(dn, attributes, place)


def _note_trailer(block: list[_Line], report: _Report) -> None:
    for line in block:
        key, _, text = line.text.partition(":")
        match key.lower():
            case "result":
                report.results.append(text.strip())
            case "ref":
                report.references += 1
            case "pagedresults" if text.strip().startswith("cookie="):
                report.pages_left = text.strip() != "cookie="


def _value(line: _Line, name: str) -> bytes:
    """The value on *line*, whose base64 must be sound."""
    place = f"{name}:{line.number}"
    attribute, colon, value = line.text.partition(":")
    if not colon or not _is_name(attribute):
        _fail(
            place,
            f"`{line.text[:60]}` is no line of LDIF",
            "a line is `name: value`, a continuation, which begins with a space, or blank",
        )
    if value.startswith("<"):
        _fail(
            place, f"{attribute} refers to a file or URL, which is not followed", "write the value"
        )
    if not value.startswith(":"):
        return value.lstrip(" ").encode()
    try:
        return base64.b64decode(value[1:].strip(" "), validate=True)
    except (binascii.Error, ValueError):
        _fail(
            place,
            f"the base64 of {attribute} is broken",
            "continuation lines begin with one space; export again if the file was cut or edited",
        )


@lru_cache(maxsize=1000)
def _is_name(attribute: str) -> bool:
    """Whether *attribute* may stand before a colon: a name or a number, with options."""
    return re.fullmatch(r"[A-Za-z0-9][\w.-]*(?:;[\w.=*-]+)*", attribute) is not None


def _text(value: bytes, place: str) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        _fail(place, "the distinguished name is not UTF-8", "export again")


def _check_change(line: _Line, name: str) -> None:
    change = line.text.partition(":")[2].strip().lower()
    if change != "add":
        _fail(
            f"{name}:{line.number}",
            f"`{line.text.strip()}` describes a change, not an object",
            "export objects, for example with ldifde -f FILE -r (objectCategory=computer)",
        )


def _missing(report: _Report, read: int) -> list[str]:
    """What shows that the file is not the whole answer to the search, as sentences."""
    missing = [
        f"the search ended with `{result}`: objects are missing"
        for result in report.results
        if result.split(" ")[0] != _COMPLETE
    ]
    if report.pages_left:
        missing.append("the search was stopped between pages: objects are missing")
    if report.begun > len(report.results):
        missing.append("the file ends before the result of its search: objects may be missing")
    if report.entries is not None and report.entries != read:
        missing.append(f"the search found {report.entries} objects, and {read} are in the file")
    return missing


def _fail(place: str, problem: str, help: str | None = None) -> NoReturn:
    raise InputError(f"{place}: {problem}", help)
