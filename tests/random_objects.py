"""Random objects: computers like those of the fleet, others, and what is odd about some."""

import random
import uuid
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from simulator import load_objects
from simulator.objects import ConnectorObject
from simulator.values import Reference, Unreadable
from tests.random_rules import GROUP

FLEET = load_objects(str(Path(__file__).parent.parent / "fixtures/fleet.jsonl")).objects
OWNERS = [o for o in FLEET if o.attributes.get("userCertificate")]
CERTIFICATES = [v for o in OWNERS for v in o.attributes["userCertificate"]]  # type: ignore[union-attr]
CLASSES = {
    "computer": ("top", "person", "user", "computer"), "user": ("top", "person", "user"),
    "group": ("top", "group"), "inetOrgPerson": ("top", "person", "user", "inetOrgPerson"),
    "msDS-GroupManagedServiceAccount": ("top", "person", "user", "computer", "msDS-GroupManagedServiceAccount"),
}  # fmt: skip
UNITS = ("", "", "OU=Clients,", "OU=Servers,", "OU=In,OU=Servers,", "DC=lab,")


ODD: Sequence[tuple[str, Any]] = (
    ("displayName", Unreadable("denied")), ("displayName", "y" * 449), ("displayName", ("a", "#")),
    ("displayName", "D1"), ("description", ("z" * 500,)), ("description", "single"),
    ("userCertificate", Unreadable("left out", carried=False)), ("userCertificate", (b"1",)),
    ("userCertificate", (b"",)), ("userCertificate", tuple(CERTIFICATES[:16])), ("userCertificate", b"single"),
    # what only Windows takes: Base64, and bytes after the end
    ("userCertificate", (b64encode(CERTIFICATES[0]),)), ("userCertificate", (CERTIFICATES[1] + b"end", CERTIFICATES[2])),
    ("objectGUID", None), ("objectGUID", b"short"), ("objectGUID", bytes(16)), ("cn", None), ("cn", ""),
    ("operatingSystemVersion", Unreadable("denied")), ("operatingSystem", "Ünïx"), ("objectSid", b""),
    ("sAMAccountName", "same$"), ("userAccountControl", 2**40), ("absent", "x"),
    ("isCriticalSystemObject", Unreadable("denied")), ("memberOf", Unreadable("denied")),
)  # fmt: skip


def random_objects(chance: random.Random, count: int) -> list[ConnectorObject]:
    """Objects of several kinds; those of a kind differ in what all objects differ in."""
    odd = chance.sample(ODD, chance.choice([0, 3, 6]))
    kinds = [_kind(chance) for _ in range(24)]
    return [_object(chance, number, chance.choice(kinds), odd) for number in range(count)]


def _kind(chance: random.Random) -> ConnectorObject:
    """A kind of objects: texts have `#` for the number of one, and the DN lacks its name."""

    def maybe(*values: Any, share: float = 0.7) -> Any:
        return chance.choice(values) if chance.random() < share else None

    attributes: dict[str, Any] = {
        "cn": "PC#",
        "operatingSystem": maybe("Samba", "samba", "Windows 10", "Windows Server 2012 R2", "", share=0.9),
        "operatingSystemVersion": maybe("6.3 (9600)", "10.0", "6.1", "", share=0.8),
        "userAccountControl": maybe(4096, 4098, 2, share=0.9),
        "displayName": maybe("A", "a", "", " ", "D#", "D#.x", "7"),
        "description": maybe(("a",), ("b", "a"), ("", "B"), share=0.5),
        "dNSHostName": maybe("pc#.x", "nodot", "", ".x"),
        "isCriticalSystemObject": maybe(True, False, share=0.3),
        "sAMAccountName": maybe("PC#$"),
        "managedBy": maybe(Reference("CN=Boss,DC=contoso,DC=com"), share=0.2),
        "objectSid": maybe(bytes(range(16)), bytes(range(28)), share=0.5),
        "memberOf": maybe((Reference(GROUP),), share=0.3),
        "userCertificate": maybe(
            *[tuple(chance.sample(CERTIFICATES, chance.randint(1, 3)))] * 5, (b"junk",),
            (*chance.sample(CERTIFICATES, 2), b"junk"), share=0.75,
        ),
    }  # fmt: skip
    type = "computer" if chance.random() < 0.93 else chance.choice(list(CLASSES))
    top = (
        "DC=other,DC=com" if chance.random() < 0.1 else f"{chance.choice(UNITS)}DC=contoso,DC=com"
    )
    held = {name: value for name, value in attributes.items() if value is not None}
    return ConnectorObject(top, type, held, CLASSES[type])


def _object(
    chance: random.Random, number: int, kind: ConnectorObject, odd: Sequence[tuple[str, Any]]
) -> ConnectorObject:
    """The object with that *number*, of that *kind*; now and then with one of the *odd* values."""
    attributes = dict(kind.attributes)
    attributes["objectGUID"] = uuid.UUID(int=chance.getrandbits(128)).bytes_le
    if "userCertificate" in attributes and chance.random() < 0.5:  # one of its own
        owner = OWNERS[number % len(OWNERS)].attributes
        attributes |= {name: owner.get(name) for name in ("objectGUID", "userCertificate")}
    name = f"PC{number}"
    if odd and chance.random() < 0.15:
        attributes |= dict([chance.choice(odd)])
        name = chance.choice([rf"P\,C{number}", f"{name} ", f"PC{number - 1}"])
    held = {k: _numbered(v, number) for k, v in attributes.items() if v is not None}
    return ConnectorObject(f"CN={name},{kind.dn}", kind.type, held, kind.classes)


def _numbered(value: Any, number: int) -> Any:
    """*value* with *number* for `#`."""
    match value:
        case str():
            return value.replace("#", str(number))
        case tuple():
            return tuple(_numbered(each, number) for each in value)
    return value
