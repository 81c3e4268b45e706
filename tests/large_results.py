"""Results of many objects without a run of many: those of a few, repeated under other names."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pyarrow as pa

from simulator.results.gather import certificates_type, subject_schema
from simulator.results.results import Columns, Results
from simulator.values import time_text

UNITS = 300
_BEGIN = datetime(2024, 1, 1, tzinfo=UTC)


def enlarged(results: Results, count: int) -> Results:
    """*count* objects that are treated as those of *results* are, in turn.

    Names, objectGUIDs and certificates are new for each, as they are in a directory.
    """
    chance = random.Random(1)
    origin = pa.array([i % len(results) for i in range(count)], pa.int32())
    guids = [_guid(chance.randbytes(16).hex()) for _ in range(count)]
    names = [f"{'SRV' if i % 3 else 'PC'}{i:07}" for i in range(count)]
    units = [f"OU=Unit {n},OU=Site {n % 20},DC=corp,DC=example" for n in range(UNITS)]
    subjects = results.subjects.take(origin)
    new = {
        "object_guid": guids,
        "dn": [f"CN={name},{units[i * 7 % UNITS]}" for i, name in enumerate(names)],
        "name": names,
    }
    for at, field in enumerate(subject_schema()):
        if field.name in new:
            subjects = subjects.set_column(at, field, pa.array(new[field.name], field.type))
    held = results.sides[-1].certificates.to_pylist()
    made = _certificates([len(held[i % len(held)] or ()) for i in range(count)], guids, chance)
    sides = tuple(
        Columns(side.verdicts.take(origin), side.ends.take(origin), _judged(side, made, count))
        for side in results.sides
    )
    return Results(subjects, results.verdicts, sides)


def _guid(digits: str) -> str:
    cut = (0, 8, 12, 16, 20, 32)
    return "-".join(digits[a:b] for a, b in pairwise(cut))


def _certificates(counts: list[int], guids: list[str], chance: random.Random) -> dict[str, Any]:
    """The columns of so many certificates for each object, as devices make them."""
    total = sum(counts)
    owners = [guid for guid, n in zip(guids, counts, strict=True) for _ in range(n)]
    begins = [_BEGIN + timedelta(seconds=chance.randrange(70_000_000)) for _ in range(total)]
    offsets = [0]
    for n in counts:
        offsets.append(offsets[-1] + n)
    return {
        "offsets": pa.array(offsets, pa.int32()),
        "thumbprint": pa.array([chance.randbytes(20).hex().upper() for _ in range(total)]),
        "subject": pa.array([f"CN={guid}" for guid in owners]),
        "issuer": pa.array([f"CN={guid}" for guid in owners]),
        "not_before": pa.array([time_text(b) for b in begins]),
        "not_after": pa.array([time_text(b + timedelta(days=900)) for b in begins]),
    }


def _judged(side: Columns, made: dict[str, Any], count: int) -> pa.ChunkedArray:
    """The certificates *made*, with the verdicts that *side* gives to those of the few."""
    few = [c for held in side.certificates.to_pylist() for c in (held or ())]
    total = len(made["subject"])
    judged = {
        name: pa.array([few[i % len(few)][name] for i in range(total)], pa.string())
        for name in ("verdict", "text")
    }
    struct = certificates_type().value_type
    columns = [judged.get(field.name, made.get(field.name)) for field in struct]
    values = pa.StructArray.from_arrays(columns, fields=list(struct))
    array = pa.ListArray.from_arrays(made["offsets"], values).cast(certificates_type())
    assert len(array) == count
    return pa.chunked_array([array])
