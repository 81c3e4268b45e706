"""The reader of rule definitions of AADConnectDsc as YAML (Datum).

Needs the extra `yaml`. Anchors and aliases are refused: no definition needs them, and a few lines
of them unfold to any size. Source: rule-format specification, section 5.
"""

import re
from typing import Any

from simulator.errors import Diagnostic, Source, Span
from simulator.rulefiles.properties import Found
from simulator.rulefiles.property_rule import rule_of
from simulator.rulefiles.rulefile import Contents, RuleFile, note, problem, reader, warning

MAXIMUM_TEXT = 4 * 1024 * 1024
MAXIMUM_DEPTH = 40

_YAML = re.compile(
    r"(?:%YAML[^\n]*\n)?(?:\s*---[^\n]*\n)?(?:[ \t]*(?:#[^\n]*)?\n)*"
    r"(?:Items|-?[ \t]*Name)[ \t]*:(?:[ \t\n]|$)",
    re.IGNORECASE,
)
_RULE_KEYS = {"direction", "attributeflowmappings", "linktype", "scopefilter", "joinfilter"}


@reader("YAML of AADConnectDsc", lambda file: bool(_YAML.match(file.text)))
def read_yaml(file: RuleFile) -> Contents:
    """Rule definitions of AADConnectDsc: `Items:`, a list of rules."""
    value = _parse(file)
    if isinstance(value, Diagnostic):
        return Contents(problems=(value,))
    found = Found(file)
    rules = []
    for number, each in enumerate(_entries(value), start=1):
        if not isinstance(each, dict) or not _RULE_KEYS & each.keys():
            message = f"entry {number} has none of the keys of a rule and is passed over"
            found.tell(warning("no-rule", message, Source(file.name, "")))
            continue
        if str(each.pop("ensure", "Present")).casefold() == "absent":
            message = "the definition asks for the absence of this rule; it is not in the set"
            place = Source(str(each.get("name") or f"rule {number}"), "", file=file.name)
            found.tell(note("rule-absent", message, place))
            continue
        each.pop("isstandardrule", None)
        rules.append(rule_of(each, found, f"rule {number}"))
    if not rules and not any(each.code == "rule-absent" for each in found.findings):
        help = "rules have keys such as Direction and AttributeFlowMappings"
        found.problems.append(
            problem("no-rule", "there is no rule in it", Source(file.name, ""), help)
        )
    return Contents(
        tuple(each for each in rules if each),
        findings=tuple(found.findings),
        problems=tuple(found.problems),
        opened=frozenset(found.opened),
    )


def _entries(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = value.get("items", [value])
    return value if isinstance(value, list) else [value]


def _parse(file: RuleFile) -> Any:
    """The value in *file*, with keys in lower case, or what keeps it from being read."""
    place = Source(file.name, "")
    try:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import MarkedYAMLError, YAMLError
        from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent
    except ImportError:
        help = "install it: pip install 'aadsim[yaml]'"
        return problem("not-installed", "reading YAML needs ruamel.yaml", place, help)
    if len(file.text) > MAXIMUM_TEXT:
        return problem("too-large", "the file is too large", place, "give the rules alone")
    depth = 0
    try:
        for event in YAML(typ="safe", pure=True).parse(file.text):
            depth += isinstance(event, CollectionStartEvent)
            depth -= isinstance(event, CollectionEndEvent)
            if isinstance(event, AliasEvent):
                return _fault("alias", "an alias is used", event.start_mark.index, file)
            if depth > MAXIMUM_DEPTH:
                return _fault("too-deep", "it is nested too deeply", event.start_mark.index, file)
        return _folded(YAML(typ="safe", pure=True).load(file.text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = str(error.problem or error.context or "not YAML").partition("\n")[0]
        return _fault("not-yaml", reason, mark.index if mark else 0, file)
    except (YAMLError, ValueError, ArithmeticError, RecursionError, TypeError, KeyError) as error:
        reason = str(error).partition("\n")[0][:200] or "not YAML"
        return _fault("not-yaml", reason, 0, file)


def _fault(code: str, message: str, index: int, file: RuleFile) -> Diagnostic:
    start = min(index, max(0, len(file.text.rstrip()) - 1))
    help = "write every value out" if code == "alias" else "compare the line with its neighbours"
    return Diagnostic(code, message, Source(file.name, file.text), Span(start, start + 1), help)


def _folded(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key).casefold(): _folded(each) for key, each in value.items()}
    return [_folded(each) for each in value] if isinstance(value, list) else value
