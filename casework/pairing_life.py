"""The life of a pairing, step by step (结对的生效、暂停、停止与结束).

Each step takes a pairing and gives the next one, or raises: ``Conflict`` where the pairing is
not in the state for it, ``Refused`` where it is not this person's to do. The message says what
to do instead. Nothing is changed in place and no clock is read.
"""

import re
from dataclasses import replace
from datetime import date
from enum import StrEnum

from casework.errors import Conflict, Refused
from casework.pairings import (
    Approval,
    Closure,
    EndReason,
    Farewell,
    HandOver,
    Hold,
    HoldReason,
    Pairing,
    PairingState,
    Suspension,
)
from casework.proposals import Unknown
from casework.wording import facts, label, texts

_S = PairingState


class Step(StrEnum):
    """What can be done with a pairing; each is a line of its history (结对操作)."""

    APPROVE = "approve"
    RECHECK = "recheck"
    ACTIVATE = "activate"
    HOLD = "hold"
    RESUME = "resume"
    SUSPEND = "suspend"
    REPORT = "report"
    LIFT = "lift"
    CLOSE = "close"
    FAREWELL = "farewell"
    HAND_OVER = "hand_over"


FROM: dict[Step, frozenset[PairingState]] = {
    Step.APPROVE: frozenset({_S.PROPOSED}),
    Step.RECHECK: frozenset({_S.APPROVED, _S.CONDITIONAL, _S.ACTIVE, _S.ON_HOLD, _S.SUSPENDED}),
    Step.ACTIVATE: frozenset({_S.APPROVED, _S.CONDITIONAL}),
    Step.HOLD: frozenset({_S.ACTIVE}),
    Step.RESUME: frozenset({_S.ON_HOLD}),
    Step.SUSPEND: frozenset(_S) - {_S.SUSPENDED, _S.CLOSED},
    Step.REPORT: frozenset({_S.SUSPENDED}),
    Step.LIFT: frozenset({_S.SUSPENDED}),
    Step.CLOSE: frozenset(_S) - {_S.CLOSED},
    Step.FAREWELL: frozenset({_S.CLOSED}),
    Step.HAND_OVER: frozenset({_S.CLOSED}),
}
"""The states a step may be taken from."""


def approve(pairing: Pairing, approval: Approval, unknown: tuple[Unknown, ...]) -> Pairing:
    """Approve: by another account than the author's, or on the leader's signed paper.

    ``unknown`` is what nobody has established: with any, the pairing waits for it.
    """
    _require(pairing, Step.APPROVE)
    require_four_eyes(pairing.proposed_by, approval)
    found = _in_order(unknown)
    return replace(pairing, state=_waiting(found), approval=approval, unknown=found)


def require_four_eyes(author: str, approval: Approval) -> None:
    """See that another hand approves (四眼原则).

    Raises
    ------
    Refused
        When it is the author's own, and no signed paper is recorded.
    Conflict
        When the paper proves nothing: no signer, no number, no scan.
    """
    paper = approval.paper
    if paper and not (paper.signed_by.strip() and paper.number.strip() and _is_hash(paper.scan)):
        raise Conflict(
            "签批件要写明签字人、编号，并附扫描件 / a signed paper needs signer, number and scan"
        )
    if approval.by == author and approval.paper is None:
        raise Refused(
            "不能审批自己提出的建议：请另一位工作人员审批，或登记领导签字的审批表（签字人、日期、"
            "编号、扫描件） / nobody approves her own proposal: another account, or the leader's"
            " signed paper"
        )


def recheck(pairing: Pairing, unknown: tuple[Unknown, ...], on: date, by: str) -> Pairing:
    """Look again at what is known: an active pairing whose facts have lapsed rests at once."""
    _require(pairing, Step.RECHECK)
    found = _in_order(unknown)
    if pairing.state is _S.ACTIVE and found:
        lapsed = Hold(HoldReason.FACTS_LAPSED, on, by)
        return replace(pairing, state=_S.ON_HOLD, unknown=found, hold=lapsed)
    waits = pairing.state in (_S.APPROVED, _S.CONDITIONAL)
    return replace(pairing, state=_waiting(found) if waits else pairing.state, unknown=found)


def activate(pairing: Pairing, unknown: tuple[Unknown, ...], on: date) -> Pairing:
    """Let it begin (生效); ``unknown`` as looked at on the day."""
    _require(pairing, Step.ACTIVATE)
    _require_known(unknown)
    return replace(pairing, state=_S.ACTIVE, unknown=(), started_on=on)


def hold(pairing: Pairing, why: Hold) -> Pairing:
    """Let it rest for a while; the child keeps her caregiver and the caregiver her place."""
    _require(pairing, Step.HOLD)
    return replace(pairing, state=_S.ON_HOLD, hold=why)


