"""One level of the objective over trips, by column generation (按行程列生成).

1. The master's linear model takes in trips that its prices call cheap, until an exact search
   finds none: its bound holds for every plan.
2. With a plan of cost U and the bound L, a trip whose reduced cost exceeds U - L is in no
   better plan. The trips below a threshold are enumerated and the best plan among them is
   chosen; the threshold grows until it covers U - L, which proves the plan.
A search that was cut short proves nothing: the bound then counts only what was searched.
"""

from dataclasses import dataclass

import numpy as np

from solver.rounds.board import Board
from solver.rounds.columns_choice import Choice, best_choice
from solver.rounds.columns_master import Master, MasterCosts, Prices
from solver.rounds.costs import FAR, SCALE, TripCosts
from solver.rounds.shapes import Bools, Ints
from solver.rounds.stint_model import Budget, Stint
from solver.rounds.trips import Priced, Trip, Trips
from solver.rounds.watching import ROUTES, tell

EACH_TEAM = 30
ENOUGH = 5
MOST_SEARCHED = 500
MOST_ITERATIONS = 400
STAND_IN = 200
SIZES = (1_500, 6_000)
BELOW = (-1, -8, -32, -128, -512, -2_048, -8_192)
"""How far below nothing, in thousandths, to look for trips that the master still lacks."""
AT_ONCE = 8_000
"""So many trips that cover the whole room are chosen among without a smaller list first."""


@dataclass(frozen=True, slots=True)
class LevelProblem:
    """What one level minimises, over which stints, within which budgets.

    Attributes
    ----------
    start
        A plan within the budgets.
    """

    board: Board
    usable: Bools
    trip_costs: TripCosts
    costs: MasterCosts
    budgets: tuple[Budget, ...]
    start: tuple[Stint, ...]


@dataclass(frozen=True, slots=True)
class LevelAnswer:
    """The best plan found, and what is proven.

    Attributes
    ----------
    bound
        No plan costs less; equal to ``value`` when proven.
    columns
        When proven: every trip that a plan of this value can have, if they could be listed.
    """

    trips: tuple[Trip, ...]
    value: int
    bound: int
    columns: tuple[Trip, ...]

    @property
    def is_proven(self) -> bool:
        """Whether no plan costs less."""
        return self.bound >= self.value


def best_trips(problem: LevelProblem, most_columns: int) -> LevelAnswer:
    """Find the plan of least cost over trips, and prove it as far as the limit allows."""
    search = _Search(problem)
    search.converge()
    return search.prove(most_columns)


