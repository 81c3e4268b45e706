"""The certificates of all objects, one after the other: how many are judged how."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from simulator.results.counts import positions
from simulator.results.results import Results
from simulator.sync.outcome import Disposition

if TYPE_CHECKING:
    import pyarrow

VALID, NONE, DIFFERENT = "certificate-valid", "no-certificate", "no-valid-certificate"
_TIME = "%Y-%m-%dT%H:%M:%SZ"


def flattened(held: "pyarrow.ChunkedArray") -> "pyarrow.Table":
    """All certificates of *held* one after the other, each with the number of its `owner`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = held.combine_chunks() if held.num_chunks else pa.array([], held.type)
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks)
    return pa.table(
        {f.name: pc.struct_field(whole.flatten(), [f.name]) for f in held.type.value_type}
        | {"owner": pc.list_parent_indices(whole)}
    )


def instants(times: "pyarrow.ChunkedArray") -> "pyarrow.ChunkedArray":
    """ISO 8601 texts in UTC, to the second, as instants; NULL where there is none."""
    import pyarrow.compute as pc

    return pc.strptime(times, format=_TIME, unit="s", error_is_null=True)


def syncing_until(results: Results, now: datetime, end: datetime) -> "pyarrow.Array":
    """Where the objects are that sync with a certificate that ends from *now* up to *end*.

    To the second.
    """
    import pyarrow.compute as pc

    certificates = flattened(results.sides[-1].certificates)
    ends = instants(certificates["not_after"])
    near = pc.and_(pc.greater_equal(ends, _second(now)), pc.less_equal(ends, _second(end)))
    owners = pc.unique(certificates["owner"].filter(near))
    syncing = positions(results, lambda sides: sides[-1].disposition is Disposition.SYNCS)
    return syncing.filter(pc.is_in(syncing, owners.cast(syncing.type)))


def _second(moment: datetime) -> "pyarrow.Scalar":
    """The second in which *moment* is, as `instants` gives it."""
    import pyarrow as pa

    utc = moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    return pa.scalar(utc, pa.timestamp("s"))


def certificate_counts(results: Results, now: datetime) -> Mapping[str, tuple[int, int]]:
    """For each verdict how many certificates have it, and how many of them have ended by *now*.

    As the last rule set judges them; most frequent first.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    certificates = flattened(results.sides[-1].certificates)
    ended = pc.less_equal(instants(certificates["not_after"]), _second(now)).fill_null(False)
    groups = (
        pa.table({"verdict": certificates["verdict"], "ended": ended.cast(pa.int64())})
        .group_by("verdict", use_threads=False)
        .aggregate([([], "count_all"), ("ended", "sum")])
    )
    columns = (groups[n].to_pylist() for n in ("verdict", "count_all", "ended_sum"))
    found = sorted(zip(*columns, strict=True), key=lambda each: (-each[1], each[0]))
    return {verdict: (count, past) for verdict, count, past in found}


def certificate_states(results: Results) -> "pyarrow.DictionaryArray":
    """What holds of the certificates of each object, in the words of the codes of reasons.

    That one counts, else the verdict that all share, that they differ, or that there is none.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    held = results.sides[-1].certificates
    certificates = flattened(held)
    verdicts = certificates["verdict"].combine_chunks().dictionary_encode()
    others = [v for v in verdicts.dictionary.to_pylist() if v != VALID]
    names = [VALID, *others, DIFFERENT, NONE]
    rank = pa.array([names.index(v) for v in verdicts.dictionary.to_pylist()], pa.int32())
    each = (
        pa.table({"owner": certificates["owner"], "rank": rank.take(verdicts.indices)})
        .group_by("owner", use_threads=False)
        .aggregate([("rank", "min"), ("rank", "max")])
    )
    least, most = each["rank_min"], each["rank_max"]
    alike = pc.or_(pc.equal(least, most), pc.equal(least, 0))
    shared = pc.if_else(alike, least, pa.scalar(names.index(DIFFERENT), pa.int32()))
    has = pc.greater(pc.list_value_length(held).fill_null(0), 0).combine_chunks()
    nothing = pa.repeat(pa.scalar(names.index(NONE), pa.int32()), len(results))
    codes = pc.replace_with_mask(nothing, has, shared.combine_chunks())
    return pa.DictionaryArray.from_arrays(codes, pa.array(names, pa.string()))
