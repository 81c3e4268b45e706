"""The readers of rule objects that PowerShell wrote to a file: ConvertTo-Json and Export-Clixml.

Source: rule-format specification, section 4. ConvertTo-Json writes enumerations as numbers, and
type names for what lies below its depth; CliXml keeps both.
"""

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element

from simulator.errors import Diagnostic, Source
from simulator.rulefiles.json_text import entries, is_json, parse_json
from simulator.rulefiles.properties import DEEPER, Found
from simulator.rulefiles.property_rule import rule_of
from simulator.rulefiles.rulefile import Contents, RuleFile, note, problem, reader
from simulator.rulefiles.server_xml import parse_xml

_CLIXML = re.compile(r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<Objs\b", re.DOTALL)
_POLICY = re.compile(r'"(?:onpremises|azure)DirectoryPolicy"\s*:', re.IGNORECASE)


def is_policy(file: RuleFile) -> bool:
    """Whether *file* is a settings export of the installation wizard."""
    return is_json(file) and bool(_POLICY.search(file.text))


@reader("JSON of Get-ADSyncRule", lambda file: is_json(file) and not is_policy(file))
def read_json(file: RuleFile) -> Contents:
    """`Get-ADSyncRule | ConvertTo-Json -Depth 10`."""
    value = parse_json(file)
    if isinstance(value, Diagnostic):
        return Contents(problems=(value,))
    if isinstance(value, dict) and "$schema" in value:
        message = "this is a schema and holds no rule"
        return Contents(findings=(note("file-not-read", message, Source(file.name, "")),))
    return rules_of(entries(value), file)


@reader("CliXml of Get-ADSyncRule", lambda file: bool(_CLIXML.match(file.text)))
def read_clixml(file: RuleFile) -> Contents:
    """`Get-ADSyncRule | Export-Clixml -Depth 10 FILE`."""
    root = parse_xml(file)
    if isinstance(root, Diagnostic):
        return Contents(problems=(root,))
    objects: dict[str, object] = {}
    values = [_value(each, objects) for each in root]
    listed = [one for each in values for one in (each if isinstance(each, list) else [each])]
    return rules_of(listed, file)


def rules_of(values: list[object], file: RuleFile) -> Contents:
    """The rules that *values* describe, each a mapping of the properties of one."""
    found = Found(file)
    rules = []
    for number, each in enumerate(values, start=1):
        if isinstance(each, Mapping):
            rules.append(rule_of(each, found, f"rule {number}"))
            continue
        place = Source(f"rule {number}", "", file=file.name)
        shown = each[:60] if isinstance(each, str) else "a list"
        found.problems.append(problem("no-rule", f"`{shown}` is no rule", place, DEEPER))
    if not values:
        place = Source(file.name, "")
        found.problems.append(problem("no-rule", "there is no rule in it", place, DEEPER))
    return Contents(
        tuple(each for each in rules if each),
        findings=tuple(found.findings),
        problems=tuple(found.problems),
        opened=frozenset(found.opened),
    )


_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NUMBERS = ("I16", "I32", "I64", "U16", "U32", "U64", "By", "SB")


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(text: str | None) -> str:
    """*text* with the escapes of CliXml read: `_x000A_` is a line feed."""
    read = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text or "")
    # characters beyond the first plane are written as two escapes
    return read.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _value(element: Element, objects: dict[str, object]) -> object:
    """The value of *element*; *objects* are those read before, by their number in the file."""
    text = (element.text or "").strip()
    match _tag(element):
        case "Nil":
            return None
        case "B":
            return text.casefold() == "true"
        case tag if tag in _NUMBERS:
            return int(text) if re.fullmatch(r"-?[0-9]{1,19}", text) else text
        case "TS":
            return "0" if re.fullmatch(r"P?T?0[DSHM]?", text) else text
        case "Ref":
            return objects.get(element.get("RefId", ""))
        case "Obj":
            value = _object(element, objects)
            objects[element.get("RefId", "")] = value
            return value
        case _:
            return _text(element.text)


def _object(element: Element, objects: dict[str, object]) -> object:
    """An object: the word of an enumeration, a list, or the mapping of its properties."""
    parts = {_tag(each): each for each in element}
    if "ToString" in parts and any(tag in parts for tag in _NUMBERS):
        return _text(parts["ToString"].text)
    listed = next((parts[t] for t in ("LST", "IE", "STK", "QUE") if t in parts), None)
    if listed is not None:
        return [_value(each, objects) for each in listed]
    table: dict[str, object] = {}
    for group in ("Props", "MS"):
        for each in parts.get(group, ()):
            table.setdefault(_text(each.get("N")).casefold(), _value(each, objects))
    if not table and "ToString" in parts:
        return _text(parts["ToString"].text)
    return table
