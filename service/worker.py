"""The worker: what runs in a job's own process.

It tells its progress through a pipe and leaves its results whole or not at all. What it logs and
tells of a fault holds a number and places in the code, never data. When whoever started it is
gone it ends, with all that it started: somebody else does the job anew.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from casework.access import AreaPath
from casework.errors import Busy, CaseworkError
from service.errors import from_system, record_incident

GIVE_WAY = 15
"""How much a job gives way to the pages, of 19."""


@dataclass(frozen=True, slots=True)
class Task:
    """A job as its process gets it.

    Attributes
    ----------
    desk
        Folder of the desk of the job's area.
    store, keys
        Where the store and its keys are, for work on record.
    """

    id: str
    kind: str
    area: AreaPath
    account_id: str
    arguments: dict[str, Any]
    desk: Path
    store: str
    keys: Path


Result = dict[str, Any]


class Reporter:
    """What a piece of work tells its progress to; ``news`` goes beside it, to be drawn."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Tell the stage and how far it is."""
        _tell(self._pipe, "progress", stage, done, total)

    def news(self, news: dict[str, Any]) -> None:
        """Tell numbers beside the stage; each news takes the place of the one before."""
        _tell(self._pipe, "news", news)


def run(task: Task, pipe: Connection) -> None:
    """Do one piece of work and tell how it went."""
    stand_apart(gives_way=task.kind not in WRITING)
    try:
        result = WORKS[task.kind](task, Reporter(pipe))
        _tell(pipe, "done", result)
    except Busy as error:  # the database was away, the disk full: it is tried again
        _tell(pipe, "busy", str(error))
    except CaseworkError as error:
        _tell(pipe, "failed", str(error))
    except OSError as error:
        _tell(pipe, "failed", str(from_system(error)))
    except Exception as error:
        number = record_incident(error)
        _tell(
            pipe,
            "failed",
            f"程序出错，编号 {number}，名单没有被改动"
            f" / our fault, number {number}; nothing was changed",
        )


def stand_apart(*, gives_way: bool = True) -> None:
    """Have a process group of one's own, to be stopped whole, and end with whoever started it.

    Work that waits gives way to people who wait: it takes the processor when pages do not. A group
    is asked for, not a session: each session gets an even share of the processors (the kernel's
    autogroup) however low the rank of what runs in it, and work would give way to nobody.
    """
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)
        if gives_way:
            os.nice(GIVE_WAY)
    if gives_way and hasattr(os, "SCHED_IDLE"):
        # a page then takes the processor at once, not at the next turn
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    end_with_parent()


def end_with_parent() -> None:
    """End this process when the one that started it is gone; its group too, if it leads one."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(1)


@contextmanager
def _desk(task: Task) -> Iterator[Any]:
    from ledger.record.key_ring import KeyRing
    from service.desk import Desk

    keys = KeyRing.load(task.keys, make=False)
    try:
        yield Desk(task.desk, keys)
    finally:
        keys.close()


def _check(task: Task, progress: Reporter) -> Result:
    from service.workflows.desk_work import check_desk

    with _desk(task) as desk:
        check_desk(desk, task.arguments, progress)
    return {}


def _pair(task: Task, progress: Reporter) -> Result:
    from service.workflows.desk_work import pair_desk

    with _desk(task) as desk:
        pair_desk(desk, task.arguments, progress)
    return {}


def _propose(task: Task, progress: Reporter) -> Result:
    from service.workflows.unit_desk import propose_as

    return {"proposal": propose_as(task, progress)}


def _recruit(task: Task, progress: Reporter) -> Result:
    from service.workflows.recruits import recruit_as

    return {"villages": recruit_as(task, progress)}


def _import_read(task: Task, progress: Reporter) -> Result:
    from service.workflows.import_work import read_as

    return read_as(task, progress)


def _roster(task: Task, progress: Reporter) -> Result:
    from service.workflows.import_work import compare_as

    return compare_as(task, progress)


def _import_write(task: Task, progress: Reporter) -> Result:
    from service.workflows.import_writing import write_as

    return write_as(task, progress)


def _month(task: Task, progress: Reporter) -> Result:
    from service.workflows.months import close_as

    return {"month": close_as(task)}


def _round(task: Task, progress: Reporter) -> Result:
    from service.workflows.rounds_work import work_on_round

    return work_on_round(task, progress)


WORKS: dict[str, Callable[[Task, Reporter], Result]] = {
    "check": _check,
    "pair": _pair,
    "propose": _propose,
    "recruit": _recruit,
    "import_read": _import_read,
    "import_confirm": _import_write,
    "import_undo": _import_write,
    "roster_compare": _roster,
    "month": _month,
    "round_plan": _round,
    "round_replan": _round,
    "round_choose": _round,
}
"""What each kind of job does; its result says where to look."""
WRITING = frozenset(("import_confirm", "import_undo"))
"""Jobs that write nearly all the time: pages wait for them, so they give way to none."""


def _tell(pipe: Connection, *told: object) -> None:
    with suppress(BrokenPipeError, OSError):
        pipe.send(told)
