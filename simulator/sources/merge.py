"""Several sources as one: the domains of a forest, or files of its parts."""

from collections.abc import Iterable, Sequence

from simulator.errors import InputError
from simulator.objects import ConnectorObject, ObjectSet
from simulator.sources.source import SourceRequest, load_objects
from simulator.values import dn_key


def load_all(locations: Sequence[str], request: SourceRequest | None = None) -> ObjectSet:
    """The objects of all *locations*, none of which may come twice."""
    sets = [load_objects(location, request) for location in locations]
    return sets[0] if len(sets) == 1 else merge(sets)


def merge(sets: Sequence[ObjectSet]) -> ObjectSet:
    """One set of all *sets*: complete if all are, captured when the latest was."""
    objects = tuple(o for each in sets for o in each.objects)
    _refuse_twins(objects)
    times = {each.captured_at for each in sets}
    notes = [f"{each.source}: {note}" for each in sets for note in each.notes]
    if len(times) > 1:
        shown = ", ".join(f"{each.source} {each.captured_at or 'unknown'}" for each in sets)
        notes.append(f"the sources were not captured at one time: {shown}")
    return ObjectSet(
        objects=objects,
        source=", ".join(each.source for each in sets),
        captured_at="" if "" in times else max(times, default=""),
        complete=all(each.complete for each in sets),
        account=", ".join(dict.fromkeys(each.account for each in sets if each.account)),
        notes=tuple(notes),
        details={f"{s.source}: {k}": v for s in sets for k, v in _details(s)},
        not_carried=tuple(
            sorted({name for each in sets for name in each.not_carried}, key=str.casefold)
        ),
    )


def _details(one: ObjectSet) -> Iterable[tuple[str, str]]:
    return [*one.details.items(), *([("sha256", one.sha256)] if one.sha256 else [])]


def _refuse_twins(objects: Iterable[ConnectorObject]) -> None:
    places: dict[str, ConnectorObject] = {}
    for each in objects:
        for key, what in ((each.guid, "objectGUID"), (dn_key(each.dn), "distinguished name")):
            before = places.setdefault(key, each) if key else each
            if before is not each:
                raise InputError(
                    f"{each.origin}: {each.dn} has the {what} of {before.dn} at {before.origin}",
                    "the sources overlap: let each object come from one of them",
                )
