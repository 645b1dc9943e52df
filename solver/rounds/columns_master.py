"""The master of the column generation: trips that cover the parts, as a linear model.

Rows: each part once (or left over), a team-day once, the budgets of earlier levels, parts of
one unit together, two far trips not through one travel day, and the busiest and idlest team.
Prices come back as whole numbers, ``SCALE`` to one unit of cost, so that every bound that
rests on them is exact: see ``Prices.bound``.
"""

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from solver.linear import quiet_highs
from solver.rounds.board import Board
from solver.rounds.costs import SCALE
from solver.rounds.shapes import Bools, Ints, stay_days
from solver.rounds.stint_model import Budget
from solver.rounds.trips import Trip

OPEN_END = highspy.kHighsInf
USED, DEARER = 1e-7, 4


@dataclass(frozen=True, slots=True)
class Prices:
    """Whole-number prices of the master's rows, and what they prove.

    Attributes
    ----------
    of_stint
        To add to a stint's scaled cost, (part, team, first day).
    of_day, of_road
        For a team to be busy, and to be on a far drive, (team, day); 0 or more.
    fixed
        The part of the bound that does not depend on trips.
    """

    of_stint: Ints
    of_day: Ints
    of_road: Ints
    fixed: int

    def bound(self, parts: int, cheapest: int) -> int:
        """Give the scaled bound when no trip costs less than ``cheapest`` under the prices.

        A plan has at most one trip a part, so ``cheapest`` counts at most so often.
        """
        return self.fixed + parts * min(0, cheapest)


@dataclass(frozen=True, slots=True)
class MasterCosts:
    """What the master weighs beside trips: parts left over, and unevenness between teams."""

    left: Ints
    may_leave: Bools
    uneven: int


