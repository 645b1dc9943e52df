"""Pairings on record: begin, rest, stop, end (结对的生效、暂停、停止、结束).

One function a use case, each one block of the store, by the ledger as it is that day.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from casework.errors import Refused
from casework.pairings import EndReason, HoldReason, PairingId, PairingState
from casework.people import CaregiverId
from casework.safeguarding import ReportTo, colleagues, complaint_route, report_path
from casework.tasks import TaskKind
from ledger.record.book import Book
from ledger.record.corrections import stop_caregiver
from ledger.record.pairing_steps import (
    At,
    activate,
    close,
    hand_over,
    hold,
    lift,
    recheck,
    report,
    resume,
    suspend,
    take_leave,
)
from ledger.record.pairing_tasks import keep_tasks, settle_tasks
from ledger.record.pairings import OnRecord, find, of_caregiver, standing
from ledger.record.people import these
from ledger.record.person_writing import Source, SourceKind
from service.workflows.unit_on_record import Desk, UnitOnRecord, unit_on_record

WAITING = (PairingState.APPROVED, PairingState.CONDITIONAL)


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
    on = desk.reader.on
    with desk.store.writing(desk.actor, "activate pairings") as book:
        found = unit_on_record(book, unit, desk.reader)
        if wanted is not None:
            return tuple(activate(book, At(i, on), found.now) for i in tuple(wanted)), ()
        _keep_tasks(book, desk, recheck(book, unit, found.now))
        waiting = [r for r in standing(book, unit) if r.pairing.state in WAITING]
        known = [r for r in waiting if _may_begin(r, found)]
        begun = tuple(activate(book, At(r.pairing.id, on), found.now) for r in known)
        begun_ids = {r.pairing.id for r in begun}
        return begun, tuple(r for r in waiting if r.pairing.id not in begun_ids)


def review_facts(desk: Desk, unit: str) -> tuple[OnRecord, ...]:
    """Look at every pairing against today's ledger; what lapsed rests at once (复核)."""
    with desk.store.writing(desk.actor, "review facts") as book:
        moved = recheck(book, unit, unit_on_record(book, unit, desk.reader).now)
        return _keep_tasks(book, desk, moved)


def activate_one(desk: Desk, pairing: PairingId, seen: int | None = None) -> OnRecord:
    """Let one pairing begin whose facts are known today (生效)."""
    with desk.store.writing(desk.actor, "activate a pairing") as book:
        unit = unit_on_record(book, find(book, pairing).seat.unit, desk.reader)
        return activate(book, At(pairing, desk.reader.on, seen), unit.now)


def resume_known(desk: Desk, pairing: PairingId, seen: int | None = None) -> OnRecord:
    """Let a pairing go on whose facts are known today (恢复)."""
    with desk.store.writing(desk.actor, "resume a pairing") as book:
        unit = unit_on_record(book, find(book, pairing).seat.unit, desk.reader)
        found = resume(book, At(pairing, desk.reader.on, seen), unit.now)
        settle_tasks(book, found, TaskKind.FACTS_LAPSED, "")
        return found


def suspend_caregiver(desk: Desk, caregiver: str, why: str) -> Stopped:
    """Stop every pairing of a caregiver at once, and say whom to tell (保护性停止).

    One who has no pairing is stopped in the ledger, so that no proposal gives her a child.
    """
    with desk.store.writing(desk.actor, "suspend a caregiver") as book:
        stopped: tuple[OnRecord, ...] = ()
        if of_caregiver(book, CaregiverId(caregiver)):
            stopped = suspend(book, CaregiverId(caregiver), desk.reader.on, why)
        else:
            by_hand = Source(SourceKind.HAND, "", desk.reader.on, why)
            stop_caregiver(book, caregiver, by_hand)
        role = next((p.record.role for p in these(book, [caregiver])), None)
        _keep_tasks(book, desk, stopped)
    return Stopped(stopped, report_path(), complaint_route(colleagues(role)))


def record_report(desk: Desk, pairing: PairingId, to: str, seen: int | None = None) -> OnRecord:
    """Write down to whom a suspicion was reported (强制报告)."""
    with desk.store.writing(desk.actor, "record a report") as book:
        found = report(book, At(pairing, desk.reader.on, seen), to)
        settle_tasks(book, found, TaskKind.MANDATORY_REPORT, to)
        return found


