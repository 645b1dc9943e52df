"""Enumeration: every pairing of a tiny problem, and the best of them by the rules as written."""

from collections import Counter
from collections.abc import Iterator
from itertools import product
from random import Random

from casework.people import (
    Caregiver,
    CaregiverId,
    CaregiverStatus,
    CheckResult,
    Child,
    ChildId,
    Home,
    HouseholdId,
    Sex,
)
from casework.proposals import CurrentPair, Rung
from geo.place import Precision
from solver.check_facts import Facts, Together
from solver.problem import PairingProblem
from tests.builders import caregiver, child, forbidden, home, problem

Holder = dict[str, str]


def best_pairing(problem: PairingProblem) -> tuple[tuple[object, ...], Holder]:
    """Return the levels and the caregivers of the best pairing."""
    facts = Facts(problem)
    return min(
        ((key(facts, holder), holder) for holder in pairings(facts)), key=lambda found: found[0]
    )


def key(facts: Facts, holder: Holder) -> tuple[object, ...]:
    """Return all levels of a pairing, the least of which is best."""
    scope = [facts.children[c].in_mandatory_scope for c in holder]
    costs = [facts.charged_m(*pair) for pair in holder.items()]
    taken = Counter[str]()
    for group in facts.together:
        for whom in {holder[c] for c in group.children if c in holder}:
            taken[whom] += facts.takes(group)
    return (
        -sum(scope),
        sum(scope) - len(scope),
        len(facts.standing - set(holder.items())),
        sum(rung for rung, _ in costs),
        sum(metres for _, metres in costs),
        max((metres for _, metres in costs), default=0),
        sum(count * count for count in taken.values()),
        tuple((c not in holder, holder.get(c, "")) for c in sorted(facts.children)),
    )


def pairings(facts: Facts) -> Iterator[Holder]:
    """Give every pairing that the rules allow."""
    places, most = facts.limits()
    options = [_options(facts, group) for group in facts.together]
    for choice in product(*options):
        taken, housed = Counter[str](), Counter[str]()
        for group, whom in zip(facts.together, choice, strict=True):
            taken[whom] += facts.takes(group)
            housed[whom] += len(group.children)
        if all(taken[g] <= places[g] and housed[g] <= most[g] for g in facts.caregivers):
            yield {
                member: whom
                for group, whom in zip(facts.together, choice, strict=True)
                if whom
                for member in group.children
            }


def _options(facts: Facts, group: Together) -> list[str]:
    if group.lock is not None:
        return [group.lock]
    return ["", *(g for g in sorted(facts.caregivers) if _may_have(facts, group, g))]


def _may_have(facts: Facts, group: Together, whom: str) -> bool:
    if not all(facts.may_pair(c, whom) for c in group.children):
        return False
    if facts.problem.programme.beyond_reach_allowed:
        return True
    if any((c, whom) in facts.standing for c in group.children):
        return True
    rungs = [facts.charged_m(c, whom)[0] for c in group.children]
    return Rung.BEYOND_REACH not in rungs


def tiny_problem(
    r: Random, *, most_children: int = 5, places_count_children: bool = False
) -> PairingProblem:
    """Draw a problem of at most six children and four caregivers, with every rule at work."""
    homes = [_home(r) for _ in range(3)]
    names = [f"c{k}" for k in range(r.randint(0, 6))]
    children = [_child(r, name, homes) for name in r.sample(names, len(names))]
    caregivers = [_caregiver(r, f"g{k}", homes) for k in range(r.randint(0, 4))]
    everybody = [*names, "gone", "waits"]
    pairs = [(c, f"g{k}") for c in everybody for k in range(len(caregivers) + 1)]
    return problem(
        children,
        caregivers,
        current=tuple(
            CurrentPair(ChildId(c), CaregiverId(g), r.random() < 0.3)
            for c, g in pairs
            if r.random() < 0.15
        ),
        forbidden=forbidden(*(pair for pair in pairs if r.random() < 0.08)),
        needs_data=(ChildId("waits"),) if r.random() < 0.5 else (),
        neighbours=r.choice([{}, {"T1": frozenset({"T2"})}]),
        reach_m=r.choice([8_000, 1_000]),
        beyond_reach_allowed=r.random() < 0.7,
        girl_with_male_caregiver=r.choice(["second_adult", "allowed", "forbidden"]),
        siblings_share_caregiver=r.random() < 0.85,
        max_children=most_children,
        places_count_children=places_count_children,
    )


def small_unit(r: Random, *, children: int, caregivers: int) -> PairingProblem:
    """Draw a unit of five townships in which places are scarce and half the homes have points."""

    def somewhere() -> Home:
        town, village = r.randrange(5), r.randrange(4)
        name, about = f"T{town}", 6_000 * town + 900 * village
        if r.random() < 0.3:
            return home(name, f"V{village}")
        if r.random() < 0.5:
            return home(name, f"V{village}", about, precision=Precision.VILLAGE)
        return home(name, f"V{village}", about + r.randint(-400, 400))

    names = [f"c{k:03d}" for k in range(children)]
    staff = [f"g{k:03d}" for k in range(caregivers)]
    homes = {f"H{k}": somewhere() for k in range(children)}
    kept = zip(r.sample(names, children // 3), r.sample(staff, children // 3), strict=True)
    where = [r.choice(list(homes)) for _ in names]
    return problem(
        [
            child(
                name,
                homes[address],
                household=HouseholdId(address),
                in_mandatory_scope=r.random() < 0.7,
            )
            for name, address in zip(names, where, strict=True)
        ],
        [caregiver(name, somewhere(), places=r.choice([0, 1, 1])) for name in staff],
        current=tuple(CurrentPair(ChildId(c), CaregiverId(g)) for c, g in kept),
        neighbours={f"T{k}": frozenset({f"T{k + 1}"}) for k in range(4)},
    )


def _home(r: Random) -> Home:
    township, village = r.choice(["T1", "T2", "T3"]), r.choice(["V1", "V2", None])
    if r.random() < 0.5:
        return home(township, village)
    east_m = r.choice([0, 0, 100, 2_000, 9_000, 9_500, 30_000])
    precision = r.choice([Precision.EXACT, Precision.VILLAGE, Precision.TOWNSHIP])
    return home(township, village, east_m, precision=precision)


def _child(r: Random, name: str, homes: list[Home]) -> Child:
    facts: dict[str, object] = {
        "in_mandatory_scope": r.random() < 0.6,
        "sex": r.choice([Sex.MALE, Sex.FEMALE, None]),
    }
    if r.random() < 0.5:
        facts["household"] = HouseholdId(f"h{r.randint(0, 2)}")
    if r.random() < 0.1:
        facts["consent_given"] = r.choice([False, None])
    return child(name, r.choice(homes) if r.random() < 0.7 else _home(r), **facts)


def _caregiver(r: Random, name: str, homes: list[Home]) -> Caregiver:
    facts: dict[str, object] = {
        "places": r.choice([0, 1, 1, 2, 3]),
        "sex": r.choice([Sex.FEMALE, Sex.FEMALE, Sex.MALE, None]),
    }
    if r.random() < 0.15:
        facts["status"] = r.choice(list(CaregiverStatus))
    if r.random() < 0.1:
        facts["check_result"] = r.choice([None, CheckResult.FAILED])
    if r.random() < 0.05:
        facts["commitment_signed"] = r.choice([None, False])
    return caregiver(name, r.choice(homes) if r.random() < 0.5 else _home(r), **facts)
