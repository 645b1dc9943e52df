"""What people do with a pairing on record: begin, rest, stop, end (生效、停止、结束).

Each verb asks the policy, looks at today's ledger where facts decide, takes the step and leaves
its line of history, in the caller's transaction. ``seen`` is the version somebody looked at.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from casework import pairing_life as life
from casework.access import Action, Target, decide
from casework.errors import Conflict, NotFound
from casework.pairing_life import Step
from casework.pairings import (
    Closure,
    EndReason,
    Farewell,
    HandOver,
    Hold,
    HoldReason,
    Pairing,
    PairingId,
    PairingState,
    Suspension,
)
from casework.people import CaregiverId
from casework.unit_now import UnitNow
from ledger.record.book import Book
from ledger.record.pairings import OnRecord, find, of_caregiver, of_child, standing, take_step
from ledger.record.scope import NOT_THERE, acting, refuse


@dataclass(frozen=True, slots=True)
class At:
    """The pairing meant, the version somebody saw of it (None: as it stands), and the day."""

    pairing: PairingId
    on: date
    seen: int | None = None


def activate(book: Book, at: At, now: UnitNow) -> OnRecord:
    """Let a pairing begin, when today's ledger knows every fact it needs."""
    found = _found(book, at)
    _refuse_left(found.pairing, now)
    unknown = now.unknown(found.pairing.child, found.pairing.caregiver)
    return take_step(book, found, Step.ACTIVATE, lambda p: life.activate(p, unknown, at.on), at.on)


def recheck(book: Book, unit: str, now: UnitNow) -> tuple[OnRecord, ...]:
    """Look at every pairing of a unit against today's ledger; give those that moved.

    A check that ran out puts an active pairing on hold (未成年人保护法 62 条), and one whose
    caregiver failed it is stopped at once.
    """
    moved = []
    for found in standing(book, unit):
        pairing = found.pairing
        if now.is_blocked(pairing.caregiver) and pairing.suspension is None:
            moved.append(_stop(book, found, now.on, ""))
            continue
        may_pair = now.may_pair(pairing.child, pairing.caregiver)
        if not may_pair and pairing.state is not PairingState.ACTIVE:
            continue  # its facts are not what it waits for: the next proposal ends it
        unknown = now.unknown(pairing.child, pairing.caregiver)
        if unknown != pairing.unknown and pairing.state in life.FROM[Step.RECHECK]:
            moved.append(_recheck(book, found, now))
    return tuple(moved)


def hold(book: Book, at: At, reason: HoldReason, until: date | None = None) -> OnRecord:
    """Let a pairing rest for a while."""
    why = Hold(reason, at.on, acting(book).id, until)
    return take_step(book, _found(book, at), Step.HOLD, lambda p: life.hold(p, why), at.on)


def resume(book: Book, at: At, now: UnitNow) -> OnRecord:
    """Let a pairing go on, when today's ledger knows every fact it needs."""
    found = _found(book, at)
    _refuse_left(found.pairing, now)
    unknown = now.unknown(found.pairing.child, found.pairing.caregiver)
    return take_step(book, found, Step.RESUME, lambda p: life.resume(p, unknown), at.on)


def suspend(book: Book, caregiver: CaregiverId, on: date, why: str) -> tuple[OnRecord, ...]:
    """Stop every pairing of a caregiver at once to protect children (先停后查).

    The township she serves in may, and that of any child she has; so may the unit.

    Raises
    ------
    NotFound
        When no pairing of hers is in sight.
    """
    theirs = of_caregiver(book, caregiver)
    actor = acting(book)
    targets = [Target("caregiver", path, caregiver) for path in _areas(theirs)]
    decisions = [decide(actor, Action.CAREGIVER_SUSPEND, target) for target in targets]
    if not any(decision.allow for decision in decisions):
        for decision in decisions:
            refuse(decision)
        raise NotFound(NOT_THERE)
    return tuple(
        _stop(book, found, on, why) for found in theirs if found.pairing.suspension is None
    )


def report(book: Book, at: At, to: str) -> OnRecord:
    """Write down to whom a suspicion was reported (强制报告)."""
    found = _found(book, at, Action.CAREGIVER_SUSPEND)
    return take_step(
        book, found, Step.REPORT, lambda p: life.report(p, to, at.on), at.on, reported_to=to
    )


def lift(book: Book, at: At, finding: str) -> OnRecord:
    """Lift a suspension after the inquiry; not by who stopped it, and not while she is taken."""
    found = _found(book, at)
    child = found.pairing.child
    if any(other.pairing.holds_child for other in of_child(book, child)):
        raise Conflict(
            "这名儿童已另有结对，请结束原来这对 / the child has another caregiver: close this one"
        )
    by = acting(book).id
    return take_step(
        book, found, Step.LIFT, lambda p: life.lift(p, at.on, by), at.on, finding=finding
    )


def close(book: Book, at: At, reason: EndReason, due_days: int, why: str = "") -> OnRecord:
    """End a pairing; farewell and hand-over are due within so many days."""
    due = at.on + timedelta(due_days)
    closure = Closure(reason, at.on, acting(book).id, due)
    found = _found(book, at)
    return take_step(book, found, Step.CLOSE, lambda p: life.close(p, closure), at.on, why=why)


def take_leave(book: Book, at: At, words: str) -> OnRecord:
    """Write down how the two took leave (告别记录)."""
    done = Farewell(at.on, acting(book).id)
    found = _found(book, at)
    return take_step(
        book, found, Step.FAREWELL, lambda p: life.take_leave(p, done), at.on, farewell=words
    )


def hand_over(book: Book, at: At, by_whom: str) -> OnRecord:
    """Write down that the child was handed over, by whom; it finds who follows by itself."""
    found = _found(book, at)
    follows = (p.pairing.id for p in of_child(book, found.pairing.child) if p.pairing.holds_child)
    done = HandOver(at.on, acting(book).id, next(follows, None))
    return take_step(
        book, found, Step.HAND_OVER, lambda p: life.hand_over(p, done), at.on, by_whom=by_whom
    )


def _found(book: Book, at: At, action: Action = Action.PAIRING_WRITE) -> OnRecord:
    found = find(book, at.pairing, action)
    if at.seen is not None and at.seen != found.version:
        raise Conflict("这对结对刚被别人改过，请刷新后再改 / it was changed meanwhile: reload")
    return found


def _stop(book: Book, found: OnRecord, on: date, why: str) -> OnRecord:
    stopped = Suspension(on, acting(book).id)
    return take_step(book, found, Step.SUSPEND, lambda p: life.suspend(p, stopped), on, why=why)


def _recheck(book: Book, found: OnRecord, now: UnitNow) -> OnRecord:
    unknown = now.unknown(found.pairing.child, found.pairing.caregiver)
    by = acting(book).id
    return take_step(
        book, found, Step.RECHECK, lambda p: life.recheck(p, unknown, now.on, by), now.on
    )


def _refuse_left(pairing: Pairing, now: UnitNow) -> None:
    """See that both are still on the ledger and may be together: facts of nobody prove nothing."""
    if not now.may_pair(pairing.child, pairing.caregiver):
        raise Conflict(
            "按现在的台账，这对结对不可安排；请结束，或先更正台账"
            " / as the ledger stands the two cannot be paired: close it, or mend the ledger"
        )


def _areas(theirs: Iterable[OnRecord]) -> set[tuple[str, ...]]:
    seats = [found.seat for found in theirs]
    return {path for seat in seats for path in (seat.path, seat.caregivers)}
