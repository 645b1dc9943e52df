"""The peers of the timetable: an officer's greedy, and two CP-SAT models, same rules and weights.

All take the stints that the round allows from ``solver.rounds.board`` and are judged by
``solver.round_check``; the models say themselves what ties stints together.
"""

from collections import defaultdict

import numpy as np
from ortools.sat.python import cp_model

from casework.round_rules import Term
from solver.round_check import judge
from solver.rounds.answer import plans_of
from solver.rounds.board import board_of
from solver.rounds.costs import trip_costs
from solver.rounds.stint_rows import cover_rows, day_rows, left_cells, link_rows, seldom_rows


def value(problem, plans):
    """Give the sessions left over and the levels' values of a plan, smaller is better."""
    placed = {plan.unit for plan in plans}
    left = sum(wish.sessions for wish in problem.wishes if wish.unit not in placed)
    amounts = judge(problem, plans).amounts
    levels = [
        sum(problem.round.weights[term] * amounts[term] for term in level)
        for level in problem.round.levels
    ]
    return (left, *levels)


def greedy(problem):
    """Give the plans of ``greedy_stints``."""
    return plans_of(problem, tuple(greedy_stints(problem)))


def greedy_stints(problem):
    """Place the largest units first, each on the free days nearest to its wish."""
    board = board_of(problem)
    busy, chosen = defaultdict(set), []
    sizes = board.days.min(axis=(1, 2))
    for i in sorted(range(board.size[0]), key=lambda i: (-int(sizes[i]), i)):
        team, start = np.nonzero(board.possible[i])
        home = board.travel.home_minutes[team, i]
        order = np.lexsort((start, home, board.moved_days[i, team, start]))
        for n in order:
            stint = (i, int(team[n]), int(start[n]))
            days = set(board.worked(*stint).tolist())
            around = range(min(days) - 1, max(days) + 2)
            if busy[stint[1]] & set(around):
                continue
            if not judge(problem, plans_of(problem, (*chosen, stint))).violations:
                chosen.append(stint)
                busy[stint[1]] |= days
                break
    return sorted(chosen)


def _solver(seconds):
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = seconds
    return solver


def _levels(problem):
    """Give each level's weights."""
    return [
        {term: problem.round.weights[term] for term in terms} for terms in problem.round.levels
    ]


