"""What a reader can conclude from everything a release tells (披露审计).

Each small count must be able to be 1 as well as k - 1 in some table that fits all that is told;
one that is told nothing of, to be 0 or k, or again all of 1 to k - 1.
Ranges are first narrowed line by line, as a patient reader would; what that does not decide is
asked of linear programmes, which look for such tables for many counts at a time. A table found
is a proof whatever the method; that there is none follows from the narrowing or the linear bound,
or from an integer search where that is not whole; what cannot be shown safe counts as unsafe. So
a release that passes leaks nothing inside its bands. Quantities that no line joins are apart.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, inf
from math import floor as floor_of

import numpy as np
from networkx.utils import UnionFind
from scipy.sparse import csr_matrix

from casework.disclosure import End, Line, Narrowed, Quantity, Release
from solver.linear import Floats, Linear, Relaxed, Solved, run

_FAR = 1e7
"""No count of children in a release is as large: a nation's are some millions."""
_ROUNDED = 1e-6
_Range = tuple[float, float]
_Reasons = dict[End, list[tuple[Line, bool]]]
"""The lines that moved an end, each with whether its floor did, else its ceiling."""
_Bound = tuple[int, tuple[End, ...]]
"""The nearest that a count can come to a goal, and the ends that keep it there."""


def find_narrowed(release: Release) -> tuple[Narrowed, ...]:
    """List the small counts that a reader of the release can narrow inside their band."""
    found: list[Narrowed] = []
    for part in _parts(release):
        found += _narrowed_in(part, release.least)
    return tuple(sorted(found, key=lambda narrowed: narrowed.quantity))


@dataclass(frozen=True)
class _Part:
    """What hangs together: ranges told, by quantity; lines; the small counts."""

    told: tuple[tuple[Quantity, _Range], ...]
    lines: tuple[Line, ...]
    small: tuple[Quantity, ...]
    aside: tuple[Quantity, ...]


def _parts(release: Release) -> Iterable[_Part]:
    groups = UnionFind(release.shown)
    for line in release.lines:
        groups.union(*(quantity for quantity, _ in line.terms))
    lines = defaultdict(list)
    for line in release.lines:
        lines[groups[line.terms[0][0]]].append(line)
    for quantities in map(sorted, groups.to_sets()):
        small = tuple(q for q in quantities if q in release.small - release.aside)
        aside = tuple(q for q in quantities if q in release.small & release.aside)
        if small or aside:
            told = tuple((q, _range(release, q)) for q in quantities)
            yield _Part(told, tuple(lines[groups[quantities[0]]]), small, aside)


def _range(release: Release, quantity: Quantity) -> _Range:
    shown = release.shown.get(quantity)
    if shown is None:
        return 0, _FAR
    return shown.low, _FAR if shown.high is None else shown.high


@lru_cache(maxsize=4096)
def _narrowed_in(part: _Part, least: int) -> tuple[Narrowed, ...]:
    ranges, reasons = _patiently(part)
    narrow = [q for q in part.small if ranges[q][0] > 1 or ranges[q][1] < least - 1]
    narrow += [q for q in part.aside if _is_inside(ranges[q], least)]
    if narrow:
        return tuple(_patiently_narrowed(q, part, ranges, reasons, least) for q in narrow)
    reading = _Reading.of(part)
    stuck_low = reading.unreached(part.small, 1, upwards=False)
    stuck_high = reading.unreached(part.small, least - 1, upwards=True)
    found = [
        _narrowed(q, stuck_low.get(q, (1, ())), stuck_high.get(q, (least - 1, ())))
        for q in part.small
        if q in stuck_low or q in stuck_high
    ]
    above = reading.unreached(part.aside, 0, upwards=False)
    below = reading.unreached(tuple(above), least, upwards=True)
    aside = [_narrowed(q, above[q], below[q]) for q in below]
    return (*found, *(one for one in aside if _is_inside((one.low, one.high or _FAR), least)))


