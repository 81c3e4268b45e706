"""The objects that rules are applied to: connector space objects, as sources give them."""

from dataclasses import dataclass, field

from simulator.values import AttributeMap, guid_text, mixed_endian


@dataclass(frozen=True, slots=True)
class ConnectorObject:
    """One object of a connected directory, with every attribute already a typed value.

    *attributes* are spelt as the schema spells them; `dn` is not among them. *type* is the most
    specific structural class (A-33). *classes* are all values of objectClass, general first.

    """

    dn: str
    type: str
    attributes: AttributeMap
    classes: tuple[str, ...] = ()
    connector: str | None = None
    origin: str = ""

    @property
    def guid(self) -> str:
        """The objectGUID in lower case with hyphens; the key of the object in every report."""
        value = self.attributes.get("objectGUID")
        return guid_text(value) if isinstance(value, bytes) and len(value) == 16 else ""

    @property
    def name(self) -> str:
        """The common name, else the value of the first component of the DN."""
        cn = self.attributes.get("cn")
        if isinstance(cn, str):
            return cn
        return self.dn.partition(",")[0].partition("=")[2] or self.dn

    def text(self, attribute: str) -> str | None:
        """The value of *attribute* where it is a text, else `None`."""
        value = self.attributes.get(attribute)
        return value if isinstance(value, str) else None

    def sort_key(self) -> tuple[str, str]:
        """By DN without case, then by GUID: the order of every report."""
        return self.dn.casefold(), self.guid


@dataclass(slots=True)
class Provenance:
    """What must be said about how objects were read; it grows while they are, and is whole then.

    *captured_at* is ISO 8601 or empty where the source does not tell; *complete* is False when the
    source itself says that something is missing; *not_carried* names attributes that the format
    cannot hold. *notes* are sentences for the head of a report.
    """

    source: str
    sha256: str = ""
    captured_at: str = ""
    complete: bool = True
    account: str = ""
    notes: tuple[str, ...] = ()
    details: dict[str, str] = field(default_factory=dict)
    not_carried: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectSet:
    """All that a source gave: its objects, and the *provenance* that they share."""

    objects: tuple[ConnectorObject, ...]
    provenance: Provenance

    @property
    def source(self) -> str:
        """Where the objects were read."""
        return self.provenance.source

    @property
    def count(self) -> int:
        """How many objects there are."""
        return len(self.objects)

    @property
    def types(self) -> frozenset[str]:
        """The types of the objects."""
        return frozenset(each.type for each in self.objects)

    @property
    def captured_at(self) -> str:
        """When they were captured, ISO 8601; empty where nobody told."""
        return self.provenance.captured_at

    @property
    def complete(self) -> bool:
        """Whether the source says that nothing is missing."""
        return self.provenance.complete


def parse_guid(text: str) -> bytes | None:
    """The 16 bytes, as Active Directory stores them, of a GUID in text; `None` if it is none."""
    if len(text) == 36 and text[8] == text[13] == text[18] == text[23] == "-":
        try:
            plain = bytes.fromhex(text.replace("-", ""))
        except ValueError:
            return None
        if len(plain) == 16:  # 32 digits, and no blank among them
            return mixed_endian(plain)
    from uuid import UUID  # asks what the machine is

    try:
        return UUID(text.strip()).bytes_le if "_" not in text else None
    except ValueError:
        return None
