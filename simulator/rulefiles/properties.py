"""The properties of a rule as the product's PowerShell objects name them, from any such form.

Scripts, JSON, CliXml and DSC definitions hold the same names; here they become a `SyncRule`.
A value is a text, number, Boolean, `None`, list or mapping; a `Placed` is a text whose place in
its file is known, an `Open` one that only the server knows. Names compare without case.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from simulator.errors import Diagnostic, Source
from simulator.rule import MergeType
from simulator.rulefiles.draft import nearest, word
from simulator.rulefiles.rulefile import RuleFile, note, problem, warning

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Placed:
    """A *text* that begins at *start* of its file's text."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Open:
    """A value that only the server knows, by the *names* under which it can be given."""

    names: tuple[str, ...]


@dataclass(slots=True)
class Found:
    """A file while it is read: what is wrong with it so far, and what is merely worth knowing."""

    file: RuleFile
    problems: list[Diagnostic] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)

    def tell(self, finding: Diagnostic) -> None:
        """Adds *finding* unless it was told already."""
        if finding not in self.findings:
            self.findings.append(finding)

    def value(self, name: str) -> Placed | Open:
        """The text given for the open value *name*, or the open value."""
        self.opened.append(name)
        settings = {key.casefold(): text for key, text in self.file.settings.items()}
        given = settings.get(name.casefold())
        return Open((name,)) if given is None else Placed(given, 0)


# Without meaning for the outcome: what the object says of itself, and of the metaverse it is in.
_PASSED_OVER = (
    "sourcenamespaceid", "targetnamespaceid", "version", "isstandardrule", "islegacycustomrule",
    "ensure", "pscomputername", "runspaceid", "psshowcomputername", "dependson",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Properties:
    """The properties of one rule, flow or clause, at *place* in what has been *found*."""

    values: Mapping[str, object]
    place: Source
    found: Found

    def get(self, name: str) -> object:
        """The value of the property *name*, which is written without capitals."""
        return self.values.get(name)

    def problem(self, code: str, message: str, help: str | None = None) -> None:
        """Adds a problem with the rule, flow or clause."""
        self.found.problems.append(problem(code, message, self.place, help))

    def unknown(self, known: tuple[str, ...]) -> None:
        """Says of each property that is not among *known* that it has no effect."""
        for name in self.values.keys() - {*known, *_PASSED_OVER, ""}:
            near = nearest(name, known)
            help = f"did you mean `{near}`?" if near else "please report it if it matters"
            message = f"the property `{name}` is not known and has no effect here"
            self.found.tell(warning("unknown-property", message, self.place, help))

    def text(self, name: str, *, needed: bool = False, guess: str | None = None) -> str:
        """The text of the property *name*; *guess* stands for an open one."""
        value = self.get(name)
        match value:
            case Placed(text=text) | str(text):
                pass
            case bool() | int():
                text = str(value)
            case None:
                text = ""
            case Open(names=names) if guess is not None:
                self.found.tell(_left_open(name, names, self.place))
                return guess
            case Open(names=names):
                self.found.problems.append(_open(name, names, self.place))
                return ""
            case _:
                self.problem("wrong-type", f"`{name}` is no text", "write one text there")
                return ""
        if not text.isascii() and any("\ud800" <= sign <= "\udfff" for sign in text):
            self.problem("not-text", f"`{name}` has half of a character", "export it again")
            return ""
        if needed and not text.strip():
            self.problem("missing-property", f"there is no `{name}`", f"give the rule a {name}")
        return text

    def flag(self, name: str) -> bool:
        """Whether the property *name* is true; it is not where it is missing."""
        text = self.text(name).strip().casefold()
        if text not in ("", "true", "false", "0", "1"):
            help = "write true or false"
            self.problem("wrong-value", f"`{name}` is `{text}`", help)
        return text in ("true", "1")

    def word(self, words: type[Word], name: str, default: Word | None = None) -> Word | None:
        """The member of *words* that the property *name* spells or numbers."""
        value = self.get(name)
        members = list(words)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(members):
            self.found.tell(_numbered(self.found.file.name))
            return _NUMBERS.get(words, members)[value]  # type: ignore[return-value]  # same enum
        if value is None and default is not None:
            return default
        before = len(self.found.problems)
        text = self.text(name).strip()
        if before != len(self.found.problems):
            return None
        spelled = {each.value.casefold(): each.value for each in words}
        spelling = spelled.get(text.casefold(), text)
        return word(words, spelling, name, self.place, self.found.problems)

    def each(self, name: str) -> list[Mapping[str, object]]:
        """The mappings at *name*, where one alone may stand for a list of one."""
        value = self.get(name)
        listed = value if isinstance(value, list | tuple) else [] if value is None else [value]
        mappings: list[Mapping[str, object]] = []
        for one in listed:
            match one:
                case Mapping():
                    mappings.append({str(k).casefold(): v for k, v in one.items()})
                case str(text) | Placed(text=text) if not text.strip():
                    pass
                case str():
                    self.problem("depth-ran-out", f"`{name}` was cut off: `{one[:60]}`", DEEPER)
                case Open(names=names):
                    self.found.problems.append(_open(name, names, self.place))
                case _:
                    self.problem("wrong-type", f"an entry of `{name}` is no object", DEEPER)
        return mappings


DEEPER = "write the file again, deep enough: ConvertTo-Json -Depth 10, or Export-Clixml -Depth 10"
# The order in which public definitions list these names; others are numbered as in `rule`.
_NUMBERS: Mapping[type[StrEnum], list[MergeType]] = {
    MergeType: [
        MergeType.UPDATE,
        MergeType.REPLACE,
        MergeType.MERGE_CASE_INSENSITIVE,
        MergeType.MERGE,
    ]
}


def _numbered(file: str) -> Diagnostic:
    return warning(
        "enumeration-number",
        "enumerations are written as numbers here; they are read in the order of public listings",
        Source(file, ""),
        "compare with `Get-ADSyncRule`, or write the file with Export-Clixml -Depth 10",
    )


def _set(names: tuple[str, ...]) -> str:
    return "give it: " + " ".join(f"--set '{name}=...'" for name in names)


def _left_open(name: str, names: tuple[str, ...], place: Source) -> Diagnostic:
    shown = ", ".join(f"`{each}`" for each in names)
    message = f"{shown}, known only to the server, is left open as the {name} of the rule"
    return note("open-value", message, place, _set(names))


def _open(name: str, names: tuple[str, ...], place: Source) -> Diagnostic:
    shown = ", ".join(f"`{each}`" for each in names)
    return problem(
        "open-value", f"the {name} is {shown}, known only to the server", place, _set(names)
    )
