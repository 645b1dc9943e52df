"""Changes: the best placing that gives up at most so many current pairs (限制调整).

A limit on changes is one row that no flow can state. A price on every pair given up takes its
place: the cheapest placing at a price is a flow, and of all placings with as few changes none is
better. Placings at different prices are the corners of a convex curve of changes against
children left out. Between two corners that cost the same at a price on the first level, a price
on the second level (rungs), and then on the third (metres), finds further corners, exact in the
same way. What no price hits is left to a search, and the line between corners bounds it.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from math import gcd

import numpy as np

from casework.proposals import Objective, ProofStatus
from solver.limits import Limits
from solver.pairs.between import Between
from solver.pairs.landscape import NO_PRICE, Landscape, Price
from solver.pairs.lines import objective_of, pair_lines, worst_charge
from solver.pairs.placing import Placed, place
from solver.pairs.setting import settle
from solver.problem import PairingProblem

_LEVELS = 3

Slope = tuple[int, int]
"""What a level's own cost weighs at a price, and what a pair given up adds to it."""


@dataclass(frozen=True, slots=True, eq=False)
class Corner:
    """A cheapest placing at a price.

    Attributes
    ----------
    levels
        Weight of the children left out, rungs, metres charged.
    changes
        Current pairs given up.
    """

    landscape: Landscape
    placed: Placed
    objective: Objective
    levels: tuple[int, ...]
    changes: int

    @property
    def is_proven(self) -> bool:
        """Whether nothing is cheaper at this price."""
        return self.placed.status is ProofStatus.OPTIMAL

    def at(self, level: int, slope: Slope) -> int:
        """Return what the placing costs on a level at a price."""
        return slope[0] * self.levels[level] + slope[1] * self.changes


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Two corners, and the prices of the first levels at which they cost the same."""

    low: Corner
    high: Corner
    slopes: tuple[Slope, ...] = ()

    @property
    def level(self) -> int:
        """The level whose price is sought next."""
        return len(self.slopes)

    @property
    def slope(self) -> Slope:
        """The price of that level at which both corners cost the same."""
        low, high = self.low, self.high
        own = high.changes - low.changes
        change = low.levels[self.level] - high.levels[self.level]
        common = gcd(own, change) or 1
        return own // common, change // common

    @property
    def length(self) -> int:
        """How many changes the corners are apart."""
        return self.high.changes - self.low.changes

    @property
    def is_edge(self) -> bool:
        """Whether no price finds anything between the corners."""
        return self.level == _LEVELS or self.length < 2

    def halves(self, middle: Corner) -> tuple["Stretch", "Stretch"]:
        """Split the stretch at a corner between."""
        return replace(self, high=middle), replace(self, low=middle)

    def least_left_out(self, changes: int) -> int:
        """Bound the weight of the children left out from below for so many changes."""
        own, change = self.slopes[0]
        return self.low.levels[0] - change * (changes - self.low.changes) // own


class Prices:
    """Placings of one problem at one price after the other.

    Attributes
    ----------
    free
        The best placing where changes weigh no more than they always do.
    """

    def __init__(self, problem: PairingProblem, limits: Limits | None = None) -> None:
        self.setting = settle(problem)
        self.limits = limits or Limits()
        self._settled_m = worst_charge(self.setting)
        self._landscape = Landscape(self.setting)
        self.free = self._corner(NO_PRICE)

    @cached_property
    def firm(self) -> Corner:
        """The best placing of those with the fewest changes."""
        everybody = int(self.free.landscape.children_left_out.sum())
        return self._corner(Price((1, everybody + 1))) if self.free.changes else self.free

    def within(self, most_changes: int) -> Corner:
        """Give the best placing with at most so many changes, or the fewest there can be."""
        low, high = self.firm, self.free
        if high.changes <= most_changes:
            return high
        if low.changes >= most_changes:
            return low if low.is_proven else self._unproven(low)
        stretch = Stretch(low, high)
        while not stretch.is_edge:
            middle, stretch = self.explored(stretch)
            if middle is not None:
                stretch = stretch.halves(middle)[middle.changes <= most_changes]
            if self.is_best_within(stretch, most_changes):
                return stretch.low
        return self.on_edge(stretch, most_changes)

    def explored(self, stretch: Stretch) -> tuple[Corner | None, Stretch]:
        """Give a corner between two others, else the stretch with one price more."""
        low, high, slope, level = stretch.low, stretch.high, stretch.slope, stretch.level
        deeper = replace(stretch, slopes=(*stretch.slopes, slope))
        if level == 0 and slope[1] <= 0:  # only where a search ended before its proof
            return None, replace(deeper, low=self._unproven(low))
        try:
            middle = self._corner(self._price(deeper.slopes))
        except ArithmeticError:  # the numbers of a deep price do not fit: what is known stands
            return None, deeper
        is_below = middle.at(level, slope) < low.at(level, slope)
        if is_below and low.changes < middle.changes < high.changes:
            return middle, stretch
        if level == 0:
            return None, replace(deeper, low=middle if middle.is_proven else self._unproven(low))
        return None, deeper

    def is_best_within(self, stretch: Stretch, most_changes: int) -> bool:
        """Say whether the lower corner leaves no room for one child more."""
        low = stretch.low
        if low.changes == most_changes:
            return True
        return bool(stretch.slopes) and stretch.least_left_out(most_changes) == low.levels[0]

    def on_edge(self, edge: Stretch, most_changes: int) -> Corner:
        """Search for the best placing with so many changes between two corners."""
        if not edge.low.is_proven or not edge.slopes:
            return self._unproven(edge.low)
        landscape = self.free.landscape
        between = Between(landscape, edge.low.placed, edge.high.placed)
        placed = between.place(most_changes, self._settled_m, self.limits)
        if placed.status is not ProofStatus.OPTIMAL:
            bound = self._covered(edge.least_left_out(most_changes))
            placed = replace(placed, bound=bound)
        return self._described(landscape, placed)

    def _price(self, slopes: tuple[Slope, ...]) -> Price:
        """Give the price of some slopes; of all that cost the same the fewest changes are best."""
        if len(slopes) == 1:
            return Price(slopes[0])
        own, change = slopes[2] if len(slopes) == _LEVELS else (1, 0)
        finer = len(self.setting.standing) + 1
        return Price(slopes[0], slopes[1], (finer * own, finer * change + 1))

    def _corner(self, price: Price) -> Corner:
        landscape = self._landscape.at(price)
        return self._described(landscape, place(landscape, self._settled_m, self.limits))

    def _described(self, landscape: Landscape, placed: Placed) -> Corner:
        """Say what a placing comes to."""
        pairs = pair_lines(self.setting, self.setting.settled_holder() | placed.holder)
        objective = objective_of(self.setting, pairs)
        out = [group[0] not in placed.holder for group in self.setting.groups]
        left_out = int(landscape.children_left_out[np.array(out, dtype=bool)].sum())
        levels = left_out, objective.rungs, objective.metres_charged
        return Corner(landscape, placed, objective, levels, objective.broken)

    def _unproven(self, corner: Corner) -> Corner:
        """Claim no more of a placing than that without a limit no more children are covered."""
        free = replace(self.free.placed, holder=self.free.placed.relaxed)
        bound = self._covered(self._described(self.free.landscape, free).levels[0])
        placed = replace(corner.placed, certificate=None, status=ProofStatus.FEASIBLE, bound=bound)
        return replace(corner, placed=placed)

    def _covered(self, left_out: int) -> tuple[int, int]:
        """Read children covered, mandatory and optional, from the weight of those left out."""
        setting = self.setting
        scope = [setting.children[i].in_mandatory_scope for group in setting.groups for i in group]
        settled = [setting.children[i].in_mandatory_scope for i in setting.settled_holder()]
        mandatory, optional = divmod(left_out, len(scope) - sum(scope) + 1)
        return (
            sum(scope) + sum(settled) - mandatory,
            len(scope) + len(settled) - sum(scope) - sum(settled) - optional,
        )
