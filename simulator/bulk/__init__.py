"""The same answers for a million objects: rule sets run over columns, batch by batch."""

from simulator.bulk.program import Program
from simulator.bulk.snapshot import Job, Part, Result, run_snapshot
from simulator.bulk.statistics import Statistics

__all__ = ["Job", "Part", "Program", "Result", "Statistics", "run_snapshot"]
