"""Measure pairing in use: explanations, ranking, the curve of changes, and the checker.

    .venv/bin/python benchmarks/use.py [--children 12000] [--mutations 1000]

One run, made-up data, one thread. A warm unit is one whose proposal is made and laid out; every
question after that goes through the Python door. Each line says what was to be reached.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from casework.people import CaregiverStatus
from casework.proposals import CurrentPair, ProofStatus
from solver.check_optimal import check_optimal
from solver.pairing import propose_pairings, propose_with_certificate
from solver.pairs.explain import explain_all
from solver.pairs.ranking import ranked_caregivers
from solver.pairs.warm import WarmUnit
from solver.problem import PairingProblem
from solver.stability import curve, propose_with_few_changes
from tests.enumeration import small_unit
from tests.mutations import Breaks, mutations

UNITS = 41
UNIT_CHILDREN = 740


def main() -> None:
    """Run every measurement and print the table."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--children", type=int, default=12_000)
    asked.add_argument("--mutations", type=int, default=1_000)
    given = asked.parse_args()
    print(f"{'work':<58}{'to reach':>16}{'measured':>14}  notes", flush=True)
    explain_city(given.children)
    rank_unit()
    change_unit()
    reject(given.mutations)


def line(work: str, wanted: str, measured: str, notes: str) -> None:
    """Print one line of the table."""
    print(f"{work:<58}{wanted:>16}{measured:>14}  {notes}", flush=True)


def explain_city(children: int) -> None:
    """Explain every child left over in every unit of a city."""
    size = children // UNITS
    units = [
        small_unit(random.Random(n), children=size, caregivers=round(size * 0.9))
        for n in range(UNITS)
    ]
    proposals = [propose_pairings(unit) for unit in units]

    def explain() -> list[int]:
        found = [explain_all(u, p) for u, p in zip(units, proposals, strict=True)]
        return [len(why.remedies) for unit in found for why in unit]

    seconds, remedies = timed(explain)
    notes = f"{len(remedies)} children left over, {sum(remedies)} remedies, {seconds[1]:.1f} s CPU"
    line(f"explain all left over of {size * UNITS}", "<= 5 s", f"{seconds[0]:.2f} s", notes)


def rank_unit() -> None:
    """Rank caregivers for one child after the other in a warm unit."""
    unit = small_unit(random.Random(1), children=UNIT_CHILDREN, caregivers=900)
    warm = WarmUnit(unit, propose_pairings(unit))
    draw = random.Random(2)
    names = draw.sample(sorted(warm.group_of), 500)
    took = []
    for name in names:
        begun = time.perf_counter()
        ranked_caregivers(warm, name, 10)
        took.append(1_000 * (time.perf_counter() - begun))
    took.sort()
    proven = "exact" if warm.is_exact else "not proven"
    notes = f"median {took[250]:.1f} ms, worst {took[-1]:.1f} ms, {proven}"
    line(
        "rank for one child, warm unit of 740, p99 of 500",
        "<= 20 ms",
        f"{took[494]:.1f} ms",
        notes,
    )


def election(unit: PairingProblem, share: float) -> PairingProblem:
    """Pair a unit, and let a share of its caregivers leave."""
    draw = random.Random(3)
    pairs = propose_pairings(unit).pairs
    return replace(
        unit,
        current=tuple(CurrentPair(pair.child, pair.caregiver) for pair in pairs),
        caregivers=tuple(
            replace(c, status=CaregiverStatus.ELECTION_OUT) if draw.random() < share else c
            for c in unit.caregivers
        ),
    )


def change_unit() -> None:
    """Draw the curve of an election month, and repair it with the fewest changes."""
    unit = small_unit(random.Random(1), children=UNIT_CHILDREN, caregivers=900)
    after = election(unit, 0.4)
    seconds, drawn = timed(lambda: curve(after))
    exact = sum(point.status is ProofStatus.OPTIMAL for point in drawn.points)
    notes = f"{len(drawn.points)} points, {exact} proven, {seconds[1]:.1f} s CPU"
    line("curve of changes, unit of 740, 40 % left", "<= 5 s", f"{seconds[0]:.2f} s", notes)
    for most in (0, 10):
        seconds, found = timed(lambda most=most: propose_with_few_changes(after, most))
        told = found.objective
        covered = told.covered_mandatory + told.covered_optional
        notes = (
            f"{covered} covered, {len(found.ended) - told.broken} forced, {told.broken} given up, "
            f"{found.proof.status}"
        )
        line(f"election month repaired with {most} changes", "", f"{seconds[0]:.2f} s", notes)


def reject(wanted: int) -> None:
    """Check mutations of three kinds, as many of each."""
    rejected, checked = Counter[Breaks](), Counter[Breaks]()
    seed = 0
    while sum(checked.values()) < wanted:
        draw = random.Random(seed)
        unit = small_unit(draw, children=40, caregivers=36)
        proposal, certificate = propose_with_certificate(unit)
        seed += 1
        if certificate is None or check_optimal(unit, proposal, certificate):
            continue
        for breaks, other in islice(mutations(unit, proposal, certificate, draw), 200):
            if checked[breaks] * len(Breaks) < wanted and sum(checked.values()) < wanted:
                checked[breaks] += 1
                rejected[breaks] += bool(check_optimal(unit, other, certificate))
    notes = ", ".join(f"{kind} {rejected[kind]}/{checked[kind]}" for kind in Breaks)
    total = f"{sum(rejected.values())}/{sum(checked.values())}"
    line("mutations rejected by the checker", f"{wanted}/{wanted}", total, notes)


def timed(work: Callable[[], object]) -> tuple[tuple[float, float], object]:
    """Run a piece of work; give seconds by the wall and of this process, and what came out."""
    wall, own = time.perf_counter(), time.process_time()
    found = work()
    return (time.perf_counter() - wall, time.process_time() - own), found


if __name__ == "__main__":
    main()
