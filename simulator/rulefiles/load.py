"""From locations to a `RuleSet`: every file is read or named, all problems are told at once."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from simulator.errors import Diagnostic, DiagnosticsError, InputError, Source, UsageError
from simulator.rule import Connector, ConnectorKind, RuleSet, RuleSource, SyncRule, rule_set
from simulator.rulefiles.overlay import Layer, overlay
from simulator.rulefiles.rulefile import (
    READERS,
    CloneRule,
    Contents,
    RuleFile,
    note,
    problem,
    warning,
)
from simulator.rulefiles.shipped import Place, locate
from simulator.rulefiles.textfile import decode, read_bytes

MAXIMUM_FILES = 5_000
_DOCUMENTS = (".md", ".rst", ".html")  # these may quote rules without being rule files
_NOTES = (".txt", "")


@dataclass(frozen=True, slots=True)
class _Read:
    """A location once read: its layer, and what was found in its files."""

    layer: Layer
    findings: tuple[Diagnostic, ...]
    problems: tuple[Diagnostic, ...]


def load_rules(*locations: str) -> RuleSet:
    """The rules at *locations*, later ones laid over earlier ones by the names of rules.

    A location is a file or a folder in any rule format, or the name of a shipped set.
    """
    if not locations:
        raise UsageError("no rules are given", "name a rule file, a folder, or a shipped rule set")
    reads = [_read(locate(location)) for location in locations]
    _raise([each for read in reads for each in read.problems])
    for read in reads:
        _refuse_namesakes(read.layer)
        if not (read.layer.rules or read.layer.clones):
            raise InputError(
                f"{read.layer.source.name}: there is no rule in it",
                "give the folder that holds the rules; a connector alone goes with --connector",
            )
    result = overlay([read.layer for read in reads])
    _raise(result.problems)
    return rule_set(
        result.rules,
        result.connectors,
        [read.layer.source for read in reads],
        [finding for read in reads for finding in read.findings] + list(result.findings),
    )


def load_connector(path: str) -> tuple[Connector, ...]:
    """The connectors to Active Directory in the file or folder *path*."""
    if not Path(path).exists():
        raise UsageError(
            f"{path}: no such file or folder",
            "give the file Connector_{...}.xml of a server export, or a connectors.toml",
        )
    read = _read(Place(path, Path(path)))
    _raise(read.problems)
    found = tuple(c for c in read.layer.connectors if c.kind is ConnectorKind.ACTIVE_DIRECTORY)
    if not found:
        raise InputError(
            f"{path}: there is no connector to Active Directory in it",
            "a server export has one in Connectors/Connector_{...}.xml, with the category AD",
        )
    return found


def _raise(problems: list[Diagnostic] | tuple[Diagnostic, ...]) -> None:
    if problems:
        raise DiagnosticsError(problems)


def _refuse_namesakes(layer: Layer) -> None:
    """Refuses two rules of one name in one layer, unless each is of a connector of its own."""
    seen: dict[tuple[str, str], str] = {}
    named: tuple[SyncRule | CloneRule, ...] = (*layer.rules, *layer.clones)
    for rule in named:
        key = (rule.name, rule.connector)
        if key in seen:
            raise InputError(
                f"{layer.source.name}: two rules are called `{rule.name}`: "
                f"in {seen[key]} and in {rule.origin}",
                "give one of them another name, or remove one of the files",
            )
        seen[key] = rule.origin


def _read(place: Place) -> _Read:
    """Everything at *place*."""
    findings: list[Diagnostic] = []
    problems: list[Diagnostic] = []
    contents: list[Contents] = []
    hashes: list[tuple[str, str]] = []
    if place.shadowed:
        message = "the file or folder of that name is read, not the shipped rule set"
        findings.append(note("path-before-set", message, Source(place.name, "")))
    alone = not place.path.is_dir()
    for name, path in _files(place):
        shown = place.name if alone else f"{place.name.rstrip('/')}/{name}"
        try:
            content = read_bytes(path, shown)
        except InputError as error:
            if alone:
                raise
            problems.append(
                problem("cannot-be-read", error.message, Source(shown, ""), error.help)
            )
            continue
        read = _contents(content, shown, Path(name).suffix.lower(), alone)
        contents.append(read)
        if read.rules or read.clones or read.connectors or read.problems:
            hashes.append((name, hashlib.sha256(content).hexdigest()))
    if not alone and not contents:
        raise InputError(
            f"{place.name}: the folder is empty",
            "give the folder that holds the rules, for example the one that "
            "Get-ADSyncServerConfiguration -Path wrote",
        )
    rules = tuple(rule for each in contents for rule in each.rules)
    clones: tuple[CloneRule, ...] = tuple(clone for each in contents for clone in each.clones)
    source = RuleSource(place.name, _digest(hashes, alone), len(rules) + len(clones))
    return _Read(
        Layer(source, rules, clones, tuple(c for each in contents for c in each.connectors)),
        (*findings, *(f for each in contents for f in each.findings)),
        (*problems, *(p for each in contents for p in each.problems)),
    )


def _digest(hashes: list[tuple[str, str]], alone: bool) -> str:
    """The SHA-256 of a file alone; of a folder, of the list that `sha256sum` writes for it."""
    if alone:
        return hashes[0][1] if hashes else ""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(hashes))
    return hashlib.sha256(lines.encode()).hexdigest()


def _files(place: Place) -> Iterator[tuple[str, Path]]:
    """Every file at *place* with its name below it, sorted."""
    if not place.path.is_dir():
        yield place.path.name, place.path
        return
    paths: list[Path] = []
    for folder, _, names in os.walk(place.path, onerror=_refuse_folder):
        paths += [Path(folder, name) for name in names if Path(folder, name).is_file()]
        if len(paths) > MAXIMUM_FILES:
            raise InputError(
                f"{place.name}: there are more than {MAXIMUM_FILES} files below this folder",
                "give the folder of the rules alone",
            )
    yield from sorted((path.relative_to(place.path).as_posix(), path) for path in paths)


def _refuse_folder(error: OSError) -> None:
    raise InputError(
        f"{error.filename}: cannot be read: {error.strerror}",
        "check the right to read the folder and everything below it",
    )


def _contents(content: bytes, name: str, suffix: str, alone: bool) -> Contents:
    """What is in a file of any kind: rules by its reader, else a finding that names it."""
    text = decode(content)
    place = Source(name, "")
    if text is None:
        if alone or suffix in (".xml", ".toml"):
            message = "the file is not text: it is neither UTF-8 nor UTF-16 with a mark"
            help = "save it as UTF-8, or export it again; an archive has to be unpacked first"
            return Contents(problems=(problem("not-text", message, place, help),))
        return Contents(findings=(warning("file-not-read", "this file is no text", place),))
    unread = note("file-not-read", "this file holds no rule", place)
    if not alone and suffix in _DOCUMENTS:
        return Contents(findings=(unread,))
    file = RuleFile(name, text)
    for each in READERS.values():
        if each.recognises(file):
            return each.read(file)
    if not alone and suffix in _NOTES:
        return Contents(findings=(unread,))
    formats = ", ".join(READERS)
    message = "the file is empty" if not text.strip() else "this is no rule file of a known format"
    fault = problem("unknown-format", message, place, f"the formats are: {formats}")
    return Contents(problems=(fault,))
