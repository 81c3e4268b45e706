"""JSON of a rule file as values, with nothing lost: a key given twice is a fault."""

import json
import re
from collections.abc import Mapping
from typing import Any

from simulator.errors import Diagnostic, Source, Span
from simulator.rulefiles.rulefile import RuleFile, problem

_JSON = re.compile(r"\s*(?:\{|\[\s*(?:[{\"\]\d-]|$))")
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def is_json(file: RuleFile) -> bool:
    """Whether *file* begins as JSON does."""
    return bool(_JSON.match(file.text))


class _RepeatedKeyError(Exception):
    """A key stands twice in one object."""


def _table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for key, value in pairs:
        folded = key.casefold()
        if folded in table:
            raise _RepeatedKeyError(key)
        table[folded] = value
    return table


def _refuse(word: str) -> Any:
    raise ValueError(f"`{word}` is no JSON")


def parse_json(file: RuleFile) -> Any | Diagnostic:
    """The value in *file*, with the keys of its objects in lower case, or what is wrong."""
    try:
        value = json.loads(file.text, object_pairs_hook=_table, parse_constant=_refuse)
        if _HALF.search(file.text):  # an escape that may be half of a character
            json.dumps(value, ensure_ascii=False).encode()
        return value
    except json.JSONDecodeError as error:
        start = min(error.pos, max(0, len(file.text.rstrip()) - 1))
        help = "write the file again: it was changed or cut off by hand or by a tool"
        message = error.msg[:1].lower() + error.msg[1:]
        return Diagnostic(
            "not-json", message, Source(file.name, file.text), Span(start, start + 1), help
        )
    except _RepeatedKeyError as error:
        message = f"the key `{error}` stands twice in one object"
        return problem("repeated-key", message, Source(file.name, ""), "keep one of them")
    except RecursionError:
        message = "the file is nested too deeply"
        return problem("too-deep", message, Source(file.name, ""), "rule files have few levels")
    except UnicodeEncodeError:
        message = "a text has half of a character"
        return problem("not-text", message, Source(file.name, ""), "write the file again")
    except ValueError as error:
        message = str(error) if "no JSON" in str(error) else "a number has too many digits"
        return problem("not-json", message, Source(file.name, ""), "write the file again")


def entries(value: object) -> list[Any]:
    """What is in *value*: a list, an object that wraps one as ConvertTo-Json may, or itself."""
    match value:
        case list():
            return value
        case {"value": list(wrapped), **others} if others.keys() <= {"count"}:
            return wrapped
        case Mapping():
            return [value]
        case _:
            return []
