"""Relaxed: the cheapest placing when every rule is one that a flow can state (松弛解).

Left out are only the rules that count a household's children: that a household whose children
each take a place stays together, and the hard maximum of children. What comes out bounds every
placing, and nearly always keeps those rules anyway; where it does not, see
``solver.pairs.together``.

A min-cost flow on a sparse graph; its duals price every arc of the complete graph, what is
cheaper comes in, and so on until nothing is: then the answer is exact over all pairs the rules
allow, though few were ever laid out. Ties are broken on the arcs of reduced cost 0.
"""

from dataclasses import replace

import numpy as np

from solver.pairs.board import Board
from solver.pairs.candidates import costed, first_arcs
from solver.pairs.certificate import Certificate, certify
from solver.pairs.flow import NOT_PLACED, Arcs, Placing, cheapest_placing
from solver.pairs.landscape import Landscape
from solver.pairs.pricing import Prices, TightArcs, cheaper_arcs, tight_arcs
from solver.pairs.ties import even_out, lessen_worst, order_canonically

_MORE_ARCS = 16


class Relaxed:
    """A cheapest placing of children one by one where each takes a place, else of groups.

    Attributes
    ----------
    landscape
        Of what is placed here: single children, or groups.
    arcs, placing
        The arcs that mattered, and the placing with its duals.
    certificate
        Verified against the complete graph.
    """

    def __init__(self, landscape: Landscape) -> None:
        self.landscape = _one_by_one(landscape)
        self.arcs, self.placing = _cheapest(self.landscape)
        self.certificate: Certificate = certify(self.landscape, self.arcs, self.placing)
        self._tight = self._all_tight()
        self._holder = np.full(self.landscape.groups, self.landscape.caregivers, dtype=np.int64)
        placed = self.placing.arc != NOT_PLACED
        self._holder[placed] = self.arcs.caregiver[self.placing.arc[placed]]

    def holder(self) -> dict[int, int]:
        """Return the caregiver of each child who gets one, in some cheapest placing."""
        found = zip(self.landscape.setting.groups, self._holder.tolist(), strict=True)
        return {i: j for unit, j in found if j < self.landscape.caregivers for i in unit}

    def break_ties(self, among: list[int], settled_m: int) -> tuple[dict[int, int], int]:
        """Choose among equally cheap placings of some groups that share no tight arc with others.

        Parameters
        ----------
        settled_m
            Worst distance among all others.

        Returns
        -------
        holder
            Caregiver of each child who gets one.
        worst_m
            Worst distance, that among the others included.
        """
        tight = TightArcs(
            [self._tight.rows[i] for i in among], [self._tight.farthest_m[i] for i in among]
        )
        landscape, setting = self.landscape, self.landscape.setting
        holder = self._holder[among].tolist()
        board = Board(holder, list(tight.rows), landscape.places.tolist())
        priced = (self.placing.v != 0).any(axis=0)
        board.count_loads(list(setting.settled_load), priced.tolist())
        worst_m = lessen_worst(board, tight, landscape.reach_m, settled_m)
        even_out(board)
        order_canonically(board)
        found = zip(among, board.holder, strict=True)
        placed = [(i, j) for i, j in found if j < landscape.caregivers]
        return {child: j for i, j in placed for child in setting.groups[i]}, worst_m

    def _all_tight(self) -> TightArcs:
        """Find all arcs of reduced cost 0, being left out among them."""
        tight = tight_arcs(self.landscape, Prices(self.landscape, self.placing))
        may_stay_out = (self.placing.u == self.arcs.left_out).all(axis=0)
        for i in np.flatnonzero(may_stay_out).tolist():
            tight.rows[i] |= 1 << self.landscape.caregivers
        return tight


def _one_by_one(landscape: Landscape) -> Landscape:
    """Take households apart where each child takes a place."""
    if (landscape.takes == 1).all():
        return landscape
    households = sorted((i, group) for group in landscape.setting.groups for i in group)
    units = tuple((i,) for i, _ in households)
    return Landscape(
        replace(landscape.setting, groups=units),
        tuple(group for _, group in households),
        landscape.price,
    )


def _cheapest(landscape: Landscape) -> tuple[Arcs, Placing]:
    """Solve, price and add arcs: at first for the groups that just had some, at last for all."""
    everybody = np.arange(landscape.groups)
    known = first_arcs(landscape)
    looked_at = everybody
    placing = None
    while True:
        arcs = costed(landscape, known)
        placing = cheapest_placing(arcs, placing)
        prices = Prices(landscape, placing)
        more = cheaper_arcs(landscape, prices, looked_at, _MORE_ARCS)
        if not len(more) and len(looked_at) < len(everybody):
            more = cheaper_arcs(landscape, prices, everybody, _MORE_ARCS)
        if not len(more):
            return arcs, placing
        looked_at = np.unique(more // landscape.caregivers)
        known = np.union1d(known, more)
