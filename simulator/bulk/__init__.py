"""The same answers for a million objects: rule sets run over columns, batch by batch."""

from simulator.bulk.program import Program
from simulator.bulk.statistics import Statistics

__all__ = ["Program", "Statistics"]
