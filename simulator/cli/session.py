"""A conversation with the evaluator: each input is an expression, or a command with a `:`.

Knows nothing of terminals: an input goes in, lines come out, the state is the session's.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from simulator.assumptions import ledger, parse_readings
from simulator.cli.evaluation import answer_lines, evaluated, parameters_of, remark_lines
from simulator.errors import DiagnosticsError, SimulatorError, UsageError
from simulator.find import find_object
from simulator.language.checking.names import PUBLISHED_PARAMETERS
from simulator.language.complete import Completion, completions
from simulator.language.context import Context
from simulator.language.reference import declared, page_lines
from simulator.objects import ConnectorObject, ObjectSet
from simulator.rule import Connector
from simulator.schema import standard_schema
from simulator.sources.assignment import assigned
from simulator.values import AttributeMap, show

HELP = """\
Type an expression to see its value; an open bracket, or an operator at the end, continues it.

:object NAME          evaluate on this object (name, sAMAccountName, DN or objectGUID)
:load LOCATION        read objects from a file or an LDAP URL
:set NAME=VALUE       give an attribute a value; repeated on one line, several; %Name%=VALUE too
:unset NAME           take it back
:attributes           what the object at hand holds
:trace                show every step, or stop doing so
:assume A-nn=READING  take another reading of an assumption; alone, list them
:functions NAME       the page of a function
:help                 this
:quit                 leave, as Ctrl-D does"""

_COMMANDS = (
    ":object", ":load", ":set", ":unset", ":attributes", ":trace", ":assume", ":functions",
    ":help", ":quit",
)  # fmt: skip
_STRING = re.compile(r'"(?:\\["\\]|""|\\(?!["\\])|[^"\\])*("|$)')
_CONTINUES = re.compile(r"(?:&&|\|\||[-+*&=<>,(])\s*$")


@dataclass(frozen=True, slots=True)
class Response:
    """What an input gave: the answer, what is said beside it, whether it failed, whether to go."""

    lines: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    failed: bool = False
    quit: bool = False


@dataclass(slots=True)
class Session:
    """The state between inputs: the object at hand, values given, readings, and the clock."""

    now: datetime
    load: Callable[[str], ObjectSet]
    objects: ObjectSet | None = None
    subject: ConnectorObject | None = None
    sets: list[str] = field(default_factory=list)
    readings: dict[str, str] = field(default_factory=dict)
    connectors: tuple[Connector, ...] = ()
    traced: bool = False

    @property
    def prompt(self) -> str:
        """The prompt, with the object at hand."""
        return f"{self.subject.name}> " if self.subject else "aadsim> "

    def respond(self, text: str) -> Response:
        """The response to one input; no foreseen error escapes."""
        text = text.strip()
        try:
            if not text:
                return Response()
            return self._command(text) if text.startswith(":") else self._expression(text)
        except SimulatorError as error:
            return Response(remarks=[f"error: {error.render()}"], failed=True)

    def complete(self, text: str, cursor: int) -> tuple[Completion, ...]:
        """What can stand at *cursor* of *text*."""
        if text.startswith(":") and " " not in text[:cursor]:
            begun = [c for c in _COMMANDS if c.startswith(text[:cursor])]
            return tuple(Completion(c, 0, "command") for c in begun)
        attributes, parameters = self._given()
        known = {*standard_schema("ad").attributes, *attributes, "dn"}
        return completions(text, cursor, known, {*PUBLISHED_PARAMETERS, *parameters})

    def _given(self) -> tuple[AttributeMap, Mapping[str, str]]:
        given, parameters = assigned(tuple(self.sets))
        held = self.subject.attributes if self.subject else {}
        dn = self.subject.dn if self.subject else None
        return {**held, **given}, {**parameters_of(self.connectors, dn), **parameters}

    def _expression(self, text: str) -> Response:
        attributes, parameters = self._given()
        dn = self.subject.dn if self.subject else None
        context = Context(self.now, attributes, dn, parameters, dict(self.readings))
        try:
            told = self.objects.provenance if self.objects and self.subject else None
            evaluation = evaluated(text, context, provenance=told)
        except DiagnosticsError as error:
            return Response(
                remarks=[f"error: {d.render()}" for d in error.diagnostics], failed=True
            )
        lines, remarks = answer_lines(evaluation, self.traced), remark_lines(evaluation)
        return Response(lines, remarks, failed=evaluation.error is not None)

    def _command(self, text: str) -> Response:
        name, _, rest = text.partition(" ")
        rest = rest.strip()
        match name:
            case ":quit" | ":q" | ":exit":
                return Response(quit=True)
            case ":help" | ":h" | ":?":
                return Response(HELP.splitlines())
            case ":trace":
                self.traced = not self.traced if not rest else rest == "on"
                return Response([f"trace is {'on' if self.traced else 'off'}"])
            case ":functions" if rest:
                return Response(list(page_lines(declared(rest))))
            case ":load" if rest:
                self.objects, self.subject = self.load(rest), None
                return Response([f"{len(self.objects.objects)} objects"])
            case ":object" if rest:
                return self._object(rest)
            case ":set" if rest:
                return self._set(rest)
            case ":unset" if rest:
                self.sets = [s for s in self.sets if s.partition("=")[0] != rest]
                return Response()
            case ":attributes":
                held = sorted(self._given()[0].items())
                return Response([f"{a} = {show(v)}" for a, v in held])
            case ":assume":
                return self._assume(rest)
        if name in _COMMANDS:
            raise UsageError(f"`{name}` needs something behind it", ":help tells what")
        raise UsageError(f"there is no command `{name}`", ":help lists them")

    def _object(self, name: str) -> Response:
        if self.objects is None:
            raise UsageError("no objects are loaded", ":load FILE first, or start with --objects")
        self.subject = find_object(name, self.objects)
        return Response([self.subject.dn])

    def _set(self, text: str) -> Response:
        # several assignments on one line: each begins with a name and its sign
        parts = re.split(r"\s+(?=%?[A-Za-z][\w.-]*%?=)", text)
        assigned(tuple(parts))
        names = {p.partition("=")[0] for p in parts}
        self.sets = [s for s in self.sets if s.partition("=")[0] not in names] + parts
        return Response()

    def _assume(self, text: str) -> Response:
        if text:
            self.readings.update(parse_readings(tuple(text.split())))
            return Response()
        lines = []
        for id, entry in ledger().items():
            readings = ", ".join(entry.readings)
            taken = f" [taken: {self.readings[id]}]" if id in self.readings else ""
            lines.append(f"{id} {entry.statement}{f' ({readings})' if readings else ''}{taken}")
        return Response(lines)


def is_complete(text: str) -> bool:
    """Whether *text* can be evaluated as it is: nothing is open, and no operand is missing."""
    if text.lstrip().startswith(":"):
        return True
    if any(not found[1] for found in _STRING.finditer(text)):
        return False
    masked = _STRING.sub(lambda m: "x" * len(m[0]), text)
    masked = re.sub(r"\[[^\]\r\n]*\]", lambda m: "x" * len(m[0]), masked)
    return masked.count("(") <= masked.count(")") and not _CONTINUES.search(masked)
