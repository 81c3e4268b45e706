"""A result in a file: written whole, opened later.

The file is Parquet: a row for each object, and a head with everything else as JSON. It holds no
code, and is checked when it is read.
"""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from simulator.answers import Audit, Preview
from simulator.change_traps import CHANGE_TRAPS, change_traps
from simulator.errors import Diagnostic, InputError, UsageError
from simulator.results.gather import certificates_type, subject_schema
from simulator.results.origin import Origin
from simulator.results.results import SUBJECT, Columns, Results
from simulator.results.verdict import Verdict
from simulator.sources.snapshot_file import parquet_file, reading
from simulator.whole_file import replacing

if TYPE_CHECKING:
    import pyarrow

KEY = b"aadsim.result"
VERSION = 1
PARTS = tuple(field.name for field in fields(Columns))  # of a side
_MAGIC = b"PAR1"
_AGAIN = "save the result again with --save"
_NAME = "name a file that --save has written"


@dataclass(frozen=True, slots=True)
class Head:
    """All of a result but its columns."""

    version: int
    command: Literal["audit", "preview"]
    origin: Origin
    verdicts: tuple[Verdict, ...]
    findings: tuple[Diagnostic, ...] = ()
    maximum_removed: str = ""
    limits: tuple[tuple[str, str], ...] = ()

    @property
    def sides(self) -> range:
        """The numbers of the rule sets: one in an audit, two in a preview."""
        return range(1 if self.command == "audit" else 2)


@dataclass(frozen=True, slots=True)
class _Versioned:
    version: int


def save(result: Audit | Preview, path: Path, option: str = "--save") -> None:
    """Writes *result* to *path*, which *option* has named, whole or not at all.

    What `--current` and `--forecast` told is not in the file: it is told anew of what is opened.
    Raises `UsageError` for a result without the details of certificates.
    """
    import pyarrow as pa
    import pyarrow.parquet as parquet

    results = result.results
    if any(side.certificates.type != certificates_type() for side in results.sides):
        raise UsageError(
            "the result does not tell all of certificates", "compute it with Options(details=True)"
        )
    head = Head(
        VERSION,
        "preview" if isinstance(result, Preview) else "audit",
        result.origin,
        results.verdicts,
        tuple(f for f in result.findings if f.code not in CHANGE_TRAPS),
        *((result.maximum_removed, result.limits) if isinstance(result, Preview) else ()),
    )
    columns = {name: results.subjects[name] for name in SUBJECT}
    for number, side in enumerate(results.sides):
        columns |= {column(number, part): getattr(side, part) for part in PARTS}
    table = pa.table(columns)
    with (
        replacing(path, option) as temporary,
        parquet.ParquetWriter(
            temporary, table.schema, compression="zstd", write_page_checksum=True
        ) as writer,
    ):
        writer.write_table(table)
        writer.add_key_value_metadata({KEY: msgspec.json.encode(head)})


def load_saved(path: str) -> Audit | Preview:
    """The result that `save` has written to *path*; a part of one is refused."""
    head, table = read(path)
    number, total = head.origin.part
    if total > 1:
        raise UsageError(
            f"{path}: is part {number} of {total}, and no whole result",
            "put all parts together first: aadsim merge PART... --output WHOLE",
        )
    sides = tuple(Columns(*(table[column(side, part)] for part in PARTS)) for side in head.sides)
    return answer(head, Results(table.select(SUBJECT), head.verdicts, sides))


def answer(head: Head, results: Results) -> Audit | Preview:
    """The result with that *head*; what is said of a change follows from *results*."""
    if head.command == "audit":
        return Audit(head.origin, results, head.findings)
    findings = (*head.findings, *change_traps(results))
    return Preview(
        head.origin, results, findings, maximum_removed=head.maximum_removed, limits=head.limits
    )


def column(side: int, part: str) -> str:
    """The name of the column that holds *part* of a side."""
    return f"{part}_{side}"


def read(path: str) -> tuple[Head, "pyarrow.Table"]:
    """The head and the columns of the file *path*, checked."""
    if not path:
        raise UsageError("no saved result: the name of the file is empty", _NAME)
    with reading(path, _NAME), Path(path).open("rb") as file:
        start = file.read(len(_MAGIC))
    if start != _MAGIC:
        raise InputError(f"{path}: is no saved result", _NAME)
    with reading(path, _AGAIN), parquet_file(path) as held:
        content = (held.metadata.metadata or {}).get(KEY)
        if content is None:
            raise InputError(f"{path}: is no saved result", _NAME)
        table = held.read()
    try:
        version = msgspec.json.decode(content, type=_Versioned).version
        if version != VERSION:
            raise InputError(
                f"{path}: is a result of version {version}, and {VERSION} is known",
                "read it with a later version of aadsim",
            )
        head = msgspec.json.decode(content, type=Head)
    except msgspec.MsgspecError as error:
        raise InputError(f"{path}: its head cannot be read: {error}", _AGAIN) from None
    _refuse_odd(path, head, table)
    return head, table


def _refuse_odd(path: str, head: Head, table: "pyarrow.Table") -> None:
    """Refuses columns that are not those of a result, and rows that lack what each has."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kinds = dict(zip(PARTS, (pa.int32(), pa.string(), certificates_type()), strict=True))
    expected = [*subject_schema()]
    for side in head.sides:
        expected += [pa.field(column(side, part), kind) for part, kind in kinds.items()]
    if table.schema != pa.schema(expected) or len(head.origin.rules) != len(head.sides):
        raise InputError(f"{path}: its columns are not those of a result", _AGAIN)
    for name in ("dn", "name", "type"):
        if table[name].null_count:
            raise InputError(f"{path}: a row has no {name}", _AGAIN)
    for side in head.sides:
        numbers = table[column(side, "verdicts")]
        bounds = pc.min_max(numbers).as_py()
        if numbers.null_count or (
            len(numbers) and not 0 <= bounds["min"] <= bounds["max"] < len(head.verdicts)
        ):
            raise InputError(f"{path}: a row has no verdict", _AGAIN)
        certificates = pc.list_flatten(table[column(side, "certificates")])
        if pc.struct_field(certificates, "verdict").null_count:
            raise InputError(f"{path}: a certificate has no verdict", _AGAIN)