def _narrowed(quantity: Quantity, low: _Bound, high: _Bound) -> Narrowed:
    return Narrowed(quantity, low[0], high[0], tuple(dict.fromkeys((*low[1], *high[1]))))


def _is_inside(range_: tuple[float, float], least: int) -> bool:
    """Whether a range lies within 1 to k - 1 and is narrower."""
    low, high = range_
    return low >= 1 and high < least and (low, high) != (1, least - 1)


def _patiently_narrowed(
    quantity: Quantity,
    part: _Part,
    ranges: Mapping[Quantity, _Range],
    reasons: _Reasons,
    least: int,
) -> Narrowed:
    """Say how far a count was narrowed, and all that is told that may have led there."""
    low, high = ranges[quantity]
    is_aside = quantity in part.aside
    waiting = [End(quantity, is_high=False)] if is_aside or low > 1 else []
    waiting += [End(quantity, is_high=True)] if is_aside or high < least - 1 else []
    seen = dict.fromkeys(waiting)
    while waiting:
        end = waiting.pop()
        for line, is_floor in reasons.get(end, ()):
            others = (End(q, (w > 0) is is_floor) for q, w in line.terms if q != end.quantity)
            new = [other for other in others if other not in seen]
            seen |= dict.fromkeys(new)
            waiting += new
    told = dict(part.told)
    facts = (end for end in seen if _is_fact(end, told[end.quantity]))
    return Narrowed(quantity, int(max(1, low)), int(high), tuple(facts))


def _is_fact(end: End, told: _Range) -> bool:
    """Whether anything is told of this end."""
    return told[1] < _FAR if end.is_high else told[0] > 0


def _patiently(part: _Part) -> tuple[dict[Quantity, _Range], _Reasons]:
    """Narrow every range by every line until nothing changes: never below what is true.

    Returns the ranges, and for each end that moved every line that moved it.
    """
    ranges = dict(part.told)
    reasons: _Reasons = defaultdict(list)
    lines_of = defaultdict(list)
    for line in part.lines:
        for quantity, _ in line.terms:
            lines_of[quantity].append(line)
    waiting = dict.fromkeys(part.lines)
    while waiting:
        line, _ = waiting.popitem()
        for quantity, is_high, is_floor in _narrow_by(line, ranges):
            reasons[End(quantity, is_high)].append((line, is_floor))
            waiting |= dict.fromkeys(lines_of[quantity])
    return ranges, reasons


def _narrow_by(
    line: Line, ranges: dict[Quantity, _Range]
) -> Iterator[tuple[Quantity, bool, bool]]:
    """Narrow the ranges of one line's quantities.

    Gives each end that moved: of what, whether the high one, whether by the line's floor.
    """
    ends = [_weighed(ranges[quantity], weight) for quantity, weight in line.terms]
    least, most = sum(low for low, _ in ends), sum(high for _, high in ends)
    for (quantity, weight), (low, high) in zip(line.terms, ends, strict=True):
        floor = -inf if line.low is None else line.low - (most - high)
        ceiling = inf if line.high is None else line.high - (least - low)
        one, other = (floor, ceiling) if weight > 0 else (ceiling, floor)
        before_low, before_high = ranges[quantity]
        # Nearly every line narrows nothing: whole numbers are made where one does.
        after_low, after_high = before_low, before_high
        if one / weight > before_low:
            after_low = max(before_low, ceil(one / weight - 1e-9))
        if other / weight < before_high:
            after_high = min(before_high, floor_of(other / weight + 1e-9))
        if after_low > after_high:
            continue
        ranges[quantity] = after_low, after_high
        if after_low != before_low:
            yield quantity, False, weight > 0
        if after_high != before_high:
            yield quantity, True, weight < 0


def _weighed(range_: _Range, weight: int) -> _Range:
    low, high = range_
    return (weight * low, weight * high) if weight > 0 else (weight * high, weight * low)


