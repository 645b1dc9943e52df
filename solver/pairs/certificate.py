"""Certificate: the duals that prove a placing cheapest, kept with the proposal (最优性证书).

``u`` belongs to groups of children, ``v`` to caregivers, each with a whole number for every
level, read lexicographically: first the children left out, then pairs broken and rungs, then
metres charged. The proof: v <= 0; u is at most the cost of leaving the group out; no arc of the
complete graph costs less than u + v; and the placing costs exactly what the duals add up to.
Anybody can check it with ``solver.check_optimal`` without trusting this solver.
"""

from dataclasses import dataclass

import numpy as np

from casework.people import CaregiverId, ChildId
from solver.pairs.flow import NOT_PLACED, Arcs, Placing
from solver.pairs.homes import Ints
from solver.pairs.landscape import NO_PRICE, Landscape, Price
from solver.pairs.pricing import Prices, cheaper_arcs

Dual = tuple[int, int, int]


class Unproven(AssertionError):  # noqa: N818
    """The certificate does not hold: a fault of the solver, never of the data."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Duals of the groups that were free to place, and of every caregiver, in id order.

    Attributes
    ----------
    groups
        The children of each group, in id order.
    price
        What the first level weighs: children left out, and current pairs given up where a limit
        on changes gives them a price.
    """

    groups: tuple[tuple[ChildId, ...], ...]
    u: tuple[Dual, ...]
    caregivers: tuple[CaregiverId, ...]
    v: tuple[Dual, ...]
    price: Price = NO_PRICE


def certify(landscape: Landscape, arcs: Arcs, placing: Placing) -> Certificate:
    """Verify the duals against every arc of the complete graph, and write them down.

    Raises
    ------
    Unproven
        When anything does not hold.
    """
    prices = Prices(landscape, placing)
    left_out = arcs.left_out[0] * prices.weight + arcs.left_out[1]
    out = placing.arc == NOT_PLACED
    used = placing.arc[~out]
    _prove((prices.v < 0) | ((prices.v == 0) & (prices.v_metres <= 0)), "v above 0")
    metres = prices.u_metres <= arcs.left_out[2]
    below = (prices.u < left_out) | ((prices.u == left_out) & metres)
    _prove(below, "u above the cost of leaving out")
    spare = landscape.places - np.bincount(arcs.caregiver[used], minlength=landscape.caregivers)
    _prove(spare >= 0, "places exceeded")
    for k, cost in enumerate(arcs.levels):
        duals = _total(placing.u[k]) + _total(placing.v[k] * landscape.places)
        spent = _total(cost[used]) + _total(arcs.left_out[k][out])
        _prove(np.array([duals == spent]), "primal and dual differ")
    everybody = np.arange(landscape.groups)
    _prove(cheaper_arcs(landscape, prices, everybody, 1) < 0, "an arc costs less than its duals")
    setting = landscape.setting
    return Certificate(
        groups=tuple(tuple(setting.children[i].id for i in group) for group in setting.groups),
        u=_rows(placing.u),
        caregivers=tuple(caregiver.id for caregiver in setting.caregivers),
        v=_rows(placing.v),
        price=landscape.price,
    )


def _prove(holds: "np.ndarray[tuple[int], np.dtype[np.bool_]]", what: str) -> None:
    if not holds.all():
        raise Unproven(f"certificate: {what}")


def _total(values: Ints) -> int:
    return sum(values.tolist())


def _rows(duals: Ints) -> tuple[Dual, ...]:
    return tuple((a, b, c) for a, b, c in duals.T.tolist())
