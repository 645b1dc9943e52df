"""Compare the pairing solver with its peers, in one run, on the same made-up units.

    .venv/bin/python benchmarks/pairing.py [--seconds 60]

Every peer gets the same arcs (all pairs within reach; a pair beyond reach is forbidden here,
because no peer could hold the complete graph), ready made, and one cost per arc that stands for
the same lexicographic order. What is timed for a peer is building its model and solving it; for
us first the flow and its duals on those arcs, then the whole of ``propose_pairings``: arcs,
rungs, flow over the complete graph, certificate, ties, reasons and the independent check. The
optimum is compared level by level. A peer that would need longer than ``--seconds`` or whose
numbers do not fit is left out of that row, and the row says so.
"""

import argparse
import random
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from casework.people import Caregiver, Category, Child, Home
from casework.programme import Programme
from geo.nearby import pairs_within
from geo.place import Place, Precision
from solver.pairing import propose_pairings
from solver.pairs.flow import NOT_PLACED, Arcs, cheapest_placing
from solver.problem import PairingProblem

SIZES = ((100, 230), (300, 700), (740, 3_000), (2_000, 4_000))
REACH_M = 8_000
UNCOVERED = "uncovered"


@dataclass(frozen=True)
class Instance:
    """A unit with points everywhere, and the arcs of everybody within reach."""

    problem: PairingProblem
    child: np.ndarray
    caregiver: np.ndarray
    rung: np.ndarray
    metres: np.ndarray
    places: np.ndarray

    @property
    def children(self) -> int:
        """How many there are."""
        return len(self.problem.children)

    def weighted(self) -> tuple[np.ndarray, int]:
        """Give one cost per arc, and that of leaving a child out: rungs before metres."""
        rung_weight = self.children * REACH_M + 1
        return self.rung * rung_weight + self.metres, 4 * self.children * rung_weight

    def levels(self, chosen: list[int]) -> tuple[int, int, int]:
        """Give children covered, rungs and metres of some arcs."""
        arcs = np.array(chosen, dtype=np.int64)
        return len(arcs), int(self.rung[arcs].sum()), int(self.metres[arcs].sum())


def make(children: int, caregivers: int, seed: int) -> Instance:
    """Make up a unit: 30 townships of a dozen villages each, on 60 km by 50 km."""
    draw = random.Random(seed)
    villages = [
        (f"T{t:02}", f"V{v:02}", 107 + draw.random() * 0.62, 29.4 + draw.random() * 0.45)
        for t in range(30)
        for v in range(12)
    ]

    def home() -> Home:
        township, village, lon, lat = draw.choice(villages)
        place = Place(lon + draw.gauss(0, 0.008), lat + draw.gauss(0, 0.008))
        return Home("U", township, village, place, Precision.EXACT)

    kids = tuple(
        Child(f"c{i:06}", home(), Category.SCATTERED_ORPHAN, True, f"h{i:06}", consent_given=True)
        for i in range(children)
    )
    mums = tuple(
        Caregiver(f"g{j:06}", home(), places=draw.choices((1, 2, 3), (80, 17, 3))[0])
        for j in range(caregivers)
    )
    programme = replace(Programme.from_toml(), beyond_reach_allowed=False)
    problem = PairingProblem(kids, mums, programme, date(2021, 9, 15), REACH_M)
    near = pairs_within(lonlat(kids), lonlat(mums), REACH_M)
    same = np.array(
        [
            (kids[i].home.township == mums[j].home.township)
            + (
                (kids[i].home.township, kids[i].home.village)
                == (mums[j].home.township, mums[j].home.village)
            )
            for i, j in zip(near.from_index.tolist(), near.to_index.tolist(), strict=True)
        ]
    )
    rung = np.choose(same, [3, 1, 0])
    places = np.array([m.places for m in mums])
    return Instance(problem, near.from_index, near.to_index, rung, near.metres, places)


def lonlat(people: tuple[Child, ...] | tuple[Caregiver, ...]) -> np.ndarray:
    return np.array([(p.home.place.lon, p.home.place.lat) for p in people])


