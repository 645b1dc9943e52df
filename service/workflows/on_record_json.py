"""Differences, rosters and tasks as JSON: ids and classes, names masked, no values (接口)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from casework import tasks
from casework.identity import mask_name
from casework.import_diff import Line
from casework.tasks import Task
from ledger.record.rosters import RosterResult
from ledger.record.tasks import StoredTask
from service.workflows.on_record import Imported


def import_json(unit: str, done: Imported) -> dict[str, object]:
    """Give what an import would do or did as ``nuantong/import/1``."""
    return {
        "schema": "nuantong/import/1",
        "unit": unit,
        "confirmed": bool(done.confirmed),
        "counts": {found.batch.kind: found.counts for found in done.differences},
        "uncovered": sorted({name for found in done.differences for name in found.uncovered}),
        "imports": [
            {"id": one.import_id, "added": one.added, "changed": one.changed, "held": one.held}
            for one in done.confirmed
        ],
        "lines": [
            _line(found.batch.kind, n, line)
            for found in done.differences
            for n, line in enumerate(found.lines)
            if line.fate != "same"
        ],
    }


def roster_json(
    unit: str, on: date, found: RosterResult, made: Sequence[Task]
) -> dict[str, object]:
    """Give a comparison with a roster as ``nuantong/roster/1``."""
    return {
        "schema": "nuantong/roster/1",
        "unit": unit,
        "on": on.isoformat(),
        "counts": found.counts,
        "new_tasks": found.new_tasks,
        "tasks": [_task(task) for task in made],
    }


def tasks_json(unit: str, found: Sequence[StoredTask]) -> dict[str, object]:
    """Give open tasks as ``nuantong/tasks/1``."""
    return {
        "schema": "nuantong/tasks/1",
        "unit": unit,
        "tasks": [
            {"id": one.id, "state": str(one.state), "person": one.person, **_task(one.task)}
            for one in found
        ],
    }


def _line(kind: str, n: int, line: Line[Any]) -> dict[str, object]:
    record: Any = line.on_record.record if line.on_record else line.incoming
    where = line.incoming.where if line.incoming else None
    return {
        "kind": kind,
        "line": n,
        "fate": str(line.fate),
        "person": line.on_record.record.id if line.on_record else None,
        "name": mask_name(record.name),
        "file": where.file if where else None,
        "row": where.row if where else None,
        "fields": [change.name for change in line.changes],
        "blank": list(line.blanks),
        "doubts": [str(doubt) for doubt in line.doubts],
    }


def _task(task: Task) -> dict[str, object]:
    return {
        "kind": str(task.kind),
        "kind_zh": tasks.kind_name(task.kind),
        "name": task.masked_name,
        "township": task.township_name,
        "responsible": task.responsible,
        "due": task.due.isoformat(),
        "remedy_zh": tasks.remedy(task),
    }
