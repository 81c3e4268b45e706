"""The geometry of the charts: rectangles and ribbons in the units of their drawing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from simulator.reports.html.expiry import COUNTS, OTHER, Period
from simulator.results.groups import STATES, ordered

BAR = 1000
_HEIGHT, _GAP, _LEAST = 280, 8, 2


@dataclass(frozen=True, slots=True)
class Rectangle:
    """One coloured part of a chart; *kind* names its colour, *title* says what it stands for."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True, slots=True)
class Ribbon:
    """The objects with one outcome before and one after: a band from the left to the right."""

    kind: str
    path: str
    title: str


@dataclass(frozen=True, slots=True)
class Label:
    """A text beside a part of a chart."""

    x: float
    y: float
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Flow:
    """What becomes of each outcome: bars before and after, and ribbons between them."""

    height: float
    rectangles: tuple[Rectangle, ...]
    ribbons: tuple[Ribbon, ...]
    labels: tuple[Label, ...]


def bar(counts: Mapping[str, int], scale: int) -> Iterator[Rectangle]:
    """A bar of one part for each state; *scale* objects would be its whole width."""
    x = 0.0
    for state, count in ordered(counts):
        width = count * BAR / max(1, scale)
        yield Rectangle(kind(state), round(x, 2), 0, round(width, 2), 10, f"{state}: {count}")
        x += width


def kind(state: str) -> str:
    """The name of the colour of *state*, an outcome or a change."""
    return state.lower()


def columns(periods: Sequence[Period], step: int, height: int) -> Iterator[Rectangle]:
    """A column for each period, *step* wide with its gap; the tallest is *height* high."""
    most = max((p.total for p in periods), default=0) or 1
    for number, period in enumerate(periods):
        y = float(height)
        for each, colour in ((COUNTS, "counts"), (OTHER, "other")):
            count = period.counts.get(each, 0)
            if not count:
                continue
            tall = max(1.0, count * height / most)
            y -= tall
            yield Rectangle(
                colour, number * step, round(y, 2), step - 3, round(tall, 2),
                f"{period.name}: {count} {each}",
            )  # fmt: skip


def flow(transitions: Mapping[tuple[str, str], int]) -> Flow:
    """The drawing of how many objects have each pair of outcomes, before and after."""
    left = {s: sum(n for (b, _), n in transitions.items() if b == s) for s in STATES}
    right = {s: sum(n for (_, a), n in transitions.items() if a == s) for s in STATES}
    total = sum(transitions.values()) or 1
    before, after = _stacked(left, total), _stacked(right, total)
    rectangles = [
        Rectangle(kind(s), x, round(y, 2), 14, round(tall, 2), f"{s} {when}: {counts[s]}")
        for x, places, counts, when in (
            (200, before, left, "before"),
            (486, after, right, "after"),
        )
        for s, (y, tall) in places.items()
    ]
    labels = [
        Label(x, round(y + tall / 2 + 4, 2), f"{s} {counts[s]}", anchor)
        for x, places, counts, anchor in ((192, before, left, "end"), (508, after, right, "start"))
        for s, (y, tall) in places.items()
    ]
    ribbons = []
    outgoing = {s: y for s, (y, _) in before.items()}
    incoming = {s: y for s, (y, _) in after.items()}
    for old, new in ((b, a) for b in before for a in after if (b, a) in transitions):
        count = transitions[old, new]
        start, end = before[old][1] * count / left[old], after[new][1] * count / right[new]
        ribbons.append(_ribbon(old, new, count, (outgoing[old], start), (incoming[new], end)))
        outgoing[old] += start
        incoming[new] += end
    ends = [y + tall for places in (before, after) for y, tall in places.values()]
    return Flow(max([*ends, 1]) + 8, tuple(rectangles), tuple(ribbons), tuple(labels))


def _stacked(counts: Mapping[str, int], total: int) -> dict[str, tuple[float, float]]:
    """Where each outcome's bar begins, and how high it is."""
    places, y = {}, 8.0
    for state, count in ordered(counts):
        tall = max(_LEAST, count * _HEIGHT / total)
        places[state] = (y, tall)
        y += max(tall, 14) + _GAP
    return places


def _ribbon(
    old: str, new: str, count: int, start: tuple[float, float], end: tuple[float, float]
) -> Ribbon:
    (a, down), (b, below) = start, end
    path = (
        f"M214 {a:.2f}C350 {a:.2f} 350 {b:.2f} 486 {b:.2f}"
        f"V{b + below:.2f}C350 {b + below:.2f} 350 {a + down:.2f} 214 {a + down:.2f}Z"
    )
    return Ribbon(kind(old), path, f"{old} to {new}: {count}")