def ours_flow(case: Instance, _seconds: float) -> list[int]:
    """Our three levels and their duals on the given arcs."""
    zeros = np.zeros(case.children, dtype=np.int64)
    arcs = Arcs(
        case.child,
        case.caregiver,
        np.stack([np.zeros_like(case.metres), case.rung, case.metres]),
        np.stack([zeros + 1, zeros, zeros]),
        case.places,
    )
    arc = cheapest_placing(arcs).arc
    return arc[arc != NOT_PLACED].tolist()


def ours_whole(case: Instance, _seconds: float) -> tuple[int, int, int]:
    """Everything an officer waits for, certificate and check included."""
    proposal = propose_pairings(case.problem)
    if not proposal.proof.certificate_verified:
        raise AssertionError("no certificate")
    goal = proposal.objective
    return goal.covered_mandatory, goal.rungs, goal.metres


def bare_flow(case: Instance, _seconds: float) -> list[int] | str:
    """OR-Tools' min-cost flow with one weighted cost."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    cost, out = case.weighted()
    n, m, arcs = case.children, len(case.places), len(cost)
    flow = SimpleMinCostFlow()
    sink = n + m
    flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([case.child, np.arange(n), n + np.arange(m)]),
        np.concatenate([n + case.caregiver, np.full(n + m, sink)]),
        np.concatenate([np.ones(arcs + n, dtype=np.int64), case.places]),
        np.concatenate([cost, np.full(n, out), np.zeros(m, dtype=np.int64)]),
    )
    flow.set_nodes_supplies(np.arange(sink + 1), np.array([1] * n + [0] * m + [-n]))
    status = flow.solve()
    if status != flow.OPTIMAL:
        return status.name
    return np.flatnonzero(flow.flows(np.arange(arcs)) > 0).tolist()


def expanded(case: Instance) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Repeat each caregiver for each place; give arcs by (child, place) and their origin."""
    first = np.concatenate([[0], np.cumsum(case.places)])
    count = case.places[case.caregiver]
    origin = np.repeat(np.arange(len(count)), count)
    offset = np.arange(len(origin)) - np.repeat(np.cumsum(count) - count, count)
    return case.child[origin], first[case.caregiver[origin]] + offset, origin, int(first[-1])


def scipy_sparse(case: Instance, _seconds: float) -> list[int] | str:
    """SciPy's sparse matching on a column for each place and one for each child left out."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    cost, out = case.weighted()
    if out * case.children > 2**53:
        return "costs beyond 2^53"
    row, column, origin, width = expanded(case)
    n = case.children
    data = np.concatenate([cost[origin] + 1, np.full(n, out + 1)]).astype(float)
    rows = np.concatenate([row, np.arange(n)])
    columns = np.concatenate([column, width + np.arange(n)])
    graph = csr_array((data, (rows, columns)), shape=(n, width + n))
    left, right = min_weight_full_bipartite_matching(graph)
    arc = {(int(a), int(b)): int(o) for a, b, o in zip(row, column, origin, strict=True)}
    return [arc[a, b] for a, b in zip(left.tolist(), right.tolist(), strict=True) if b < width]


def scipy_dense(case: Instance, _seconds: float) -> list[int] | str:
    """SciPy's dense assignment on the same columns."""
    from scipy.optimize import linear_sum_assignment

    cost, out = case.weighted()
    if out * case.children > 2**53:
        return "costs beyond 2^53"
    row, column, origin, width = expanded(case)
    n = case.children
    table = np.full((n, width + n), float(out))
    table[row, column] = cost[origin]
    which = np.full((n, width + n), -1)
    which[row, column] = origin
    left, right = linear_sum_assignment(table)
    return [int(which[a, b]) for a, b in zip(left, right, strict=True) if which[a, b] >= 0]


