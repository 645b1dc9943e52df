"""Measure the timetable of a counselling round: one run, one core, warm; published instances.

    .venv/bin/python benchmarks/timetable.py [--rows city,kept,…] [--seeds 20] [--seconds 20]

Rows: cold, city, kept, tight, large, nation, replan, conflict, same, peers (all but `nation`
use one core). Instances are made by ``timetable_instances`` from the numbers printed. Every
timetable is judged by ``solver.round_check``, which shares no code with the models. Wall
seconds stand beside CPU seconds: on a shared machine only the latter are worth comparing.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from random import Random

from timetable_instances import (
    CITY_SEEDS,
    LARGE,
    TIGHT,
    City,
    able_to_keep,
    cities,
    city,
    closed,
    country,
    crowded,
    nation,
    skilled,
)
from timetable_peers import PEERS, value

from casework.rounds import Timetable
from solver.round_check import judge
from solver.rounds.conflicts import find_conflict
from solver.rounds.replan import changed_units, fewest_changes, first_answer, problem_after
from solver.rounds.requirements import requirements_of
from solver.timetable import plan_round
from solver.timetable_problem import RoundLimits, RoundProblem

HERE = os.path.dirname(os.path.abspath(__file__))


@dataclass
class Clock:
    """Wall and CPU seconds of something."""

    wall: float = 0.0
    cpu: float = 0.0

    def __str__(self) -> str:
        """Write both."""
        return f"{self.wall:7.2f} s wall {self.cpu:7.2f} s cpu"


@contextmanager
def clocked() -> Iterator[Clock]:
    """Time a block, its child processes too."""
    clock, wall, before = Clock(), time.perf_counter(), os.times()
    yield clock
    after = os.times()
    clock.wall = time.perf_counter() - wall
    clock.cpu = sum(after[:4]) - sum(before[:4])


def solved(problem: RoundProblem, limits: RoundLimits | None = None) -> tuple[Timetable, Clock]:
    """Plan a round against the clock, and let the judge look at it once more."""
    with clocked() as clock:
        timetable = plan_round(problem, limits)
    assert timetable.violations == judge(problem, timetable.units).violations
    return timetable, clock


def described(timetable: Timetable) -> str:
    """Say what was reached and proven."""
    left = sum(unit.sessions for unit in timetable.unplaced)
    levels = " ".join(f"{level.value}" for level in timetable.objective)
    gap = "" if timetable.proof.gap in (None, 0.0) else f" gap {timetable.proof.gap:.4%}"
    return (
        f"{timetable.proof.status}{gap}, {len(timetable.violations)} violations,"
        f" {left} sessions left over; levels {levels}"
    )


def row_cold(_: argparse.Namespace) -> None:
    """Start from nothing: a fresh process that plans one city round."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from timetable_instances import City, city\n"
        "from solver.timetable import plan_round\n"
        "plan_round(city(City(1, 80, 4)))"
    )
    with clocked() as clock:
        subprocess.run([sys.executable, "-c", code, HERE], check=True, stdout=subprocess.DEVNULL)
    print(f"a fresh process, imports and 41/80/4: {clock}")


def row_city(options: argparse.Namespace) -> None:
    """Prove city rounds optimal: 20 seeds, both orders, both readings."""
    walls, cpus, proven, broken = [], [], 0, 0
    for made in cities(options.seeds):
        timetable, clock = solved(city(made))
        walls.append(clock.wall)
        cpus.append(clock.cpu)
        proven += timetable.proof.status == "optimal"
        broken += len(timetable.violations)
        print(f"  {made!s:52} {clock}  {described(timetable)}", flush=True)
    for name, seconds in (("wall", walls), ("cpu", cpus)):
        seconds.sort()
        late = seconds[min(len(seconds) - 1, int(0.95 * len(seconds)))]
        print(
            f"{len(seconds)} rounds, {name}: median {statistics.median(seconds):.2f} s,"
            f" 95 % {late:.2f} s, longest {seconds[-1]:.2f} s"
        )
    print(f"proven optimal {proven} of {len(walls)}; violations {broken}")


