"""Attributes for which a directory was not asked: of its objects they are unknown, never NULL.

A pull asks for what the rules at hand read. A snapshot of it may be run through other rules later.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.objects import ObjectSet, Provenance
from simulator.sources.decode import wanted_name
from simulator.sources.object_form import line
from simulator.sources.spool import Rows
from simulator.values import AttributeMap, Unreadable

if TYPE_CHECKING:
    import pyarrow

_TOLD = 10  # names in a note
ASKED = "attributes"  # the detail of a provenance that lists them
_ABSENT = Unreadable("the directory was not asked for it", carried=False)
NEVER_ASKED = frozenset({"dn", "distinguishedname"})  # the name comes with each object anyway


def asked(provenance: Provenance) -> frozenset[str] | None:
    """What every directory behind *provenance* was asked for; `None` if none tells."""
    told = [
        frozenset(text.split(", "))
        for key, text in provenance.details.items()
        if key == ASKED or key.endswith(f": {ASKED}")  # of one source among several
    ]
    return frozenset.intersection(*told) if told else None


def unasked(provenance: Provenance, attributes: Iterable[str]) -> frozenset[str]:
    """Those of *attributes* that a directory behind *provenance* was not asked for."""
    known = asked(provenance)
    if known is None:
        return frozenset()
    have = {name.casefold() for name in known} | NEVER_ASKED
    names = map(wanted_name, attributes)
    return frozenset(name for name in names if name.casefold() not in have)


def with_unasked(attributes: AttributeMap, names: Collection[str]) -> AttributeMap:
    """The *attributes* of an object; *names* that are not among them are unknown."""
    held = {name.casefold() for name in attributes}
    return {**attributes, **{n: _ABSENT for n in names if n.casefold() not in held}}


def known(objects: ObjectSet | Rows, attributes: Iterable[str]) -> ObjectSet | Rows:
    """The *objects*; those of *attributes* that no directory was asked for are unknown in them."""
    names = unasked(objects.provenance, attributes)
    if not names:
        return objects
    provenance = replace(
        objects.provenance,
        notes=(*objects.provenance.notes, _note(names)),
        not_carried=_sorted({*objects.provenance.not_carried, *names}),
    )
    if isinstance(objects, ObjectSet):
        subjects = (
            replace(each, attributes=with_unasked(each.attributes, names))
            for each in objects.objects
        )
        return ObjectSet(tuple(subjects), provenance)
    batches = objects.batches

    def told(columns: Collection[str] | None) -> Iterator["pyarrow.RecordBatch"]:
        wanted = None if columns is None else {*columns, *names}
        return (rows_with_unasked(rows, names) for rows in batches(wanted))

    return replace(objects, provenance=provenance, batches=told, unasked=names)


def rows_with_unasked(
    rows: "pyarrow.RecordBatch", names: Collection[str]
) -> "pyarrow.RecordBatch":
    """The *rows* of a snapshot; `other` tells that those of *names* without a value are unknown.

    They must have the columns of *names*, as far as the snapshot has.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    other = rows.column("other").cast(pa.string())
    for name in _sorted(names):
        codes = other.dictionary_encode(null_encoding="encode")
        texts = pa.array([_told(text, name) for text in codes.dictionary.to_pylist()], pa.string())
        more = texts.take(codes.indices)
        held = name in rows.schema.names
        other = pc.if_else(rows.column(name).is_null(), more, other) if held else more
    at = rows.schema.get_field_index("other")
    return rows.set_column(at, pa.field("other", pa.string()), other)


def _told(text: str | None, name: str) -> str:
    """The cell *text* of `other`, which tells besides that the value of *name* is unknown."""
    form: dict[str, dict[str, object]] = json.loads(text) if text else {"attributes": {}}
    if name.casefold() not in {each.casefold() for part in form.values() for each in part}:
        form.setdefault("not_carried", {})[name] = _ABSENT.reason
    return line(form)


def _note(names: Iterable[str]) -> str:
    told = _sorted(names)
    more = f" and {len(told) - _TOLD} more" if len(told) > _TOLD else ""
    return (
        f"the directory was not asked for {', '.join(told[:_TOLD])}{more}; what depends on that is"
        " not known: take a new snapshot, with --rules for what these rules read"
    )


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=str.casefold))
