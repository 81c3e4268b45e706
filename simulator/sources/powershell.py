"""Properties as Get-ADComputer names and types them -> attributes as the directory has them.

The CSV, JSON, CliXml and text forms of PowerShell end here. What PowerShell derives from other
attributes (`Enabled`, `Created`, ...) is left out; what it has cut on the way to the file becomes
an attribute that could not be read. Source: formats specification, sections 6 and 8.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from simulator.errors import InputError
from simulator.objects import parse_guid
from simulator.schema import standard_schema
from simulator.sources.binary import from_base64, from_numbers, from_sid
from simulator.sources.decode import RawValue, Record, wanted_name
from simulator.values import Unreadable

_NAMES = {"sid": "objectSid", "emailaddress": "mail", "homepage": "wWWHomePage"}
_DERIVED_NAMES = (
    "AccountExpirationDate AccountLockoutTime AccountNotDelegated AddedProperties"
    " AllowReversiblePasswordEncryption AuthenticationPolicy AuthenticationPolicySilo"
    " BadLogonCount CannotChangePassword CanonicalName Certificates CompoundIdentitySupported"
    " Created Deleted DistinguishedName DoesNotRequirePreAuth Enabled HomedirRequired"
    " IPv4Address IPv6Address KerberosEncryptionType LastBadPasswordAttempt LastKnownParent"
    " LastLogonDate LockedOut MNSLogonAccount Modified ModifiedProperties PasswordExpired"
    " PasswordLastSet PasswordNeverExpires PasswordNotRequired PrimaryGroup"
    " PrincipalsAllowedToDelegateToAccount PropertyCount PropertyNames PSComputerName"
    " PSShowComputerName ProtectedFromAccidentalDeletion RemovedProperties RunspaceId"
    " ServiceAccount ServicePrincipalNames TrustedForDelegation TrustedToAuthForDelegation"
    " UseDESKeyOnly WriteDebugStream WriteErrorStream WriteInformationStream"
    " WriteVerboseStream WriteWarningStream"
)
_DERIVED = frozenset(_DERIVED_NAMES.casefold().split())
# `-Properties *` was asked for where these are: then a property that is not there has no value
_OF_ALL = frozenset({"cannotchangepassword", "protectedfromaccidentaldeletion"})
_TIMES = frozenset(
    {"whenCreated", "whenChanged", "createTimeStamp", "modifyTimeStamp", "dSCorePropagationData"}
)
# PowerShell gives the most specific class alone; these are its ancestors in the schema.
_USER = ("top", "person", "organizationalPerson", "user")
_CLASSES = {
    "computer": (*_USER, "computer"),
    "user": _USER,
    "inetOrgPerson": (*_USER, "inetOrgPerson"),
    "contact": ("top", "person", "organizationalPerson", "contact"),
    "group": ("top", "group"),
    "msDS-ManagedServiceAccount": (*_USER, "computer", "msDS-ManagedServiceAccount"),
    "msDS-GroupManagedServiceAccount": (*_USER, "computer", "msDS-GroupManagedServiceAccount"),
}
_TYPE_NAME = re.compile(r"(?:System|Microsoft|Deserialized)\.[A-Za-z0-9_.]+(?:`\d+)?(?:\[\])?")
_JSON_TIME = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")
_GENERALIZED = re.compile(r"\d{14}(?:\.\d+)?Z")
_NUMBERS = re.compile(r"\d{1,3}(?: \d{1,3}){15,}(?: ?(?:\.\.\.|…))?")
_SEPARATORS = re.compile(r"[;,|\s]+")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cut:
    """Stands in for a value that the file does not hold as it was, with the reason."""

    reason: str


class _CutError(Exception):
    """A value that cannot be taken; the message is the reason."""


def asked_for(objects: Iterable[Mapping[str, object]]) -> tuple[set[str], bool]:
    """The properties of all *objects*, in small letters, and whether all were asked for."""
    names = {name.casefold() for properties in objects for name in properties}
    return names, names >= _OF_ALL


def carried(names: Iterable[str]) -> list[str]:
    """The attributes that the properties *names* carry."""
    attributes = [a for a in (_attribute(name) for name in names) if a]
    # computers and users are named by it, and PowerShell always gives the name
    return [*attributes, "cn"] if "name" in attributes else attributes


def record(
    properties: Mapping[str, object], place: str, absent: Mapping[str, Unreadable]
) -> Record:
    """The object that has *properties*; *absent* are attributes that the file leaves out."""
    folded = {name.casefold(): value for name, value in properties.items()}
    dn = folded.get("distinguishedname")
    if not isinstance(dn, str) or not dn.strip():
        raise InputError(
            f"{place}: an object without DistinguishedName",
            "export the objects as Get-ADComputer gives them, or select DistinguishedName and"
            " ObjectGUID as well",
        )
    attributes: dict[str, Sequence[RawValue]] = {}
    unreadable: dict[str, str] = {}
    # the directory's own names come last: `objectSid` prevails over PowerShell's `SID`
    for name in sorted(properties, key=lambda n: n.casefold() not in _NAMES):
        attribute = _attribute(name)
        if not attribute:
            continue
        try:
            values = _values(attribute, properties[name])
        except _CutError as error:
            unreadable[attribute] = str(error)
            attributes.pop(attribute, None)
        else:
            if values or attribute not in attributes:
                attributes[attribute] = values
                unreadable.pop(attribute, None)
    if not attributes.get("cn") and "cn" not in unreadable and attributes.get("name"):
        attributes["cn"] = attributes["name"]
    classes: Sequence[RawValue] = attributes.get("objectClass", ())
    if len(classes) == 1:
        attributes["objectClass"] = _CLASSES.get(str(classes[0]), classes)
    left = {name: value for name, value in absent.items() if name not in attributes}
    return Record(dn, attributes, place, unreadable, left)


def _attribute(name: str) -> str:
    """The attribute that the property *name* shows; an empty text for what is derived."""
    if name.casefold() in _DERIVED:
        return ""
    return wanted_name(_NAMES.get(name.casefold(), name))


def _values(attribute: str, value: object) -> list[RawValue]:
    known = standard_schema("ad").get(attribute)
    kind = known.type if known else ""
    raw = [
        converted
        for each in _listed(kind, attribute, value)
        if (converted := _value(attribute, kind, each)) not in ("", b"")
    ]
    if len(raw) > 1 and known is not None and not known.multi:
        raise _CutError(f"{len(raw)} values in the file, and {attribute} has one")
    return raw


def _listed(kind: str, attribute: str, value: object) -> list[object]:
    """The values in *value*: none, one or several."""
    if value in (None, "", [], {}):
        return []
    match value:
        case {"value": list() as inner, "Count": int(), **rest} if not rest:
            return _listed(kind, attribute, inner)  # a list that 5.1 has wrapped
        case list() if kind in ("bin", "ref") and (whole := from_numbers(value)) is not None:
            return [whole]
        case list():
            return [v for v in value if v is not None]
        case str() if attribute == "userCertificate" and not _is_cut(value):
            return [part for part in _SEPARATORS.split(value) if part]
    return [value]


def _value(attribute: str, kind: str, value: object) -> RawValue:
    match value:
        case Cut():
            raise _CutError(value.reason)
        case {"Value": str() as text} if text.startswith("S-1-"):
            return _from_text(attribute, kind, text)  # a security identifier
        case list() if (whole := from_numbers(value)) is not None:
            return whole
        case bytes():
            return value
        case bool() if kind in ("bool", ""):
            return value
        case int() if kind in ("num", "") and not isinstance(value, bool):
            return value
        case int() if kind == "str" and not isinstance(value, bool):
            return str(value)
        case datetime() if kind in ("str", ""):
            return _generalized(value)
        case str():
            return _from_text(attribute, kind, value)
    raise _CutError("the file does not hold it as the directory does")


def _is_cut(text: str) -> bool:
    return _TYPE_NAME.fullmatch(text) is not None or text.startswith("@{")


def _from_text(attribute: str, kind: str, text: str) -> RawValue:
    if _is_cut(text):
        raise _CutError(f"the file holds `{text[:70]}` instead: the values were lost on export")
    if attribute in _TIMES:
        return _time(text)
    if kind != "bin":
        return text
    if attribute == "objectGUID" and (guid := parse_guid(text)) is not None:
        return guid
    if text.startswith("S-1-") and (sid := from_sid(text)) is not None:
        return sid
    if _NUMBERS.fullmatch(text):
        raise _CutError("the bytes were cut to text on export: ConvertTo-Json needs -Depth 4")
    content = from_base64(text)
    if not content:
        raise _CutError(f"`{text[:40]}` stands in the place of bytes")
    return content


def _time(text: str) -> str:
    """The generalized time of a moment that is written without doubt about its zone."""
    if _GENERALIZED.fullmatch(text):
        return text
    try:
        if match := _JSON_TIME.fullmatch(text):
            return _generalized(_EPOCH + timedelta(milliseconds=int(match[1])))
        return _generalized(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        raise _CutError(f"`{text[:40]}` is a time in the form of some culture") from None


def _generalized(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise _CutError(f"the time {moment.isoformat()} has no zone")
    try:
        return f"{moment.astimezone(UTC):%Y%m%d%H%M%S}.0Z"
    except (ValueError, OverflowError):
        raise _CutError("a time that no directory has") from None