def networkx_flow(case: Instance, _seconds: float) -> list[int] | str:
    """Run the network simplex of networkx."""
    import networkx as nx

    if len(case.child) > 40_000:
        return "left out: too large for it here"
    cost, out = case.weighted()
    graph = nx.DiGraph()
    for i in range(case.children):
        graph.add_node(("c", i), demand=-1)
        graph.add_edge(("c", i), "sink", capacity=1, weight=out)
    graph.add_node("sink", demand=case.children)
    for j, places in enumerate(case.places.tolist()):
        graph.add_edge(("g", j), "sink", capacity=places, weight=0)
    for i, j, c in zip(case.child.tolist(), case.caregiver.tolist(), cost.tolist(), strict=True):
        graph.add_edge(("c", i), ("g", j), capacity=1, weight=c)
    _, flow = nx.network_simplex(graph)
    pairs = zip(case.child.tolist(), case.caregiver.tolist(), strict=True)
    return [a for a, (i, j) in enumerate(pairs) if flow["c", i].get(("g", j), 0)]


def pulp_dense(case: Instance, seconds: float) -> list[int] | str:
    """Give every child and caregiver a binary, as the best-known open peer models it."""
    import pulp

    n, m = case.children, len(case.places)
    if n * m > 100_000:
        return "left out: too large for it here"
    cost, out = case.weighted()
    arc = {
        (i, j): a
        for a, (i, j) in enumerate(zip(case.child.tolist(), case.caregiver.tolist(), strict=True))
    }
    model = pulp.LpProblem("pairing", pulp.LpMinimize)
    x = {(i, j): pulp.LpVariable(f"x{i}_{j}", cat="Binary") for i in range(n) for j in range(m)}
    left = [pulp.LpVariable(f"o{i}", cat="Binary") for i in range(n)]
    model += pulp.lpSum(int(cost[a]) * x[key] for key, a in arc.items()) + pulp.lpSum(
        out * o for o in left
    )
    for i in range(n):
        model += pulp.lpSum(x[i, j] for j in range(m)) + left[i] == 1
    for j in range(m):
        model += pulp.lpSum(x[i, j] for i in range(n)) <= int(case.places[j])
    for key, variable in x.items():
        if key not in arc:
            model += variable == 0
    model.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=seconds, gapRel=0))
    if pulp.LpStatus[model.status] != "Optimal":
        return f"not proven in {seconds:.0f} s"
    return [a for key, a in arc.items() if x[key].value() > 0.5]


PEERS: dict[str, Callable[[Instance, float], list[int] | str]] = {
    "our levels and duals on the arcs": ours_flow,
    "OR-Tools flow, weighted": bare_flow,
    "scipy sparse matching": scipy_sparse,
    "scipy dense assignment": scipy_dense,
    "networkx network simplex": networkx_flow,
    "PuLP/CBC, dense model": pulp_dense,
}


def race(case: Instance, seconds: float) -> Iterator[str]:
    """Run everybody on one instance."""
    expected: tuple[int, int, int] | None = None
    base = 0.0
    for name, peer in PEERS.items():
        runs = []
        for _ in range(1 if peer in (networkx_flow, pulp_dense) else 3):
            start = time.perf_counter()
            answer = peer(case, seconds)
            runs.append(time.perf_counter() - start)
        took = min(runs)
        if isinstance(answer, str):
            yield f"  {name:36} {answer}"
            continue
        levels = case.levels(answer)
        expected = expected or levels
        base = base or took
        same = "same optimum" if levels == expected else f"DIFFERS: {levels} not {expected}"
        yield f"  {name:36} {took * 1000:10.1f} ms  x {took / base:8.1f}  {same}"
    start = time.perf_counter()
    levels = ours_whole(case, seconds)
    took = time.perf_counter() - start
    same = "same optimum" if levels == expected else f"DIFFERS: {levels} not {expected}"
    name = "propose_pairings, all of it"
    yield f"  {name:36} {took * 1000:10.1f} ms  x {took / base:8.1f}  {same}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    propose_pairings(make(5, 5, 0).problem)  # imports are no part of the race
    for children, caregivers in SIZES:
        case = make(children, caregivers, options.seed)
        print(f"{children} children x {caregivers} caregivers, {len(case.child):,} arcs")
        for line in race(case, options.seconds):
            print(line, flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of the whole run: {peak:,.0f} MB")


if __name__ == "__main__":
    main()
