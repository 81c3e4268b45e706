"""The clauses and pairs that scripts make with New-Object, by the order of their arguments."""

from typing import Any

CONDITIONS = {
    "scopecondition": ("attribute", "comparisonvalue", "comparisonoperator"),
    "joincondition": ("csattribute", "mvattribute", "casesensitive"),
}


def condition(kind: str, values: list[Any]) -> dict[str, object] | None:
    """A clause or a pair of *kind* with the *values* in the order of its constructor."""
    names = CONDITIONS[kind]
    if len(values) != len(names) and not (kind == "joincondition" and len(values) == 2):
        return None
    return dict(zip(names, values, strict=False))
