"""Finds the one object that a person means by a name."""

import difflib

from simulator.errors import UsageError
from simulator.objects import ConnectorObject, ObjectSet, parse_guid
from simulator.values import dn_key, guid_text


def find_object(name: str, objects: ObjectSet) -> ConnectorObject:
    """The one object called *name*; an error lists near names, or the candidates."""
    wanted = name.casefold()
    guid = guid_text(g) if (g := parse_guid(name)) else None
    found = [o for o in objects.objects if wanted in _names(o) or dn_key(name) == dn_key(o.dn)]
    found = [o for o in objects.objects if guid and o.guid == guid] or found
    if len(found) == 1:
        return found[0]
    if found:
        candidates = "\n    ".join(o.dn for o in found[:20])
        raise UsageError(
            f"`{name}` names {len(found)} objects of {objects.source}",
            f"name one by its DN:\n    {candidates}",
        )
    spellings = {n: o.name for o in objects.objects for n in _names(o)}
    near = [spellings[n] for n in difflib.get_close_matches(wanted, spellings, n=3)]
    near = near or [spellings[n] for n in sorted(spellings) if wanted in n][:5]
    raise UsageError(
        f"no object `{name}` among the {len(objects.objects)} of {objects.source}",
        f"did you mean {', '.join(dict.fromkeys(near))}?"
        if near
        else "give its name, sAMAccountName, DN or objectGUID",
    )


def _names(subject: ConnectorObject) -> set[str]:
    account = subject.text("sAMAccountName") or ""
    return {subject.name.casefold(), account.casefold(), account.rstrip("$").casefold()} - {""}
