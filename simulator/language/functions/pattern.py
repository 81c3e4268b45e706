"""The one function with patterns."""

from simulator.errors import ObjectError
from simulator.language.context import Context
from simulator.language.function import function


@function(documented=False)
def RegexIsMatch(
    text: str | None, pattern: str, options: str = "None", *, context: Context
) -> bool:
    """Whether *pattern*, a regular expression of .NET, matches anywhere in *text*.

    *options* are names of RegexOptions divided by commas. NULL is matched by nothing.

    RegexIsMatch("CN={3F25}", "CN=[{]*3f25[}]*", "IgnoreCase")  -> True
    RegexIsMatch("CN=PC1", "cn=", "None")  -> False
    RegexIsMatch("6.3 (9600)", "^6\\.3 ")  -> True
    RegexIsMatch(NULL, ".*")  -> False

    Assumed: it is .NET's Regex.IsMatch, in the English culture (A-14). No reference page has it; a
    published rule uses it.
    """
    context.reading("A-14")
    context.note(
        "undocumented", "RegexIsMatch is in no reference page; it is read as .NET's Regex.IsMatch"
    )
    if text is None:
        return False
    from simulator.language import patterns  # here, because reading patterns costs start-up time

    try:
        return patterns.is_match(pattern, text, options)
    except patterns.NotPortable as error:
        raise ObjectError(
            "bad-regex",
            f"the pattern `{pattern}` is not portable: {error}",
            "its answer in .NET cannot be found out here; write the pattern in a simpler way",
        ) from None
    except patterns.PatternError as error:
        raise ObjectError(
            "bad-regex",
            f"the pattern `{pattern}` with the options `{options}` is refused: {error}",
            f"the options are {', '.join(patterns.OPTION_NAMES)}"
            if "option" in str(error)
            else None,
        ) from None
    except patterns.PatternTimeoutError:
        raise ObjectError(
            "bad-regex",
            f"the pattern `{pattern}` takes longer than {patterns.SECONDS:g} s on one text",
            "nested repetitions such as `(a+)+` do; .NET on the server would not come back either",
        ) from None
