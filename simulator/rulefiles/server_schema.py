"""The schemas within a server configuration export: of the metaverse, and of each connector.

DSML, as the rule-format specification says in sections 2.2 and 2.3. What an attribute's syntax is
in the expression language follows the export itself: a Boolean metaverse attribute has syntax 7.
"""

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from simulator.errors import Diagnostic
from simulator.rulefiles.files import files
from simulator.rulefiles.rulefile import RuleFile, known_guid
from simulator.rulefiles.server_xml import parse_xml, text_of
from simulator.rulefiles.shipped import locate
from simulator.rulefiles.textfile import decode
from simulator.schema import Schema, schema_of

_DSML = "{http://www.dsml.org/DSML}"
_SYNTAX_ROOT = "1.3.6.1.4.1.1466.115.121.1."
_TYPES = {"5": "bin", "7": "bool", "12": "ref", "15": "str", "27": "num", "40": "bin"}


def load_schemas(location: str) -> Mapping[str, Schema]:
    """The schemas in the export at *location*: `metaverse`, and by the identifiers of connectors.

    Files that hold none are passed over; `load_rules` says what is wrong with them.
    """
    schemas: dict[str, Schema] = {}
    for name, content_of in files(locate(location)):
        text = decode(content_of(name))
        if text is None or not text.lstrip().startswith(("<ma-data", "<saved-mv", "<?xml")):
            continue
        root = parse_xml(RuleFile(name, text))
        if isinstance(root, Diagnostic):
            continue
        if root.tag == "saved-mv-configuration":
            schemas["metaverse"] = schema_in(root, "metaverse")
        elif root.tag == "ma-data":
            id = known_guid(text_of(root, "id"))
            schemas[id] = schema_in(root, text_of(root, "name").strip() or id)
    return schemas


def schema_in(root: Element, name: str) -> Schema:
    """The schema below *root*, whose attributes have many values unless it says otherwise."""
    types: dict[str, str] = {}
    for each in root.iter(f"{_DSML}attribute-type"):
        attribute = text_of(each, f"{_DSML}name").strip() or each.get("id", "")
        syntax = text_of(each, f"{_DSML}syntax").strip().removeprefix(_SYNTAX_ROOT)
        single = (each.get("single-value") or "").casefold() == "true"
        kind = _TYPES.get(syntax, "str")
        types[attribute] = kind if single else f"mv{kind}"
    return schema_of(name, types)
