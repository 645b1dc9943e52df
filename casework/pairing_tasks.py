"""Tasks of pairings (结对待办): what a pairing that ended, stopped or lapsed asks of somebody."""

from collections.abc import Iterator
from datetime import date, timedelta

from casework.pairings import HoldReason, Pairing
from casework.programme import Programme
from casework.records import ChildRecord
from casework.tasks import Task, TaskKind
from casework.wording import facts, responsible


def pairing_tasks(
    pairing: Pairing, child: ChildRecord, programme: Programme, on: date
) -> tuple[Task, ...]:
    """Give what has to be done about a pairing now; each once for each pairing."""
    return tuple(
        Task(
            kind=kind,
            subject=child.id,
            due=due,
            responsible=responsible(programme, child.township_name),
            township_name=child.township_name,
            occasion=pairing.id,
            values={
                "name": child.name,
                "township": child.township_name,
                "facts": facts(pairing.unknown),
            },
            township=child.home.township,
        )
        for kind, due in _asked(pairing, programme, on)
    )


def _asked(pairing: Pairing, programme: Programme, on: date) -> Iterator[tuple[TaskKind, date]]:
    later = on + timedelta(days=programme.due_days)
    due = (pairing.closure.due_on if pairing.closure else None) or later
    if pairing.owes_farewell:
        yield TaskKind.FAREWELL, due
    if pairing.owes_hand_over:
        yield TaskKind.HAND_OVER, due
    if pairing.suspension is not None and not pairing.suspension.reported_to:
        yield TaskKind.MANDATORY_REPORT, pairing.suspension.since
    if pairing.hold is not None and pairing.hold.reason is HoldReason.FACTS_LAPSED:
        yield TaskKind.FACTS_LAPSED, later
