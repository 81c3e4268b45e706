"""What the scope of a rule makes of each row, worked out once for each different combination."""

from collections.abc import Hashable

from simulator.bulk.codes import Codes, at_rows, combined, constant
from simulator.bulk.columns import Columns
from simulator.bulk.numbers import MOST, Numbers
from simulator.bulk.shape import ODD
from simulator.bulk.summary import Readings, scope_part, summarise
from simulator.rule import MEMBERSHIP, PRESENCE, SyncRule
from simulator.sync.engine import Engine


class ScopeObserver:
    """What the scope of one rule makes of each row."""

    def __init__(
        self, engine: Engine, chosen: Readings, rule: SyncRule, visible: frozenset[str] | None
    ) -> None:
        self._engine, self._chosen, self._rule = engine, chosen, rule
        clauses = [c for group in rule.scope for c in group]
        names: dict[str, bool] = {}  # attribute -> whether its value is compared
        for clause in clauses:
            name = "memberOf" if clause.operator in MEMBERSHIP else clause.attribute
            if visible is None or name in visible:
                names[name] = names.get(name, False) or clause.operator not in PRESENCE
        self._names = names
        self._known: dict[Hashable, int] = {}

    def observe(self, columns: Columns, numbers: Numbers) -> Codes:
        """The number of a summary for each row."""
        import pyarrow as pa

        coded = [
            columns.by_value(name) if compared else columns.by_shape(name)
            for name, compared in self._names.items()
        ]
        parts = [constant(0, columns.rows), *(codes for codes, _ in coded)]
        codes, firsts = combined(parts)
        if len(self._known) > MOST:
            self._known.clear()
        found = []
        for row, (_, *at) in zip(firsts, at_rows(parts, firsts), strict=True):
            key: Hashable = tuple(values[c] for c, (_, values) in zip(at, coded, strict=True))
            if ODD in key:  # type: ignore[operator]  # a tuple
                key = None
            if key is None or key not in self._known:
                part = scope_part(self._engine, self._rule, columns.subject(row))
                self._known[key] = numbers.of(summarise(part, self._chosen))
            found.append(self._known[key])
        return pa.array(found, pa.int32()).take(codes)
