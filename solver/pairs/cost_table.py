"""Cost table: what every household with every caregiver would cost, all laid out.

For questions about one person at a time the complete graph is worth its memory. A cost is one
complex number: its real part weighs children left out over broken pairs over rungs, its
imaginary part is metres charged. numpy adds complex numbers of whole parts exactly below 2**53
and compares them part by part, so sums along any path of moves stay strictly lexicographic.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casework.answers import Difference
from casework.proposals import Rung
from geo.chords import whole_metres_table
from solver.pairs.homes import UNKNOWN_VILLAGE, Bools, Ints
from solver.pairs.landscape import Landscape

Costs = NDArray[np.complex128]

NEVER = complex(np.inf, 0)
"""Cost of a pair that the rules do not allow."""

_EXACT = 2**52
_CELLS_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class Scale:
    """How levels are weighed against each other, and read back out of a total.

    Attributes
    ----------
    child
        Weight of an optional child left out; a mandatory one weighs ``mandatory`` times that.
    broken
        Weight of a broken pair; a rung weighs 1.
    """

    child: int
    mandatory: int
    broken: int

    def difference(self, before: complex, after: complex) -> Difference:
        """Say level by level how one whole placing differs from another, given their costs."""
        worse = [b - a for a, b in zip(self._levels(before), self._levels(after), strict=True)]
        return Difference(-worse[0], -worse[1], worse[2], worse[3], worse[4])

    def _levels(self, total: complex) -> tuple[int, int, int, int, int]:
        left_out, rest = divmod(int(total.real), self.child)
        broken, rungs = divmod(rest, self.broken)
        return *divmod(left_out, self.mandatory), broken, rungs, int(total.imag)


@dataclass(frozen=True, slots=True, eq=False)
class CostTable:
    """Costs of a landscape.

    Attributes
    ----------
    arcs
        Of each group with each caregiver, shape (groups, caregivers); ``NEVER`` where the rules
        do not allow it.
    left_out
        Of each group with nobody.
    """

    arcs: Costs
    left_out: Costs
    scale: Scale


def lay_out(landscape: Landscape) -> CostTable:
    """Cost every arc exactly.

    Raises
    ------
    ArithmeticError
        When the problem is so large that costs would not be exact.
    """
    scale = _scale(landscape)
    broken = landscape.broken_cost * landscape.stands
    left_out = landscape.left_out * scale.child + broken
    if sum(left_out.tolist()) >= _EXACT:
        raise ArithmeticError("the costs do not fit 53 bits: the problem is too large")
    arcs = np.full((landscape.groups, landscape.caregivers), NEVER)
    measure = _Measured(landscape)
    height = max(1, _CELLS_AT_ONCE // max(1, landscape.caregivers))
    for first in range(0, landscape.groups, height):
        i = np.arange(first, min(first + height, landscape.groups))
        rungs, metres, beyond = measure.rows(i)
        allowed = landscape.least_rungs(i)[1]
        if not landscape.setting.problem.programme.beyond_reach_allowed:
            allowed &= ~beyond
        block = arcs[i]
        block.real = rungs + broken[i, None]
        block.imag = metres
        block[~allowed] = NEVER
        arcs[i] = block
    _keep_standing(landscape, arcs)
    return CostTable(arcs, left_out.astype(np.complex128), scale)


def _scale(landscape: Landscape) -> Scale:
    rungs = landscape.broken_cost - 1
    child = landscape.broken_cost * int(landscape.stands.sum()) + rungs + 1
    optional = sum(
        not landscape.setting.children[i].in_mandatory_scope
        for group in landscape.setting.groups
        for i in group
    )
    return Scale(child, optional + 1, landscape.broken_cost)


def _keep_standing(landscape: Landscape, arcs: Costs) -> None:
    """Cost current pairs, which other rules hold for."""
    i, j = landscape.standing.T
    costs = landscape.arcs(i, j)
    arcs[i, j] = np.where(costs.allowed, costs.rungs + 1j * costs.metres, NEVER)


class _Measured:
    """Rungs and metres of whole rows."""

    def __init__(self, landscape: Landscape) -> None:
        self._landscape = landscape
        self._measurable = landscape.homes.measurable
        here, self._here = _distinct(landscape.homes.lonlat, self._measurable)
        there, self._there = _distinct(
            landscape.their_homes.lonlat, landscape.their_homes.measurable
        )
        self._metres = whole_metres_table(here, there)

    def rows(self, i: Ints) -> tuple[Ints, Ints, Bools]:
        """Return rungs, metres charged, and whether any child of the group is beyond reach."""
        landscape, shape = self._landscape, (len(i), self._landscape.caregivers)
        rungs, metres = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        beyond = np.zeros(shape, dtype=bool)
        for sibling in range(int(landscape.size[i].max(initial=0))):
            more = np.flatnonzero(landscape.size[i] > sibling)
            strand = landscape.first_strands[i[more]] + sibling
            theirs = self._strand_metres(strand)
            far = theirs > landscape.reach_m
            rungs[more] += np.where(far, int(Rung.BEYOND_REACH), self._rungs_by_name(strand))
            metres[more] += theirs
            beyond[more] |= far
        return rungs, metres, beyond

    def _strand_metres(self, strand: Ints) -> Ints:
        metres = np.full(
            (len(strand), self._landscape.caregivers), self._landscape.reach_m, dtype=np.int64
        )
        known = np.flatnonzero(self._measurable[strand])
        theirs = np.flatnonzero(self._landscape.their_homes.measurable)
        here = self._here[strand[known]]
        metres[np.ix_(known, theirs)] = self._metres[np.ix_(here, self._there[theirs])]
        return metres

    def _rungs_by_name(self, strand: Ints) -> NDArray[np.int8]:
        homes, theirs = self._landscape.homes, self._landscape.their_homes
        rungs: NDArray[np.int8] = self._landscape.township_rows[homes.township[strand]]
        village = homes.village[strand, None]
        rungs[(village == theirs.village) & (village != UNKNOWN_VILLAGE)] = Rung.SAME_VILLAGE
        return rungs


def _distinct(lonlat: NDArray[np.float64], measurable: Bools) -> tuple[NDArray[np.float64], Ints]:
    """Return the different points, and the number of each home's point where it has one."""
    number = np.zeros(len(lonlat), dtype=np.int64)
    points, inverse = np.unique(lonlat[measurable], axis=0, return_inverse=True)
    number[measurable] = inverse.reshape(-1)
    return points, number
