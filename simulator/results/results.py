"""The results of a run: columns of objects, of verdicts and of certificates; and rows of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.compare import Change, change_of
from simulator.results.verdict import Verdict, told
from simulator.sync.outcome import CertificateVerdict

if TYPE_CHECKING:
    import pyarrow

SUBJECT = ("object_guid", "dn", "name", "type", "operating_system", "operating_system_version")
CERTIFICATE = CertificateVerdict._fields
_NOTHING = dict.fromkeys(CERTIFICATE, "")
_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Subject:
    """What reports show of an object; `None` where it has no such value."""

    object_guid: str | None
    dn: str
    name: str
    type: str
    operating_system: str | None
    operating_system_version: str | None

    @property
    def system(self) -> str:
        """The operating system and version, as the name of a group."""
        return system_name(self.operating_system, self.operating_system_version)


@dataclass(frozen=True, slots=True)
class Side:
    """What one rule set makes of an object: its verdict, and each value of userCertificate."""

    verdict: Verdict
    certificates: tuple[CertificateVerdict, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One object, and what each rule set makes of it: one in an audit, two in a preview."""

    subject: Subject
    sides: tuple[Side, ...]

    @property
    def verdict(self) -> Verdict:
        """The verdict of the last rule set: in a preview the one after the change."""
        return self.sides[-1].verdict

    @property
    def change(self) -> Change:
        """What becomes of the object in a preview."""
        return change_of(*(side.verdict for side in self.sides))

    @property
    def certificates(self) -> tuple[CertificateVerdict, ...]:
        """Each value of userCertificate, as the last rule set judges it."""
        return self.sides[-1].certificates


@dataclass(frozen=True, slots=True)
class Columns:
    """One rule set's columns: for each object a number among the verdicts, and its certificates.

    *ends* is what the text of a verdict ends with, where objects differ in that alone.
    *certificates* is a list of structures for each object, with fields of `CERTIFICATE`, all or
    the verdict and the end alone.
    """

    verdicts: "pyarrow.Int32Array"
    ends: "pyarrow.StringArray"
    certificates: "pyarrow.ListArray"


@dataclass(frozen=True, slots=True)
class Results:
    """All objects of a run, by DN and objectGUID, none missing: the *subjects*, and each side."""

    subjects: "pyarrow.Table"
    verdicts: tuple[Verdict, ...]
    sides: tuple[Columns, ...]

    def __len__(self) -> int:
        """How many objects there are."""
        return int(self.subjects.num_rows)

    def __iter__(self) -> Iterator[Row]:
        """Every object with what becomes of it."""
        return rows(self)

    def slice(self, start: int, count: int) -> "Results":
        """At most *count* objects, from the position *start* on; nothing is copied."""
        return self._with(lambda column: column.slice(start, count))

    def take(self, at: "pyarrow.Array") -> "Results":
        """The objects at the positions *at*, in that order."""
        return self._with(lambda column: column.take(at))

    def _with(self, part: Callable[[Any], Any]) -> "Results":
        sides = (Columns(*map(part, (s.verdicts, s.ends, s.certificates))) for s in self.sides)
        return Results(part(self.subjects), self.verdicts, tuple(sides))


def rows(results: Results, at: "pyarrow.Array | None" = None) -> Iterator[Row]:
    """The rows of *results*, all of them or those at the positions *at*."""
    total = len(results) if at is None else len(at)
    for start in range(0, total, _ROWS):
        chosen = None if at is None else at.slice(start, _ROWS)

        def part(column: Any, chosen: Any = chosen, start: int = start) -> list[Any]:
            taken = column.slice(start, _ROWS) if chosen is None else column.take(chosen)
            return taken.to_pylist()  # type: ignore[no-any-return]  # pyarrow has no types

        cells = zip(*(part(results.subjects[name]) for name in SUBJECT), strict=True)
        subjects = [Subject(*values) for values in cells]
        sides = [
            [
                Side(
                    told(results.verdicts[number], subject.dn, end),
                    tuple(CertificateVerdict(**_NOTHING | c) for c in held or ()),
                )
                for subject, number, end, held in zip(
                    subjects, part(s.verdicts), part(s.ends), part(s.certificates), strict=True
                )
            ]
            for s in results.sides
        ]
        for subject, *judged in zip(subjects, *sides, strict=True):
            yield Row(subject, tuple(judged))


def system_name(name: str | None, version: str | None) -> str:
    """An operating system and its version, as the name of a group."""
    return f"{name or '(no operating system)'}, {version or '(no version)'}"


def ended(results: Results) -> Results:
    """*results* with the ends of texts in the verdicts, of which there are more then."""
    import pyarrow as pa
    import pyarrow.compute as pc

    verdicts = list(results.verdicts)
    sides = []
    for side in results.sides:
        if side.ends.null_count < len(side.ends):
            ends = side.ends.combine_chunks().dictionary_encode()
            size = len(ends.dictionary) + 1
            place = pc.add(ends.indices.fill_null(-1).cast(pa.int64()), 1)
            whole = side.verdicts.combine_chunks().cast(pa.int64())
            pairs = pc.add(pc.multiply(whole, size), place).dictionary_encode()
            numbers = []
            texts = [None, *ends.dictionary.to_pylist()]
            for number, end in (divmod(pair, size) for pair in pairs.dictionary.to_pylist()):
                numbers.append(len(verdicts) if end else number)
                if end:
                    verdicts.append(told(results.verdicts[number], "", texts[end]))
            found = pa.array(numbers, pa.int32()).take(pairs.indices)
            nothing = pa.chunked_array([pa.nulls(len(found), pa.string())])
            side = Columns(pa.chunked_array([found]), nothing, side.certificates)
        sides.append(side)
    return Results(results.subjects, tuple(verdicts), tuple(sides))
