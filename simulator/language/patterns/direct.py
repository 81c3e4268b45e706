"""Matching the plainest patterns without compiling them.

A rule may build a new pattern for every object, as the published computer rule does; compiling
it would cost a hundred times the match. Such a pattern is text with a few classes in it.
"""

import re
from functools import lru_cache
from typing import TypeAlias

# A text, or a set of characters with the least and the greatest number of them.
Token: TypeAlias = str | tuple[frozenset[str], int, int]

_TEXT = r"[A-Za-z0-9_ =,:;<>@/!~\"'%&}-]"
_CLASS = r"\[[A-Za-z0-9_ {}=.,;@/!%&()]+\]"
_PLAIN = re.compile(rf"(?:{_TEXT}|{_CLASS}[*+?]?)*")
_TOKEN = re.compile(r"\[([^]]+)\]([*+?]?)|([^[]+)")
_COUNTS = {"": (1, 1), "?": (0, 1), "+": (1, 1 << 30), "*": (0, 1 << 30)}


@lru_cache(maxsize=256)
def tokens(pattern: str, ignore_case: bool) -> tuple[Token, ...] | None:
    """*pattern* as tokens, without those at the ends that may be left out; or not plain."""
    if not _PLAIN.fullmatch(pattern):
        return None
    if ignore_case:
        pattern = pattern.lower()
    found: list[Token] = [
        text or (frozenset(members), *_COUNTS[count])
        for members, count, text in _TOKEN.findall(pattern)
    ]
    while found and _may_be_absent(found[-1]):
        found.pop()
    while found and _may_be_absent(found[0]):
        del found[0]
    return tuple(found)


def _may_be_absent(token: Token) -> bool:
    return not isinstance(token, str) and token[1] == 0


def occurs(wanted: tuple[Token, ...], text: str) -> bool:
    """Whether the tokens *wanted* follow each other anywhere in *text*."""
    if not wanted:
        return True
    if isinstance(wanted[0], str):
        start = text.find(wanted[0])
        while start >= 0:
            if _follow(wanted[1:], text, start + len(wanted[0])):
                return True
            start = text.find(wanted[0], start + 1)
        return False
    return any(_follow(wanted, text, start) for start in range(len(text)))


def _follow(wanted: tuple[Token, ...], text: str, start: int) -> bool:
    """Whether *wanted* follow each other in *text* from *start* on."""
    positions = {start}
    for token in wanted:
        if isinstance(token, str):
            positions = {p + len(token) for p in positions if text.startswith(token, p)}
        else:
            positions = {end for p in positions for end in _ends(token, text, p)}
        if not positions:
            return False
    return True


def _ends(token: tuple[frozenset[str], int, int], text: str, start: int) -> list[int]:
    members, least, most = token
    end = start
    ends = [start] if least == 0 else []
    while end < len(text) and end - start < most and text[end] in members:
        end += 1
        ends.append(end)
    return ends
