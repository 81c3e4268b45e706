"""Objects from the logs of ldapsearch-like tools that bofhound reads.

Records stand between lines of hyphens, one `name: value` on each line. Several values are joined
by a comma and a blank, so that values with commas in them cannot be told apart.
"""

import ast
import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from simulator.errors import InputError
from simulator.objects import ConnectorObject, Provenance, parse_guid
from simulator.schema import standard_schema
from simulator.sources.binary import from_base64, from_sid
from simulator.sources.carried import carried_note, not_carried
from simulator.sources.decode import Decoding, RawValue, Record, decode, sid_text, wanted_name
from simulator.sources.source import Location, SourceRequest, reader
from simulator.sources.textfile import cut_note, numbered_lines, refuse_change

_RULE = re.compile(r"-{20,}\s*")
_LINE = re.compile(r"([A-Za-z][\w;.-]*): ?(.*)")
_NAME_START = re.compile(r", (?=[A-Za-z][\w-]*=)")
# what a log holds beside records: when something came, and what the tool said
_NOISE = re.compile(
    r"\s*|\d\d/\d\d(?:/\d+)? .*|\[[-+*!\w ]+\].*|received output:|retr?e?ie?ved? \d+ results.*",
    re.IGNORECASE,
)
_WHOLE = frozenset({"instanceType", "whenCreated"})  # asked for by nobody but with all the others
_NEVER_SPLIT = frozenset({"description"})


def _recognises(location: Location) -> bool:
    return location.first_line is not None and bool(
        re.search(r"(?m)^-{20}\s*$", location.start)
        and re.search(r"(?mi)^distinguishedName: ", location.start)
    )


@reader("bofhound log", _recognises)
def read_search_log(
    location: Location, request: SourceRequest, provenance: Provenance
) -> Iterator[ConnectorObject]:
    """Reads objects from logs of ldapsearch-like tools."""
    path, name = Path(location.text), location.text
    first, digest, decoding = hashlib.sha256(), hashlib.sha256(), Decoding()
    found = _objects(numbered_lines(path, name, first), name)
    names = {wanted_name(n) for _, texts in found for n in texts}
    absent = {} if names >= _WHOLE else not_carried(names, request, "the log does not show")
    for place, texts in _objects(numbered_lines(path, name, digest), name):
        attributes, unreadable = _converted(texts)
        dn = next(t for n, t in texts.items() if n.casefold() == "distinguishedname")
        yield decode(Record(dn, attributes, place, unreadable, absent), decoding)
    refuse_change(name, first.hexdigest(), digest.hexdigest())
    provenance.sha256 = digest.hexdigest()
    missing = cut_note(path, name)
    provenance.complete = not missing
    provenance.notes = (*missing, *carried_note(absent, request, ""), *decoding.notes)
    provenance.not_carried = tuple(absent)


def _objects(lines: Iterator[tuple[int, str]], name: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The texts of each record by name, from the first line of hyphens on."""
    begun, place, texts = False, "", dict[str, str]()
    for number, line in lines:
        here = f"{name}:{number}"
        if _RULE.fullmatch(line):
            if texts:
                yield _named(place, texts)
            begun, place, texts = True, here, {}
        elif not begun or _NOISE.fullmatch(line):
            continue
        elif (match := _LINE.fullmatch(line)) is None:
            raise InputError(
                f"{here}: `{line[:60]}` is neither a line of a record nor one of a log",
                "take out what does not belong to the search, or export as LDIF",
            )
        elif match[1] in texts:
            raise InputError(
                f"{here}: `{match[1]}` is there twice in the record of {place}",
                "records stand between lines of 20 hyphens",
            )
        else:
            texts[match[1]] = match[2]
    if texts:
        yield _named(place, texts)


def _named(place: str, texts: dict[str, str]) -> tuple[str, dict[str, str]]:
    if not any(n.casefold() == "distinguishedname" and t for n, t in texts.items()):
        raise InputError(
            f"{place}: a record without distinguishedName", "let the search return it as well"
        )
    return place, texts


def _converted(
    texts: dict[str, str],
) -> tuple[dict[str, Sequence[RawValue]], dict[str, str]]:
    attributes: dict[str, Sequence[RawValue]] = {}
    unreadable: dict[str, str] = {}
    for name, text in texts.items():
        spelling = wanted_name(name)
        if spelling == "distinguishedName" or not text:
            continue
        values = _values(spelling, text)
        if isinstance(values, str):
            unreadable[name] = values
        else:
            attributes[name] = values
    return attributes, unreadable


def _values(name: str, text: str) -> Sequence[RawValue] | str:
    """The values in *text*, or the reason why they cannot be told."""
    known = standard_schema("ad").get(name)
    kind, multi = (known.type, known.multi) if known else ("", False)
    if kind == "bin":
        parts = [_bytes(name, part) for part in _parts(text)] if multi else [_bytes(name, text)]
        if all(part is not None for part in parts):
            return [part for part in parts if part is not None]
        return f"`{text[:40]}` stands in the place of bytes"
    if name == "mS-DS-CreatorSID" and (content := from_base64(text)) and sid_text(content):
        return [content]
    if not multi:
        return [text]
    if kind == "ref":
        return _NAME_START.split(text)
    if name in _NEVER_SPLIT and ", " in text:
        return "values with commas in them cannot be told apart in this log"
    return text.split(", ")


def _parts(text: str) -> list[str]:
    """The values of bytes in *text*: Python's own form may hold commas, base64 does not."""
    if not text.startswith(("b'", 'b"')):
        return text.split(", ")
    return re.findall(r"""b'(?:[^'\\]|\\.)*'|b"(?:[^"\\]|\\.)*\"""", text) or [text]


def _bytes(name: str, text: str) -> bytes | None:
    if name == "objectGUID" and (guid := parse_guid(text)) is not None:
        return guid
    if text.startswith("S-1-"):
        return from_sid(text)
    if text.startswith(("b'", 'b"')):
        try:
            content = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return None
        return content if isinstance(content, bytes) and content else None
    return from_base64(text) or None
