"""Simulates the synchronization rules of Azure AD Connect (Entra Connect Sync).

    from simulator import load_rules, load_objects, audit, preview, explain

`audit` says for every object whether it would sync, and why; `preview` what a rule change does to
each; `explain` everything that happened to one. `evaluate` gives the value of one expression.
"""

from simulator.commands import Audit, Options, Preview, audit, explain, preview
from simulator.errors import Diagnostic, DiagnosticsError, ObjectError, SimulatorError
from simulator.language.context import Context
from simulator.language.evaluate import evaluate
from simulator.results.results import Results, Row
from simulator.results.table import table
from simulator.rulefiles import load_connector, load_rules
from simulator.sources import load_objects
from simulator.version import __version__

__all__ = [
    "Audit",
    "Context",
    "Diagnostic",
    "DiagnosticsError",
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
    "preview",
    "table",
]