def row_kept(options: argparse.Namespace) -> None:
    """Count declared dates kept among those a unit alone could keep."""
    kept, could = 0, 0
    for made in cities(options.seeds):
        if made.order != "default":
            continue
        problem = city(made).in_order()
        able = able_to_keep(problem)
        timetable, _ = solved(problem)
        here = sum(plan.kept for plan in timetable.units if plan.unit in able)
        level = next(x for x in timetable.objective if x.name == "moved_units")
        kept, could = kept + here, could + len(able)
        proof = "no plan keeps more" if level.is_proven else "not proven"
        print(f"  {made!s:52} kept {here} of {len(able)} ({here / len(able):.1%}), {proof}")
    print(f"kept {kept} of {could} ({kept / could:.1%})")


def row_tight(_: argparse.Namespace) -> None:
    """Show the cells that are too full: the best partial plan, and why no whole one."""
    for seed in range(2):
        for sessions, teams in TIGHT:
            made = City(seed, sessions, teams)
            problem = city(made, sessions_per_day=1, parallel_days=5)
            timetable, clock = solved(problem)
            print(f"  {made!s:52} {clock}  {described(timetable)}", flush=True)
            for left in timetable.unplaced[:3]:
                print(f"      {left.name}: {left.reason_zh}")


def row_large(_: argparse.Namespace) -> None:
    """400 units, 1,500 sessions, 60 teams: the gap."""
    units, sessions, teams, seed = LARGE
    timetable, clock = solved(country(units, sessions, teams, seed))
    print(f"  {units}/{sessions}/{teams}: {clock}  {described(timetable)}")


def row_nation(options: argparse.Namespace) -> None:
    """31 provinces, 2,844 units, 10,000 sessions, on two processes."""
    problem = nation(options.provinces)
    sessions = sum(wish.sessions for wish in problem.wishes)
    timetable, clock = solved(problem, RoundLimits(workers=2))
    size = f"{options.provinces} provinces, {len(problem.wishes)} units, {sessions} sessions"
    print(f"  {size}, {len(problem.teams)} teams: {clock}  {described(timetable)}")
    value_ = sum(level.value for level in timetable.objective)
    bound = sum(level.bound or 0 for level in timetable.objective)
    print(f"  all levels, as weighed: value {value_}, bound {bound}")


def row_replan(options: argparse.Namespace) -> None:
    """Close three units of a published round."""
    for seed in range(1, 1 + min(options.seeds, 5)):
        problem = city(City(seed, 120, 6))
        published = plan_round(problem)
        shut = replace(problem, closures=closed(problem, 3, seed))
        after = problem_after(shut, published.units, problem.round.window_start)
        with clocked() as first:
            quick = first_answer(after)
        with clocked() as fewest:
            best = fewest_changes(after)
        level = next(x for x in best.objective if x.name == "changed_units")
        print(
            f"  41/120/6 seed {seed}, 3 closures: first answer {first}"
            f" ({len(changed_units(after, quick))} moved, {len(quick.violations)} violations);"
            f" fewest {fewest} ({level.value} moved, bound {level.bound}; {best.proof.status})"
        )


def row_conflict(options: argparse.Namespace) -> None:
    """Name a smallest set of requirements that cannot all hold."""
    for seed in range(1, 1 + min(options.seeds, 5)):
        problem, keep = crowded(seed)
        named = requirements_of(problem.in_order(), keep)
        with clocked() as clock:
            conflict = find_conflict(problem, keep, with_remedies=False)
        assert conflict is not None
        with clocked() as buys:
            find_conflict(problem, keep)
        words = "；".join(requirement.words_zh for requirement in conflict.requirements)
        print(
            f"  seed {seed}: {len(named)} named requirements, smallest set"
            f" {len(conflict.requirements)}: {clock}; with what each buys {buys}: {words}"
        )
    problem = skilled(city(City(1, 80, 4)))
    find_conflict(problem, with_remedies=False)
    with clocked() as clock:
        conflict = find_conflict(problem, with_remedies=False)
    words = "、".join(r.words_zh for r in conflict.requirements) if conflict else "-"
    print(f"  a unit impossible by itself: {clock}: {words}")


