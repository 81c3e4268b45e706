"""The columns that a report counts and shows, one row for each object."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from simulator.results.results import Results, system_name
from simulator.results.table import table

if TYPE_CHECKING:
    import pyarrow

# the first component, then the rest after the comma that no backslash makes part of a name
_COMPONENT = r"(?s)^(?P<rdn>(?:[^,\\]|\\.)*)(?:,(?P<unit>.*))?$"


def facts(results: Results) -> "pyarrow.Table":
    """The table of *results* with the columns `system`, `rdn` and `unit`, where the object is.

    `state` is the change in a preview, and the outcome in an audit.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = table(results)
    system = _systems(columns)
    parts = pc.extract_regex(columns["dn"], _COMPONENT)
    rdn = pc.coalesce(pc.struct_field(parts, [0]), columns["dn"])  # a DN that is none stays whole
    unit = pc.fill_null(pc.struct_field(parts, [1]), "")
    state = columns["change" if len(results.sides) == 2 else "outcome"]
    added = {"system": system, "rdn": rdn, "unit": unit.dictionary_encode(), "state": state}
    for name, column in added.items():
        columns = columns.append_column(name, column)
    return pa.table(columns).unify_dictionaries()


def counted(columns: "pyarrow.Table", *names: str) -> Iterator[tuple[Any, ...]]:
    """Each combination of values of the columns *names*, and how many objects have it."""
    groups = (
        columns.select(list(names))
        .group_by(list(names), use_threads=False)
        .aggregate([([], "count_all")])
    )
    yield from zip(*(groups[n].to_pylist() for n in (*names, "count_all")), strict=True)


def tallied(columns: "pyarrow.Table", name: str) -> Mapping[str, Mapping[str, int]]:
    """For each value of the column *name*, how many objects have each state."""
    found: dict[str, dict[str, int]] = {}
    for value, state, count in counted(columns, name, "state"):
        found.setdefault(value, {})[state] = count
    return found


def _systems(columns: "pyarrow.Table") -> "pyarrow.ChunkedArray":
    """The operating system and version of each object, as the name of a group."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names, versions = (
        columns[n].cast(pa.string()).fill_null("")
        for n in ("operating_system", "operating_system_version")
    )
    pairs = pc.binary_join_element_wise(names, versions, "\0").dictionary_encode()
    chunks = []
    for chunk in pairs.unify_dictionaries().chunks:
        told = [system_name(*pair.split("\0", 1)) for pair in chunk.dictionary.to_pylist()]
        chunks.append(pa.DictionaryArray.from_arrays(chunk.indices, pa.array(told, pa.string())))
    return pa.chunked_array(chunks, pa.dictionary(pa.int32(), pa.string()))
