"""What a bulk run did, in numbers: how often which way was taken."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Statistics:
    """Counts over all batches of a run.

    *keys* are the different combinations of observations; the reference ran once for each.
    *observed* counts expressions that were evaluated for a single row, by how: `"certificates"`
    through the generated loop, `"closures"` by the reference. *by_reference* are the rows that
    went through the reference by themselves, by why.
    """

    rows: int = 0
    keys: int = 0
    observed: Counter[str] = field(default_factory=Counter)
    by_reference: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Statistics") -> None:
        """Adds the counts of *other*, of another process or part."""
        self.rows += other.rows
        self.keys += other.keys
        self.observed.update(other.observed)
        self.by_reference.update(other.by_reference)

    def taken(self) -> "Statistics":
        """The counts so far; counting begins anew."""
        counted = Statistics(self.rows, self.keys, self.observed, self.by_reference)
        self.rows = self.keys = 0
        self.observed, self.by_reference = Counter(), Counter()
        return counted

    def figures(self) -> Mapping[str, int]:
        """All counts by a name, for a report."""
        return {
            "rows": self.rows,
            "keys": self.keys,
            **{f"observed: {name}": n for name, n in sorted(self.observed.items())},
            **{f"by reference: {name}": n for name, n in sorted(self.by_reference.items())},
        }
