"""Where a result comes from, as pairs of a name and what is to be said."""

from collections.abc import Iterator

from simulator.assumptions import ledger
from simulator.commands import Audit, Preview
from simulator.forecast import remark
from simulator.results.counts import assumptions_used
from simulator.rule import RuleSet
from simulator.values import time_text
from simulator.version import __version__


def rule_sets(result: Audit | Preview) -> tuple[tuple[str, RuleSet], ...]:
    """The rule sets of *result*, each with the name of its side."""
    if isinstance(result, Audit):
        return (("rules", result.rules),)
    return (("rules before", result.before), ("rules after", result.after))


def provenance(result: Audit | Preview) -> Iterator[tuple[str, str]]:
    """Tool, instant, rules and objects with their hashes, import filter, remarks, assumptions."""
    told = result.provenance
    yield "tool", f"aadsim {__version__}"
    yield "as of", time_text(result.now)
    for label, rules in rule_sets(result):
        for source in rules.sources:
            yield label, f"{source.name}: {source.count} rules, sha256 {source.sha256}"
    yield "objects", told.source
    if told.sha256:
        yield "objects sha256", told.sha256
    for name, value in told.details.items():
        if name.endswith("sha256"):
            yield name, value
    yield "read", f"{result.read} objects, {'complete' if told.complete else 'INCOMPLETE'}"
    if told.captured_at:
        yield "captured at", told.captured_at
    if told.account:
        yield "account", f"{told.account}; what it may not read is missing in silence"
    connectors = ", ".join(c.name for c in result.options.connectors)
    none = "no connector given: domain, unit and class filters not applied"
    yield "import", connectors or none
    remarks = (remark(rules) for _, rules in rule_sets(result))
    for note in dict.fromkeys((*told.notes, *(r for r in remarks if r))):
        yield "note", note
    readings = result.options.readings
    for id in assumptions_used(result.results):
        taken = f" [taken: {readings[id]}]" if id in readings else ""
        yield f"assumption {id}", f"{ledger()[id].statement}{taken}"


def explain_command(result: Audit | Preview) -> tuple[str, str]:
    """The command that explains an object, before and after the object's name; both may be empty.

    It is empty where a name of a file cannot be written the same way in every shell.
    """
    options = ["--rules", "--after"]
    arguments = [
        argument
        for option, (_, rules) in zip(options, rule_sets(result), strict=False)
        for source in rules.sources
        for argument in (option, source.name)
    ]
    for source in result.provenance.source.split(", "):
        arguments += ["--objects", source]
    arguments += ["--as-of", time_text(result.now)]
    for connector in result.options.connectors:
        arguments += ["--connector", connector.origin]
    for id, reading in result.options.readings.items():
        arguments += ["--assume", f"{id}={reading}"]
    if any(not a or set(a) & set("'\"`$\r\n") for a in arguments):
        return "", ""
    return "aadsim explain ", "".join(f" {_quoted(a)}" for a in arguments)


def _quoted(argument: str) -> str:
    plain = all(c.isalnum() or c in "-_./:=+@" for c in argument)
    return argument if plain else f"'{argument}'"
