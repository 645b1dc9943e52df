"""Tasks of care (关爱待办): a caregiver's concern, which somebody follows up within days."""

from datetime import date, timedelta

from casework.programme import Programme
from casework.records import ChildRecord
from casework.rhythm import Rhythm
from casework.tasks import Task, TaskKind
from casework.wording import responsible


def concern_task(child: ChildRecord, entry_id: str, programme: Programme, on: date) -> Task:
    """Give the task of a line in which the caregiver asks somebody to look at a child."""
    return Task(
        kind=TaskKind.CARE_CONCERN,
        subject=child.id,
        due=on + timedelta(days=Rhythm.preset().concern_days),
        responsible=responsible(programme, child.township_name),
        township_name=child.township_name,
        occasion=entry_id,
        values={"name": child.name, "township": child.township_name},
        township=child.home.township,
    )