class Master:
    """A growing linear model over trips."""

    def __init__(self, board: Board, costs: MasterCosts, budgets: tuple[Budget, ...]) -> None:
        """Lay out the rows, without a trip yet."""
        self.board, self.costs, self.budgets = board, costs, budgets
        self.parts, self.teams, self.days = board.size
        self.roads = stay_days(board.problem.round) == 0 and bool(board.travel.far.any())
        self.partner = partners(board)
        self.trips: list[Trip] = []
        self.solver = quiet_highs()
        self._lay_rows()
        self.others: list[tuple[int, tuple[int, int], Ints, Ints]] = []
        self.held: list[tuple[list[int], list[int], int]] = []
        self.stand_ins: tuple[NDArray[np.int32], Ints] = (
            np.zeros(0, np.int32),
            np.zeros(0, np.int64),
        )
        self._lay_columns()

    def _lay_rows(self) -> None:
        cells = self.teams * self.days
        counts = {
            "cover": self.parts,
            "day": cells,
            "road": cells if self.roads else 0,
            "budget": len(self.budgets),
            "busiest": self.teams,
            "idlest": self.teams,
            "link": self.parts * self.days if self.partner else 0,
        }
        starts = np.cumsum([0, *counts.values()])
        self.at = {name: int(start) for name, start in zip(counts, starts, strict=False)}
        low = np.full(starts[-1], -OPEN_END)
        high = np.zeros(starts[-1])
        low[: self.parts] = high[: self.parts] = 1
        high[self.at["day"] : self.at["budget"]] = 1
        for n, budget in enumerate(self.budgets):
            high[self.at["budget"] + n] = budget.most
        low[self.at["link"] :] = 0
        empty = np.zeros(0)
        self.low, self.high = low, high
        self.solver.addRows(
            len(low), low, high, 0, np.zeros(len(low), np.int32), empty.astype(np.int32), empty
        )

    def _lay_columns(self) -> None:
        """Add the columns that are no trips: parts left over, busiest and idlest team."""
        for i in range(self.parts):
            rows, amounts = [self.at["cover"] + i], [1]
            for n, budget in enumerate(self.budgets):
                rows.append(self.at["budget"] + n)
                amounts.append(int(budget.weighing.left[i]))
            box = (0, int(self.costs.may_leave[i]))
            self._add(int(self.costs.left[i]), box, rows, amounts)
        teams, weight = list(range(self.teams)), self.costs.uneven
        least_busiest, most_idlest, most = even_loads(self.board, self.costs.may_leave)
        busiest = [self.at["busiest"] + j for j in teams]
        idlest = [self.at["idlest"] + j for j in teams]
        self._add(weight, (least_busiest, most), busiest, [-1] * self.teams)
        self._add(-weight, (0, most_idlest), idlest, [1] * self.teams)

    def _add(self, cost: int, box: tuple[int, int], rows: list[int], amounts: list[int]) -> None:
        self.others.append((cost, box, np.array(rows), np.array(amounts)))
        self.solver.addCol(
            float(cost),
            float(box[0]),
            float(box[1]),
            len(rows),
            np.array(rows, np.int32),
            np.array(amounts, dtype=float),
        )

    def stand_in(self, costs: Ints) -> None:
        """Let each part be bought off at a price while the trips are still few.

        Stand-ins are no part of any plan and of no bound; they only keep early prices sane.
        """
        first = self.solver.getNumCol()
        for i, cost in enumerate(costs):
            at = np.array([self.at["cover"] + i], np.int32)
            self.solver.addCol(float(cost), 0.0, 1.0, 1, at, np.ones(1))
        self.stand_ins = (np.arange(first, first + self.parts, dtype=np.int32), costs)

    def raise_stand_ins(self) -> bool:
        """Make stand-ins dearer where the last solution still bought one."""
        columns, costs = self.stand_ins
        used = np.array(self.solver.getSolution().col_value)[columns] > USED
        if not used.any():
            return False
        costs = np.where(used, costs * DEARER, costs)
        self.stand_ins = (columns, costs)
        self.solver.changeColsCost(self.parts, columns, costs.astype(float))
        return True

    def hold(self, costs: list[int], uneven: int, most: int) -> None:
        """Keep an earlier level, given by cost of each trip so far and of unevenness."""
        first, busiest = self.solver.getNumCol() - len(self.trips), self.parts
        columns = [busiest, busiest + 1, *range(first, first + len(self.trips))]
        amounts = [uneven, -uneven, *costs]
        self.held.append((columns, amounts, most))
        at = np.array(columns, np.int32)
        self.solver.addRow(-OPEN_END, float(most), len(at), at, np.array(amounts, dtype=float))

    def value(self, trips: tuple[Trip, ...]) -> int:
        """Give the cost of a plan by trips."""
        load, placed = [0] * self.teams, set()
        for trip in trips:
            load[trip.team] += sum(int(self.board.days[i, trip.team, s]) for i, s in trip.stints)
            placed |= {i for i, _ in trip.stints}
        left = sum(int(self.costs.left[i]) for i in range(self.parts) if i not in placed)
        uneven = self.costs.uneven * (max(load) - min(load))
        return sum(trip.cost for trip in trips) + left + uneven

    def solve(self) -> Prices:
        """Solve over the trips so far and give the prices of the rows."""
        self.solver.run()
        dual = np.array(self.solver.getSolution().row_dual)
        price = np.rint(-dual * SCALE).astype(np.int64)
        bounded = np.isinf(self.low)
        price[bounded] = np.maximum(price[bounded], 0)
        return self._prices(price)

    def _prices(self, price: Ints) -> Prices:
        at, board = self.at, self.board
        cover, day = price[: self.parts], price[at["day"] : at["road"]]
        busier = price[at["busiest"] : at["idlest"]] - price[at["idlest"] : at["link"]]
        of_stint = cover[:, None, None] + busier[None, :, None] * board.days
        for n, budget in enumerate(self.budgets):
            of_stint = of_stint + price[at["budget"] + n] * budget.weighing.stint
        for i, others in self.partner.items():
            for other in others:
                at_link = at["link"] + other * self.days
                link = price[at_link : at_link + self.days]
                of_stint[other] += link
                of_stint[i] -= link
        road = np.zeros((self.teams, self.days), np.int64)
        if self.roads:
            road = price[at["road"] : at["budget"]].reshape(road.shape)
        fixed = -int(price @ np.where(np.isinf(self.low), self.high, self.low).astype(np.int64))
        for cost, (low, high), rows, amounts in self.others:
            reduced = SCALE * cost + int(price[rows] @ amounts)
            fixed += min(reduced * low, reduced * high)
        return Prices(of_stint, day.reshape(self.teams, self.days), road, fixed)

    def add(self, trips: list[Trip]) -> None:
        """Add trips as columns."""
        entries = [self.entries(trip) for trip in trips]
        starts = np.cumsum([0] + [len(rows) for rows, _ in entries])[:-1]
        self.solver.addCols(
            len(trips),
            np.array([trip.cost for trip in trips], dtype=float),
            np.zeros(len(trips)),
            np.full(len(trips), OPEN_END),
            int(sum(len(rows) for rows, _ in entries)),
            starts.astype(np.int32),
            np.concatenate([np.zeros(0, np.int32), *(rows for rows, _ in entries)]).astype(
                np.int32
            ),
            np.concatenate([np.zeros(0), *(amounts for _, amounts in entries)]),
        )
        self.trips.extend(trips)

    def entries(self, trip: Trip) -> tuple[Ints, Ints]:
        """Give a trip's rows and amounts."""
        j, board, at = trip.team, self.board, self.at
        first, until = trip.busy
        rows = [at["cover"] + i for i, _ in trip.stints]
        rows += [
            at["day"] + j * self.days + d for d in range(first, min(until, self.days - 1) + 1)
        ]
        rows += [at["road"] + j * self.days + d for d in self.road_days(trip)]
        amounts = [1] * len(rows)
        load = 0
        for i, s in trip.stints:
            load += int(board.days[i, j, s])
            if board.parts[i].rank:
                rows.append(at["link"] + i * self.days + s)
                amounts.append(1)
            for other in self.partner.get(i, ()):
                rows.append(at["link"] + other * self.days + s)
                amounts.append(-1)
        rows += [at["busiest"] + j, at["idlest"] + j]
        amounts += [load, -load]
        for n, budget in enumerate(self.budgets):
            rows.append(at["budget"] + n)
            amounts.append(sum(int(budget.weighing.stint[i, j, s]) for i, s in trip.stints))
        return np.array(rows), np.array(amounts)

    def road_days(self, trip: Trip) -> list[int]:
        """Give the days a trip's far drives from and to home take, inside the window."""
        if not self.roads:
            return []
        far, days = self.board.travel.far[trip.team], []
        (i, s), (last_part, last_first) = trip.stints[0], trip.stints[-1]
        if far[i]:
            days.append(s - 1)
        if far[last_part]:
            days.append(int(self.board.last[last_part, trip.team, last_first]) + 1)
        return [day for day in days if 0 <= day < self.days]


def partners(board: Board) -> dict[int, list[int]]:
    """Give for each unit in several parts its first part, and the others."""
    found: dict[int, list[int]] = {}
    first = 0
    for i, part in enumerate(board.parts):
        if part.rank == 0:
            first = i
        else:
            found.setdefault(first, []).append(i)
    return found


def even_loads(board: Board, may_leave: Bools) -> tuple[int, int, int]:
    """Bound the days of the busiest from below, of the idlest from above, and of any team."""
    most = int(board.days.max(axis=(1, 2)).sum())
    least = int(board.days.min(axis=(1, 2))[~may_leave].sum())
    teams = board.size[1]
    return -(-least // teams), most // teams, most
