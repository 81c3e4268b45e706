"""A rule file, what a reader makes of it, and the registry of readers.

A reader never stops at a fault: what keeps a rule from being built is one of the *problems*, which
`load` raises together once every file has been read; what a user should merely know is a finding.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from simulator.errors import Diagnostic, Severity, Source
from simulator.registry import Registry
from simulator.rule import AttributeFlow, Connector, SyncRule


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A file as text, with \\n line ends, and the name under which messages show it.

    *settings* are values for what only the server knows, by the name that a reader gives it.
    """

    name: str
    text: str
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CloneRule:
    """A rule that copies another one, from a set given before, and replaces some of its flows.

    *flows* replace the original's flows of the same target. Without a *precedence* it takes the
    first number above the original's that no rule of the set uses.
    """

    original: str
    name: str
    flows: tuple[AttributeFlow, ...] = ()
    description: str | None = None
    precedence: int | None = None
    connector: str = ""
    disabled: bool = False
    origin: str = ""


@dataclass(frozen=True, slots=True)
class NamedRule:
    """A standard rule of which a file gives the name, the *tag*, and its *precedence* there.

    Its content is that of the rule with this tag, else of this name, from the other locations.
    """

    name: str
    tag: str
    precedence: int | None = None
    id: str = ""
    connector: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in one file: rules, clones and connectors, findings, and problems that stop.

    *named* are rules that the file names without their content; *opened* the names of the values
    that only the server knows, given or not.
    """

    rules: tuple[SyncRule, ...] = ()
    clones: tuple[CloneRule, ...] = ()
    connectors: tuple[Connector, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    named: tuple[NamedRule, ...] = ()
    opened: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reader:
    """A format: whether a file is in it, by content, and how such a file is read."""

    name: str
    recognises: Callable[[RuleFile], bool]
    read: Callable[[RuleFile], Contents]


READERS: Registry[Reader] = Registry("simulator.rulefiles")


def reader(
    name: str, recognises: Callable[[RuleFile], bool]
) -> Callable[[Callable[[RuleFile], Contents]], Callable[[RuleFile], Contents]]:
    """Declares the function below it as the reader of the format *name*."""

    def declare(read: Callable[[RuleFile], Contents]) -> Callable[[RuleFile], Contents]:
        READERS.add(name, Reader(name, recognises, read))
        return read

    return declare


def problem(code: str, message: str, source: Source, help: str | None = None) -> Diagnostic:
    """An error in a rule file, at *source*."""
    return Diagnostic(code, message, source, help=help)


def warning(code: str, message: str, source: Source, help: str | None = None) -> Diagnostic:
    """Something in a rule file that is probably not meant, at *source*."""
    return Diagnostic(code, message, source, help=help, severity=Severity.WARNING)


def note(code: str, message: str, source: Source, help: str | None = None) -> Diagnostic:
    """Something about the rule files that a reader of the result should know."""
    return Diagnostic(code, message, source, help=help, severity=Severity.NOTE)


def known_guid(text: str) -> str:
    """A GUID or name in the form in which rules and connectors compare: lower case, no braces.

    The all-zero GUID, with which exports say that there is none, gives an empty text.
    """
    plain = text.strip().strip("{}").lower()
    return "" if plain == "00000000-0000-0000-0000-000000000000" else plain
