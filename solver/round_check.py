"""Judge a timetable by the round's rules, and recount what it costs (排期核查与复算).

Written from the rules alone, on dates and names: it shares no code with the models, so it
judges our own plan and an officer's the same way.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil

from casework.round_rules import Consecutive, Term, UnitDays
from casework.rounds import Pin, Session, Team, UnitPlan, Violation, Wish
from casework.workdays import consecutive
from geo.road import road_minutes, straight_km
from solver.timetable_problem import RoundProblem

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a timetable breaks, and its amount of each term."""

    violations: tuple[Violation, ...]
    amounts: Mapping[Term, int]


def judge(problem: RoundProblem, plans: Iterable[UnitPlan]) -> Judgement:
    """Judge plans, one a unit, and recount every term of the objective."""
    court = _Court(
        problem,
        sorted(plans, key=lambda plan: plan.unit),
        {wish.unit: wish for wish in problem.wishes},
        {team.team: team for team in problem.teams},
    )
    court.judge_units()
    court.judge_teams()
    return Judgement(tuple(court.violations), court.amounts())


@dataclass(slots=True)
class _Court:
    problem: RoundProblem
    plans: list[UnitPlan]
    wishes: dict[str, Wish]
    teams: dict[str, Team]
    violations: list[Violation] = field(default_factory=list)
    minutes: int = 0
    nights: int = 0

    def _say(self, rule: str, plan: str, team: str, day: date | None, words: str) -> None:
        self.violations.append(Violation(rule, plan, team, day, words))

    def _pins(self, unit: str) -> list[Pin]:
        return [pin for pin in self.problem.pins if pin.unit == unit]

    def judge_units(self) -> None:
        """Judge each unit's own dates, teams and number of sessions."""
        for unit, times in Counter(plan.unit for plan in self.plans).items():
            if times > 1:
                self._say("unit_once", unit, "", None, "同一区县出现多次")
        for plan in self.plans:
            wish = self.wishes.get(plan.unit)
            if wish is None:
                self._say("unit_known", plan.unit, "", None, "该区县未申报")
                continue
            known = [s for s in plan.sessions if s.team in self.teams]
            for session in plan.sessions:
                if session.team not in self.teams:
                    self._say("team_known", plan.unit, session.team, session.date, "没有这支团队")
            pins = self._pins(plan.unit)
            self._judge_pins(plan, pins)
            if not any(pin.held for pin in pins):
                self._judge_count(plan, wish)
                self._judge_dates(plan, known)
                self._judge_fit(plan, wish, known)

    def _judge_pins(self, plan: UnitPlan, pins: list[Pin]) -> None:
        for pin in pins:
            teams = {pin.team} if pin.team is not None else set(plan.teams)
            kept = any(
                pin.dates in (None, tuple(sorted({s.date for s in plan.sessions if s.team == t})))
                for t in teams & set(plan.teams)
            )
            if not kept:
                self._say("pinned", plan.unit, pin.team or "", None, "与已锁定的安排不符")

    def _judge_count(self, plan: UnitPlan, wish: Wish) -> None:
        """Judge the number of sessions, their slots, and the number of days."""
        rules = self.problem.round
        needed = wish.sessions
        if rules.rooms_required and wish.room and wish.people:
            needed = max(needed, ceil(wish.people / wish.room))
        if len(plan.sessions) != needed:
            self._say(
                "sessions", plan.unit, "", None, f"应为{needed}场，排了{len(plan.sessions)}场"
            )
        by_day: dict[tuple[date, str], list[Session]] = defaultdict(list)
        for session in plan.sessions:
            by_day[session.date, session.team].append(session)
        for (day, code), sessions in sorted(by_day.items()):
            team = self.teams.get(code)
            most = (team and team.sessions_per_day) or rules.sessions_per_day
            clash = len({s.slot for s in sessions}) < len(sessions)
            if len(sessions) > most or clash:
                self._say("sessions_per_day", plan.unit, code, day, f"一天最多{most}场，时段不重")
        declared = len(wish.dates)
        fewest = ceil(needed / rules.sessions_per_day)
        single = len(plan.teams) <= 1 and all(
            t.sessions_per_day in (None, rules.sessions_per_day) for t in self.problem.teams
        )
        as_declared = rules.days_of_a_unit is UnitDays.AS_DECLARED
        due = single and as_declared and fewest <= declared <= needed
        if due and len(plan.dates) != declared:
            self._say("days_of_a_unit", plan.unit, "", None, f"申报{declared}天")

    def _judge_dates(self, plan: UnitPlan, sessions: list[Session]) -> None:
        """Judge that every day is allowed and open, and that all are consecutive."""
        rules = self.problem.round
        for day in plan.dates:
            if not rules.window_start <= day <= rules.window_end:
                self._say("window", plan.unit, "", day, "不在本轮时间范围内")
            elif not rules.is_allowed(day):
                self._say("allowed_days", plan.unit, "", day, "本轮不在这一天开展")
            for closure in self.problem.closures:
                if closure.closes(plan.unit, day):
                    self._say("closures", plan.unit, "", day, closure.reason_zh or "停办")
        for code, day in sorted({(s.team, s.date) for s in sessions}):
            if self.teams[code].is_off(day):
                self._say("days_off", plan.unit, code, day, "团队不在岗")
        counts = rules.is_allowed if rules.consecutive_in is Consecutive.ALLOWED_DAYS else None
        for code in plan.teams:
            dates = [s.date for s in plan.sessions if s.team == code]
            if not consecutive(dates, counts):
                self._say("consecutive", plan.unit, code, dates[0], "2场以上须连续开展")

    def _judge_fit(self, plan: UnitPlan, wish: Wish, sessions: list[Session]) -> None:
        """Judge that the teams can and may serve the unit."""
        rules = self.problem.round
        teams = [self.teams[code] for code in sorted({s.team for s in sessions})]
        for team in teams:
            lacking = wish.skills - team.skills if rules.skills_required else ()
            if lacking:
                words = "、".join(sorted(lacking))
                self._say("skills", plan.unit, team.team, None, f"团队不具备：{words}")
            if wish.area and team.area and wish.area != team.area:
                self._say("skills", plan.unit, team.team, None, "不在团队的服务片区")
            if rules.nearest_teams and team.team not in self._nearest(wish):
                self._say("nearest_teams", plan.unit, team.team, None, "不是就近的团队")
        allowed = 1
        if str(rules.teams_per_unit) == "parallel":
            allowed = len(plan.sessions)
            starts = {min(s.date for s in sessions if s.team == t.team) for t in teams}
            if len(starts) > 1:
                self._say("parallel", plan.unit, "", None, "多支团队应同日开始")
        if len(teams) > allowed:
            self._say("teams_per_unit", plan.unit, "", None, "一个区县由一支团队承担")

    def _nearest(self, wish: Wish) -> set[str]:
        able = [t for t in self.problem.teams if not (wish.area and t.area) or t.area == wish.area]
        ranked = sorted(able, key=lambda team: (self._home_minutes(team, wish), team.team))
        return {team.team for team in ranked[: self.problem.round.nearest_teams]}

    def judge_teams(self) -> None:
        """Judge each team's days in order: one place a day, runs, rest, travel."""
        at: dict[str, dict[date, str]] = defaultdict(dict)
        for plan in self.plans:
            for session in plan.sessions:
                other = at[session.team].setdefault(session.date, plan.unit)
                if other != plan.unit:
                    self._say(
                        "one_place", plan.unit, session.team, session.date, f"同一天还在{other}"
                    )
        for code, days in sorted(at.items()):
            if code in self.teams:
                self._judge_runs(code, sorted(days), days)
                self._judge_travel(self.teams[code], sorted(days.items()))

    def _is_held(self, unit: str) -> bool:
        return any(pin.held for pin in self._pins(unit))

    def _judge_runs(self, code: str, days: list[date], at: dict[date, str]) -> None:
        rules = self.problem.round
        run = 0
        for n, day in enumerate(days):
            run = run + 1 if n and days[n - 1] == day - ONE_DAY else 1
            pause = (day - days[n - 1]).days - 1 if n else 0
            if run > rules.longest_run_days and not self._is_held(at[day]):
                self._say("longest_run", at[day], code, day, f"连续工作{run}天")
            if run == 1 and n and 0 < pause < rules.rest_days and not self._is_held(at[day]):
                before = _run_until(days, n - 1)
                if before >= rules.rest_after_days:
                    self._say("rest", at[day], code, day, f"连续{before}天后只休息{pause}天")

    def _judge_travel(self, team: Team, days: list[tuple[date, str]]) -> None:
        """Recount drives and nights, and judge whether each drive is possible."""
        wishes = self.wishes
        stops = [(day, wishes[unit]) for day, unit in days if unit in wishes]
        for n, (day, wish) in enumerate(stops):
            before = stops[n - 1] if n else None
            after = stops[n + 1] if n + 1 < len(stops) else None
            if before is None or before[1] != wish:
                self._travel_day(team, day - ONE_DAY, wish)
            if after is None or after[1] != wish:
                self._travel_day(team, day + ONE_DAY, wish)
            if before is None:
                self.minutes += self._home_minutes(team, wish)
            else:
                self._go(team, before, (day, wish))
            if after is None:
                self.minutes += self._home_minutes(team, wish)

    def _travel_day(self, team: Team, day: date, wish: Wish) -> None:
        """Judge that the team is there to travel on the day next to a far unit's days."""
        rules = self.problem.round
        far = self._home_minutes(team, wish) > rules.idle_day_after_hours * 60
        inside = rules.window_start <= day <= rules.window_end
        if far and inside and team.is_off(day) and not self._is_held(wish.unit):
            self._say("days_off", wish.unit, team.team, day, "路途日团队不在岗")

    def _go(self, team: Team, start: tuple[date, Wish], goal: tuple[date, Wish]) -> None:
        rules = self.problem.round
        (day, here), (next_day, there) = start, goal
        limit = rules.idle_day_after_hours * 60
        pause = (next_day - day).days - 1
        stays = pause == 0 or (not rules.home_on_idle_days and pause <= rules.stay_away_days)
        home_from, home_to = self._home_minutes(team, here), self._home_minutes(team, there)
        held = self._is_held(here.unit) and self._is_held(there.unit)
        if stays and max(home_from, home_to) <= rules.commute_hours * 60:
            self.minutes += home_from + home_to
        elif stays:
            drive = self._unit_minutes(here, there)
            self.minutes += drive
            self.nights += pause + 1
            if pause == 0 and drive > limit and not held:
                words = f"从{here.name}过来约{drive / 60:.1f}小时，中间须空一天"
                self._say("long_travel", there.unit, team.team, next_day, words)
        else:
            self.minutes += home_from + home_to
            if pause < (home_from > limit) + (home_to > limit) and not held:
                words = f"从{here.name}往返驻地，路途须两天"
                self._say("long_travel", there.unit, team.team, next_day, words)

    def _home_minutes(self, team: Team, wish: Wish) -> int:
        rough = {team.group, wish.group} & self.problem.round.mountain_groups
        return self._drive((team.team, wish.unit), (team.home, wish.seat), rough=bool(rough))

    def _unit_minutes(self, here: Wish, there: Wish) -> int:
        rough = {here.group, there.group} & self.problem.round.mountain_groups
        return self._drive((here.unit, there.unit), (here.seat, there.seat), rough=bool(rough))

    def _drive(self, codes: tuple[str, str], places: tuple, *, rough: bool) -> int:  # type: ignore[type-arg]
        known = self.problem.known_minutes
        for key in (codes, codes[::-1]):
            if key in known:
                return known[key]
        rules = self.problem.round
        km = straight_km([places[0]], [places[1]])
        detour = rules.detour_mountain if rough else rules.detour_plain
        return int(road_minutes(km, km * 0 + detour, rules.speed_kmh)[0, 0])

    def amounts(self) -> dict[Term, int]:
        """Recount every term."""
        rules, wishes = self.problem.round, self.wishes
        plans = [plan for plan in self.plans if plan.unit in wishes and plan.dates]
        moves = [moved_days(wishes[plan.unit], plan.dates, self.problem) for plan in plans]
        worked = {(s.team, s.date, plan.unit) for plan in plans for s in plan.sessions}
        return {
            Term.MOVED_UNITS: sum(days > 0 for days in moves),
            Term.MOVED_DAYS: sum(moves),
            Term.TRAVEL_MINUTES: self.minutes,
            Term.SCHOOL_DAYS: sum(rules.is_school_day(day) for _, day, _ in worked),
            Term.LATE_DAYS: sum((plan.dates[0] - rules.window_start).days for plan in plans),
            Term.NIGHTS: self.nights,
            Term.UNEVEN_DAYS: self._uneven(worked),
        }

    def _uneven(self, worked: set[tuple[str, date, str]]) -> int:
        load = Counter(dict.fromkeys(self.teams, 0))
        load.update(team for team, _, _ in worked)
        areas: dict[str, list[int]] = defaultdict(list)
        for code, team in self.teams.items():
            areas[team.area].append(load[code])
        return sum(max(loads) - min(loads) for loads in areas.values())


def _run_until(days: list[date], n: int) -> int:
    run = 1
    while n and days[n - 1] == days[n] - ONE_DAY:
        run, n = run + 1, n - 1
    return run


def moved_days(wish: Wish, dates: tuple[date, ...], problem: RoundProblem) -> int:
    """Count the days a plan lies from the wish; 0 where the wish is kept or open.

    Kept is a plan inside the declared dates, or one that holds them all. Else it counts to the
    nearest first day that would have kept the wish, or, where none can, to the first declared.
    """
    declared = set(wish.dates)
    if not declared or set(dates) <= declared or declared <= set(dates):
        return 0
    rules, first, needed = problem.round, dates[0], len(dates)
    window = rules.days()
    usable = [day for day in window if rules.is_allowed(day)]
    across = rules.consecutive_in is Consecutive.ALLOWED_DAYS
    keeping = []
    for n, day in enumerate(usable[: len(usable) - needed + 1]):
        block = usable[n : n + needed]
        if (across or consecutive(block)) and (set(block) <= declared or declared <= set(block)):
            keeping.append(day)
    return max(1, min(abs((first - day).days) for day in keeping or [wish.dates[0]]))
