"""Pairings on record: begin, rest, stop, end (结对的生效、暂停、停止、结束).

One function a use case, each one block of the store, by the ledger as it is that day.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from casework.pairings import EndReason, PairingId
from casework.people import CaregiverId
from casework.safeguarding import ReportTo, colleagues, complaint_route, report_path
from ledger.record.pairing_steps import At, activate, close, recheck, resume, suspend
from ledger.record.pairings import OnRecord, find, standing
from ledger.record.people import read_person
from service.workflows.unit_on_record import Desk, UnitOnRecord, unit_on_record


@dataclass(frozen=True, slots=True)
class Stopped:
    """A caregiver whose pairings were stopped, and what is to be done now (先停后报).

    Attributes
    ----------
    report_to
        The path of the mandatory report, in its order.
    complain_to
        Where anybody may complain: past those who work beside her.
    """

    pairings: tuple[OnRecord, ...]
    report_to: tuple[ReportTo, ...]
    complain_to: tuple[ReportTo, ...]


def activate_known(
    desk: Desk, unit: str, wanted: Iterable[PairingId] | None = None
) -> tuple[tuple[OnRecord, ...], tuple[OnRecord, ...]]:
    """Let pairings begin; None is all whose facts are known today. Give begun and waiting.

    Those asked for by id must begin, or nothing does.
    """
    with desk.store.writing(desk.actor, "activate pairings") as book:
        found = unit_on_record(book, unit, desk.reader)
        recheck(book, unit, found.now)
        stands = standing(book, unit)
        waiting = [r for r in stands if r.pairing.state in ("approved", "conditional")]
        if wanted is not None:
            ids = tuple(wanted)
            return tuple(activate(book, At(i, desk.reader.on), found.now) for i in ids), ()
        known = [r for r in waiting if _may_begin(r, found)]
        begun = tuple(activate(book, At(r.pairing.id, desk.reader.on), found.now) for r in known)
        begun_ids = {r.pairing.id for r in begun}
        return begun, tuple(r for r in waiting if r.pairing.id not in begun_ids)


def review_facts(desk: Desk, unit: str) -> tuple[OnRecord, ...]:
    """Look at every pairing against today's ledger; what lapsed rests at once (复核)."""
    with desk.store.writing(desk.actor, "review facts") as book:
        return recheck(book, unit, unit_on_record(book, unit, desk.reader).now)


def close_those_of(
    desk: Desk, unit: str, caregivers: Iterable[CaregiverId], reason: EndReason
) -> tuple[OnRecord, ...]:
    """End every pairing of caregivers who leave together, as in an election month (换届)."""
    leaving = frozenset(caregivers)
    due_days = desk.reader.programme.due_days
    with desk.store.writing(desk.actor, "close pairings") as book:
        theirs = [r for r in standing(book, unit) if r.pairing.caregiver in leaving]
        return tuple(
            close(book, At(r.pairing.id, desk.reader.on), reason, due_days) for r in theirs
        )


def _may_begin(record: OnRecord, unit: UnitOnRecord) -> bool:
    pairing, now = record.pairing, unit.now
    return now.may_pair(pairing.child, pairing.caregiver) and not now.unknown(
        pairing.child, pairing.caregiver
    )


def resume_known(desk: Desk, pairing: PairingId) -> OnRecord:
    """Let a pairing go on whose facts are known today (恢复)."""
    with desk.store.writing(desk.actor, "resume a pairing") as book:
        unit = unit_on_record(book, find(book, pairing).seat.unit, desk.reader)
        return resume(book, At(pairing, desk.reader.on), unit.now)


def suspend_caregiver(desk: Desk, caregiver: str, why: str) -> Stopped:
    """Stop every pairing of a caregiver at once, and say whom to tell (保护性停止)."""
    with desk.store.writing(desk.actor, "suspend a caregiver") as book:
        stopped = suspend(book, CaregiverId(caregiver), desk.reader.on, why)
        record = read_person(book, caregiver).record
    beside = colleagues(record.role)
    return Stopped(stopped, report_path(), complaint_route(beside))


def close_one(desk: Desk, pairing: PairingId, reason: EndReason, why: str = "") -> OnRecord:
    """End a pairing with its reason (结束)."""
    due_days = desk.reader.programme.due_days
    with desk.store.writing(desk.actor, "close a pairing") as book:
        return close(book, At(pairing, desk.reader.on), reason, due_days, why)