def row_same(options: argparse.Namespace) -> None:
    """Plan one round ten times, shuffled, under other hash seeds, and compare the bytes."""
    code = (
        "import json, sys; sys.path.insert(0, sys.argv[1])\n"
        "from timetable import shuffled\n"
        "from timetable_instances import City, city\n"
        "from solver.timetable import plan_round\n"
        "made = shuffled(city(City(1, 80, 4, sys.argv[3])), int(sys.argv[2]))\n"
        "print(json.dumps(plan_round(made).as_json(), ensure_ascii=False))"
    )
    for order in ("default", "weighted"):
        answers = set()
        for run in range(options.runs):
            done = subprocess.run(
                [sys.executable, "-c", code, HERE, str(run), order],
                check=True,
                capture_output=True,
                env={**os.environ, "PYTHONHASHSEED": str(run * 101)},
            )
            answers.add(done.stdout[done.stdout.index(b'{"schema"') :])
        print(f"  {options.runs} runs, {order} order: {len(answers)} answer(s)")


def shuffled(problem: RoundProblem, seed: int) -> RoundProblem:
    """Give the same problem with its rows in another order."""
    draw = Random(seed)
    return replace(
        problem,
        wishes=tuple(draw.sample(problem.wishes, len(problem.wishes))),
        teams=tuple(draw.sample(problem.teams, len(problem.teams))),
    )


def row_peers(options: argparse.Namespace) -> None:
    """Set the peers beside us at equal time, judged alike."""
    for seed, (sessions, teams) in [*enumerate(((80, 4), (120, 8)), start=1)][: options.seeds]:
        for order in ("default", "weighted"):
            made = City(seed, sessions, teams, order)
            problem = city(made).in_order()
            timetable, clock = solved(problem)
            ours = value(problem, timetable.units)
            print(f"  {made}\n    {'ours':22} {clock}  {ours} {timetable.proof.status}")
            for name, peer in PEERS.items():
                with clocked() as took:
                    plans = peer(problem, options.seconds)
                print(f"    {name:22} {took}  {_beside(problem, plans, ours)}", flush=True)


def _beside(problem: RoundProblem, plans: object, ours: tuple[int, ...]) -> str:
    """Say what a peer reached, and its last level's ratio to ours where the first are equal."""
    if isinstance(plans, str):
        return plans
    theirs = value(problem, plans)
    broken = len(judge(problem, plans).violations)  # type: ignore[arg-type]
    if theirs < ours and not broken:
        return f"{theirs} BETTER THAN OURS"
    level = next((n for n, (a, b) in enumerate(zip(theirs, ours, strict=True)) if a != b), None)
    ratio = (
        "the same"
        if level is None
        else f"level {level}: x{theirs[level] / max(1, ours[level]):.3f}"
    )
    return f"{theirs} {broken} violations, {ratio}"


ROWS: dict[str, Callable[[argparse.Namespace], None]] = {
    name.removeprefix("row_"): row
    for name, row in list(globals().items())
    if name.startswith("row_")
}


def main() -> None:
    """Run the rows asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", default=",".join(ROWS))
    parser.add_argument("--seeds", type=int, default=CITY_SEEDS)
    parser.add_argument("--seconds", type=float, default=20.0, help="for each peer")
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--provinces", type=int, default=31)
    options = parser.parse_args()
    plan_round(city(City(0, 80, 8)))
    for name in options.rows.split(","):
        print(f"{name}: {(ROWS[name].__doc__ or '').splitlines()[0]}", flush=True)
        ROWS[name](options)


if __name__ == "__main__":
    main()
