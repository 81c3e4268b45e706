"""The numbers of summaries, which stand for them in codes."""

from simulator.bulk.summary import Summary

# numbers of summaries: not observed, shared with no other row, and not yet known
NOTHING, UNUSUAL, UNDECIDED = 0, 1, -1
MOST = 50_000  # summaries kept: memory must not grow with the number of objects


class Numbers:
    """A number for each different summary, from 2 on."""

    def __init__(self) -> None:
        self._numbers: dict[Summary, int] = {}
        self._summaries: list[Summary | None] = [None, None]

    def of(self, summary: Summary) -> int:
        """The number of *summary*; `UNUSUAL` once there are too many to be shared by rows."""
        if summary not in self._numbers:
            if len(self._summaries) > MOST:
                return UNUSUAL
            self._numbers[summary] = len(self._summaries)
            self._summaries.append(summary)
        return self._numbers[summary]

    def __getitem__(self, number: int) -> Summary | None:
        return self._summaries[number]
