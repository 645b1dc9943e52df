"""Work that a test can watch and stop; a spawned process imports it by name."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ledger.record.store import Store
from service.worker import Task, stand_apart
from service.workman import Work, Workman


def steps(task: Task, pipe: Any) -> None:
    for done in range(1, 4):
        pipe.send(("progress", "read", done, 3))
    pipe.send(("done", {"made": task.arguments.get("what", "")}))


def endless(task: Task, pipe: Any) -> None:
    """Never end, and start a child that never ends either."""
    stand_apart()
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    task.desk.mkdir(parents=True, exist_ok=True)
    (task.desk / "child").write_text(str(child.pid))
    pipe.send(("progress", "solve", 0, 0))
    time.sleep(600)


def converging(task: Task, pipe: Any) -> None:
    """Tell two steps of a round's solve, and never end."""
    stand_apart()
    level = {"name": "moved", "zh": "改期", "en": "moved", "unit": "天", "short": "d"}
    steps = [level | {"value": value, "bound": bound} for value, bound in ((9, 1), (5, 3))]
    pipe.send(("progress", "timetable", 0, 0))
    pipe.send(("news", {"steps": steps}))
    time.sleep(600)


def reads(task: Task, pipe: Any) -> None:
    """Tell how far a reading is, and never end."""
    stand_apart()
    pipe.send(("progress", "rows", 900, 3000))
    time.sleep(600)


def waits(task: Task, pipe: Any) -> None:
    """End when a file is there."""
    while not os.path.exists(task.arguments["for"]):
        time.sleep(0.05)
    pipe.send(("done", {}))


def dies(task: Task, pipe: Any) -> None:
    os._exit(9)


def busy(task: Task, pipe: Any) -> None:
    pipe.send(("busy", "数据库暂时连不上"))


def refuses(task: Task, pipe: Any) -> None:
    pipe.send(("failed", "文件打不开"))


@contextmanager
def at_work(store: Store, home: Path, work: Work) -> Iterator[Workman]:
    """Have jobs done by a workman of the test's own, by pretending or for real."""
    workman = Workman(store, home / "data", work)
    workman.start()
    try:
        yield workman
    finally:
        workman.stop()
