"""The instances of the timetable benchmark, published: anyone can make the same ones again.

City rounds stand on the 41 units of Chongqing as of 2021 (``geo.Gazetteer``), their children
drawn from a seed; dates, quirks and teams come from ``casework.sample_round``. Larger rounds
stand on made-up points. Every instance is a function of the numbers in its line below.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from casework.round_rules import AllowedDays, Consecutive, Round, TeamsPerUnit, Term
from casework.rounds import Closure, Wish
from casework.sample_round import Seat, make_teams, make_wishes
from geo.areas import Gazetteer
from geo.place import Place
from solver.rounds.board import board_of
from solver.rounds.requirements import requirements_of
from solver.timetable_problem import RoundProblem

IN_2021 = date(2021, 9, 1)
CENTRE = Place(106.55, 29.56)
BASES = ("江北区", "北碚区", "两江新区", "万州区")
WEIGHTED = (tuple(Term),)


@dataclass(frozen=True)
class City:
    """One city round, by what it is made from.

    ``order`` is "default" (moved units, then moved days, then the rest weighed) or "weighted"
    (all seven terms in one level by the preset's weights); ``reading`` is of "consecutive".
    """

    seed: int
    sessions: int
    teams: int
    order: str = "default"
    reading: str = "calendar_days"
    a_day: int = 2
    days: str = "any"

    def __str__(self) -> str:
        """Name it as the tables do."""
        size = f"41/{self.sessions}/{self.teams} {self.a_day} a day {self.days}"
        return f"{size} seed {self.seed} {self.order} {self.reading}"


TWO, ONE = (2, "any"), (1, "any")
REST = (2, "rest")
SIZES = (
    (80, 2, *TWO),
    (80, 4, *ONE),
    (80, 8, *TWO),
    (120, 4, *TWO),
    (120, 8, *ONE),
    (160, 4, *TWO),
    (160, 8, *TWO),
    (200, 4, *TWO),
    (200, 8, *TWO),
    (80, 8, *REST),
    (80, 2, *ONE),
    (200, 8, *ONE),
)
"""Sessions, teams, sessions a day, allowed days; seed n has the n-th size, round and round."""

CITY_SEEDS = 20

TIGHT = ((160, 2), (200, 2))
"""Cells with more sessions than two teams are likely to hold: run apart, and explained."""


def cities(seeds: int) -> list[City]:
    """Give the city rounds: so many seeds, in both orders and both readings."""
    return [
        City(seed, sessions, teams, order, reading, a_day, days)
        for seed in range(seeds)
        for order in ("default", "weighted")
        for reading in ("calendar_days", "allowed_days")
        for sessions, teams, a_day, days in [SIZES[seed % len(SIZES)]]
    ]


def city(made: City, **changes: object) -> RoundProblem:
    """Make a city round; several teams at once serve a unit that one team cannot."""
    rules = replace(
        Round.from_toml(),
        consecutive_in=Consecutive(made.reading),
        sessions_per_day=made.a_day,
        allowed_days=AllowedDays(made.days),
        teams_per_unit=TeamsPerUnit.PARALLEL,
        parallel_days=2 if made.days == "rest" else 6,
        levels=WEIGHTED if made.order == "weighted" else Round.from_toml().levels,
    )
    rules = replace(rules, **changes)
    draw = Random(made.seed * 31 + 7)
    seats = [
        Seat(unit.code, unit.name, unit.seat or CENTRE, unit.group, draw.randint(30, 700))
        for unit in Gazetteer.on(IN_2021).units
    ]
    bases = [seat for name in BASES for seat in seats if seat.name == name]
    wishes = make_wishes(seats, rules, made.sessions, made.seed)
    teams = make_teams(bases, rules, made.teams, made.seed)
    return RoundProblem(rules, _roomy(wishes), teams)


def _roomy(wishes: tuple[Wish, ...]) -> tuple[Wish, ...]:
    """Leave the number of sessions as declared: the sizes above are exact."""
    return tuple(replace(wish, people=0, room=None) for wish in wishes)


def country(
    units: int, sessions: int, teams: int, seed: int, area: str = "", span_km: float = 700.0
) -> RoundProblem:
    """Make a round on made-up points: towns on a square, six nearest teams to each."""
    rules = replace(Round.from_toml(), nearest_teams=6)
    draw = Random(seed * 1009 + 17)
    degrees = span_km / 100
    seats = [
        Seat(
            f"{area}{n:04d}",
            f"{area}{n}县",
            Place(104 + draw.random() * degrees, 28 + draw.random() * degrees),
            draw.choice(("CORE", "NEW", "NE", "SE")),
            draw.randint(20, 400),
        )
        for n in range(units)
    ]
    bases = draw.sample(seats, min(teams, units))
    wishes = make_wishes(seats, rules, sessions, seed, area)
    return RoundProblem(rules, _roomy(wishes), make_teams(bases, rules, teams, seed, area))


NAMED = 78

LARGE = (400, 1_500, 60, 1)
"""Units, sessions, teams, seed."""

NATION = (31, 2_844, 10_000)
"""Provinces, units, sessions; a team for about 25 sessions."""


def nation(provinces: int = NATION[0]) -> RoundProblem:
    """Make a nation: provinces of unequal size, each its own area."""
    draw = Random(2021)
    weights = [draw.uniform(0.4, 1.6) for _ in range(NATION[0])]
    units = _share(NATION[1], weights)
    sessions = _share(NATION[2], [float(count) for count in units])
    parts = [
        country(units[n], sessions[n], max(2, sessions[n] // 25), 100 + n, f"P{n:02d}")
        for n in range(provinces)
    ]
    return RoundProblem(
        parts[0].round,
        tuple(wish for part in parts for wish in part.wishes),
        tuple(team for part in parts for team in part.teams),
    )


def _share(total: int, weights: list[float]) -> list[int]:
    """Share a total out by weight, whole, nothing lost."""
    whole = [int(total * weight / sum(weights)) for weight in weights]
    for n in range(total - sum(whole)):
        whole[n % len(whole)] += 1
    return whole


def closed(problem: RoundProblem, count: int, seed: int) -> tuple[Closure, ...]:
    """Close so many units for a fortnight around the first day they wished for."""
    draw = Random(seed)
    wished = [
        wish
        for wish in problem.wishes
        if wish.dates and problem.round.window_start <= wish.dates[0] <= problem.round.window_end
    ]
    return tuple(
        Closure(
            wish.unit,
            wish.dates[0] - timedelta(days=2),
            wish.dates[0] + timedelta(days=11),
            "因疫情防控停办",
        )
        for wish in draw.sample(wished, count)
    )


def crowded(seed: int) -> tuple[RoundProblem, tuple[str, ...]]:
    """Make a round that cannot hold, of 78 named requirements, and the units that keep dates.

    41 places, the rules and days off of two teams, units that insist on declared dates each of
    which could be kept alone, and closures that stand in nobody's way, until there are 78.
    """
    problem = city(City(seed, 120, 2)).in_order()
    keep: tuple[str, ...] = ()
    for unit in sorted(able_to_keep(problem)):
        if len(requirements_of(problem, keep)) < NAMED:
            keep = (*keep, unit)
    end = problem.round.window_end
    missing = NAMED - len(requirements_of(problem, keep))
    open_ = [wish.unit for wish in problem.wishes if wish.unit not in keep]
    shut = tuple(Closure(open_[n % len(open_)], end, end, "停电") for n in range(missing))
    return replace(problem, closures=shut), keep


def able_to_keep(problem: RoundProblem) -> set[str]:
    """Name the units of a problem in order whose declared dates could be kept, each alone."""
    board = board_of(problem)
    return {
        problem.wishes[part.wish].unit
        for i, part in enumerate(board.parts)
        if part.rank == 0
        and problem.wishes[part.wish].dates
        and bool((board.possible[i] & (board.moved[i] == 0)).any())
    }


def skilled(problem: RoundProblem, unit: int = 5) -> RoundProblem:
    """Let one unit ask for a skill that no team has: it is impossible by itself."""
    wishes = list(problem.wishes)
    wishes[unit] = replace(wishes[unit], skills=frozenset({"手语"}))
    return replace(problem, wishes=tuple(wishes))
