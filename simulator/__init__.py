"""Simulates the synchronization rules of Azure AD Connect (Entra Connect Sync).

    from simulator import load_rules, load_objects, audit, preview, explain

`audit` says for every object whether it would sync, and why; `preview` what a rule change does to
each; `explain` everything that happened to one. `evaluate` gives the value of one expression.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from simulator.version import __version__

if TYPE_CHECKING:
    from simulator.answers import Audit, Preview
    from simulator.batches import Evaluator
    from simulator.commands import audit, explain, preview
    from simulator.errors import Diagnostic, DiagnosticsError, ObjectError, SimulatorError
    from simulator.language.context import Context
    from simulator.language.evaluate import evaluate
    from simulator.options import Options
    from simulator.results.results import Results, Row
    from simulator.results.table import table
    from simulator.rulefiles import load_connector, load_rules
    from simulator.sources import load_objects
    from simulator.sources.spool import open_rows

__all__ = [
    "Audit",
    "Context",
    "Diagnostic",
    "DiagnosticsError",
    "Evaluator",
    "ObjectError",
    "Options",
    "Preview",
    "Results",
    "Row",
    "SimulatorError",
    "__version__",
    "audit",
    "evaluate",
    "explain",
    "load_connector",
    "load_objects",
    "load_rules",
    "open_rows",
    "preview",
    "table",
]

_HOMES = {
    "simulator.answers": ("Audit", "Preview"),
    "simulator.batches": ("Evaluator",),
    "simulator.commands": ("audit", "explain", "preview"),
    "simulator.errors": ("Diagnostic", "DiagnosticsError", "ObjectError", "SimulatorError"),
    "simulator.language.context": ("Context",),
    "simulator.language.evaluate": ("evaluate",),
    "simulator.options": ("Options",),
    "simulator.results.results": ("Results", "Row"),
    "simulator.results.table": ("table",),
    "simulator.rulefiles": ("load_connector", "load_rules"),
    "simulator.sources": ("load_objects",),
    "simulator.sources.spool": ("open_rows",),
}


def __getattr__(name: str) -> Any:
    """Imports a public name when it is used: the program starts without what it does not need."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module `simulator` has no attribute `{name}`")
