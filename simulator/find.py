"""Finds the one object that a person means by a name."""

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from simulator.errors import UsageError
from simulator.objects import ConnectorObject, ObjectSet, parse_guid
from simulator.values import dn_key, guid_text

_LISTED = 20


@dataclass(frozen=True, slots=True)
class Named:
    """What an object is called; empty where it has no such name."""

    dn: str
    name: str
    account: str
    guid: str

    @property
    def names(self) -> set[str]:
        """The names by which it is found, without case; an account also without its `$`."""
        account = self.account.casefold()
        return {self.name.casefold(), account, account.rstrip("$")} - {""}


def find(name: str, objects: Callable[[], Iterable[Named]], source: str) -> int:
    """The position of the one object called *name*; an error lists near names, or the candidates.

    *objects* goes through all of them each time it is called: once where one is found.
    """
    wanted, key = name.casefold(), dn_key(name)
    guid = guid_text(g) if (g := parse_guid(name)) else None
    found: list[tuple[int, Named]] = []
    count = 0
    for count, each in enumerate(objects(), 1):
        if guid and each.guid == guid:
            return count - 1
        if wanted in each.names or key == dn_key(each.dn):
            found.append((count - 1, each))
    if len(found) == 1:
        return found[0][0]
    if found:
        candidates = "\n    ".join(each.dn for _, each in found[:_LISTED])
        raise UsageError(
            f"`{name}` names {len(found)} objects of {source}",
            f"name one by its DN:\n    {candidates}",
        )
    raise UsageError(
        f"no object `{name}` among the {count} of {source}",
        _meant(wanted, objects()) or "give its name, sAMAccountName, DN or objectGUID",
    )


def find_object(name: str, objects: ObjectSet) -> ConnectorObject:
    """The one of *objects* called *name*, as of `find`."""
    at = find(name, lambda: map(_named, objects.objects), objects.source)
    return objects.objects[at]


def _named(subject: ConnectorObject) -> Named:
    account = subject.text("sAMAccountName") or ""
    return Named(subject.dn, subject.name, account, subject.guid)


def _meant(wanted: str, objects: Iterable[Named]) -> str:
    """Names that are nearly *wanted*, else some that contain it; how many more begin with it."""
    if not wanted:
        return ""
    spellings = {name: each.name for each in objects for name in each.names}
    near = difflib.get_close_matches(wanted, spellings, n=3)
    near = near or [name for name in sorted(spellings) if wanted in name][:5]
    told = list(dict.fromkeys(spellings[name] for name in near))
    alike = {each for name, each in spellings.items() if name.startswith(wanted)}.difference(told)
    more = f" {len(alike)} more begin with it." if alike else ""
    return f"did you mean {', '.join(told)}?{more}" if told else ""
