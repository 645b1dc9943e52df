"""The worker: what runs in a job's own process.

It tells its progress through a pipe and leaves its results in the data folder, whole or not at
all. What it logs and tells of a fault holds a number and places in the code, never data.
"""

import os
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from casework.errors import CaseworkError
from service.errors import from_system, record_incident


def run(kind: str, data: Path, arguments: dict[str, Any], pipe: Connection) -> None:
    """Do one piece of work and tell how it went."""
    if hasattr(os, "setsid"):
        os.setsid()  # a group of its own, so that stopping it stops its children too
    try:
        _work(kind, data, arguments, pipe)
        _tell(pipe, "done")
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


def _work(kind: str, data: Path, arguments: dict[str, Any], pipe: Connection) -> None:
    from service.workflows.desk_work import check_desk, pair_desk

    work = {"check": check_desk, "pair": pair_desk}[kind]
    work(data, arguments, lambda *told: _tell(pipe, "progress", *told))


def _tell(pipe: Connection, *told: object) -> None:
    with suppress(BrokenPipeError, OSError):
        pipe.send(told)
