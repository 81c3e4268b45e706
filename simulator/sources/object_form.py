"""An object as a line of our JSON Lines: the reverse of what `json_file` reads."""

import base64
import json
from collections.abc import Mapping

from simulator.objects import ConnectorObject
from simulator.sources.decode import sid_text
from simulator.values import Reference, Unreadable, Value, guid_text

NAME = "distinguishedName"  # the reader makes it of the DN


def object_form(subject: ConnectorObject) -> dict[str, object]:
    """What stands on the line of *subject*."""
    return {"dn": subject.dn, **attributes_form(subject.attributes)}


def attributes_form(attributes: Mapping[str, Value | Unreadable]) -> dict[str, object]:
    """The *attributes* by the key under which a line holds them."""
    form: dict[str, dict[str, object]] = {"attributes": {}, "unreadable": {}, "not_carried": {}}
    for name in sorted(attributes.keys() - {NAME}):
        value = attributes[name]
        if isinstance(value, Unreadable):
            form["unreadable" if value.carried else "not_carried"][name] = value.reason
        elif value is not None:
            form["attributes"][name] = value_form(value)
    return {key: held for key, held in form.items() if held or key == "attributes"}


def value_form(value: Value) -> object:
    """*value* as JSON holds it."""
    match value:
        case tuple():
            return [value_form(each) for each in value]
        case bytes() if len(value) == 16:
            return {"guid": guid_text(value)}
        case bytes() if sid := sid_text(value):
            return {"sid": sid}
        case bytes():
            return {"base64": base64.b64encode(value).decode()}
        case Reference():
            return value.dn
        case bool() | int() | str():
            return value
    raise AssertionError(f"no value of a source: {value!r}")


def line(form: Mapping[str, object]) -> str:
    """*form* as one line of JSON."""
    return json.dumps(form, ensure_ascii=False, separators=(",", ":"))
