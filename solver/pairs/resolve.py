"""Resolve: a problem with one thing changed, and what solving it again changes (重新求解)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from casework.answers import Difference, Move, Village
from casework.people import Caregiver, CaregiverId, Child, ChildId, Home, HouseholdId, Sex
from casework.proposals import CurrentPair, Objective, Proposal
from geo.place import Precision
from solver.problem import PairingProblem

RECRUIT = "\U0010ffff"
"""Begins the ids of caregivers who do not exist yet, so that they come after all others."""


def difference(objective: Objective, other: Objective) -> Difference:
    """Say level by level how an objective differs from another."""
    return Difference(
        covered_mandatory=objective.covered_mandatory - other.covered_mandatory,
        covered_optional=objective.covered_optional - other.covered_optional,
        broken=objective.broken - other.broken,
        rungs=objective.rungs - other.rungs,
        metres=objective.metres_charged - other.metres_charged,
    )


def moves_between(
    problem: PairingProblem, before: Proposal, after: Proposal, apart_from: Iterable[ChildId] = ()
) -> tuple[Move, ...]:
    """List the households that two proposals place differently, by least child."""
    household = {child.id: child.household for child in problem.children}
    had = {pair.child: pair.caregiver for pair in before.pairs}
    has = {pair.child: pair.caregiver for pair in after.pairs}
    moved: dict[tuple[HouseholdId, str, str], list[ChildId]] = {}
    for child in sorted((had.keys() | has.keys()) - set(apart_from)):
        if had.get(child) != has.get(child):
            key = household[child], had.get(child, ""), has.get(child, "")
            moved.setdefault(key, []).append(child)
    return tuple(
        Move(tuple(children), had.get(children[0]), has.get(children[0]))
        for children in moved.values()
    )


def with_lock(problem: PairingProblem, child: ChildId, caregiver: CaregiverId) -> PairingProblem:
    """Fix one pair."""
    rest = tuple(
        pair for pair in problem.current if (pair.child, pair.caregiver) != (child, caregiver)
    )
    return replace(problem, current=(*rest, CurrentPair(child, caregiver, locked=True)))


def with_groups(problem: PairingProblem, groups: Iterable[Iterable[ChildId]]) -> PairingProblem:
    """Make a household of each group, so that nobody follows a lock out of hers."""
    household = {child: HouseholdId(f"{k}") for k, group in enumerate(groups) for child in group}
    children = tuple(
        replace(child, household=household.get(child.id, child.household))
        for child in problem.children
    )
    return replace(problem, children=children)


def without_locks(problem: PairingProblem, children: Iterable[ChildId]) -> PairingProblem:
    """Let children's current pairs be only wishes."""
    freed = set(children)
    current = tuple(
        replace(pair, locked=False) if pair.child in freed else pair for pair in problem.current
    )
    return replace(problem, current=current)


def with_places(problem: PairingProblem, caregiver: CaregiverId, places: int) -> PairingProblem:
    """Let a caregiver take so many households."""
    return replace(
        problem,
        caregivers=tuple(
            replace(c, places=places) if c.id == caregiver else c for c in problem.caregivers
        ),
    )


def with_recruits(
    problem: PairingProblem, villages: Sequence[Village], places: int = 1
) -> PairingProblem:
    """Add a caregiver of so many places for each village, in this order by id."""
    width = len(str(len(villages)))
    homes = {village: home_in(problem, village) for village in set(villages)}
    recruits = tuple(
        Caregiver(
            CaregiverId(f"{RECRUIT}{k:0{width}}"), homes[village], places=places, sex=Sex.FEMALE
        )
        for k, village in enumerate(villages)
    )
    return replace(problem, caregivers=(*problem.caregivers, *recruits))


def villages_of(people: Iterable[Child]) -> tuple[Village, ...]:
    """List the villages where some children live, by township and name."""
    found = {Village(child.home.township, child.home.village) for child in people}
    return tuple(sorted(found, key=village_order))


def village_order(village: Village) -> tuple[str, str]:
    """Order villages by township and name."""
    return village.township, village.village or ""


def home_in(problem: PairingProblem, village: Village) -> Home:
    """Give the home of somebody new in a village: at the point the ledgers have for it."""
    homes = [
        home
        for home in _homes(problem)
        if (home.township, home.village) == (village.township, village.village)
    ]
    points = Counter(
        home.place for home in homes if home.place and home.precision is Precision.VILLAGE
    )
    unit = homes[0].unit if homes else _unit_of(problem)
    if village.village is None or not points:
        return Home(unit, village.township, village.village)
    place = min(points, key=lambda p: (-points[p], p.lon, p.lat))
    return Home(unit, village.township, village.village, place, Precision.VILLAGE)


def _homes(problem: PairingProblem) -> list[Home]:
    return [child.home for child in problem.children] + [c.home for c in problem.caregivers]


def _unit_of(problem: PairingProblem) -> str:
    """Give the unit of the problem, that of most people where it holds several."""
    units = Counter(home.unit for home in _homes(problem))
    return min(units, key=lambda unit: (-units[unit], unit), default="")
