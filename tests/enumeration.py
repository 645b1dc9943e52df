"""Enumeration: every pairing of a tiny problem, and the best of them by the rules as written."""

from collections import Counter
from collections.abc import Iterator
from itertools import product

from casework.proposals import Rung
from solver.check_facts import Facts, Together
from solver.problem import PairingProblem

Holder = dict[str, str]


def best_pairing(problem: PairingProblem) -> tuple[tuple[object, ...], Holder]:
    """Return the levels and the caregivers of the best pairing."""
    facts = Facts(problem)
    return min((key(facts, holder), holder) for holder in _pairings(facts))


def key(facts: Facts, holder: Holder) -> tuple[object, ...]:
    """Return all levels of a pairing, the least of which is best."""
    scope = [facts.children[c].in_mandatory_scope for c in holder]
    costs = [facts.charged_m(*pair) for pair in holder.items()]
    taken = Counter[str]()
    for group in facts.together:
        for caregiver in {holder[c] for c in group.children if c in holder}:
            taken[caregiver] += facts.takes(group)
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


def _pairings(facts: Facts) -> Iterator[Holder]:
    places, most = facts.limits()
    options = [_options(facts, group) for group in facts.together]
    for choice in product(*options):
        taken, housed = Counter[str](), Counter[str]()
        for group, caregiver in zip(facts.together, choice, strict=True):
            taken[caregiver] += facts.takes(group)
            housed[caregiver] += len(group.children)
        if all(taken[g] <= places[g] and housed[g] <= most[g] for g in facts.caregivers):
            yield {
                child: caregiver
                for group, caregiver in zip(facts.together, choice, strict=True)
                if caregiver
                for child in group.children
            }


def _options(facts: Facts, group: Together) -> list[str]:
    if group.lock is not None:
        return [group.lock]
    return ["", *(g for g in sorted(facts.caregivers) if _may_have(facts, group, g))]


def _may_have(facts: Facts, group: Together, caregiver: str) -> bool:
    if not all(facts.may_pair(child, caregiver) for child in group.children):
        return False
    if facts.problem.programme.beyond_reach_allowed:
        return True
    if any((child, caregiver) in facts.standing for child in group.children):
        return True
    rungs = [facts.charged_m(child, caregiver)[0] for child in group.children]
    return Rung.BEYOND_REACH not in rungs
