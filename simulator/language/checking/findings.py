"""How the parts of the check say what they found."""

from simulator.errors import Diagnostic, Severity, Span


def syntax(message: str, span: Span, help: str | None = None) -> Diagnostic:
    """An error of form."""
    return Diagnostic("syntax", message, span=span, help=help)


def warning(code: str, message: str, span: Span, help: str | None = None) -> Diagnostic:
    """What runs, but probably does not do what was meant."""
    return Diagnostic(code, message, span=span, help=help, severity=Severity.WARNING)


def note(code: str, message: str, span: Span, help: str | None = None) -> Diagnostic:
    """What is worth knowing; no fault."""
    return Diagnostic(code, message, span=span, help=help, severity=Severity.NOTE)
