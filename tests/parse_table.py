"""Makes `simulator/language/table.py` from the grammar: `python -m tests.parse_table`."""

from pathlib import Path
from typing import Any

from lark import Lark
from lark.parsers.lalr_analysis import Shift

LANGUAGE = Path(__file__).parent.parent / "simulator/language"
TABLE = LANGUAGE / "table.py"


def table_text() -> str:
    """What `table.py` must be: lark's own analysis of the grammar, in an order that stays."""
    grammar = (LANGUAGE / "grammar.lark").read_text(encoding="utf-8")
    lark = Lark(grammar, parser="lalr", maybe_placeholders=False)
    parser: Any = lark.parser
    states = parser.parser._parse_table.states
    rules = {rule: number for number, rule in enumerate(lark.rules)}
    first = parser.parser._parse_table.start_states["start"]
    numbers, met, lines = {first: 0}, [first], []
    for state in met:  # which grows as states are met
        row = []
        for symbol, (action, argument) in sorted(states[state].items()):
            if action is Shift:
                if argument not in numbers:
                    numbers[argument] = len(met)
                    met.append(argument)
                row.append(f"{str(symbol)!r}: {numbers[argument]}")
            else:
                row.append(f"{str(symbol)!r}: {-1 - rules[argument]}")
        lines.append(f"    {{{', '.join(row)}}},")
    return "\n".join([
        '"""The parser of the language as a table; `python -m tests.parse_table` makes it anew."""',
        "", "# ruff: noqa: E501", "# fmt: off", "",
        "# Terminals as patterns, in the order in which they are tried; WS is passed over.",
        "TERMINALS = {",
        *(f"    {t.name!r}: {t.pattern.to_regexp()!r}," for t in parser.lexer.root_lexer.terminals),
        "}", "",
        "# Rules: the symbol that one makes, of how many, and the name of what it builds.",
        "RULES = (",
        *(f"    ({str(r.origin.name)!r}, {len(r.expansion)}, {str(r.alias or r.origin.name)!r})," for r in lark.rules),
        ")", "",
        "# For each state by symbol: the next state, or -1 less the number of the rule to apply.",
        "STATES: tuple[dict[str, int], ...] = (", *lines, ")", "",
    ])  # fmt: skip


if __name__ == "__main__":
    TABLE.write_text(table_text(), encoding="utf-8")