def close_one(
    desk: Desk, pairing: PairingId, reason: EndReason, why: str = "", seen: int | None = None
) -> OnRecord:
    """End a pairing with its reason (结束)."""
    with desk.store.writing(desk.actor, "close a pairing") as book:
        due_days = desk.reader.programme.due_days
        found = close(book, At(pairing, desk.reader.on, seen), reason, due_days, why)
        _keep_tasks(book, desk, (found,))
        return found


def close_those_of(
    desk: Desk, unit: str, caregivers: Iterable[CaregiverId], reason: EndReason
) -> tuple[OnRecord, ...]:
    """End every pairing of caregivers who leave together, as in an election month (换届)."""
    leaving, on = frozenset(caregivers), desk.reader.on
    due_days = desk.reader.programme.due_days
    with desk.store.writing(desk.actor, "close pairings") as book:
        theirs = [r for r in standing(book, unit) if r.pairing.caregiver in leaving]
        ended = (close(book, At(r.pairing.id, on), reason, due_days) for r in theirs)
        return _keep_tasks(book, desk, tuple(ended))


def record_farewell(
    desk: Desk, pairing: PairingId, words: str, seen: int | None = None
) -> OnRecord:
    """Write down how the two took leave (告别记录)."""
    with desk.store.writing(desk.actor, "record a farewell") as book:
        found = take_leave(book, At(pairing, desk.reader.on, seen), words)
        settle_tasks(book, found, TaskKind.FAREWELL, words)
        return found


def record_hand_over(
    desk: Desk, pairing: PairingId, by_whom: str, seen: int | None = None
) -> OnRecord:
    """Write down that the child was handed over (交接)."""
    with desk.store.writing(desk.actor, "record a hand-over") as book:
        found = hand_over(book, At(pairing, desk.reader.on, seen), by_whom)
        settle_tasks(book, found, TaskKind.HAND_OVER, by_whom)
        return found


def _keep_tasks(book: Book, desk: Desk, found: tuple[OnRecord, ...]) -> tuple[OnRecord, ...]:
    keep_tasks(book, found, desk.reader.programme, desk.reader.on)
    return found


def _may_begin(record: OnRecord, unit: UnitOnRecord) -> bool:
    pairing, now = record.pairing, unit.now
    return now.may_pair(pairing.child, pairing.caregiver) and not now.unknown(
        pairing.child, pairing.caregiver
    )


# --- one step, as a page or a program asks for it --------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says with a step: the version she saw, a reason, words, a day."""

    seen: int
    reason: str = ""
    words: str = ""
    until: date | None = None

    def must(self, ask: str) -> str:
        """Give the words, or ask for them.

        Raises
        ------
        Refused
            When there are none.
        """
        if not self.words.strip():
            raise Refused(ask)
        return self.words.strip()


def take(desk: Desk, pairing: PairingId, step: str, said: Said) -> OnRecord:
    """Take one step of a pairing's life, with the tasks it makes or settles."""
    return STEPS[step](desk, pairing, said)


def _hold(desk: Desk, pairing: PairingId, said: Said) -> OnRecord:
    if said.reason not in set(HoldReason):
        raise Refused("请选择暂停原因 / choose a reason")
    at = At(pairing, desk.reader.on, said.seen)
    with desk.store.writing(desk.actor, "put a pairing on hold") as book:
        return hold(book, at, HoldReason(said.reason), said.until)


def _lift(desk: Desk, pairing: PairingId, said: Said) -> OnRecord:
    finding = said.must("请写明核查结论 / say what was found")
    with desk.store.writing(desk.actor, "lift a suspension") as book:
        return lift(book, At(pairing, desk.reader.on, said.seen), finding)


def _close(desk: Desk, pairing: PairingId, said: Said) -> OnRecord:
    if said.reason not in set(EndReason):
        raise Refused("请选择结束原因 / choose a reason")
    return close_one(desk, pairing, EndReason(said.reason), said.words.strip(), said.seen)


def _farewell(desk: Desk, pairing: PairingId, said: Said) -> OnRecord:
    return record_farewell(desk, pairing, said.must("请写明告别情况 / say how it went"), said.seen)


def _hand_over(desk: Desk, pairing: PairingId, said: Said) -> OnRecord:
    return record_hand_over(desk, pairing, said.must("请写明由谁交接 / say by whom"), said.seen)


STEPS: Mapping[str, Callable[[Desk, PairingId, Said], OnRecord]] = {
    "activate": lambda desk, pairing, said: activate_one(desk, pairing, said.seen),
    "hold": _hold,
    "resume": lambda desk, pairing, said: resume_known(desk, pairing, said.seen),
    "lift": _lift,
    "close": _close,
    "farewell": _farewell,
    "hand_over": _hand_over,
}
