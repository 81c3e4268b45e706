"""Objects from `dsquery *`: a table under a header, or `name: value` lines with `-l`.

Bytes are printed as text of themselves, so that certificates cannot be had from it.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from simulator.errors import InputError
from simulator.objects import ConnectorObject, Provenance, parse_guid
from simulator.schema import standard_schema
from simulator.sources.binary import from_sid
from simulator.sources.carried import carried_note, not_carried
from simulator.sources.decode import Decoding, RawValue, Record, decode, wanted_name
from simulator.sources.source import Location, SourceRequest, reader
from simulator.sources.textfile import Digest, cut_note, numbered_lines, refuse_change
from simulator.values import Unreadable

_LINE = re.compile(r"([A-Za-z][\w;-]*):(?: (.*)|$)")
_COLUMN = re.compile(r"\S+\s*")
_NAMES = frozenset({"dn", "distinguishedname"})
_FORM = "export with dsquery * -limit 0 -attr distinguishedName objectGUID objectClass ..."
_HELP = "; name them with dsquery -attr, or export with ldifde"

Line = tuple[int, str]
Texts = dict[str, list[str]]


def _recognises(location: Location) -> bool:
    line = location.first_line
    return line is not None and (_is_table(line) or _is_list(location))


def _is_table(line: str) -> bool:
    words = line.split()
    named = any(word.casefold() in _NAMES for word in words)
    return named and all(re.fullmatch(r"[A-Za-z][\w-]*", word) for word in words)


def _is_list(location: Location) -> bool:
    first = _LINE.match((location.first_line or "").strip())
    if first is None or first[1].casefold() in ("dn", "version", "search"):
        return False  # LDIF, where objects begin with `dn:`
    return re.search(r"(?mi)^(?:dn|distinguishedName): ", location.start) is not None


@reader("dsquery output", _recognises)
def read_dsquery(
    location: Location, request: SourceRequest, provenance: Provenance
) -> Iterator[ConnectorObject]:
    """Reads objects from what `dsquery *` prints."""
    first, digest, decoding = hashlib.sha256(), hashlib.sha256(), Decoding()
    names = {n for _, texts in _texts(location, first) for n in texts}
    printed = [n for n in names if not _is_bytes(n)]
    absent = not_carried(printed, request, "dsquery did not print, or cannot")
    for place, texts in _texts(location, digest):
        yield decode(_record(place, texts, absent), decoding)
    refuse_change(location.text, first.hexdigest(), digest.hexdigest())
    provenance.sha256 = digest.hexdigest()
    missing = cut_note(Path(location.text), location.text)
    provenance.complete = not missing
    provenance.notes = (*missing, *carried_note(absent, request, _HELP), *decoding.notes)
    provenance.not_carried = tuple(absent)


def _texts(location: Location, digest: Digest) -> Iterator[tuple[str, Texts]]:
    lines = numbered_lines(Path(location.text), location.text, digest)
    take = _table if _is_table(location.first_line or "") else _list
    return take(lines, location.text)


def _table(lines: Iterator[Line], name: str) -> Iterator[tuple[str, Texts]]:
    """Rows of a table whose columns begin where their names do."""
    columns: list[tuple[str, int]] = []
    for number, line in lines:
        if not line.strip():
            continue
        if not columns:
            columns = [(m[0].strip(), m.start()) for m in _COLUMN.finditer(line)]
            continue
        if line.startswith("dsquery "):  # what it says of itself after the table
            raise InputError(f"{name}:{number}: {line.strip()[:80]}", _FORM)
        texts: Texts = {}
        ends = [start for _, start in columns[1:]] + [max(len(line), columns[-1][1])]
        for (column, start), end in zip(columns, ends, strict=True):
            if start and line[start - 1 : start].strip():
                raise InputError(
                    f"{name}:{number}: the values do not stand under the names of the columns",
                    "export again with dsquery -l, which prints a line for each value",
                )
            text = line[start:end].rstrip()
            texts[column] = [part for part in text.split(";") if part]
        if all(texts[column] == [column] for column, _ in columns):
            raise InputError(
                f"{name}:{number}: the names of the columns are there again",
                "two outputs stand in one file: give each as a file by itself",
            )
        yield f"{name}:{number}", texts


def _list(lines: Iterator[Line], name: str) -> Iterator[tuple[str, Texts]]:
    """Objects of `name: value` lines: up to a blank line, or until the first name returns."""
    place, texts, last, first = "", Texts(), "", ""
    for number, line in lines:
        match = _LINE.fullmatch(line)
        if match is None and line.strip():
            raise InputError(f"{name}:{number}: `{line[:60]}` is no line of a list", _FORM)
        if texts and (match is None or (match[1] == first and last != first)):
            yield place, texts
            texts, last = {}, ""
        if match is None:
            continue
        if not texts:
            place, first = f"{name}:{number}", match[1]
        texts.setdefault(match[1], []).append(match[2] or "")
        last = match[1]
    if texts:
        yield place, texts


def _is_bytes(name: str) -> bool:
    """Whether the attribute *name* holds bytes that dsquery cannot print."""
    known = standard_schema("ad").get(wanted_name(name))
    return known is not None and known.type == "bin" and known.name not in _PRINTED


_PRINTED = {"objectGUID": parse_guid, "objectSid": from_sid}


def _record(place: str, texts: Texts, absent: Mapping[str, Unreadable]) -> Record:
    dn = next((v[0] for n, v in texts.items() if n.casefold() in _NAMES and v), "")
    if not dn.strip():
        raise InputError(f"{place}: an object without distinguishedName", _FORM)
    attributes: dict[str, Sequence[RawValue]] = {}
    unreadable: dict[str, str] = {}
    for name, values in texts.items():
        spelling = wanted_name(name)
        convert = _PRINTED.get(spelling)
        if spelling.casefold() in _NAMES or _is_bytes(name):
            continue
        known = standard_schema("ad").get(spelling)
        if known is not None and not known.multi:
            values = [v for v in [";".join(values)] if v]
        if convert is None:
            attributes[name] = values
        elif (content := [convert(v) for v in values]) and None not in content:
            attributes[name] = [v for v in content if v is not None]
        elif values:
            unreadable[name] = f"`{values[0][:40]}` stands in the place of bytes"
    return Record(dn, attributes, place, unreadable, absent)
