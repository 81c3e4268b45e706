"""The columns that a report counts and shows, one row for each object."""

from typing import TYPE_CHECKING

from simulator.results.facts import places, states, systems
from simulator.results.results import Results
from simulator.results.table import table

if TYPE_CHECKING:
    import pyarrow


def facts(results: Results) -> "pyarrow.Table":
    """The table of *results* with the columns `system`, `rdn` and `unit`, where the object is.

    `state` is the change in a preview, and the outcome in an audit.
    """
    import pyarrow as pa

    columns = table(results)
    rdn, unit = places(results)
    added = {"system": systems(results), "rdn": rdn, "unit": unit, "state": states(results)}
    for name, column in added.items():
        columns = columns.append_column(name, column)
    return pa.table(columns).unify_dictionaries()
