"""What the commands of a script do to a rule in the making, once their arguments are known."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tree_sitter import Node

from simulator.errors import Source
from simulator.rulefiles.draft import nearest
from simulator.rulefiles.properties import Open, Placed
from simulator.rulefiles.script_conditions import CONDITIONS, condition
from simulator.rulefiles.script_values import Draft, Run

PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "new-adsyncrule": (
        "name", "identifier", "description", "direction", "precedence", "precedenceafter",
        "precedencebefore", "sourceobjecttype", "targetobjecttype", "connector", "linktype",
        "softdeleteexpiryinterval", "immutabletag", "enablepasswordsync", "disabled",
        "sourcenamespaceid", "targetnamespaceid",
    ),
    "add-adsyncattributeflowmapping": (
        "synchronizationrule", "source", "destination", "flowtype", "valuemergetype",
        "executeonce", "expression", "mappingsourceasstring",
    ),
    "add-adsyncscopeconditiongroup": ("synchronizationrule", "scopeconditions"),
    "add-adsyncjoinconditiongroup": ("synchronizationrule", "joinconditions"),
    "add-adsyncrule": ("synchronizationrule",),
    "new-object": ("typename", "argumentlist", "property"),
}  # fmt: skip
DASHES = "-\u2013\u2014\u2015"  # what PowerShell takes before the name of a parameter
COMMON = (
    "outvariable", "erroraction", "warningaction", "verbose", "debug", "whatif", "confirm",
    "errorvariable",
)  # fmt: skip
SWITCHES = (
    "disabled",
    "enablepasswordsync",
    "executeonce",
    "verbose",
    "debug",
    "whatif",
    "confirm",
)
RULE_COMMANDS = tuple(name for name in PARAMETERS if "adsync" in name)
# They change or remove rules on a server, which a file of rules cannot follow.
CHANGING = (
    "set-adsyncrule", "remove-adsyncrule", "remove-adsyncattributeflowmapping",
    "remove-adsyncscopeconditiongroup", "remove-adsyncjoinconditiongroup",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Call:
    """A command with the values of its parameters, by their full names in lower case."""

    name: str
    values: Mapping[str, Any]
    node: Node

    def place(self, run: Run) -> Source:
        """The first line of the command, as a source."""
        text = run.script.text(self.node).partition("\n")[0]
        before = run.script.file.text[: self.node.start_byte]
        column = len(before) - before.rfind("\n")
        return Source("", text, before.count("\n") + 1, column, run.script.file.name)


def parameter(command: str, written: str) -> str | None:
    """The parameter of *command* that *written*, which may be cut short, means."""
    name = written.casefold().lstrip(DASHES)
    known = (*PARAMETERS[command], *COMMON)
    if name in known:
        return name
    if name == "ov":
        return "outvariable"
    fitting = [each for each in known if each.startswith(name)]
    return fitting[0] if len(fitting) == 1 else None


def call(made: Call, run: Run) -> object:
    """What the command *made* gives; its effect on rules is in their drafts."""
    run.read.add(made.node.start_byte)
    result = _COMMANDS[made.name](made, run)
    kept = made.values.get("outvariable")
    if isinstance(kept, Placed):
        name = kept.text.strip().casefold()
        earlier = run.variables.get(name.lstrip("+"), ())
        more = earlier if name.startswith("+") and isinstance(earlier, tuple) else ()
        run.variables[name.lstrip("+")] = (*more, result)
    return result


def unknown_parameter(command: str, written: str, node: Node, run: Run) -> None:
    """Says that the command has no parameter *written*."""
    near = nearest(written.lstrip(DASHES), PARAMETERS[command])
    help = f"did you mean `-{near}`?" if near else "the server would refuse it"
    message = f"`{written}` is no parameter of this command and has no effect here"
    run.warn(node, "unknown-parameter", message, help)


def _new_rule(made: Call, run: Run) -> Draft:
    values = {name: value for name, value in made.values.items() if name not in COMMON}
    draft = Draft({**values, "": made.place(run)}, made.node)
    for part in ("attributeflowmappings", "scopefilter", "joinfilter"):
        draft.properties[part] = []
    run.drafts.append(draft)
    return draft


def _flow(made: Call, run: Run) -> object:
    skipped = (*COMMON, "synchronizationrule")
    values = {name: value for name, value in made.values.items() if name not in skipped}
    return _added(made, "attributeflowmappings", {**values, "": made.place(run)}, run)


def _scope_group(made: Call, run: Run) -> object:
    group = {"scopeconditionlist": _listed(made, "scopeconditions", run), "": made.place(run)}
    return _added(made, "scopefilter", group, run)


def _join_group(made: Call, run: Run) -> object:
    group = {"joinconditionlist": _listed(made, "joinconditions", run), "": made.place(run)}
    return _added(made, "joinfilter", group, run)


def _listed(made: Call, name: str, run: Run) -> tuple[Any, ...]:
    value = made.values.get(name)
    if value is None:
        message = f"the group has no -{name}"
        run.refuse(made.node, "missing-parameter", message, f"add -{name} @(...)")
    flat: list[Any] = []
    for each in value if isinstance(value, tuple) else (value,):
        flat += each if isinstance(each, tuple) else (each,)
    return tuple(each for each in flat if each is not None)


def _added(made: Call, part: str, value: object, run: Run) -> object:
    draft = _draft(made, run)
    if draft is not None:
        draft.properties[part].append(value)
        draft.changed = True
    return draft


def _save(made: Call, run: Run) -> object:
    draft = _draft(made, run)
    if draft is not None:
        draft.saved = {
            name: list(value) if isinstance(value, list) else value
            for name, value in draft.properties.items()
        }
        draft.changed = False
    return draft


def _draft(made: Call, run: Run) -> Draft | None:
    value = made.values.get("synchronizationrule")
    if isinstance(value, tuple) and len(value) == 1:
        value = value[0]
    if isinstance(value, Draft):
        return value
    given = ", ".join(value.names) if isinstance(value, Open) else "no rule of this script"
    message = f"which rule this belongs to is not known: {given}"
    help = "a rule has to come from a New-ADSyncRule of the same script"
    run.refuse(made.node, "rule-not-known", message, help)
    return None


def _new_object(made: Call, run: Run) -> object:
    named = made.values.get("typename")
    kind = named.text.rpartition(".")[2].casefold() if isinstance(named, Placed) else ""
    if kind not in CONDITIONS:
        return run.found.value(kind or "New-Object")
    given = made.values.get("argumentlist")
    result = condition(kind, list(given) if isinstance(given, tuple) else [given])
    if result is None:
        count = len(CONDITIONS[kind])
        message = f"a {kind} takes {count} arguments"
        run.refuse(
            made.node, "wrong-arguments", message, f"they are: {', '.join(CONDITIONS[kind])}"
        )
        return None
    return {**result, "": made.place(run)}


_COMMANDS: Mapping[str, Callable[[Call, Run], object]] = {
    "new-adsyncrule": _new_rule,
    "add-adsyncattributeflowmapping": _flow,
    "add-adsyncscopeconditiongroup": _scope_group,
    "add-adsyncjoinconditiongroup": _join_group,
    "add-adsyncrule": _save,
    "new-object": _new_object,
}