def _in_order(model, costs, seconds):
    """Minimise one level after the other, each in its share of the time."""
    solved, proven = None, True
    for cost in costs:
        model.minimize(sum(cost))
        solver = _solver(seconds / len(costs))
        status = solver.solve(model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return solved, False
        proven &= status == cp_model.OPTIMAL
        solved = solver
        model.add(sum(cost) <= round(solver.objective_value))
    return solved, proven


def cpsat_circuits(problem, seconds):
    """CP-SAT with a circuit for each team over units, first days as integers.

    Returns the plans and whether they are proven; None when nothing was found in time.
    """
    board, levels = board_of(problem), _levels(problem)
    model = cp_model.CpModel()
    parts, teams, days = board.size
    on = [[model.new_bool_var("") for _ in range(teams)] for _ in range(parts)]
    start = [model.new_int_var(0, days - 1, "") for _ in range(parts)]
    end = [model.new_int_var(0, days - 1, "") for _ in range(parts)]
    run = [model.new_int_var(1, problem.round.longest_run_days, "") for _ in range(parts)]
    weighed = [trip_costs(board, weights) for weights in levels]
    costs = [[] for _ in levels]
    for i in range(parts):
        model.add_exactly_one(on[i])
        at = np.argwhere(board.possible[i]).tolist()
        which = model.new_int_var(0, teams - 1, "")
        amounts = [
            model.new_int_var(0, int(max(w.stint[i, j, s] for j, s in at)), "") for w in weighed
        ]
        rows = [
            (j, s, int(board.last[i, j, s]), *(int(w.stint[i, j, s]) for w in weighed))
            for j, s in at
        ]
        model.add_allowed_assignments([which, start[i], end[i], *amounts], rows)
        for j in range(teams):
            model.add(which == j).only_enforce_if(on[i][j])
        for cost, amount in zip(costs, amounts, strict=True):
            cost.append(amount)
    for j in range(teams):
        _circuit(model, board, j, (on, start, end, run), (weighed, costs))
    _even(model, board, on, levels, costs)
    solver, proven = _in_order(model, costs, seconds)
    if solver is None:
        return None
    stints = tuple(
        (i, next(j for j in range(teams) if solver.value(on[i][j])), solver.value(start[i]))
        for i in range(parts)
    )
    return plans_of(problem, stints), proven


def _even(model, board, on, levels, costs):
    """Add the days between the busiest and the idlest team."""
    parts, teams, _ = board.size
    most = int(board.days.max(axis=(1, 2)).sum())
    top, low = model.new_int_var(0, most, ""), model.new_int_var(0, most, "")
    for j in range(teams):
        load = sum(int(board.days[i, j, 0]) * on[i][j] for i in range(parts))
        model.add(load <= top)
        model.add(load >= low)
    for weights, cost in zip(levels, costs, strict=True):
        cost.append(weights.get(Term.UNEVEN_DAYS, 0) * (top - low))


def _circuit(model, board, j, variables, weighing):
    """Tie one team's units into a circuit through its home, and add what the drives cost."""
    on, start, end, run = variables
    travel, parts = board.travel, board.size[0]
    idle = model.new_bool_var("")
    arcs = [(0, 0, idle)]

    def pay(literal, amount):
        for weighed, cost in zip(*weighing, strict=True):
            cost.append(int(amount(weighed)) * literal)

    for u in range(parts):
        out, back = model.new_bool_var(""), model.new_bool_var("")
        arcs += [(0, u + 1, out), (u + 1, 0, back), (u + 1, u + 1, ~on[u][j])]
        pay(out, lambda w, u=u: w.home[j, u])
        pay(back, lambda w, u=u: w.home[j, u])
        model.add_implication(idle, ~on[u][j])
        for v in (v for v in range(parts) if v != u):
            via = model.new_bool_var("")
            pause = max(1, int(travel.far[j, u]) + int(travel.far[j, v]))
            model.add(start[v] >= end[u] + 1 + pause).only_enforce_if(via)
            pay(via, lambda w, u=u, v=v: w.home[j, u] + w.home[j, v])
            arcs.append((u + 1, v + 1, via))
            if not travel.not_overnight(j)[u, v]:
                direct = model.new_bool_var("")
                model.add(start[v] == end[u] + 1).only_enforce_if(direct)
                length = int(board.days[v, j, 0])
                model.add(run[v] >= run[u] + length).only_enforce_if(direct)
                pay(direct, lambda w, u=u, v=v: w.link[0][j, u, v])
                arcs.append((u + 1, v + 1, direct))
        length = min(int(board.days[u, j, 0]), int(board.problem.round.longest_run_days))
        model.add(run[u] >= length).only_enforce_if(on[u][j])
    model.add_circuit(arcs)


def cpsat_columns(problem, seconds):
    """CP-SAT over stints, with the drive between directly following stints as extra terms."""
    board, levels = board_of(problem), _levels(problem)
    model = cp_model.CpModel()
    taken = {int(c): model.new_bool_var("") for c in np.flatnonzero(board.possible)}
    left = {int(c): model.new_constant(0) for c in left_cells(board)}
    for rows in (cover_rows, day_rows, link_rows, seldom_rows):
        block = rows(board, board.possible)
        members = defaultdict(list)
        for row, cell, amount in zip(block.row, block.cell, block.amount, strict=True):
            var = taken.get(int(cell), left.get(int(cell)))
            members[int(row)].append(int(amount) * var)
        for row, terms in members.items():
            model.add(sum(terms) <= int(block.high[row]))
            if np.isfinite(block.low[row]):
                model.add(sum(terms) >= int(block.low[row]))
    solver, proven = _in_order(model, _column_costs(model, board, taken, levels), seconds)
    if solver is None:
        return None
    chosen = [cell for cell, var in taken.items() if solver.value(var)]
    at = np.unravel_index(np.array(chosen), board.size)
    stints = tuple(sorted((int(i), int(j), int(s)) for i, j, s in zip(*at, strict=True)))
    return plans_of(problem, stints), proven


def _column_costs(model, board, taken, levels):
    """Let each stint pay both ways home, and a pair that follows directly the difference."""
    parts, teams, _ = board.size
    weighed = [trip_costs(board, weights) for weights in levels]
    costs = [[] for _ in levels]
    cells, first, last = defaultdict(list), defaultdict(list), defaultdict(list)
    for cell, var in taken.items():
        i, j, s = (int(n) for n in np.unravel_index(cell, board.size))
        for w, cost in zip(weighed, costs, strict=True):
            cost.append(int(w.stint[i, j, s] + 2 * w.home[j, i]) * var)
        cells[i, j].append(var)
        first[j, s].append((i, var))
        last[j, int(board.last[i, j, s])].append((i, var))
    routed = [w for w in weighed if w.home.any()]
    for (j, day), enders in last.items() if routed else ():
        for u, ending in enders:
            for v, starting in first[j, day + 1]:
                if u == v or board.travel.not_overnight(j)[u, v]:
                    continue
                both = model.new_bool_var("")
                model.add_bool_or([~ending, ~starting, both])
                model.add_implication(both, ending)
                model.add_implication(both, starting)
                for w, cost in zip(weighed, costs, strict=True):
                    cost.append(int(w.link[0][j, u, v] - w.home[j, u] - w.home[j, v]) * both)
    on = [[sum(cells[i, j]) for j in range(teams)] for i in range(parts)]
    _even(model, board, on, levels, costs)
    return costs


def _plans_of_model(model):
    """Give a CP-SAT peer the form that the race wants: plans, or why there are none."""

    def run_model(problem, seconds):
        found = model(problem, seconds)
        return "nothing found in the time" if found is None else found[0]

    return run_model


def _timefold(problem, seconds):
    """Run Timefold where it is installed: it is no part of the product or its tests."""
    try:
        from timetable_timefold import timefold
    except ImportError as error:
        return f"not installed (requirements/bench.lock, Java 17): {error}"
    return timefold(problem, seconds)


PEERS = {
    "the officer's greedy": lambda problem, _seconds: greedy(problem),
    "CP-SAT with circuits": _plans_of_model(cpsat_circuits),
    "CP-SAT with columns": _plans_of_model(cpsat_columns),
    "Timefold": _timefold,
}
