"""The enrolment status codes of Defender's security settings management, in both printings."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

FIRST, LATER = "2022", "2023"


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """One code: what each printing says of it (empty: nothing), and where to look."""

    code: int
    first: str
    later: str
    look: str = ""


@cache
def enrolment_codes() -> dict[int, EnrolmentCode]:
    """Every code of either printing, by its number."""
    text = (files("simulator") / "enrolment.toml").read_text(encoding="utf-8")
    return {
        code: EnrolmentCode(code, row["first"], row["later"], row.get("look", ""))
        for row in tomllib.loads(text)["row"]
        for code in row["codes"]
    }


def code_lines(code: int) -> Iterator[str]:
    """What is known of *code*, as lines."""
    known = enrolment_codes().get(code)
    if known is None:
        yield f"{code}: in neither printing of the list, which calls itself incomplete"
        return
    yield f"{code}, printing of {FIRST}: {known.first or 'not in the list'}"
    yield f"{code}, printing of {LATER}: {known.later or 'not in the list'}"
    if known.look:
        yield f"to find out: {known.look}"
