"""The command that explains an object of a report."""

from simulator.answers import Audit, Preview
from simulator.values import time_text


def explain_command(result: Audit | Preview) -> tuple[str, str]:
    """The command that explains an object, before and after the object's name; both may be empty.

    It is empty where a name of a file cannot be written the same way in every shell.
    """
    origin, options = result.origin, ["--rules", "--after"]
    arguments = [
        argument
        for option, rules in zip(options, origin.rules, strict=False)
        for source in rules.sources
        for argument in (option, source.name)
    ]
    for source in result.provenance.source.split(", "):
        arguments += ["--objects", source]
    arguments += ["--as-of", time_text(result.now)]
    for connector in origin.connectors:
        arguments += ["--connector", connector.origin]
    for id, reading in origin.readings.items():
        arguments += ["--assume", f"{id}={reading}"]
    if any(not a or set(a) & set("'\"`$\r\n") for a in arguments):
        return "", ""
    return "aadsim explain ", "".join(f" {_quoted(a)}" for a in arguments)


def _quoted(argument: str) -> str:
    plain = all(c.isalnum() or c in "-_./:=+@" for c in argument)
    return argument if plain else f"'{argument}'"
