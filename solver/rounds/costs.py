"""What stints and trips cost in one weighing of the terms (权重与代价)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from casework.round_rules import Term
from solver.rounds.board import Board
from solver.rounds.shapes import Ints, stay_days

FAR = np.int64(2**44)
"""Dearer than anything that can be, even scaled; thousands of them fit a whole number."""

SCALE = 1_000
"""Steps of a price to one unit of cost: prices are whole numbers."""


@dataclass(frozen=True, slots=True)
class TripCosts:
    """What trips cost in one weighing, apart from prices.

    Attributes
    ----------
    stint
        (part, team, first day).
    link
        For each pause from 0 days on: (team, part, part); FAR where it cannot be.
    home
        One way between home and part, (team, part).
    """

    stint: Ints
    link: tuple[Ints, ...]
    home: Ints


def dated_costs(board: Board, weights: Mapping[Term, int]) -> Ints:
    """Weigh the terms that depend on dates alone, (part, team, first day)."""
    weight = {term: weights.get(term, 0) for term in Term}
    return (
        weight[Term.MOVED_UNITS] * board.moved
        + weight[Term.MOVED_DAYS] * board.moved_days
        + weight[Term.SCHOOL_DAYS] * board.school_days
        + weight[Term.LATE_DAYS] * board.late_days
    )


def trip_costs(board: Board, weights: Mapping[Term, int]) -> TripCosts:
    """Weigh the terms a trip has by itself; evenness between teams is not one of them."""
    road, night = weights.get(Term.TRAVEL_MINUTES, 0), weights.get(Term.NIGHTS, 0)
    travel = board.travel
    stint = dated_costs(board, weights) + road * board.minutes + night * board.nights
    links = []
    for gap in range(stay_days(board.problem.round) + 1):
        teams = [travel.between(j, gap) for j in range(len(board.problem.teams))]
        rows = [np.where(can, road * m + night * n, FAR) for m, n, can in teams]
        links.append(np.array(rows, np.int64).reshape(len(rows), *travel.unit_minutes.shape))
    return TripCosts(stint, tuple(links), road * travel.home_minutes)
