"""What a reader can conclude from everything a release tells (披露审计).

Each small count must be able to be 1 as well as k - 1 in some table that fits all that is told.
Such tables are looked for by linear programmes, many counts at a time. A table found is a proof
whatever the method; that there is none follows from the linear bound, or from an integer search
where the linear one is not whole. So a release that passes leaks nothing inside its bands.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from casework.disclosure import Line, Narrowed, Quantity, Release
from solver.linear import Floats, Linear, run

_FAR = 1e7
"""No count of children in a release is as large: a nation's are some millions."""


def find_narrowed(release: Release) -> tuple[Narrowed, ...]:
    """List the small counts that a reader of the release can narrow inside their band."""
    small = sorted(release.small)
    if not small:
        return ()
    reading = _Reading.of(release)
    stuck_low = reading.unreached(small, 1, upwards=False)
    stuck_high = reading.unreached(small, release.least - 1, upwards=True)
    return tuple(
        Narrowed(quantity, stuck_low.get(quantity, 1), stuck_high.get(quantity, release.least - 1))
        for quantity in small
        if quantity in stuck_low or quantity in stuck_high
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """All that is told, as rows over the quantities; index q is a column."""

    columns: dict[Quantity, int]
    matrix: csr_matrix
    low: Floats
    high: Floats

    @classmethod
    def of(cls, release: Release) -> "_Reading":
        names = set(release.shown) | {q for line in release.lines for q, _ in line.terms}
        columns = {quantity: n for n, quantity in enumerate(sorted(names))}
        own = [
            Line(((quantity, 1),), shown.low, shown.high)
            for quantity, shown in sorted(release.shown.items())
        ]
        lines: Sequence[Line] = (*own, *release.lines)
        entries = [
            (row, columns[quantity], weight)
            for row, line in enumerate(lines)
            for quantity, weight in line.terms
        ]
        rows, places, weights = np.array(entries, dtype=np.int64).reshape(-1, 3).T
        shape = (len(lines), len(columns))
        matrix = csr_matrix((weights.astype(float), (rows, places)), shape=shape)
        low = np.array([-np.inf if line.low is None else line.low for line in lines], float)
        high = np.array([np.inf if line.high is None else line.high for line in lines], float)
        return cls(columns, matrix, low, high)

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
