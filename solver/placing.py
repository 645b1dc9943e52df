"""Placing: the best caregiver for every group of a setting, and the proof (求解).

A min-cost flow on a sparse graph; its duals price every arc of the complete graph, what is
cheaper comes in, and so on until nothing is: then the answer is exact over all pairs the rules
allow, though few were ever laid out. Ties are broken on the arcs of reduced cost 0.
"""

from dataclasses import dataclass

import numpy as np

from casework.proposals import ProofStatus
from solver.board import Board
from solver.candidates import costed, first_arcs
from solver.certificate import Certificate, certify
from solver.flow import NOT_PLACED, Arcs, Placing, cheapest_placing
from solver.landscape import Landscape
from solver.limits import Limits
from solver.pricing import Prices, cheaper_arcs, tight_arcs
from solver.ties import even_out, lessen_worst, order_canonically

_MORE_ARCS = 16


@dataclass(frozen=True, slots=True)
class Placed:
    """Where each group goes.

    Attributes
    ----------
    holder
        Caregiver of each child who got one.
    relaxed
        The same when rules that no flow can state are left out: it bounds every level.
    certificate
        None where households had to be placed by a search without duals.
    """

    holder: dict[int, int]
    relaxed: dict[int, int]
    certificate: Certificate | None
    status: ProofStatus = ProofStatus.OPTIMAL


def place(landscape: Landscape, settled_m: int, limits: Limits) -> Placed:
    """Place all groups.

    Parameters
    ----------
    settled_m
        Worst distance among the pairs settled before.
    """
    if not landscape.groups or not landscape.places.any():
        return _nobody(landscape)
    arcs, placing = _cheapest(landscape)
    certificate = certify(landscape, arcs, placing)
    found = _break_ties(landscape, arcs, placing, settled_m)
    groups = landscape.setting.groups
    holder = {
        i: j
        for group, j in zip(groups, found, strict=True)
        if j < landscape.caregivers
        for i in group
    }
    return Placed(holder, holder, certificate)


def _nobody(landscape: Landscape) -> Placed:
    """Leave everybody out, which needs no search where there is no place at all."""
    setting = landscape.setting
    certificate = Certificate(
        groups=tuple(tuple(setting.children[i].id for i in group) for group in setting.groups),
        u=tuple(
            (a, b, 0)
            for a, b in zip(
                landscape.left_out.tolist(),
                (landscape.broken_cost * landscape.stands).tolist(),
                strict=True,
            )
        ),
        caregivers=tuple(caregiver.id for caregiver in setting.caregivers),
        v=((0, 0, 0),) * landscape.caregivers,
    )
    return Placed({}, {}, certificate)


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


def _break_ties(landscape: Landscape, arcs: Arcs, placing: Placing, settled_m: int) -> list[int]:
    """Return the caregiver of each group in the answer; one past the last is left out."""
    tight = tight_arcs(landscape, Prices(landscape, placing))
    may_stay_out = (placing.u == arcs.left_out).all(axis=0)
    out = 1 << landscape.caregivers
    rows = [row | out * bool(may) for row, may in zip(tight.rows, may_stay_out, strict=True)]
    holder = np.full(landscape.groups, landscape.caregivers, dtype=np.int64)
    placed = placing.arc != NOT_PLACED
    holder[placed] = arcs.caregiver[placing.arc[placed]]
    board = Board(holder.tolist(), rows, landscape.places.tolist())
    board.count_loads(list(landscape.setting.settled_load), (placing.v != 0).any(axis=0).tolist())
    lessen_worst(board, tight, landscape.reach_m, settled_m)
    even_out(board)
    order_canonically(board)
    return board.holder
