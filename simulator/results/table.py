"""Results as a table of Arrow: a row for each object, a named column for each fact."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.compare import change_of
from simulator.results.results import SUBJECT, Results
from simulator.results.said import of_last, said
from simulator.results.verdict import Verdict

if TYPE_CHECKING:
    import pyarrow

_FACTS: dict[str, Callable[[Verdict], str]] = {
    "outcome": lambda verdict: verdict.disposition,
    "reason_code": lambda verdict: verdict.reason.code,
    "reason_text": lambda verdict: verdict.reason.text,
    "rule": lambda verdict: verdict.reason.rule,
    "attribute": lambda verdict: verdict.reason.attribute,
    "clause": lambda verdict: verdict.reason.clause,
    "assumptions": lambda verdict: " ".join(verdict.assumptions),
}


def table(results: Results) -> "pyarrow.Table":
    """*results* by column: those of the object, `change` in a preview, the facts of each side.

    The columns of a preview's sides begin with `before_` and `after_`. `certificates`, those of
    the last side, is a list of structures. Nothing goes through Python object by object.
    """
    columns = {name: results.subjects[name] for name in SUBJECT}
    if len(results.sides) == 2:
        columns["change"] = said(results, lambda verdicts: change_of(*verdicts))
    prefixes = ("",) if len(results.sides) == 1 else ("before_", "after_")
    for prefix, side in zip(prefixes, results.sides, strict=True):
        for name, fact in _FACTS.items():
            columns[prefix + name] = said(results, of_last(fact), [side])
        columns[f"{prefix}reason_text"] = _ended(columns[f"{prefix}reason_text"], side.ends)
    columns["certificates"] = results.sides[-1].certificates
    import pyarrow as pa

    return pa.table(columns)


def _ended(texts: "pyarrow.Array", ends: "pyarrow.ChunkedArray") -> "pyarrow.ChunkedArray":
    """*texts* with their *ends*, where there are any."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if ends.null_count == len(ends):
        return texts
    return pc.binary_join_element_wise(texts.cast(pa.string()), ends.fill_null(""), "")
