"""An import of a folder is killed without a warning and run again: nothing lost, nothing twice."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import func, select

from casework.access import SYSTEM_ACTOR
from ledger.record.people_tables import people, person_versions
from service.on_record import open_record
from tests.tables import resident_id

ROOT = Path(__file__).parents[2]
FILES, ROWS = 12, 40  # with the rows of a transaction made few
GIVEN = "安宁乐康成怡欣然晨曦子轩雨桐思源佳慧文博志远静雅"


FEW_ROWS_A_TRANSACTION = (
    "from service.workflows import import_folder as f; f._ROWS_A_TRANSACTION = 60; "
    "from service import cli; cli.main()"
)


def make(folder: Path) -> None:
    folder.mkdir()
    for number in range(FILES):
        book = openpyxl.Workbook()
        headings = ("区县", "镇街", "村社区", "姓名", "身份证号码", "困境类别")
        book.active.append(headings)
        for row in range(ROWS):
            born = f"2012{number + 1:02}{row % 28 + 1:02}"
            whose = resident_id(born, row + 1)
            name = "王" + "".join(GIVEN[n] for n in divmod(number * ROWS + row, len(GIVEN)))
            book.active.append(("安平县", f"镇{number}镇", "东山村", name, whose, "散居孤儿"))
        book.save(folder / f"{number:02}困境儿童台账.xlsx")


def counts(data: Path) -> tuple[int, int, int]:
    store = open_record(data)
    try:
        with store.reading(SYSTEM_ACTOR, "count") as book:
            numbers = func.count(people.c.id_lookup.distinct())
            found = book.connection.execute(select(func.count(), numbers).select_from(people))
            versions = book.connection.scalar(select(func.count()).select_from(person_versions))
            return (*found.one(), versions)
    finally:
        store.close()


def started_by(pid: int) -> list[int]:
    """Give the processes that one started, and those that they started."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    direct = [int(child) for child in children.read_text().split()] if children.exists() else []
    return direct + [one for child in direct for one in started_by(child)]


@pytest.mark.slow
def test_a_killed_import_goes_on_where_it_stopped(tmp_path, monkeypatch):
    monkeypatch.setenv("NUANTONG_CONFIG", str(tmp_path / "config"))
    folder, data = tmp_path / "files", tmp_path / "data"
    make(folder)
    run = [sys.executable, "-m", "service.cli", "ledger", "import", str(folder), "--confirm"]
    run += ["--doubtful", "keep", "--data", str(data), "--on", "2021-09-15"]
    open_record(data, make=True).close()
    run[1:3] = ["-c", FEW_ROWS_A_TRANSACTION]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    first = subprocess.Popen(run, env=environment, stdout=subprocess.DEVNULL, stderr=-3)
    deadline = time.monotonic() + 60
    while counts(data)[0] < 2 * ROWS and first.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    others = started_by(first.pid)
    first.send_signal(signal.SIGKILL)
    first.wait()
    while any(Path(f"/proc/{pid}").exists() for pid in others):
        assert time.monotonic() < deadline, "a process that judges outlived the import"
        time.sleep(0.1)
    before = counts(data)[0]
    assert before % ROWS == 0, "half a file is on record"
    again = subprocess.run(run, env=environment, capture_output=True, text=True, check=True)
    assert counts(data) == (FILES * ROWS,) * 3
    assert f"以前导入过 {before // ROWS} 个" in again.stdout
