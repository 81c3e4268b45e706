"""The rule sets that come with the program, and what a location on the command line means."""

import difflib
from dataclasses import dataclass
from pathlib import Path

from simulator.errors import UsageError


@dataclass(frozen=True, slots=True)
class Place:
    """Where rules are: *path*, shown as *name*; *shadowed* if a shipped set has that name too."""

    name: str
    path: Path
    shadowed: bool = False


def shipped_sets() -> dict[str, Path]:
    """The folder of each shipped rule set, by its name."""
    package = Path(__file__).parent.parent
    inside = package / "shipped" / "rules"
    root = inside if inside.is_dir() else package.parent / "rules"
    if not root.is_dir():
        return {}
    return {folder.name: folder for folder in sorted(root.iterdir()) if any(folder.glob("*.toml"))}


def locate(location: str) -> Place:
    """The place that *location* names: a path if it exists, else the shipped set of that name."""
    sets = shipped_sets()
    path = Path(location)
    if location and path.exists():
        return Place(location, path, shadowed=location in sets)
    if location in sets:
        return Place(location, sets[location])
    names = ", ".join(sets) or "none"
    if not location:
        raise UsageError("no rules: the location is empty", f"the rule sets are: {names}")
    if "/" in location or "\\" in location:
        raise UsageError(
            f"{location}: no such file or folder",
            f"give the path of a rule file or of a folder of them, or one of the sets: {names}",
        )
    near = difflib.get_close_matches(location, sets, n=1)
    meant = f"did you mean `{near[0]}`? " if near else ""
    raise UsageError(
        f"{location}: no such file or folder, and no rule set of that name",
        f"{meant}the rule sets are: {names}",
    )
