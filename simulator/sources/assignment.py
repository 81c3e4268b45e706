"""Attributes and parameters written as `NAME=VALUE`, for `aadsim eval --set`."""

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path

from simulator.errors import UsageError
from simulator.objects import parse_guid
from simulator.schema import standard_schema
from simulator.values import AttributeMap, Reference, Scalar


def assigned(assignments: tuple[str, ...]) -> tuple[AttributeMap, Mapping[str, str]]:
    """The attributes and the parameters that *assignments* give, typed by the schema.

    An attribute given several times is a list; an unknown one is a text. An empty value leaves the
    attribute absent. `%Name%=VALUE` gives a parameter.
    """
    schema = standard_schema("ad")
    values: dict[str, list[Scalar]] = {}
    parameters: dict[str, str] = {}
    for assignment in assignments:
        name, sign, text = assignment.partition("=")
        if not sign or not name:
            raise UsageError(f"--set {assignment}: is no NAME=VALUE", "write --set cn=PC1")
        if name.startswith("%") and name.endswith("%") and len(name) > 2:
            parameters[name[1:-1]] = text
            continue
        known = schema.get(name)
        kept = values.setdefault(name, [])
        if text:
            kept.append(_typed(assignment, text, known.type if known else "str"))
    attributes = {}
    for name, given in values.items():
        known = schema.get(name)
        if given:
            many = len(given) > 1 or (known is not None and known.multi)
            attributes[name] = tuple(given) if many else given[0]
    return attributes, parameters


def _typed(assignment: str, text: str, type: str) -> Scalar:
    prefix, _, rest = text.partition(":")
    try:
        match prefix:
            case "base64":
                return base64.b64decode(rest, validate=True)
            case "hex":
                return bytes.fromhex(rest)
            case "guid":
                if (value := parse_guid(rest)) is not None:
                    return value
                raise ValueError("is no GUID")
            case "file":
                return Path(rest).read_bytes()
        match type:
            case "num":
                return int(text)
            case "bool":
                return {"true": True, "false": False}[text.casefold()]
            case "ref":
                return Reference(text)
            case "bin":
                raise ValueError("needs base64:, hex:, guid: or file: before its bytes")
    except (ValueError, KeyError, OSError, binascii.Error) as error:
        raise UsageError(
            f"--set {assignment}: cannot be read as {type}: {error}",
            "numbers in digits, True or False, bytes as base64:..., hex:..., guid:... or file:...",
        ) from None
    return text
