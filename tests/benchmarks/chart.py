"""The chart: for each goal a bar from its limit to what was measured, on a scale of ratios.

Left of the line is better than the limit. What is missed is to the right, hatched, and says so.
"""

from collections.abc import Iterator, Sequence
from html import escape
from math import log10

from tests.benchmarks.figures import number, spread
from tests.benchmarks.goal import Measured

LEFT, WIDTH, RIGHT, ROW, TOP = 610, 420, 250, 22, 64
LEAST, MOST = 0.02, 100.0  # of the scale, as multiples of the limit
TICKS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50)


def svg(found: Sequence[Measured], title: str, note: str) -> str:
    """The chart of the goals *found* that have a limit."""
    rows = [each for each in found if each.goal.limit is not None]
    height = TOP + ROW * len(rows) + 30
    return "\n".join(_lines(rows, title, note, height)) + "\n"


def _lines(rows: Sequence[Measured], title: str, note: str, height: int) -> Iterator[str]:
    width = LEFT + WIDTH + RIGHT
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="12" role="img" aria-labelledby="title">'
    )
    yield f'<title id="title">{escape(title)}</title>'
    yield (
        '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="6" height="6" fill="#fff"/>'
        '<line x1="0" y1="0" x2="0" y2="6" stroke="#b3400a" stroke-width="5"/></pattern></defs>'
    )
    yield f'<rect width="{width}" height="{height}" fill="#fff"/>'
    yield _text(10, 20, title, 'font-size="15" font-weight="bold"')
    yield _text(10, 38, note, 'fill="#444"')
    bottom = TOP + ROW * len(rows)
    for tick in TICKS:
        x = _at(tick)
        yield f'<path d="M{x:.1f} {TOP - 6}V{bottom}" stroke="#ddd"/>'
        label = "limit" if tick == 1 else f"{tick:g}x"
        yield _text(x, TOP - 10, label, 'text-anchor="middle" fill="#444"')
    for at, each in enumerate(rows):
        yield from _row(each, TOP + ROW * at)
    yield f'<path d="M{_at(1):.1f} {TOP - 6}V{bottom + 6}" stroke="#000" stroke-width="2"/>'
    yield "</svg>"


def _row(each: Measured, top: int) -> Iterator[str]:
    goal, middle = each.goal, top + ROW / 2 + 4
    yield f'<g class="goal {each.verdict.replace(" ", "-")}">'
    yield _text(10, middle, goal.id, 'font-weight="bold"')
    yield _text(48, middle, goal.text.replace("`", ""))
    if each.relative is None:
        yield _text(LEFT + 6, middle, f"not measured: {each.reason}", 'font-style="italic"')
    else:
        begin, end = sorted((_at(1), _at(each.relative)))
        look = (
            'fill="url(#hatch)" stroke="#b3400a"' if each.verdict == "missed" else 'fill="#2b6ca3"'
        )
        yield (
            f'<rect x="{begin:.1f}" y="{top + 4}" width="{max(end - begin, 1):.1f}" '
            f'height="{ROW - 8}" {look}/>'
        )
        if goal.limit:
            least, most = (_at(f(each.figures) / goal.limit) for f in (min, max))
            yield (
                f'<path d="M{least:.1f} {top + ROW / 2}H{most:.1f}M{least:.1f} {top + 7}v8'
                f'M{most:.1f} {top + 7}v8" stroke="#000" fill="none"/>'
            )
        assert goal.limit is not None
        label = (
            f"{each.verdict}: {number(each.median, goal.unit)} of {number(goal.limit)}"
            f" ({spread(each)})"
        )
        yield _text(LEFT + WIDTH + 8, middle, label)
    yield "</g>"


def _at(relative: float) -> float:
    """Where that multiple of the limit lies; what is off the scale, at its end."""
    inside = min(max(relative, LEAST), MOST)
    return LEFT + WIDTH * (log10(inside) - log10(LEAST)) / (log10(MOST) - log10(LEAST))


def _text(x: float, y: float, text: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{escape(text)}</text>'
