"""Trips: what a team does from leaving home until it is home again (团队行程).

A trip serves parts on directly following days (with the switch, over short pauses too). For
given prices of parts and team-days, a backward dynamic programme gives for every stint the
cheapest way to go on; it may serve a part twice, so it bounds from below, and a depth-first
search under that bound finds every trip that serves no part twice and is cheap enough.

All figures are whole numbers, so "no trip is cheaper" holds exactly. Indices: j team,
k place of a part in the team's own list, s first day, r length of the run before.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from solver.rounds.board import Board
from solver.rounds.costs import FAR, SCALE, TripCosts
from solver.rounds.shapes import Bools, Ints, stay_days
from solver.rounds.trip_kernel import steps_of, walk_back


@dataclass(frozen=True, slots=True)
class Trip:
    """One team's trip: parts with their first days, in order, and the days it takes up.

    Attributes
    ----------
    stints
        (part, first day), in order.
    busy
        First and last day no other trip of the team may touch, the pause after included.
    """

    team: int
    stints: tuple[tuple[int, int], ...]
    cost: int
    busy: tuple[int, int]


MOST_STEPS = 100_000
"""Steps of one exact search; a search cut short says so."""


class Trips:
    """The trips of a board, searched for under changing prices."""

    def __init__(self, board: Board, costs: TripCosts, usable: Bools) -> None:
        """Take the stints that may be used, a mask of (part, team, first day)."""
        self.board, self.costs = board, costs
        rules = board.problem.round
        self.longest, self.gaps = rules.longest_run_days, stay_days(rules)
        self.rest_after, self.rest = rules.rest_after_days, rules.rest_days
        _, teams, self.day_count = board.size
        own = [np.flatnonzero(usable[:, j].any(axis=1)) for j in range(teams)]
        width = max([len(parts) for parts in own] + [1])
        self.parts = np.full((teams, width), -1, np.int64)
        for j, parts in enumerate(own):
            self.parts[j, : len(parts)] = parts
        self._gather(usable)

    def _gather(self, usable: Bools) -> None:
        """Lay every array out by (team, place, …), which is how the search walks."""
        board, part = self.board, np.maximum(self.parts, 0)
        team = np.arange(len(part))[:, None]
        at = (part, team)
        self.can = usable[at] & (self.parts >= 0)[:, :, None]
        self.last, self.days = board.last[at], board.days[at]
        self.head, self.tail = board.head[at], board.tail[at]
        self.head_gap = board.head_gap_days[at]
        self.whole = self.head == self.days
        self.stint = self.costs.stint[at]
        self.home = self.costs.home[team, part]
        pair = (team[:, :, None], part[:, :, None], part[:, None, :])
        same = part[:, :, None] == part[:, None, :]
        self.link = tuple(np.where(same, FAR, link[pair]) for link in self.costs.link)
        self.scaled_link = np.stack([np.minimum(SCALE * link, FAR) for link in self.link])
        self.steps = steps_of(
            (self.can, self.last, self.days, self.head, self.tail, self.head_gap),
            (self.longest, self.rest_after, self.rest),
            np.array([self.pad_days(run) for run in range(self.longest + 1)]),
            len(self.link),
        )

    def trip(self, j: int, places: tuple[int, ...], days: tuple[int, ...], run: int) -> Trip:
        """Make the trip that serves these places from these days on."""
        cost = int(self.home[j, places[0]] + self.home[j, places[-1]])
        for n, (k, s) in enumerate(zip(places, days, strict=True)):
            cost += int(self.stint[j, k, s])
            if n:
                before = places[n - 1]
                gap = s - int(self.last[j, before, days[n - 1]]) - 1
                cost += int(self.link[gap][j, before, k])
        stints = tuple((int(self.parts[j, k]), s) for k, s in zip(places, days, strict=True))
        last = int(self.last[j, places[-1], days[-1]])
        return Trip(j, stints, cost, (days[0], last + self.pad_days(run)))

    def alone(self, trip: Trip) -> Trip:
        """Give a trip as these costs weigh it."""
        (again,) = self.chained(tuple((i, trip.team, s) for i, s in trip.stints))
        return again

    def chained(self, stints: tuple[tuple[int, int, int], ...]) -> tuple[Trip, ...]:
        """Make the trips of a plan given as (part, team, first day)."""
        place = {(j, int(i)): k for j, row in enumerate(self.parts) for k, i in enumerate(row)}
        trips: list[Trip] = []
        for j in range(len(self.parts)):
            ks: list[int] = []
            days: list[int] = []
            run, last = 0, -1
            for s, i in sorted((s, i) for i, team, s in stints if team == j):
                k = place[j, i]
                if ks and s - last - 1 > self.gaps:
                    trips.append(self.trip(j, tuple(ks), tuple(days), run))
                    ks, days, run = [], [], 0
                run = self.run_after(j, k, s, run if s == last + 1 else 0)
                last = int(self.last[j, k, s])
                ks.append(k)
                days.append(s)
            if ks:
                trips.append(self.trip(j, tuple(ks), tuple(days), run))
        return tuple(trips)

    def run_after(self, j: int, k: int, s: int, run: int) -> int:
        """Give the length of the run of working days at the end of a stint."""
        return int(run + self.days[j, k, s] if self.whole[j, k, s] else self.tail[j, k, s])

    def pad_days(self, run: int) -> int:
        """Days after a trip that ends with such a run, before the next trip may begin."""
        return max(self.gaps + 1, self.rest if run >= self.rest_after else 1)

    def price(self, of_stint: Ints, of_day: Ints, of_road: Ints) -> "Priced":
        """Look at all trips under prices, whole numbers, ``SCALE`` to one unit of cost.

        Parameters
        ----------
        of_stint
            To add to a stint's own cost, (part, team, first day).
        of_day
            Of every day a trip is busy, (team, day).
        of_road
            Of the travel days of far trips, (team, day).
        """
        return Priced(self, of_stint, of_day, of_road)


class Priced:
    """The cheapest ways to go on, for one set of prices."""

    def __init__(self, trips: Trips, of_stint: Ints, of_day: Ints, of_road: Ints) -> None:
        """Run the backward programme."""
        self.trips = trips
        teams, width, days = trips.can.shape
        part, team = np.maximum(trips.parts, 0), np.arange(teams)[:, None]
        before = np.zeros((teams, days + 1), np.int64)
        before[:, 1:] = np.cumsum(of_day, axis=1)
        self.before = before
        first = np.arange(days)[None, None, :]
        after = np.minimum(np.where(trips.can, trips.last, 0) + 1, days)
        span = before[team[:, :, None], after] - before[team[:, :, None], first]
        price = SCALE * trips.stint + of_stint[part, team] + span
        self.stint = np.where(trips.can, price, FAR)
        road = np.zeros((teams, days + 2), np.int64)
        far = trips.board.travel.far[team, part]
        road[:, 1 : days + 1] = of_road
        at_start = road[:, None, :days] * far[:, :, None]
        at_end = road[:, None, 2:] * far[:, :, None]
        self.start = SCALE * trips.home[:, :, None] + at_start
        self.end = SCALE * trips.home[:, :, None] + at_end
        self._walk_back(teams, width, days)

    def _walk_back(self, teams: int, width: int, days: int) -> None:
        """Fill ``value``, the cheapest way on from before each stint, the last day first."""
        trips, runs = self.trips, self.trips.longest + 1
        self.value = np.full((teams, width, days + trips.gaps + 2, runs), FAR, np.int64)
        prices = (self.stint, self.end, self.before)
        walk_back(trips.steps, prices, trips.scaled_link, self.value)

    @property
    def least(self) -> Ints:
        """Cheapest trip by (team, place, first day) of its first stint; FAR where none."""
        days = self.start.shape[2]
        least: Ints = np.minimum(self.value[:, :, :days, 0] + self.start, FAR)
        return least

    def within(self, most: int, limit: int) -> tuple[list[Trip], bool]:
        """Find every trip that costs at most ``most`` under the prices.

        Returns
        -------
        The trips, and whether these are all; not so where ``limit`` cut the search.
        """
        found: list[Trip] = []
        steps = 0
        for j, k, s in np.argwhere(self.least <= most):
            start = int(self.start[j, k, s])
            for trip in self._walk(int(j), int(k), int(s), most, start):
                steps += 1
                if trip is not None:
                    found.append(trip)
                if len(found) > limit or steps > MOST_STEPS:
                    return found, False
        return found, True

    def _walk(self, j: int, k: int, s: int, most: int, spent: int) -> Iterator[Trip | None]:
        """Walk depth first through all ways on that stay within ``most``, a step at a time."""
        stack: list[tuple[tuple[int, ...], tuple[int, ...], int, int]] = [((k,), (s,), 0, spent)]
        while stack:
            places, days, run, spent = stack.pop()
            k, s = places[-1], days[-1]
            spent += int(self.stint[j, k, s])
            run, last = self.trips.run_after(j, k, s, run), int(self.trips.last[j, k, s])
            ends = spent + self._end_at(j, k, last, run) <= most
            yield self.trips.trip(j, places, days, run) if ends else None
            for v, day, ahead in self._onward(j, k, last, run, most - spent):
                if v not in places:
                    following = run if day == last + 1 else 0
                    stack.append(((*places, v), (*days, day), following, spent + ahead))

    def _end_at(self, j: int, k: int, day: int, run: int) -> int:
        until = min(day + 1 + self.trips.pad_days(run), self.before.shape[1] - 1)
        return int(self.end[j, k, day] + self.before[j, until] - self.before[j, day + 1])

    def _onward(
        self, j: int, k: int, day: int, run: int, left: int
    ) -> Iterator[tuple[int, int, int]]:
        """Give the next places, their first day and the cost of getting there."""
        trips = self.trips
        for gap, link in enumerate(trips.scaled_link):
            if gap and run >= trips.rest_after and gap < trips.rest:
                continue
            value = self.value[j, :, day + 1 + gap, 0 if gap else run]
            row = link[j, k]
            for v in np.flatnonzero(row + value <= left):
                yield int(v), day + 1 + gap, int(row[v])

    def cheapest(self, each_team: int, below: int) -> list[Trip]:
        """Follow the cheapest ways from each team's best first stints, quickly, not exactly."""
        least = self.least
        found = []
        for j in range(len(least)):
            flat = least[j].ravel()
            order = np.argsort(flat, kind="stable")[:each_team]
            for n in order[flat[order] < below]:
                k, s = divmod(int(n), least.shape[2])
                trip = self._descend(j, k, s, below)
                if trip is not None:
                    found.append(trip)
        return found

    def _descend(self, j: int, k: int, s: int, below: int) -> Trip | None:
        places, days, run = [k], [s], 0
        spent = int(self.start[j, k, s])
        while True:
            spent += int(self.stint[j, k, s])
            run, last = self.trips.run_after(j, k, s, run), int(self.trips.last[j, k, s])
            end = self._end_at(j, k, last, run)
            ways = [
                (ahead + int(self.value[j, v, day, run if day == last + 1 else 0]), v, day, ahead)
                for v, day, ahead in self._onward(j, k, last, run, end - 1)
                if v not in places
            ]
            if not ways:
                done = spent + end < below
                return self.trips.trip(j, tuple(places), tuple(days), run) if done else None
            _, k, s, ahead = min(ways)
            run = run if s == last + 1 else 0
            spent += ahead
            places.append(k)
            days.append(s)
