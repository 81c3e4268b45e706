"""What is common to every run: instant, readings, import filter, the objects wanted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from simulator.errors import UsageError
from simulator.language.nodes import Node

if TYPE_CHECKING:
    from simulator.rule import Connector

Progress = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Options:
    """What is common to every run: instant of `Now()`, readings, import filter, objects wanted.

    *now* has a time zone; where it is not given it is the snapshot's capture time. *where* keeps
    only the objects for which that expression is true. *jobs* is the number of processes for a
    snapshot; without it, it follows from the work. With *details* rows too tell everything of each
    certificate. *shard* is a part of a snapshot, by its number, from 1, and how many there are.
    *progress* is told now and then how many objects are judged, and of how many.
    """

    now: datetime | None = None
    readings: Mapping[str, str] = field(default_factory=dict)
    connectors: "tuple[Connector, ...]" = ()
    where: Node | None = None
    jobs: int | None = None
    details: bool = False
    shard: tuple[int, int] | None = None
    progress: Progress | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.now is not None and self.now.utcoffset() is None:
            raise UsageError(
                f"the instant {self.now.isoformat()} has no time zone",
                "give it one, for example with datetime(..., tzinfo=UTC)",
            )
