"""What a reader can conclude from everything a release tells (披露审计).

Each small count must be able to be 1 as well as k - 1 in some table that fits all that is told.
Ranges are first narrowed line by line, as a patient reader would; what that does not decide is
asked of linear programmes, which look for such tables for many counts at a time. A table found
is a proof whatever the method; that there is none follows from the narrowing or the linear bound,
or from an integer search where that is not whole; what cannot be shown safe counts as unsafe. So
a release that passes leaks nothing inside its bands. Quantities that no line joins are apart.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import networkx as nx
import numpy as np
from scipy.sparse import csr_matrix

from casework.disclosure import Line, Narrowed, Quantity, Release
from solver.linear import Floats, Linear, run

_FAR = 1e7
"""No count of children in a release is as large: a nation's are some millions."""
_Range = tuple[float, float]


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


def _parts(release: Release) -> Iterable[_Part]:
    joined: nx.Graph[Quantity] = nx.Graph()
    joined.add_nodes_from(release.shown)
    for line in release.lines:
        nx.add_path(joined, [quantity for quantity, _ in line.terms])
    part_of: dict[Quantity, int] = {}
    members = [sorted(quantities) for quantities in nx.connected_components(joined)]
    for number, quantities in enumerate(members):
        part_of |= dict.fromkeys(quantities, number)
    lines = defaultdict(list)
    for line in release.lines:
        lines[part_of[line.terms[0][0]]].append(line)
    for number, quantities in enumerate(members):
        small = tuple(q for q in quantities if q in release.small)
        if small:
            told = tuple((q, _range(release, q)) for q in quantities)
            yield _Part(told, tuple(lines[number]), small)


def _range(release: Release, quantity: Quantity) -> _Range:
    shown = release.shown.get(quantity)
    if shown is None:
        return 0, _FAR
    return shown.low, _FAR if shown.high is None else shown.high


@lru_cache(maxsize=4096)
def _narrowed_in(part: _Part, least: int) -> tuple[Narrowed, ...]:
    ranges, last = _patiently(part)
    narrow = [q for q in part.small if ranges[q][0] > 1 or ranges[q][1] < least - 1]
    if narrow:
        return tuple(
            Narrowed(q, int(max(1, ranges[q][0])), int(ranges[q][1]), _others(last[q], q))
            for q in narrow
        )
    reading = _Reading.of(part)
    stuck_low = reading.unreached(part.small, 1, upwards=False)
    stuck_high = reading.unreached(part.small, least - 1, upwards=True)
    return tuple(
        Narrowed(quantity, stuck_low.get(quantity, 1), stuck_high.get(quantity, least - 1))
        for quantity in part.small
        if quantity in stuck_low or quantity in stuck_high
    )


def _others(line: Line, quantity: Quantity) -> tuple[Quantity, ...]:
    return tuple(other for other, _ in line.terms if other != quantity)


def _patiently(part: _Part) -> tuple[dict[Quantity, _Range], dict[Quantity, Line]]:
    """Narrow every range by every line until nothing changes: never below what is true.

    Returns the ranges, and for each that became narrower the line that did it last.
    """
    ranges = dict(part.told)
    last: dict[Quantity, Line] = {}
    lines_of = defaultdict(list)
    for line in part.lines:
        for quantity, _ in line.terms:
            lines_of[quantity].append(line)
    waiting = dict.fromkeys(part.lines)
    while waiting:
        line, _ = waiting.popitem()
        for quantity in _narrow_by(line, ranges):
            last[quantity] = line
            waiting |= dict.fromkeys(lines_of[quantity])
    return ranges, last


def _narrow_by(line: Line, ranges: dict[Quantity, _Range]) -> list[Quantity]:
    """Narrow the ranges of one line's quantities; give those that changed."""
    ends = [sorted((weight * ranges[q][0], weight * ranges[q][1])) for q, weight in line.terms]
    least, most = sum(low for low, _ in ends), sum(high for _, high in ends)
    changed = []
    for (quantity, weight), (low, high) in zip(line.terms, ends, strict=True):
        floor = -np.inf if line.low is None else line.low - (most - high)
        ceiling = np.inf if line.high is None else line.high - (least - low)
        one, other = sorted((floor / weight, ceiling / weight))
        before = ranges[quantity]
        after = max(before[0], np.ceil(one - 1e-9)), min(before[1], np.floor(other + 1e-9))
        if after != before and after[0] <= after[1]:
            ranges[quantity] = after
            changed.append(quantity)
    return changed


@dataclass(frozen=True, slots=True)
class _Reading:
    """All that is told, as rows over the quantities; index q is a column."""

    columns: dict[Quantity, int]
    matrix: csr_matrix
    low: Floats
    high: Floats

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
        low = np.array([row[1] for row in rows], float)
        return cls(columns, matrix, low, np.array([row[2] for row in rows], float))

    def unreached(
        self, small: Iterable[Quantity], goal: int, *, upwards: bool
    ) -> dict[Quantity, int]:
        """Give the quantities that cannot reach a figure, with the nearest they can be."""
        open_ones = list(small)
        stuck: dict[Quantity, int] = {}
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
                nearest = self._nearest(first, upwards=upwards)
                if nearest is None:  # the search gave up: what is not shown safe is not
                    nearest = goal - 1 if upwards else goal + 1
                if nearest < goal if upwards else nearest > goal:
                    stuck[first] = nearest
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
        return self._solve(cost, upper)

    def _nearest(self, quantity: Quantity, *, upwards: bool) -> int | None:
        cost = np.zeros(len(self.columns))
        cost[self.columns[quantity]] = -1.0 if upwards else 1.0
        table = self._solve(cost, np.full(len(self.columns), _FAR))
        return None if table is None else round(table[self.columns[quantity]])

    def _solve(self, cost: Floats, upper: Floats) -> Floats | None:
        model = Linear(self.matrix, self.low, self.high, cost, upper)
        solved = run(model, whole=False)
        if solved is not None and np.abs(solved.x - np.round(solved.x)).max() > 1e-6:
            solved = run(model, whole=True)
        return None if solved is None else np.round(solved.x)
