"""The connector file of a server configuration export (`ma-data`): what is imported, parameters.

Source: rule-format specification, section 2.2. Passwords, sign-in names and cookies are not taken.
"""

from xml.etree.ElementTree import Element

from simulator.errors import Diagnostic, Source
from simulator.rule import Connector, ConnectorKind, Partition
from simulator.rulefiles.rulefile import Contents, RuleFile, known_guid, problem
from simulator.rulefiles.server_xml import text_of, unknown_children

_ENTRA_SUBTYPE = "Windows Azure Active Directory (Microsoft)"
_ROOT = frozenset((
    "format-version", "id", "name", "category", "description", "subtype", "ma-listname",
    "ma-companyname", "creation-time", "last-modification-time", "version", "internal-version",
    "password-sync-allowed", "schema", "private-configuration", "attribute-inclusion", "join",
    "projection", "export-attribute-flow", "ma-partition-data", "ma-run-data",
    "component_mappings", "password-sync", "encrypted-attributes",
))  # fmt: skip
_PARTITION = frozenset((
    "id", "name", "creation-time", "last-modification-time", "version", "selected",
    "display-name", "filter", "custom-data", "parameter-values", "current",
))  # fmt: skip
_FILTER = frozenset({"object-classes", "containers"})
_CONTAINERS = frozenset({"exclusions", "inclusions"})


def read_connector(root: Element, file: RuleFile) -> Contents:
    """The connector in *file*, whose root element is *root*."""
    id = known_guid(text_of(root, "id"))
    name = text_of(root, "name").strip()
    place = Source(f"connector {name or id}".rstrip(), "", file=file.name)
    findings: list[Diagnostic] = list(unknown_children(root, _ROOT, place))
    if not id or not name:
        missing = "id" if not id else "name"
        help = "export the connector again; rules name it by its id"
        fault = problem("missing-element", f"the connector has no `{missing}`", place, help)
        return Contents(problems=(fault,))
    partitions = tuple(
        _partition(each, place, findings) for each in root.iterfind("ma-partition-data/partition")
    )
    settings = root.find("private-configuration/adma-configuration")
    parameters = _parameters(settings)
    connector = Connector(
        id=id,
        name=name,
        kind=_kind(root),
        partitions=partitions,
        attributes=frozenset(_texts(root, "attribute-inclusion/attribute")),
        parameters=parameters,
        pilot_group=parameters.get("Connector.GroupFilteringGroupDn", ""),
        origin=file.name,
    )
    return Contents(connectors=(connector,), findings=tuple(findings))


def _kind(root: Element) -> ConnectorKind:
    match text_of(root, "category").strip(), text_of(root, "subtype").strip():
        case "AD", _:
            return ConnectorKind.ACTIVE_DIRECTORY
        case "Extensible2", subtype if subtype == _ENTRA_SUBTYPE:
            return ConnectorKind.ENTRA
        case _:
            return ConnectorKind.OTHER


def _partition(element: Element, place: Source, findings: list[Diagnostic]) -> Partition:
    findings.extend(unknown_children(element, _PARTITION, place))
    for path, known in (("filter", _FILTER), ("filter/containers", _CONTAINERS)):
        for each in element.iterfind(path):
            findings.extend(unknown_children(each, known, place))
    dn = text_of(element, "name").strip()
    return Partition(
        dn=dn,
        selected=text_of(element, "selected").strip() != "0",
        object_types=_texts(element, "filter/object-classes/object-class"),
        included=_texts(element, "filter/containers/inclusions/inclusion", dn),
        excluded=_texts(element, "filter/containers/exclusions/exclusion", dn),
        parameters=_parameters(element),
    )


def _texts(element: Element, path: str, empty: str = "") -> tuple[str, ...]:
    """The texts at *path*; an empty element, which stands for the root, gives *empty*."""
    texts = ((each.text or "").strip() or empty for each in element.iterfind(path))
    return tuple(text for text in texts if text)


def _parameters(element: Element | None) -> dict[str, str]:
    """The parameters that rules may name: those that the product sets, and the global ones."""
    if element is None:
        return {}
    return {
        name: (each.text or "").strip()
        for each in element.iterfind("parameter-values/parameter")
        if (name := each.get("name"))
        and (each.get("intrinsic") == "1" or each.get("use") == "global")
        and each.get("encrypted") != "1"
    }
