"""Names the mistake where objects are given as rules, or rules as objects."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

from simulator.errors import SimulatorError, UsageError

F = TypeVar("F", bound=Callable[..., Any])

_RULES = ("rules", "before", "after", "other", "base")
_LARGEST = 10_000_000  # bytes of a file that may be looked at for rules


def telling_swaps(command: F) -> F:
    """*command*, of whose errors one that comes from a swap says so."""

    @wraps(command)
    def run(**values: Any) -> object:
        try:
            return command(**values)
        except SimulatorError:
            refuse_swapped(values)
            raise

    return cast("F", run)


def refuse_swapped(values: dict[str, Any]) -> None:
    """Raises `UsageError` for what a command reads as rules or objects and what is the other."""
    for name in _RULES:
        for location in _several(values.get(name)):
            if _are_objects(location) and not _are_rules(location):
                raise UsageError(f"{location}: these look like objects, not rules", _help(values))
    for location in _several(values.get("objects")):
        if _are_rules(location) and not _are_objects(location):
            raise UsageError(f"{location}: these look like rules, not objects", _help(values))


def _several(given: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else given or ()


def _help(values: dict[str, Any]) -> str:
    given = [f"--{name}" for name in ("rules", "before", "after") if values.get(name)]
    if "objects" in values and given:
        return f"did you swap {' or '.join(given)} with --objects?"
    if "objects" not in values:
        return "give rule files, a folder of them, or the name of a rule set"
    return "rules go with --rules, --before or --after, and objects with --objects"


def _are_objects(location: str) -> bool:
    from simulator.sources.source import open_objects

    if "://" in location:
        return True
    if not Path(location).is_file():  # a pipe has been read already
        return False
    try:
        return any(True for _ in open_objects(location).objects)
    except SimulatorError:
        return False


def _are_rules(location: str) -> bool:
    from simulator.rulefiles.contents import read
    from simulator.rulefiles.shipped import locate

    path = Path(location)
    try:
        looked_at = path.is_dir() or (path.is_file() and path.stat().st_size <= _LARGEST)
        if path.exists() and not looked_at:
            return False
        one = read(locate(location), {})
    except (SimulatorError, OSError, ValueError):
        return False
    return bool(one.layer.rules or one.layer.clones or one.named)
