"""What reading a pattern has to remember on the way."""

from dataclasses import dataclass

from simulator.language.patterns.groups import Groups
from simulator.language.patterns.options import Options
from simulator.language.patterns.scan import Scanner
from simulator.language.patterns.tree import Unit
from simulator.language.patterns.units import lower


@dataclass(slots=True)
class Reader:
    """What is being read, the options in force, and the number of the next group."""

    scanner: Scanner
    groups: Groups
    options: Options
    following: int = 1
    ignore_next: bool = False  # the next group without a name is a condition, not captured
    testing: bool = False  # directly inside a condition, where .NET reads no inline options
    doubtful: bool = False  # .NET numbers groups in one way and captures them in another
    refers: bool = False

    def has(self, option: Options) -> bool:
        """Whether *option* is in force."""
        return bool(self.options & option)

    def skip_blanks(self) -> None:
        """Skips what has no meaning here."""
        self.scanner.skip_blanks(self.has(Options.IGNORE_PATTERN_WHITESPACE))

    def unit(self, code: int) -> Unit:
        """The single unit *code*, in lower case where case is ignored."""
        folded = self.has(Options.IGNORE_CASE)
        if folded:
            code = lower(code, self.has(Options.CULTURE_INVARIANT))
        return Unit(((code, code),), folded)
