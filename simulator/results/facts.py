"""What objects have in common beside their verdicts, as columns; and how many share it."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from simulator.compare import change_of
from simulator.results.results import Results, system_name
from simulator.results.said import of_last, said

if TYPE_CHECKING:
    import pyarrow

# the first component, then the rest after the comma that no backslash makes part of a name
_COMPONENT = r"(?s)^(?P<rdn>(?:[^,\\]|\\.)*)(?:,(?P<unit>.*))?$"


def states(results: Results) -> "pyarrow.DictionaryArray":
    """The change of each object in a preview, its outcome in an audit."""
    if len(results.sides) == 2:
        return said(results, lambda verdicts: change_of(*verdicts))
    return said(results, of_last(lambda verdict: verdict.disposition))


def places(results: Results) -> tuple["pyarrow.ChunkedArray", "pyarrow.ChunkedArray"]:
    """The first component of each DN, and the DN of the unit that the object is in."""
    import pyarrow.compute as pc

    dn = results.subjects["dn"]
    parts = pc.extract_regex(dn, _COMPONENT)
    rdn = pc.coalesce(pc.struct_field(parts, [0]), dn)  # a DN that is none stays whole
    unit = pc.fill_null(pc.struct_field(parts, [1]), "")
    return rdn, unit.dictionary_encode()


def systems(results: Results) -> "pyarrow.DictionaryArray":
    """The operating system and version of each object, as the name of a group."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names, versions = (
        results.subjects[n].combine_chunks()
        for n in ("operating_system", "operating_system_version")
    )
    known, numbered = [*versions.dictionary.to_pylist(), ""], [*names.dictionary.to_pylist(), ""]
    rows, columns = (
        each.indices.cast(pa.int64()).fill_null(len(each.dictionary)) for each in (names, versions)
    )
    pairs = pc.add(pc.multiply(rows, len(known)), columns).dictionary_encode()
    told = [
        system_name(numbered[pair // len(known)], known[pair % len(known)])
        for pair in pairs.dictionary.to_pylist()
    ]
    place = {text: at for at, text in enumerate(dict.fromkeys(told))}
    index = pa.array([place[text] for text in told], pa.int32())
    return pa.DictionaryArray.from_arrays(index.take(pairs.indices), pa.array(place, pa.string()))


def counted(columns: "pyarrow.Table", *names: str) -> Iterator[tuple[Any, ...]]:
    """Each combination of values of the columns *names*, and how many objects have it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    numbers = pa.repeat(pa.scalar(0, pa.int64()), columns.num_rows)
    values: list[list[Any]] = []
    for name in names:
        column = columns[name].combine_chunks()
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        values.append([*column.dictionary.to_pylist(), None])
        code = column.indices.fill_null(len(column.dictionary))
        numbers = pc.add(pc.multiply(numbers, len(values[-1])), code)
    for each in pc.value_counts(numbers).to_pylist():
        number = each["values"]
        found: list[Any] = []
        for known in reversed(values):
            number, place = divmod(number, len(known))
            found.insert(0, known[place])
        yield *found, each["counts"]


def tallied(columns: "pyarrow.Table", name: str) -> Mapping[str, Mapping[str, int]]:
    """For each value of the column *name*, how many objects have each state."""
    found: dict[str, dict[str, int]] = {}
    for value, state, count in counted(columns, name, "state"):
        found.setdefault(value, {})[state] = count
    return found
