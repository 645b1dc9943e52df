"""Standing: which current pairs may stand, which the staff fixed, which end (现有结对).

A lock holds against every rule but safeguarding (a failed check, a suspension); it cannot
hold a caregiver who has left. A child with two locks keeps the one of the least caregiver id.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from casework.eligibility import Exclusion, caregiver_state, may_pair
from casework.people import Caregiver, CaregiverId, CaregiverStatus, Child, ChildId
from casework.proposals import Ended, Ending
from solver.problem import PairingProblem

_GONE = (CaregiverStatus.LEFT, CaregiverStatus.ELECTION_OUT)


@dataclass(frozen=True, slots=True)
class Standing:
    """Current pairs, judged; children and caregivers by index.

    Attributes
    ----------
    kept_if_possible
        Pairs the rules permit: (child, caregiver).
    locked
        Child to caregiver.
    awaiting
        Caregivers of children whose rows wait for a correction, once for each such child.
    ended
        Pairs that end whatever the solver finds.
    """

    kept_if_possible: set[tuple[int, int]] = field(default_factory=set)
    locked: dict[int, int] = field(default_factory=dict)
    awaiting: list[int] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)


def judge_current(
    problem: PairingProblem,
    children: tuple[Child, ...],
    caregivers: tuple[Caregiver, ...],
) -> Standing:
    """Sort the current pairs into those that may stand, those that must and those that end."""
    child_index = {child.id: i for i, child in enumerate(children)}
    caregiver_index = {caregiver.id: j for j, caregiver in enumerate(caregivers)}
    standing = Standing()
    for child_id, caregiver_id, locked in _each_once(problem):
        i, j = child_index.get(child_id), caregiver_index.get(caregiver_id)
        if child_id in problem.needs_data and j is not None:
            standing.awaiting.append(j)
        reason = _missing(problem, child_id, i, j)
        if reason is None and i is not None and j is not None:
            pair = children[i], caregivers[j]
            if locked and i not in standing.locked and _lock_holds(problem, *pair):
                standing.locked[i] = j
                continue
            reason = _refusal(problem, *pair)
            if reason is None:
                standing.kept_if_possible.add((i, j))
        if reason is not None:
            standing.ended.append(Ended(child_id, caregiver_id, reason))
    return standing


def _each_once(problem: PairingProblem) -> Iterator[tuple[ChildId, CaregiverId, bool]]:
    """Give each current pair once, in id order; one locked row locks the pair."""
    locked: Mapping[tuple[ChildId, CaregiverId], bool] = {
        (pair.child, pair.caregiver): pair.locked
        for pair in sorted(problem.current, key=lambda pair: pair.locked)
    }
    for (child, caregiver), fixed in sorted(locked.items()):
        yield child, caregiver, fixed


def _missing(
    problem: PairingProblem, child_id: ChildId, i: int | None, j: int | None
) -> Ending | None:
    if child_id in problem.needs_data:
        return Ending.NEEDS_DATA
    if i is None:
        return Ending.CHILD_LEFT
    return Ending.CAREGIVER_LEFT if j is None else None


def _lock_holds(problem: PairingProblem, child: Child, caregiver: Caregiver) -> bool:
    state = caregiver_state(caregiver, problem.programme, problem.on)
    blocked = state.excluded is not None and state.excluded.is_safeguarding
    return not blocked and caregiver.status is not CaregiverStatus.LEFT


def _refusal(problem: PairingProblem, child: Child, caregiver: Caregiver) -> Ending | None:
    """Say why an unlocked pair cannot stand, or None when it may."""
    if caregiver.status in _GONE:
        return Ending.CAREGIVER_LEFT
    permitted = may_pair(child, caregiver, problem.programme, problem.on)
    if permitted and (child.id, caregiver.id) not in problem.forbidden:
        return None
    state = caregiver_state(caregiver, problem.programme, problem.on)
    full = state.excluded is Exclusion.NO_PLACES
    return Ending.OVER_PLACES if full else Ending.NOT_PERMITTED
