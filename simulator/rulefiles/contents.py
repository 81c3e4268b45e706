"""What is in the files of a location: each is read by its format's reader, or named."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from simulator.errors import Diagnostic, InputError, Source
from simulator.rule import RuleSource
from simulator.rulefiles.files import files, is_archive
from simulator.rulefiles.overlay import Layer
from simulator.rulefiles.rulefile import (
    READERS,
    Contents,
    NamedRule,
    RuleFile,
    note,
    problem,
    warning,
)
from simulator.rulefiles.shipped import Place
from simulator.rulefiles.textfile import decode

_DOCUMENTS = (".md", ".rst", ".html")  # these may quote rules without being rule files
_NOTES = (".txt", "")


@dataclass(frozen=True, slots=True)
class Read:
    """A location once read: its layer, and what was found in its files."""

    layer: Layer
    named: tuple[NamedRule, ...]
    opened: frozenset[str]
    findings: tuple[Diagnostic, ...]
    problems: tuple[Diagnostic, ...]


def read(place: Place, settings: Mapping[str, str]) -> Read:
    """Everything at *place*, with *settings* for what only the server knows."""
    findings: list[Diagnostic] = []
    problems: list[Diagnostic] = []
    contents: list[Contents] = []
    hashes: list[tuple[str, str]] = []
    if place.shadowed:
        message = "the file or folder of that name is read, not the shipped rule set"
        findings.append(note("path-before-set", message, Source(place.name, "")))
    alone = not (place.path.is_dir() or is_archive(place.path))
    for name, content_of in files(place):
        shown = place.name if alone else f"{place.name.rstrip('/')}/{name}"
        try:
            content = content_of(shown)
        except InputError as error:
            if alone:
                raise
            source = Source(shown, "")
            problems.append(problem("cannot-be-read", error.message, source, error.help))
            continue
        one = contents_of(content, shown, alone, settings)
        contents.append(one)
        if one.rules or one.clones or one.connectors or one.problems or one.named:
            hashes.append((name, hashlib.sha256(content).hexdigest()))
    if not alone and not contents and not problems:
        raise InputError(
            f"{place.name}: the folder is empty",
            "give the folder that holds the rules, for example the one that "
            "Get-ADSyncServerConfiguration -Path wrote",
        )
    rules = tuple(rule for each in contents for rule in each.rules)
    clones = tuple(clone for each in contents for clone in each.clones)
    origin = RuleSource(place.name, _digest(hashes, alone), len(rules) + len(clones))
    return Read(
        Layer(origin, rules, clones, tuple(c for each in contents for c in each.connectors)),
        tuple(rule for each in contents for rule in each.named),
        frozenset(name for each in contents for name in each.opened),
        (*findings, *(f for each in contents for f in each.findings)),
        (*problems, *(p for each in contents for p in each.problems)),
    )


def _digest(hashes: list[tuple[str, str]], alone: bool) -> str:
    """The SHA-256 of a file alone; of a folder, of the list that `sha256sum` writes for it."""
    if alone:
        return hashes[0][1] if hashes else ""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(hashes))
    return hashlib.sha256(lines.encode()).hexdigest()


def contents_of(content: bytes, name: str, alone: bool, settings: Mapping[str, str]) -> Contents:
    """What is in a file of any kind: rules by its reader, else a finding that names it."""
    suffix = PurePosixPath(name).suffix.lower()
    text = decode(content)
    place = Source(name, "")
    if text is None:
        if alone or suffix in (".xml", ".toml", ".ps1", ".json", ".yml", ".yaml"):
            message = "the file is not text: it is neither UTF-8 nor UTF-16 with a mark"
            help = "save it as UTF-8, or export it again"
            return Contents(problems=(problem("not-text", message, place, help),))
        return Contents(findings=(warning("file-not-read", "this file is no text", place),))
    unread = note("file-not-read", "this file holds no rule", place)
    if not alone and suffix in _DOCUMENTS:
        return Contents(findings=(unread,))
    file = RuleFile(name, text, settings)
    for each in READERS.values():
        if each.recognises(file):
            return each.read(file)
    if not alone and suffix in _NOTES:
        return Contents(findings=(unread,))
    formats = ", ".join(READERS)
    message = "the file is empty" if not text.strip() else "this is no rule file of a known format"
    fault = problem("unknown-format", message, place, f"the formats are: {formats}")
    return Contents(problems=(fault,))
