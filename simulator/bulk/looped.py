"""The rows that go through their certificates: which test each value fails, and what follows."""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from simulator.assumptions import DECIDED
from simulator.bulk.columns import Columns, lists_of
from simulator.bulk.generate import FirstFailing, generated
from simulator.bulk.loop import GUID, Loop, find_loop
from simulator.bulk.summary import SHIFTING, Readings
from simulator.certificates import CertificateError
from simulator.language import patterns
from simulator.language.context import Context
from simulator.language.nodes import Node

if TYPE_CHECKING:
    import pyarrow

# How many values fail first at which test, in the order in which the list of values meets them.
Form: TypeAlias = tuple[tuple[int, int], ...]
_REFUSALS = (
    CertificateError, patterns.PatternError, patterns.NotPortable, patterns.PatternTimeoutError,
)  # fmt: skip


class Looped:
    """One expression that goes through certificates, for the rows where it gets so far.

    Rows that are equal in all else that the expression reads, and whose values fail at the same
    tests, have one summary: the steps of the reference would be the same. Where some values pass
    all tests, only their number counts: every test was made, and no reason tells the failures of
    the others, unless the object is filtered all the same.
    """

    def __init__(
        self, loop: Loop, first_failing: FirstFailing, unusual: int, keep: int | None
    ) -> None:
        self.costly, self.attribute, self.counted = loop.costly, loop.attribute, loop.counted
        self._loop, self._first_failing, self._unusual = loop, first_failing, unusual
        self._keep = keep
        self._forms: dict[tuple[int, ...], tuple[Form, tuple[str, ...]]] = {}
        self._known: dict[object, dict[Form, int]] = {}
        self._passing: dict[tuple[object, int], int] = {}

    def numbers(
        self, columns: Columns, rows: "pyarrow.Array", keys: list[object],
        summary_of: Callable[[int], tuple[int, bool]],
    ) -> list[int]:  # fmt: skip
        """The number of a summary for each of *rows*; *unusual* for those out of the ordinary.

        *keys* say for each row what else the expression reads of it; *summary_of* works out the
        summary of a row, by the reference, and whether it is filtered.
        """
        every = lists_of(columns.array(self._loop.attribute).take(rows))
        guids = columns.array(GUID).take(rows).to_pylist()
        numbers = rows.to_pylist()
        first_failing, forms, keep = self._first_failing, self._forms, self._keep
        found: list[int] = []
        places: dict[int, dict[Form, int]] = {}  # by identity: equal keys of rows are one object
        for position, (values, guid) in enumerate(zip(every, guids, strict=True)):
            try:
                failing = first_failing(values, guid)
            except _REFUSALS:
                failing = None
            if failing is None:
                found.append(self._unusual)
                continue
            told = forms.get(failing)
            if told is None:
                verdicts = tuple(self._loop.verdicts[test] for test in failing)
                told = forms[failing] = tuple(Counter(failing).items()), verdicts
            form, verdicts = told
            if keep is not None:
                columns.judge(numbers[position], keep, verdicts)
            key = keys[position]
            known = places.get(id(key))
            if known is None:
                known = places[id(key)] = self._known.setdefault(key, {})
            number = known.get(form)
            if number is None:
                number = known[form] = self._number(key, form, summary_of, numbers[position])
            found.append(number)
        return found

    def _number(
        self, key: object, form: Form, summary_of: Callable[[int], tuple[int, bool]], row: int
    ) -> int:
        """The number of the summary of *row*, which is the first with that *key* and *form*."""
        passing = dict(form).get(len(self._loop.tests), 0)
        alike = self._passing.get((key, passing)) if passing else None
        if alike is not None:
            return alike
        number, filtered = summary_of(row)
        if passing and not filtered:
            self._passing[key, passing] = number
        return number


def looped(
    node: Node, context: Context, chosen: Readings, unusual: int, keep: int | None
) -> Looped | None:
    """What goes through the certificates in *node*, if that is all that it does with them.

    *unusual* is the number for rows that the reference looks at by themselves; with *keep* the
    verdicts on certificates are kept under that number.
    """
    if chosen.get(SHIFTING, DECIDED) != DECIDED:
        return None
    loop = find_loop(node, context)
    return Looped(loop, generated(loop, context), unusual, keep) if loop is not None else None
