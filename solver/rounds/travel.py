"""Travel of teams between units, and what a timetable's terms cost (车程与权重).

How a team travels follows from rules, not from the solver's choice, so that anyone can
recount it: a team sleeps at home where home is near on both sides; else it stays out between
directly following units, and over a pause either goes home or, with the switch, stays out.
"""

from dataclasses import dataclass

import numpy as np

from casework.rounds import Wish
from geo.place import Place
from geo.road import MINUTES_AN_HOUR, road_minutes, straight_km
from solver.rounds.shapes import Bools, Ints
from solver.timetable_problem import RoundProblem


@dataclass(frozen=True, slots=True)
class Travel:
    """Minutes on the road, by the rules of the round.

    Attributes
    ----------
    home_minutes
        Between team j and part i, shape (team, part).
    unit_minutes
        Between parts, shape (part, part).
    commutes
        Whether the team sleeps at home when it works there, shape (team, part).
    far
        Whether the drive from home takes a day of its own, shape (team, part).
    apart
        Whether a team may not go from one to the other overnight, shape (part, part).
    """

    home_minutes: Ints
    unit_minutes: Ints
    commutes: Bools
    far: Bools
    apart: Bools

    def not_overnight(self, j: int) -> Bools:
        """Tell which parts team j cannot serve on directly following days, (part, part)."""
        sleeps_home = self.commutes[j][:, None] & self.commutes[j][None, :]
        apart: Bools = self.apart & ~sleeps_home
        return apart

    def between(self, j: int, gap_days: int) -> tuple[Ints, Ints, Bools]:
        """Give minutes, nights and whether team j can go from part to part over a pause.

        Parameters
        ----------
        gap_days
            Days between without sessions, over which the team does not go home on principle.
        """
        home = self.home_minutes[j]
        sleeps_home = self.commutes[j][:, None] & self.commutes[j][None, :]
        minutes = np.where(sleeps_home, home[:, None] + home[None, :], self.unit_minutes)
        nights = np.where(sleeps_home, 0, gap_days + 1)
        can = ~self.not_overnight(j) | (gap_days > 0)
        return minutes, nights, can


def travel_of(problem: RoundProblem, of_parts: list[Wish]) -> Travel:
    """Work out all drives of a round."""
    rules = problem.round
    homes = [team.home for team in problem.teams]
    seats = [wish.seat for wish in of_parts]
    rough_seats = np.array([wish.group in rules.mountain_groups for wish in of_parts], dtype=bool)
    rough_homes = np.array([t.group in rules.mountain_groups for t in problem.teams], dtype=bool)
    home = _minutes(problem, (homes, rough_homes), (seats, rough_seats))
    unit = _minutes(problem, (seats, rough_seats), (seats, rough_seats))
    _known(problem, home, [t.team for t in problem.teams], [w.unit for w in of_parts])
    _known(problem, unit, [w.unit for w in of_parts], [w.unit for w in of_parts])
    limit = rules.idle_day_after_hours * MINUTES_AN_HOUR
    return Travel(
        home,
        unit,
        home <= rules.commute_hours * MINUTES_AN_HOUR,
        home > limit,
        unit > limit,
    )


def _minutes(
    problem: RoundProblem, start: tuple[list[Place], Bools], goal: tuple[list[Place], Bools]
) -> Ints:
    rules = problem.round
    rough = start[1][:, None] | goal[1][None, :]
    detour = np.where(rough, rules.detour_mountain, rules.detour_plain)
    return road_minutes(straight_km(start[0], goal[0]), detour, rules.speed_kmh)


def _known(problem: RoundProblem, minutes: Ints, rows: list[str], columns: list[str]) -> None:
    """Put the minutes the office knows in place of estimates."""
    if not problem.known_minutes:
        return
    for a, row in enumerate(rows):
        for b, column in enumerate(columns):
            known = problem.known_minutes.get((row, column))
            known = problem.known_minutes.get((column, row)) if known is None else known
            if known is not None:
                minutes[a, b] = known