def resume(pairing: Pairing, unknown: tuple[Unknown, ...]) -> Pairing:
    """Go on after a rest; what lapsed meanwhile must be renewed first."""
    _require(pairing, Step.RESUME)
    _require_known(unknown)
    return replace(pairing, state=_S.ACTIVE, hold=None, unknown=())


def suspend(pairing: Pairing, why: Suspension) -> Pairing:
    """Stop it at once to protect the child, whatever state it is in (先停后查)."""
    _require(pairing, Step.SUSPEND)
    return replace(pairing, state=_S.SUSPENDED, hold=None, suspension=why)


def report(pairing: Pairing, to: str, on: date) -> Pairing:
    """Write down to whom it was reported; a second report adds to the first."""
    _require(pairing, Step.REPORT)
    why = _suspension(pairing)
    told = "；".join(filter(None, (why.reported_to, to)))
    first = why.reported_on or on
    return replace(pairing, suspension=replace(why, reported_to=told, reported_on=first))


def lift(pairing: Pairing, on: date, by: str) -> Pairing:
    """Lift a suspension after the inquiry: never straight to active.

    It must have been reported, and whoever lifts it is not who stopped it: two persons look.
    """
    _require(pairing, Step.LIFT)
    why = _suspension(pairing)
    if not why.reported_to:
        raise Conflict(
            "先登记强制报告（报告给谁、哪一天），再解除停止"
            " / record the mandatory report before the suspension is lifted"
        )
    if by == why.by:
        raise Refused(
            "不能由作出停止决定的同一人解除，请另一位工作人员核查后解除"
            " / somebody else than who suspended it lifts it"
        )
    if pairing.started_on is not None:
        rests = Hold(HoldReason.AFTER_REVIEW, on, by)
        return replace(pairing, state=_S.ON_HOLD, suspension=None, hold=rests)
    state = _waiting(pairing.unknown) if pairing.approval else _S.PROPOSED
    return replace(pairing, state=state, suspension=None)


def close(pairing: Pairing, closure: Closure) -> Pairing:
    """End it, with its reason; what is still owed stays to be seen until it is done."""
    _require(pairing, Step.CLOSE)
    reported = pairing.suspension is not None and pairing.suspension.reported_to
    if closure.reason is EndReason.SAFEGUARDING and not reported:
        raise Conflict(
            "因保护儿童结束的，请先“停止”并登记强制报告"
            " / for safeguarding: suspend first, and record the mandatory report"
        )
    if pairing.started_on is not None and closure.on < pairing.started_on:
        raise Conflict("结束日期早于生效日期 / it cannot end before it began")
    return replace(pairing, state=_S.CLOSED, hold=None, suspension=None, closure=closure)


def take_leave(pairing: Pairing, farewell: Farewell) -> Pairing:
    """Write down how the two took leave (告别记录); once."""
    closure = _closure(pairing, Step.FAREWELL)
    if closure.farewell is not None:
        raise Conflict("告别记录已登记 / the farewell is on record")
    return replace(pairing, closure=replace(closure, farewell=farewell))


def hand_over(pairing: Pairing, done: HandOver) -> Pairing:
    """Write down that the child was handed over, to whom and by whom; once."""
    closure = _closure(pairing, Step.HAND_OVER)
    if not closure.reason.child_stays:
        raise Conflict("这对结对不需要交接 / there is nobody to hand over")
    if closure.hand_over is not None:
        raise Conflict("交接已登记 / the hand-over is on record")
    return replace(pairing, closure=replace(closure, hand_over=done))


def _require(pairing: Pairing, step: Step) -> None:
    if pairing.state in FROM[step]:
        return
    now, wanted = label(pairing.state), label(step)
    todo = texts()["NextStep"][pairing.state]
    raise Conflict(
        f"这对结对现在是“{now}”，不能{wanted}：{todo['zh']}"
        f" / it is {label(pairing.state, 'en')}, so it cannot be {label(step, 'en')}:"
        f" {todo['en']}"
    )


def _require_known(unknown: tuple[Unknown, ...]) -> None:
    if unknown:
        raise Conflict(
            f"还不能生效，尚缺：{facts(_in_order(unknown))}；补齐后再生效"
            f" / not before these are known: {facts(_in_order(unknown), 'en')}"
        )


def _is_hash(text: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{64}", text) is not None


def _waiting(unknown: tuple[Unknown, ...]) -> PairingState:
    return _S.CONDITIONAL if unknown else _S.APPROVED


def _suspension(pairing: Pairing) -> Suspension:
    if pairing.suspension is None:
        raise AssertionError("a suspended pairing has its suspension")
    return pairing.suspension


def _closure(pairing: Pairing, step: Step) -> Closure:
    _require(pairing, step)
    if pairing.closure is None:
        raise AssertionError("a closed pairing has its closure")
    return pairing.closure


def _in_order(unknown: tuple[Unknown, ...]) -> tuple[Unknown, ...]:
    return tuple(fact for fact in Unknown if fact in unknown)
