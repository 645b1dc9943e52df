"""Large ledgers, read for the record in a job of their own (入库读取).

A worker is worth its start only where there is much to read, and a small file need not wait
behind others' proposals: that one is read at once. A township's list and a roster of civil affairs
are read the same way.

A job's result is kept in the transaction of the previews it makes: they are made once, and not
at all where it was stopped.
"""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from casework.access import Actor, Role, area
from casework.errors import Busy, NotFound
from ledger.record import jobs as queue
from ledger.record.imports import Difference
from ledger.record.jobs import Job, JobState
from ledger.record.scope import NOT_THERE
from ledger.record.store import Store
from service.desk import Desk as Folder
from service.import_readings import Readings
from service.progress import Stage
from service.uploads import Upload, ledgers_of
from service.workflows.imports_on_record import (
    compare_with_roster,
    keep_previews,
    read_files,
)
from service.workflows.on_record import LedgersRead, short_of
from service.workflows.outcomes import worst_first
from service.workflows.task_desk import desk_of
from service.workflows.unit_on_record import Desk

if TYPE_CHECKING:
    from service.worker import Reporter, Result, Task

READ, ROSTER = "import_read", "roster_compare"
AT_ONCE_BYTES = 256 * 1024
"""A workbook of so much has about 1,200 rows and is read within a second."""
FINDINGS_SHOWN = 200


def ask_to_read(
    desk: Desk, folder: Folder, unit: str, files: Sequence[Upload], *, whole: bool
) -> Job:
    """Have a worker read workbooks, sealed meanwhile; they are there before he can take it."""
    good, refused = ledgers_of(files)
    with desk.store.writing(desk.actor, "read an import") as book:
        once = secrets.token_hex(16)  # the same file again is another reading
        job = queue.ask(book, READ, area(unit), once, {"whole": whole})
        Readings(folder).keep(job.id, good, refused)
    return job


def ask_to_compare(desk: Desk, folder: Folder, unit: str, files: Sequence[Upload]) -> Job:
    """Have a worker compare civil affairs' roster; raises as ``uploads.lay_down``."""
    with desk.store.writing(desk.actor, "compare a roster") as book:
        job = queue.ask(book, ROSTER, area(unit), secrets.token_hex(16), {})
        Readings(folder).keep(job.id, files)
    return job


def read_as(task: "Task", progress: "Reporter") -> "Result":
    """Read the workbooks of a job as whoever asked for it; where that fails, leave nothing."""
    with desk_of(task) as desk, _readings(task, desk) as readings:
        whole = bool(task.arguments["whole"])
        with readings.opened(task.id) as paths:
            read = read_files(desk, task.area[1], paths, whole=whole, progress=progress)
        read = short_of(read, readings.refused(task.id))
        progress(Stage.COMPARE, 0, 0)
        made = made_before(desk.store, task.id) or _keep(desk, read, task.id)
        readings.tell(task.id, told_of(read, made["previews"]))
        return made


def compare_as(task: "Task", progress: "Reporter") -> "Result":
    """Compare the roster of a job; done again it makes no task twice."""
    with desk_of(task) as desk, _readings(task, desk) as readings:
        with readings.opened(task.id) as paths:
            found = compare_with_roster(desk, task.area[1], paths, progress)
        readings.drop(task.id)
        return {"counts": found.counts, "new_tasks": found.new_tasks}


@contextmanager
def _readings(task: "Task", desk: Desk) -> Iterator[Readings]:
    readings = Readings(Folder(task.desk, desk.store.keys))
    try:
        yield readings
    except Exception as error:
        if not isinstance(error, Busy):  # who was kept waiting tries again
            readings.drop(task.id)
        raise


def told_of(read: LedgersRead, previews: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Give what a page says of files that were read."""
    findings = worst_first(read.findings)
    return {
        "previews": list(previews),
        "findings": [finding.as_json() for finding in findings[:FINDINGS_SHOWN]],
        "finding_count": len(findings),
        "not_taken": sum(finding.rule == "file_not_taken" for finding in findings),
    }


def preview_told(found: Difference) -> dict[str, Any]:
    """Give what a page says of a preview: numbers and townships, nobody's name."""
    return {
        "id": found.import_id,
        "kind": found.batch.kind,
        "counts": found.counts,
        "uncovered": list(found.uncovered),
        "was_confirmed": found.was_confirmed,
    }


def made_before(store: Store, job: str) -> "Result":
    """Give what a job has put on record already, where its worker died after that."""
    with store.looking() as connection:
        return dict(queue.find(connection, job).result)


def _keep(desk: Desk, read: LedgersRead, job: str) -> "Result":
    with desk.store.writing(desk.actor, "import preview") as book:
        made = {"previews": [preview_told(found) for found in keep_previews(book, read)]}
        queue.settle_made(book, job, made)
    return made


def job_of(desk: Desk, unit: str, kinds: Sequence[str], job_id: str) -> Job:
    """Give a job of a unit's imports; a township sees its own alone.

    Raises
    ------
    NotFound
        When there is none of this id, or not for this officer.
    """
    with desk.store.looking() as connection, suppress(NotFound):
        job = queue.find(connection, job_id)
        if job.kind in kinds and job.area == area(unit) and _is_hers(job, desk.actor):
            return job
    raise NotFound(NOT_THERE)


def at_work(desk: Desk, unit: str, kinds: Sequence[str]) -> tuple[Job, ...]:
    """List the jobs of a unit's imports, or of a township's own, that wait or are at work."""
    with desk.store.looking() as connection:
        jobs = queue.newest(connection, area(unit), kinds)
    return tuple(job for job in jobs if job.is_under_way and _is_hers(job, desk.actor))


def _is_hers(job: Job, actor: Actor) -> bool:
    return actor.role is not Role.TOWNSHIP or job.account_id == actor.id


def stop_work(desk: Desk, folder: Folder, job: Job) -> Job:
    """Stop a job of imports and leave nothing of it; one that is over stays."""
    with desk.store.writing(desk.actor, "cancel a job") as book:
        stopped = queue.cancel(book, job.id)
    if stopped.is_stopping or stopped.state is JobState.CANCELLED:
        Readings(folder).drop(job.id)
    return stopped
