"""Rule files: where rules come from, in whatever form, as one `RuleSet`.

`load_rules` takes what `--rules` takes, `load_connector` what `--connector` takes. A format is one
module here that declares a reader (`rulefile.reader`); files are recognised by their content.
"""

from simulator.rulefiles.load import load_connector, load_rules
from simulator.rulefiles.shipped import shipped_sets

__all__ = ["load_connector", "load_rules", "shipped_sets"]
