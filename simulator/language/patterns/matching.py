"""Whether a .NET pattern matches a text: .NET's Regex.IsMatch(text, pattern, options)."""

from functools import lru_cache

from simulator.language.patterns import direct
from simulator.language.patterns.options import Options, PatternError

_NAMES = {
    "None": Options.NONE,
    "IgnoreCase": Options.IGNORE_CASE,
    "Multiline": Options.MULTILINE,
    "ExplicitCapture": Options.EXPLICIT_CAPTURE,
    "Compiled": Options.COMPILED,
    "Singleline": Options.SINGLELINE,
    "IgnorePatternWhitespace": Options.IGNORE_PATTERN_WHITESPACE,
    "RightToLeft": Options.RIGHT_TO_LEFT,
    "ECMAScript": Options.ECMA_SCRIPT,
    "CultureInvariant": Options.CULTURE_INVARIANT,
}
OPTION_NAMES = tuple(_NAMES)

_WITH_ECMA_SCRIPT = (
    Options.ECMA_SCRIPT
    | Options.IGNORE_CASE
    | Options.MULTILINE
    | Options.COMPILED
    | Options.CULTURE_INVARIANT
)
_PLAIN_OPTIONS = Options.IGNORE_CASE | Options.COMPILED | Options.CULTURE_INVARIANT


@lru_cache(maxsize=64)
def parse_options(text: str) -> Options:
    """The options that *text* names, divided by commas."""
    options = Options.NONE
    for part in text.split(","):
        option = _NAMES.get(part.strip())
        if option is None:
            raise PatternError(f"there is no option `{part.strip()}`")
        options |= option
    if options & Options.ECMA_SCRIPT and options & ~_WITH_ECMA_SCRIPT:
        raise PatternError("ECMAScript goes only with IgnoreCase, Multiline and Compiled")
    return options


def is_match(pattern: str, text: str, options: str = "None") -> bool:
    """Whether *pattern* matches anywhere in *text*.

    Raises `PatternError` if .NET would refuse the pattern, `NotPortable` if its meaning cannot be
    found out here, and `PatternTimeoutError` if matching takes too long.
    """
    chosen = parse_options(options)
    if not chosen & ~_PLAIN_OPTIONS and text.isascii():
        ignore_case = bool(chosen & Options.IGNORE_CASE)
        plain = direct.tokens(pattern, ignore_case)
        if plain is not None:
            return direct.occurs(plain, text.lower() if ignore_case else text)
    from simulator.language.patterns.translated import occurs  # the plain ones need nothing of it

    return occurs(pattern, text, chosen)