@dataclass(frozen=True, slots=True)
class _Reading:
    """All that is told, as rows over the quantities; index q is a column."""

    columns: dict[Quantity, int]
    matrix: csr_matrix
    low: Floats
    high: Floats
    relaxed: Relaxed

    @classmethod
    def of(cls, part: _Part) -> "_Reading":
        columns = {quantity: n for n, (quantity, _) in enumerate(part.told)}
        own = [(((quantity, 1),), low, high) for quantity, (low, high) in part.told]
        joint = [
            (
                line.terms,
                -np.inf if line.low is None else line.low,
                np.inf if line.high is None else line.high,
            )
            for line in part.lines
        ]
        rows = [*own, *joint]
        entries = [
            (row, columns[quantity], weight)
            for row, (terms, _, _) in enumerate(rows)
            for quantity, weight in terms
        ]
        at, places, weights = np.array(entries, dtype=np.int64).T
        shape = (len(rows), len(columns))
        matrix = csr_matrix((weights.astype(float), (at, places)), shape=shape)
        low, high = (np.array([row[end] for row in rows], float) for end in (1, 2))
        return cls(columns, matrix, low, high, Relaxed(matrix, low, high))

    def unreached(
        self, small: Iterable[Quantity], goal: int, *, upwards: bool
    ) -> dict[Quantity, _Bound]:
        """Give the quantities that cannot reach a figure, with the nearest they can be."""
        open_ones = list(small)
        stuck: dict[Quantity, _Bound] = {}
        while open_ones:
            table = self._table(open_ones, goal, upwards=upwards)
            reached = {
                q
                for q in open_ones
                if table is not None
                and (table[self.columns[q]] >= goal if upwards else table[self.columns[q]] <= goal)
            }
            if not reached:
                first = open_ones.pop(0)
                nearest, by = self._nearest(first, upwards=upwards)
                if nearest is None:  # the search gave up: what is not shown safe is not
                    nearest = goal - 1 if upwards else goal + 1
                if nearest < goal if upwards else nearest > goal:
                    stuck[first] = nearest, by
            open_ones = [q for q in open_ones if q not in reached]
        return stuck

    def _table(self, wanted: Sequence[Quantity], goal: int, *, upwards: bool) -> Floats | None:
        """Give a table of whole numbers in which as many as can be are at the goal."""
        upper = np.full(len(self.columns), _FAR)
        cost = np.zeros(len(self.columns))
        for quantity in wanted:
            cost[self.columns[quantity]] = -1.0 if upwards else 1.0
            if upwards:
                upper[self.columns[quantity]] = goal  # no gain in going farther
        solved, _ = self._solve(cost, upper)
        return None if solved is None else np.round(solved.x)

    def _nearest(self, quantity: Quantity, *, upwards: bool) -> tuple[int | None, tuple[End, ...]]:
        cost = np.zeros(len(self.columns))
        cost[self.columns[quantity]] = -1.0 if upwards else 1.0
        solved, is_whole = self._solve(cost, np.full(len(self.columns), _FAR))
        if solved is None:
            return None, ()
        by = []
        for each, n in self.columns.items():  # what is told of a column is the row of its number
            at, told = solved.x[n], (self.low[n], self.high[n])
            if is_whole or abs(solved.duals[n]) > _ROUNDED:
                ends = [End(each, is_high=False)] if is_whole or at < told[0] + _ROUNDED else []
                ends += [End(each, is_high=True)] if is_whole or at > told[1] - _ROUNDED else []
                by += [end for end in ends if _is_fact(end, told)]
        return round(solved.x[self.columns[quantity]]), tuple(by)

    def _solve(self, cost: Floats, upper: Floats) -> tuple[Solved | None, bool]:
        """Give the best table, and whether whole numbers had to be asked for."""
        solved = self.relaxed.run(cost, upper)
        is_whole = solved is not None and np.abs(solved.x - np.round(solved.x)).max() > _ROUNDED
        if not is_whole:
            return solved, False
        return run(Linear(self.matrix, self.low, self.high, cost, upper), whole=True), True
