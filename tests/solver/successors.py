"""A round a third time: who follows whom in each team, as a mixed-integer model (PuLP, HiGHS).

Each unit has a block of days and a team; each team is a chain of units from home to home, and
a link of the chain says whether it is overnight or over a pause at home. It knows what
``time_space`` knows, and shares only the rules on dates and drives with it.
"""

from itertools import pairwise, product

import pulp

from casework.round_rules import Consecutive, Term
from solver.round_check import moved_days
from tests.solver.time_space import blocks, drive

HOME = -1


def inner(block):
    """Give the lengths of a block's runs of following days, and of the pauses between."""
    runs, pauses = [1], []
    for before, day in pairwise(block):
        if day == before + 1:
            runs[-1] += 1
        else:
            runs.append(1)
            pauses.append(day - before - 1)
    return runs, pauses


class Chains:
    """The model of one round."""

    def __init__(self, problem):
        self.problem, self.rules = problem, problem.round
        self.model = pulp.LpProblem("round", pulp.LpMinimize)
        self.days, self.amount = problem.round.days(), {term: [] for term in Term}
        self.names = 0
        self.ways = [list(self.ways_of(u)) for u in range(len(problem.wishes))]
        self.left = []
        for u, wish in enumerate(problem.wishes):
            out = self.binary()
            self.model += pulp.lpSum(x for *_, x in self.ways[u]) + out == 1
            self.left.append(wish.sessions * out)
        for t in range(len(problem.teams)):
            self.chain(t)
        self.even()

    def binary(self):
        self.names += 1
        return self.model.add_variable(f"b{self.names}", cat="Binary")

    def minutes(self, t, u):
        team, wish = self.problem.teams[t], self.problem.wishes[u]
        return drive(self.problem, (team.home, team.group), (wish.seat, wish.group))

    def is_far(self, t, u):
        return self.minutes(t, u) > self.rules.idle_day_after_hours * 60

    def ways_of(self, u):
        """Give each (team, block) a unit may have by itself, and weigh it."""
        wish, rules = self.problem.wishes[u], self.rules
        for block, t in product(list(blocks(self.problem, wish)), range(len(self.problem.teams))):
            runs, pauses = inner(block)
            around = (
                {d + n for d in block for n in (-1, 0, 1)} if self.is_far(t, u) else set(block)
            )
            inside = [self.days[d] for d in around if 0 <= d < len(self.days)]
            tired = any(
                run >= rules.rest_after_days and pause < rules.rest_days
                for run, pause in zip(runs, pauses, strict=False)
            )
            cramped = self.is_far(t, u) and 1 in pauses
            away = any(self.problem.teams[t].is_off(day) for day in inside)
            if tired or cramped or away or max(runs) > rules.longest_run_days:
                continue
            taken = self.binary()
            self.weigh(wish, t, u, block, taken)
            yield t, block, taken

    def weigh(self, wish, t, u, block, taken):
        dates, leg = tuple(self.days[d] for d in block), self.minutes(t, u)
        moved = moved_days(wish, dates, self.problem)
        runs, pauses = inner(block)
        nights = len(block) - len(runs)
        at_home = leg <= self.rules.commute_hours * 60
        for term, count in (
            (Term.MOVED_UNITS, int(moved > 0)),
            (Term.MOVED_DAYS, moved),
            (Term.LATE_DAYS, block[0]),
            (Term.SCHOOL_DAYS, sum(map(self.rules.is_school_day, dates))),
            (Term.NIGHTS, 0 if at_home else nights),
            (Term.TRAVEL_MINUTES, 2 * leg * (len(pauses) + (nights if at_home else 0) + 1)),
        ):
            self.amount[term].append(count * taken)

    def chain(self, t):
        """Let pairs that follow each other pay for it, and forbid those that cannot."""
        mine = [
            (u, block, x)
            for u, ways in enumerate(self.ways)
            for team, block, x in ways
            if team == t
        ]
        for d in range(len(self.days)):
            self.model += pulp.lpSum(x for _, b, x in mine if b[0] <= d <= b[-1]) <= 1
        for (u, a, x), (v, b, y) in product(mine, mine):
            if u != v and b[0] > a[-1]:
                between = [z for _, c, z in mine if c[0] == c[-1] == a[-1] + 1]
                self.follow(t, (u, a, x), (v, b, y), pulp.lpSum(between))
        self.runs([(block, x) for _, block, x in mine])

    def follow(self, t, first, second, between):
        """Weigh a pair that may follow each other, unless somebody is served in between."""
        (u, a, x), (v, b, y) = first, second
        pause = b[0] - a[-1] - 1
        here, there = self.problem.wishes[u], self.problem.wishes[v]
        legs = self.minutes(t, u), self.minutes(t, v)
        if pause == 0:
            road = drive(self.problem, (here.seat, here.group), (there.seat, there.group))
            if max(legs) > self.rules.commute_hours * 60:
                if road > self.rules.idle_day_after_hours * 60:
                    self.model += x + y <= 1
                    return
                both = self.binary()
                self.model += both <= x
                self.model += both <= y
                self.model += both >= x + y - 1
                self.amount[Term.TRAVEL_MINUTES].append((road - sum(legs)) * both)
                self.amount[Term.NIGHTS].append(both)
        elif pause == 1 and self.is_far(t, u) and self.is_far(t, v):
            self.model += x + y - between <= 1

    def runs(self, mine):
        """Keep runs short and rests long, over every stretch of days."""
        rules, size = self.rules, len(self.days)
        work = [pulp.lpSum(x for block, x in mine if d in block) for d in range(size)]
        for d in range(size - rules.longest_run_days):
            self.model += pulp.lpSum(work[d : d + rules.longest_run_days + 1]) <= (
                rules.longest_run_days
            )
        after = rules.rest_after_days
        for d, pause in product(range(size), range(1, rules.rest_days)):
            if d + after + pause < size:
                rest = pulp.lpSum(work[d + after : d + after + pause])
                run = pulp.lpSum(work[d : d + after])
                self.model += run - rest + work[d + after + pause] <= after

    def even(self):
        top, low = self.model.add_variable("top", 0), self.model.add_variable("low", 0)
        for t in range(len(self.problem.teams)):
            load = pulp.lpSum(
                len(block) * x for ways in self.ways for team, block, x in ways if team == t
            )
            self.model += load <= top
            self.model += load >= low
        self.amount[Term.UNEVEN_DAYS].append(top - low)


def best_by_successors(problem):
    """Give the least score, level by level, sessions left over first."""
    assert problem.round.consecutive_in in Consecutive
    chains = Chains(problem)
    costs = [chains.left] + [
        [problem.round.weights[term] * x for term in level for x in chains.amount[term]]
        for level in problem.round.levels
    ]
    best = []
    for cost in costs:
        chains.model.setObjective(pulp.lpSum(cost))
        chains.model.solve(pulp.HiGHS(msg=False, gapRel=0))
        assert pulp.LpStatus[chains.model.status] == "Optimal"
        best.append(round(pulp.value(chains.model.objective) or 0))
        chains.model += pulp.lpSum(cost) <= best[-1] + 0.5
    return tuple(best)
