"""Trend: one layer over the last months, as numbers of an SVG and as a table (逐月变化).

Drawn from what each month's release tells: a figure as a point, a band as a span, none, not shown
and no data each by a mark of their own. For a unit it is the whole unit; for the city, of which no
total is told, the areas that are worst now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from casework.disclosure import Shown
from casework.supervision import Measure, ShownArea, in_words, worst_first
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
    areas = (now.whole,) if now.whole else worst_first(now.areas, layer)[:MOST_LINES]
    rows = [[_told(view, area, layer) for view in views] for area in areas]
    largest = max((_high(told) for row in rows for told in row if told), default=0) or 1
    step = (WIDTH - LEFT - RIGHT) / (len(views) - 1)
    lines = []
    for n, (area, row) in enumerate(zip(areas, rows, strict=True)):
        marks = tuple(_mark(LEFT + m * step, told, largest, lang) for m, told in enumerate(row))
        lines.append(TrendLine(area.name, COLOURS[n], DASHES[n], marks, _paths(marks)))
    return {
        "lines": lines,
        "months": [(view.month, view.on, LEFT + m * step) for m, view in enumerate(views)],
        "largest": largest,
        "size": (WIDTH, HEIGHT),
        "floor": HEIGHT - BOTTOM,
        "ceiling": TOP,
        "left": LEFT,
        "right": WIDTH - RIGHT,
    }


def _told(view: View, area: ShownArea, layer: Measure) -> Shown | None:
    found = view.whole if view.whole and view.whole.code == area.code else None
    found = found or next((one for one in view.areas if one.code == area.code), None)
    return (found.shown or {}).get(layer) if found else None


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
