"""Each team's drives in order, by the rules that the timetable's travel is counted by (行程).

The minutes of all legs add up to the timetable's ``travel_minutes`` and the nights to its
``nights``: a test holds that against the independent recount.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise

from casework.round_report import Leg
from casework.rounds import UnitPlan
from solver.rounds.travel import travel_of
from solver.timetable_problem import RoundProblem

HOME = ""


def legs_of(problem: RoundProblem, plans: Iterable[UnitPlan]) -> tuple[Leg, ...]:
    """Return every drive of every team, by team and day."""
    ordered = problem.in_order()
    at = {wish.unit: i for i, wish in enumerate(ordered.wishes)}
    days: dict[str, dict[date, int]] = defaultdict(dict)
    for plan in plans:
        for session in plan.sessions:
            if plan.unit in at:
                days[session.team][session.date] = at[plan.unit]
    drives = _Drives(ordered)
    return tuple(
        leg
        for j, team in enumerate(ordered.teams)
        for leg in drives.of_team(j, sorted(days.get(team.team, {}).items()))
    )


class _Drives:
    def __init__(self, problem: RoundProblem) -> None:
        self.problem = problem
        self.travel = travel_of(problem, list(problem.wishes))

    def of_team(self, j: int, stops: list[tuple[date, int]]) -> Iterator[Leg]:
        """Give a team's drives between its days of sessions."""
        if not stops:
            return
        yield self._leg(j, stops[0][0], None, stops[0][1])
        for (day, here), (next_day, there) in pairwise(stops):
            yield from self._between(j, (day, here), (next_day, there))
        yield self._leg(j, stops[-1][0], stops[-1][1], None)

    def _between(self, j: int, start: tuple[date, int], goal: tuple[date, int]) -> Iterator[Leg]:
        rules = self.problem.round
        (day, here), (next_day, there) = start, goal
        pause = (next_day - day).days - 1
        stays = pause == 0 or (not rules.home_on_idle_days and pause <= rules.stay_away_days)
        commutes = self.travel.commutes[j, here] and self.travel.commutes[j, there]
        if stays and not commutes:
            yield self._leg(j, next_day, here, there, pause + 1)
        else:
            yield self._leg(j, day, here, None)
            yield self._leg(j, next_day, None, there)

    def _leg(self, j: int, day: date, start: int | None, goal: int | None, nights: int = 0) -> Leg:
        wishes = self.problem.wishes
        if start is not None and goal is not None:
            minutes = self.travel.unit_minutes[start, goal]
        else:
            place = start if goal is None else goal
            assert place is not None
            minutes = self.travel.home_minutes[j, place]
        names = [HOME if at is None else wishes[at].unit for at in (start, goal)]
        return Leg(self.problem.teams[j].team, day, names[0], names[1], int(minutes), nights)