class _Search:
    """The columns of one level while they grow."""

    def __init__(self, problem: LevelProblem) -> None:
        self.problem, self.board = problem, problem.board
        self.trips = Trips(problem.board, problem.trip_costs, problem.usable)
        self.master = Master(problem.board, problem.costs, problem.budgets)
        self.start = self.trips.chained(problem.start)
        self.known: set[tuple[int, tuple[tuple[int, int], ...]]] = set()
        self.master.stand_in(self._own_costs())
        self._add(list(self.start))
        self.prices: Prices
        self.priced: Priced
        self.bound = 0

    def _own_costs(self) -> Ints:
        """Give about twice what each part costs on a trip of its own."""
        costs, usable = self.problem.trip_costs, self.problem.usable
        alone = costs.stint + 2 * costs.home.T[:, :, None]
        least = np.where(usable, alone, FAR).min(axis=(1, 2))
        return np.where(least < FAR, 2 * least + STAND_IN, STAND_IN)

    def _add(self, trips: list[Trip]) -> bool:
        fresh = [trip for trip in trips if (trip.team, trip.stints) not in self.known]
        self.known.update((trip.team, trip.stints) for trip in fresh)
        if fresh:
            self.master.add(fresh)
        return bool(fresh)

    def converge(self) -> None:
        """Take in cheap trips until there is none, and keep the bound that this proves."""
        worst: int | None = None
        for _ in range(MOST_ITERATIONS):
            worst = None
            self.prices = self.master.solve()
            self.priced = self.trips.price(
                self.prices.of_stint, self.prices.of_day, self.prices.of_road
            )
            if self._add(self.priced.cheapest(EACH_TEAM, -1)):
                continue
            worst = self._least_left()
            if worst is not None and not self.master.raise_stand_ins():
                break
        if worst is None:
            worst = int(self.priced.least.min(initial=0))
        self.bound = self.prices.bound(self.board.size[0], worst)

    def _least_left(self) -> int | None:
        """Bound the reduced cost of every trip from below; None where fresh trips were found.

        Rounded prices leave many known trips a few thousandths below nothing, and a search for
        all of them may be cut short. Then only what lies deeper is looked for, and the bound
        gives up that little.
        """
        for below in BELOW:
            found, all_found = self.priced.within(below, MOST_SEARCHED)
            if self._add(found):
                return None
            if all_found:
                deepest = min((self._reduced(trip) for trip in found), default=0)
                return min(deepest, below + 1)
        return int(self.priced.least.min(initial=0))

    def _reduced(self, trip: Trip) -> int:
        """Recount a trip's reduced cost, scaled."""
        prices, (first, until) = self.prices, trip.busy
        return (
            SCALE * trip.cost
            + sum(int(prices.of_stint[i, trip.team, s]) for i, s in trip.stints)
            + int(prices.of_day[trip.team, first : until + 1].sum())
            + sum(int(prices.of_road[trip.team, d]) for d in self.master.road_days(trip))
        )

    def prove(self, most_columns: int) -> LevelAnswer:
        """Choose among all trips under a threshold, which grows until it proves the plan."""
        best = best_choice(self._copy(list(self.master.trips)), self._value(self.start))
        best = best or Choice(self.start, self._value(self.start), 0)
        bound = max(0, -(-self.bound // SCALE))
        columns: tuple[Trip, ...] = ()
        for size in self._sizes(SCALE * best.value - self.bound, most_columns):
            tell(ROUTES, best.value, bound)
            if bound >= best.value:
                break
            room = SCALE * best.value - self.bound
            threshold, found = self._widest(room, size)
            chosen = best_choice(self._copy([*found, *best.trips]), best.value)
            if chosen is not None and chosen.value < best.value:
                best = chosen
            inside = best.value if chosen is None else min(chosen.bound, best.value)
            beyond = -(-(self.bound + threshold + 1) // SCALE)
            bound = max(bound, min(inside, beyond))
            if threshold >= SCALE * best.value - self.bound:
                bound = max(bound, inside)
                room = SCALE * best.value - self.bound
                columns = tuple(trip for trip in found if self._reduced(trip) <= room)
                break
        bound = min(bound, best.value)
        if bound == best.value and not columns:
            columns = self._equal(best.value, most_columns)
        return LevelAnswer(best.trips, best.value, bound, columns)

    def _sizes(self, room: int, most: int) -> tuple[int, ...]:
        """Give how many trips to list: all there are where these are few, else ever more."""
        few = min(AT_ONCE, most)
        _, all_found = self.priced.within(room, few)
        return (few,) if all_found else (*[size for size in SIZES if size < most], most)

    def _equal(self, value: int, most_columns: int) -> tuple[Trip, ...]:
        """Give all trips that a plan of this value can have; none where they are too many."""
        found, all_found = self.priced.within(SCALE * value - self.bound, most_columns)
        return tuple(found) if all_found else ()

    def _widest(self, room: int, size: int) -> tuple[int, list[Trip]]:
        """Enumerate under the widest threshold, at most ``room``, that keeps to the size.

        Where even the trips of no reduced cost are too many, none are listed.
        """
        threshold = room
        while threshold >= 0:
            found, all_found = self.priced.within(threshold, size)
            if all_found:
                return threshold, found
            too_many = len(found) > size
            threshold = (threshold * 3 // 5 if too_many else threshold // 8) if threshold else -1
        return -1, []

    def _copy(self, trips: list[Trip]) -> Master:
        """Give a master of just these trips."""
        master = Master(self.board, self.problem.costs, self.problem.budgets)
        unique = {(trip.team, trip.stints): trip for trip in trips}
        master.add([unique[key] for key in sorted(unique)])
        return master

    def _value(self, trips: tuple[Trip, ...]) -> int:
        return self.master.value(trips)
