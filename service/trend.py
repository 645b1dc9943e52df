"""Trend: one layer over the last months, as numbers of an SVG and as a table (逐月变化).

Drawn from what each month's release tells: a figure as a point, a band as a span, none, not shown
and no data each by a mark of their own. Drawn is the whole unit, or for the city, of which no
total is told, the areas that are worst now; the table tells of every area.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casework.disclosure import Shown
from casework.supervision import Measure, in_words, worst_first
from service.workflows.supervision import View

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 150, 44, 32, 14, 26
MOST_LINES = 4
COLOURS = ("#7f2704", "#2171b5", "#41504d", "#8856a7")
DASHES = ("", "6 3", "2 3", "8 3 2 3")
"""Lines stay apart in black-and-white print too."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One month of one line: ``kind`` is exact, band, none, hidden or no_data."""

    x: float
    kind: str
    top: float
    bottom: float
    words: str


@dataclass(frozen=True, slots=True)
class TrendLine:
    """One area over the months; ``paths`` join what follows on another."""

    name: str
    colour: str
    dash: str
    marks: tuple[Mark, ...]
    paths: tuple[str, ...]


def trend_of(views: Sequence[View], layer: Measure, lang: str) -> dict[str, Any] | None:
    """Give the lines, the months and the scale; None while there are no two months."""
    if len(views) < 2:
        return None
    now = views[-1]
    worst = worst_first(now.areas, layer)
    whole = (now.whole,) if now.whole else ()
    areas = (*whole, *(area for area in worst if area not in whole))  # a township is its own whole
    count = 1 if now.whole else MOST_LINES
    by_month = [_by_code(view) for view in views]
    rows = [[(known.get(area.code) or {}).get(layer) for known in by_month] for area in areas]
    largest = max((_high(told) for row in rows[:count] for told in row if told), default=0) or 1
    step = (WIDTH - LEFT - RIGHT) / (len(views) - 1)
    lines = []
    for n, (area, row) in enumerate(zip(areas, rows, strict=True)):
        marks = tuple(_mark(LEFT + m * step, told, largest, lang) for m, told in enumerate(row))
        colour, dash = (COLOURS[n], DASHES[n]) if n < count else ("", "")
        paths = _paths(marks) if colour else ()
        lines.append(TrendLine(area.name, colour, dash, marks, paths))
    return {
        "lines": lines[:count],
        "others": lines[count:],
        "months": [(view.month, view.on, LEFT + m * step) for m, view in enumerate(views)],
        "largest": largest,
        "size": (WIDTH, HEIGHT),
        "floor": HEIGHT - BOTTOM,
        "ceiling": TOP,
        "left": LEFT,
        "right": WIDTH - RIGHT,
    }


def _by_code(view: View) -> dict[str, Mapping[Measure, Shown]]:
    shown = (*view.areas, view.whole) if view.whole else view.areas
    return {area.code: area.shown for area in shown if area.shown}


def _high(told: Shown) -> int:
    return told.low if told.high is None else told.high


def _mark(x: float, told: Shown | None, largest: int, lang: str) -> Mark:
    floor = HEIGHT - BOTTOM

    def y(count: int) -> float:
        return round(floor - (floor - TOP) * count / largest, 1)

    words = in_words(told, lang)
    x = round(x, 1)
    if told is None or told.is_suppressed:
        return Mark(x, "no_data" if told is None else "hidden", floor, floor, words)
    if told == (0, 0):
        return Mark(x, "none", floor, floor, words)
    kind = "exact" if told.is_exact else "band"
    return Mark(x, kind, y(_high(told)), y(told.low), words)


def _paths(marks: Sequence[Mark]) -> tuple[str, ...]:
    """Join the middles of marks that follow on one another; what is not told is a gap."""
    runs: list[list[str]] = [[]]
    for mark in marks:
        if mark.kind in ("hidden", "no_data"):
            runs.append([])
        else:
            runs[-1].append(f"{mark.x},{(mark.top + mark.bottom) / 2:.1f}")
    return tuple(" ".join(run) for run in runs if len(run) > 1)
