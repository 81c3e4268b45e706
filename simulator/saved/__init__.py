"""Results in files: saved, put together from parts, and compared with what they came from."""

from simulator.saved.file import load_saved, save
from simulator.saved.parts import merge
from simulator.saved.stale import STALE, stale

__all__ = ["STALE", "load_saved", "merge", "save", "stale"]
