"""A round once more, day by day: teams walk through a network of days and places (CP-SAT).

Written from the rule book on dates, without a line of the solver's: no stints, no trips, no
columns. It knows one team a unit, one session a day, and teams that go home on idle days.
"""

from itertools import product

from ortools.sat.python import cp_model

from casework.round_rules import Consecutive, Term
from geo.road import road_minutes, straight_km
from solver.round_check import moved_days


def drive(problem, here, there):
    """Give the minutes between two (place, terrain group)."""
    rules = problem.round
    rough = {here[1], there[1]} & rules.mountain_groups
    km = straight_km([here[0]], [there[0]])
    detour = rules.detour_mountain if rough else rules.detour_plain
    return int(road_minutes(km, km * 0 + detour, rules.speed_kmh)[0, 0])


def blocks(problem, wish):
    """Give every run of allowed days that a unit's sessions may stand on, as day numbers."""
    rules = problem.round
    days = rules.days()
    allowed = [d for d, day in enumerate(days) if rules.is_allowed(day)]
    across = rules.consecutive_in is Consecutive.ALLOWED_DAYS
    for n in range(len(allowed) - wish.sessions + 1):
        block = tuple(allowed[n : n + wish.sessions])
        open_ = not any(c.closes(wish.unit, days[d]) for c in problem.closures for d in block)
        if open_ and (across or block[-1] - block[0] == wish.sessions - 1):
            yield block


class Network:
    """The model of one round while it is being written."""

    def __init__(self, problem):
        self.problem, self.model = problem, cp_model.CpModel()
        self.days = problem.round.days()
        self.teams, self.units = range(len(problem.teams)), range(len(problem.wishes))
        self.amount = {term: [] for term in Term}
        self.home = [
            [drive(problem, (t.home, t.group), (w.seat, w.group)) for w in problem.wishes]
            for t in problem.teams
        ]
        self.between = [
            [drive(problem, (a.seat, a.group), (b.seat, b.group)) for b in problem.wishes]
            for a in problem.wishes
        ]
        self.place_units()
        for t in self.teams:
            self.walk(t)
            self.rest(t)
        self.even()

    def place_units(self):
        """Choose for each unit a block and a team, or neither."""
        self.at = {key: [] for key in product(self.teams, range(len(self.days)), self.units)}
        self.load, self.left = [[] for _ in self.teams], []
        for u, wish in enumerate(self.problem.wishes):
            ways = []
            for block, t in product(list(blocks(self.problem, wish)), self.teams):
                if self.is_off(t, u, block):
                    continue
                taken = self.model.new_bool_var("")
                ways.append(taken)
                self.weigh_dates(wish, block, taken)
                self.load[t].append(len(block) * taken)
                for d in block:
                    self.at[t, d, u].append(taken)
            out = self.model.new_bool_var("")
            self.model.add_exactly_one([*ways, out])
            self.left.append(wish.sessions * out)
        self.at = {key: self.one_of(taken) for key, taken in self.at.items()}

    def is_off(self, t, u, block):
        """Tell whether the team is away on a day of the block, or on the road days around it."""
        far = self.home[t][u] > self.problem.round.idle_day_after_hours * 60
        needed = set(block)
        if far:
            needed |= {d + n for d in block for n in (-1, 1)} & set(range(len(self.days)))
        return any(self.problem.teams[t].is_off(self.days[d]) for d in needed)

    def weigh_dates(self, wish, block, taken):
        rules, dates = self.problem.round, tuple(self.days[d] for d in block)
        moved = moved_days(wish, dates, self.problem)
        for term, count in (
            (Term.MOVED_UNITS, int(moved > 0)),
            (Term.MOVED_DAYS, moved),
            (Term.LATE_DAYS, block[0]),
            (Term.SCHOOL_DAYS, sum(rules.is_school_day(day) for day in dates)),
        ):
            self.amount[term].append(count * taken)

    def one_of(self, taken):
        """Give a variable that is true where one of these is; at most one can be."""
        var = self.model.new_bool_var("")
        self.model.add(sum(taken) == var)
        return var

    def both(self, *literals):
        var = self.model.new_bool_var("")
        self.model.add_bool_and(literals).only_enforce_if(var)
        self.model.add_bool_or([var, *(~literal for literal in literals)])
        return var

    def walk(self, t):
        """Move one team from day to day: out, on, and home; forbid what cannot be driven."""
        rules, size = self.problem.round, len(self.days)
        limit, near = rules.idle_day_after_hours * 60, rules.commute_hours * 60
        idle = [self.model.new_bool_var("") for _ in range(size)]
        for d in range(size):
            self.model.add_exactly_one([idle[d], *(self.at[t, d, u] for u in self.units)])
        for d, u in product(range(size), self.units):
            here, leg = self.at[t, d, u], self.home[t][u]
            from_home = self.both(here, idle[d - 1]) if d else here
            to_home = self.both(here, idle[d + 1]) if d + 1 < size else here
            self.amount[Term.TRAVEL_MINUTES] += [leg * from_home, leg * to_home]
            for v in self.units if d + 1 < size else ():
                on, other = self.both(here, self.at[t, d + 1, v]), self.home[t][v]
                if max(leg, other) <= near:
                    self.amount[Term.TRAVEL_MINUTES].append((leg + other) * on)
                    continue
                self.amount[Term.TRAVEL_MINUTES].append(self.between[u][v] * on)
                self.amount[Term.NIGHTS].append(on)
                if self.between[u][v] > limit:
                    self.model.add(on == 0)
            for v in self.units if d + 2 < size else ():
                if leg > limit and self.home[t][v] > limit:
                    self.model.add_bool_or([~here, ~idle[d + 1], ~self.at[t, d + 2, v]])
        self.idle = idle

    def rest(self, t):
        """Keep runs short, and the rest after a long one long."""
        rules, size = self.problem.round, len(self.days)
        for d in range(size - rules.longest_run_days):
            self.model.add_bool_or(self.idle[d : d + rules.longest_run_days + 1])
        for d, pause in product(range(size), range(1, rules.rest_days)):
            run = self.idle[d : d + rules.rest_after_days]
            again = d + rules.rest_after_days + pause
            if again < size:
                off = self.idle[d + rules.rest_after_days : again]
                self.model.add_bool_or([*run, *(~day for day in off), self.idle[again]])

    def even(self):
        most = sum(wish.sessions for wish in self.problem.wishes)
        top, low = self.model.new_int_var(0, most, ""), self.model.new_int_var(0, most, "")
        for load in self.load:
            self.model.add(sum(load) <= top)
            self.model.add(sum(load) >= low)
        self.amount[Term.UNEVEN_DAYS].append(top - low)


def best_by_network(problem):
    """Give the least score, level by level, sessions left over first."""
    network = Network(problem)
    costs = [network.left] + [
        [problem.round.weights[term] * x for term in level for x in network.amount[term]]
        for level in problem.round.levels
    ]
    best = []
    for cost in costs:
        network.model.minimize(sum(cost))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        assert solver.solve(network.model) == cp_model.OPTIMAL
        best.append(round(solver.objective_value))
        network.model.add(sum(cost) <= best[-1])
    return tuple(best)
