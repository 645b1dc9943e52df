"""Wishes: what the staff say of a pair before the solver is asked (结对意见).

A lock (锁定) stays whatever else would be better, a ban (禁止) never appears, a preference
(希望) is met where it costs nobody anything; where it is not met, what it would cost is told.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from casework.answers import RankedCaregiver
from casework.people import CaregiverId, ChildId
from casework.proposals import CurrentPair


class WishKind(StrEnum):
    """How strongly something is said of a pair."""

    LOCK = "lock"
    FORBID = "forbid"
    PREFER = "prefer"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is said of one child and one caregiver."""

    child: ChildId
    caregiver: CaregiverId
    kind: WishKind


class Unmet(StrEnum):
    """Why a wish is not met; NOT_PERMITTED never says which rule."""

    CHILD_WAITS = "child_waits"
    CHILD_OUT = "child_out"
    NOT_PERMITTED = "not_permitted"
    COSTS = "costs"
    AS_GOOD = "as_good"


@dataclass(frozen=True, slots=True)
class WishOutcome:
    """What became of a wish.

    Attributes
    ----------
    now
        The child's caregiver in the proposal.
    unmet
        None where the wish is met.
    instead
        What meeting it would truly cost, where it could be met.
    """

    wish: Wish
    now: CaregiverId | None
    unmet: Unmet | None
    instead: RankedCaregiver | None = None


def with_locks(current: Iterable[CurrentPair], wishes: Iterable[Wish]) -> tuple[CurrentPair, ...]:
    """Give the current pairs with the staff's locks; their newest word undoes an older lock."""
    wishes = tuple(wishes)
    locks = {wish.child: wish.caregiver for wish in wishes if wish.kind is WishKind.LOCK}
    banned = bans(wishes)
    kept = [
        CurrentPair(pair.child, pair.caregiver, pair.locked and not is_free)
        for pair in current
        if locks.get(pair.child) != pair.caregiver
        for is_free in [pair.child in locks or (pair.child, pair.caregiver) in banned]
    ]
    return (*kept, *(CurrentPair(child, locks[child], locked=True) for child in sorted(locks)))


def bans(wishes: Iterable[Wish]) -> frozenset[tuple[ChildId, CaregiverId]]:
    """Give the pairs that the staff rule out."""
    return frozenset((w.child, w.caregiver) for w in wishes if w.kind is WishKind.FORBID)
