"""Several sources as one: the domains of a forest, or files of its parts."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from simulator.errors import UsageError
from simulator.objects import ObjectSet, Provenance
from simulator.sources.source import SourceRequest, Stream, held, open_objects

T = TypeVar("T")


def load_all(locations: Sequence[str], request: SourceRequest | None = None) -> ObjectSet:
    """The objects of all *locations*, none of which may come twice."""
    return held(open_all(locations, request))


def open_all(locations: Sequence[str], request: SourceRequest | None = None) -> Stream:
    """The objects of all *locations*, one source after the other.

    The provenance is complete if those of all are, and captured when the latest was.
    """
    if request and request.name_server:
        from simulator.sources.ldap_url import is_ldap_url

        if not any(map(is_ldap_url, locations)):
            raise UsageError(
                f"--dns-server {request.name_server}: no domain is looked up for a file",
                "leave it out, or give an LDAP URL",
            )
    streams = [open_objects(location, request) for location in locations]
    if len(streams) == 1:
        return streams[0]
    merged = Provenance(", ".join(s.provenance.source for s in streams))
    return Stream(
        merged,
        _each(streams, lambda stream: stream.objects, merged),
        _each(streams, lambda stream: stream.rows, merged),
        live=any(stream.live for stream in streams),
    )


def _each(
    streams: Sequence[Stream], part: Callable[[Stream], Iterator[T]], merged: Provenance
) -> Iterator[T]:
    for count, stream in enumerate(streams, 1):
        try:
            yield from part(stream)
        finally:  # also of what a failure leaves
            _tell(merged, [s.provenance for s in streams[:count]])


def _tell(merged: Provenance, parts: Sequence[Provenance]) -> None:
    """Makes *merged* say what its *parts* say, each beside the name of its source."""
    times = {each.captured_at for each in parts}
    notes = [f"{each.source}: {note}" for each in parts for note in each.notes]
    if len(times) > 1:
        shown = ", ".join(f"{each.source} {each.captured_at or 'unknown'}" for each in parts)
        notes.append(f"the sources were not captured at one time: {shown}")
    merged.captured_at = "" if "" in times else max(times, default="")
    merged.complete = all(each.complete for each in parts)
    merged.account = ", ".join(dict.fromkeys(each.account for each in parts if each.account))
    merged.notes = tuple(notes)
    merged.details = {f"{p.source}: {k}": v for p in parts for k, v in _details(p)}
    merged.not_carried = tuple(
        sorted({name for each in parts for name in each.not_carried}, key=str.casefold)
    )


def _details(one: Provenance) -> Iterable[tuple[str, str]]:
    return [*one.details.items(), *([("sha256", one.sha256)] if one.sha256 else [])]
