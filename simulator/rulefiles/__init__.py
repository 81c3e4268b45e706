"""Rule files: where rules come from, in whatever form, as one `RuleSet`.

`load_rules` takes what `--rules` takes, `load_connector` what `--connector` takes; `write_rules`
is the way back, `difference` compares. A format is one module here that declares a reader
(`rulefile.reader`), a writer (`writer.writer`) or both; files are recognised by their content.
"""

from simulator.rulefiles.difference import difference
from simulator.rulefiles.load import load_connector, load_rules
from simulator.rulefiles.server_schema import load_schemas
from simulator.rulefiles.shipped import shipped_sets
from simulator.rulefiles.writer import write_rules

__all__ = [
    "difference",
    "load_connector",
    "load_rules",
    "load_schemas",
    "shipped_sets",
    "write_rules",
]
