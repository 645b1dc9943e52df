"""Import a nation's ledgers into a store, ask for pages of lists, and take care of it.

    .venv/bin/python benchmarks/records.py [--rows N --files N] [--kill] [--postgresql]
        [--trail N]

Made-up ledgers, a workbook a county, are imported as ``nuantong ledger import FOLDER --confirm``
does it: read in a fenced process, judged, compared, sealed, with history and audit. With
``--kill`` the import is killed in the middle and run again. Then pages of lists are asked for,
and ``doctor``, ``audit verify``, ``backup`` and ``restore`` are timed. PostgreSQL is the wheel's,
with fsync on. Full size: --rows 500000 --files 2844.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import psycopg
import xlsxwriter
from sqlalchemy import func, select, text
from stdnum.cn import ric

from casework.access import SYSTEM_ACTOR, Actor, Role, area
from ledger.record.book import Book
from ledger.record.people import PageAsk, find_person, page_of, read_person
from ledger.record.people_tables import people
from ledger.record.store import Store
from ledger.record.trail_pages import list_trail
from service.on_record import open_record
from tests.postgres import running_postgres

ROOT = Path(__file__).parents[1]
ASKED = 200
HEADINGS = ("区县", "镇街", "村社区", "儿童姓名", "性别", "身份证号码", "困境类别", "监护人姓名")
MORE = ("监护人与儿童关系", "监护人联系电话", "现居住地址", "就读学校", "健康状况", "备注")
FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "安宁乐康成怡欣然晨曦子轩雨桐思源佳慧文博志远静雅"
PLACES = "东西南北上下大小长新古石金龙凤青白清平永"


def resident_id(n: int) -> str:
    """Give the n-th valid number: a region, a day and an order."""
    region, rest = divmod(n, 4_000 * 100)
    day, order = divmod(rest, 100)
    born = date(2005, 1, 1) + timedelta(days=day)
    body = f"{500101 + region}{born:%Y%m%d}{order + 1:03d}"
    return body + str(ric.calc_check_digit(body + "0"))


def make_files(folder: Path, rows: int, files: int) -> None:
    """Write a workbook a county."""
    draw, done = random.Random(7), 0
    for number in range(files):
        name = f"{PLACES[number // 400]}{PLACES[number // 20 % 20]}{PLACES[number % 20]}县"
        last = rows * (number + 1) // files
        with xlsxwriter.Workbook(str(folder / f"{number:04}_{name}困境儿童台账.xlsx")) as book:
            sheet = book.add_worksheet("困境儿童台账")
            sheet.write_row(0, 0, (*HEADINGS, *MORE))
            for line in range(1, last - done + 1):
                sheet.write_row(line, 0, row_of(name, done + line, draw))
        done = last


def row_of(unit: str, n: int, draw: random.Random) -> tuple[str, ...]:
    """Give one made-up child."""
    number = resident_id(n)
    family = draw.choice(FAMILY)
    name = family + "".join(draw.choices(GIVEN, k=2))
    town, village = draw.choice(PLACES) + "河镇", draw.choice(PLACES) + "山村"
    return (
        *(unit, town, village, name, "男" if int(number[16]) % 2 else "女", number),
        draw.choice(("散居孤儿", "事实无人抚养儿童")),
        *(family + draw.choice(GIVEN), "祖父", f"138{n:08d}", f"{unit}{town}{village}{n % 9}组"),
        *(f"{town}中心小学", "健康", ""),
    )


@dataclass(frozen=True, slots=True)
class Run:
    """What a command took.

    Attributes
    ----------
    work_seconds
        The processors' time of it and of all that it started.
    memory_mb
        Of it and all that it started, added up, at each quarter of its time, and the most.
    """

    code: int
    said: str
    seconds: float
    work_seconds: float
    memory_mb: tuple[int, ...]

    def __str__(self) -> str:
        """Tell it in a line."""
        quarters = ", ".join(map(str, self.memory_mb))
        return f"{self.seconds:.1f} s, {self.work_seconds:.1f} s of work, memory {quarters} MB"


def run(*words: object, most_seconds: float = 7200) -> Run:
    """Run a ``nuantong`` command; watch its memory and that of all it starts."""
    begun, memory = time.monotonic(), []
    with tempfile.TemporaryFile("w+") as said:
        child = subprocess.Popen(line(*words), stdout=said, stderr=subprocess.STDOUT, cwd=ROOT)
        while True:
            pid, status, used = os.wait4(child.pid, os.WNOHANG)
            if pid:
                break
            memory.append(memory_of(child.pid))
            time.sleep(0.25)
            assert time.monotonic() - begun < most_seconds
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        told = said.read().strip()
    seen = [max(memory[: len(memory) * n // 4 + 1][-5:]) for n in (1, 2, 3)]
    work = used.ru_utime + used.ru_stime
    return Run(
        child.returncode, told, time.monotonic() - begun, work, (*seen, memory[-1], max(memory))
    )


def line(*words: object) -> list[str]:
    """Give the command that a person would run."""
    return [sys.executable, "-m", "service.cli", *map(str, words)]


def memory_of(pid: int) -> int:
    """Add up the memory of a process and of all it started, in MB; shared pages count twice."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        started = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // 1_000_000 + sum(
        memory_of(int(p)) for p in started
    )


def kill_in_the_middle(words: list[object], where: Path | str, rows: int) -> int:
    """Start the import and kill it, without a warning, when some of it is on record."""
    child = subprocess.Popen(line(*words), stdout=-3, stderr=-3, cwd=ROOT)
    while child.poll() is None and counted(where) < rows // 4:
        time.sleep(1)
    child.send_signal(signal.SIGKILL)
    child.wait()
    kept = counted(where)
    print(f"killed with {kept} people on record")
    return kept


def counted(where: Path | str) -> int:
    """Count the people on record, and see that nobody is there twice."""
    store = open_record(where)
    try:
        with store.looking() as connection:
            numbers = func.count(people.c.id_lookup.distinct())
            found, different = connection.execute(
                select(func.count(), numbers).select_from(people)
            ).one()
    finally:
        store.close()
    assert found == different, "somebody is on record twice"
    return int(found)


def size_of(where: Path | str, keys: Path) -> tuple[int, int]:
    """Give the bytes of the database and of the keys."""
    bytes_of_keys = sum(path.stat().st_size for path in keys.rglob("*") if path.is_file())
    if isinstance(where, Path):
        return sum(path.stat().st_size for path in where.rglob("*")), bytes_of_keys
    store = open_record(where)
    with store.looking() as connection:
        size = connection.scalar(text("SELECT pg_database_size(current_database())"))
    store.close()
    return int(size or 0), bytes_of_keys


def ask_pages(where: Path | str) -> None:
    """Time what staff ask for, each within her own area, of the largest unit."""
    store = open_record(where)
    with store.looking() as connection:
        unit, township = connection.execute(
            select(people.c.unit, people.c.township)
            .group_by(people.c.unit, people.c.township)
            .order_by(func.count().desc())
            .limit(1)
        ).one()
        someone = connection.scalars(select(people.c.id).where(people.c.unit == unit)).all()
    unit_staff = Actor("officer", Role.UNIT, area(unit))
    township_staff = Actor("officer2", Role.TOWNSHIP, area(unit, township))
    auditor = Actor("auditor", Role.AUDITOR, area())
    number, chosen = resident_id(1), iter(someone * ASKED)
    asked: tuple[tuple[str, Actor, Callable[[Book], object]], ...] = (
        ("a unit's list", unit_staff, lambda b: page_of(b, PageAsk("child", unit))),
        (
            "a township's list",
            township_staff,
            lambda b: page_of(b, PageAsk("child", unit, township)),
        ),
        ("one child", unit_staff, lambda b: read_person(b, next(chosen))),
        ("a number looked up", unit_staff, lambda b: find_person(b, "child", number)),
        ("the auditor's list", auditor, lambda b: list_trail(b, None, "")),
    )
    for name, actor, ask in asked:
        times = list(_timed(store, actor, ask))
        print(f"{name}: median {median(times):.1f} ms, worst of {ASKED} {max(times):.1f} ms")
    store.close()


def _timed(store: Store, actor: Actor, ask: Callable[[Book], object]) -> Iterator[float]:
    """Give the milliseconds of each asking, the audit row on disk at its end."""
    for _ in range(ASKED):
        begun = time.perf_counter()
        with store.reading(actor, "benchmark") as book:
            ask(book)
        yield (time.perf_counter() - begun) * 1000


def lengthen_trail(where: Path | str, rows: int) -> None:
    """Leave audit rows such as everyday reading leaves."""
    store = open_record(where)
    for start in range(0, rows, 10_000):
        with store.writing(SYSTEM_ACTOR, "benchmark") as book:
            for number in range(start, min(start + 10_000, rows)):
                book.note("child.read", "child", [f"{number:016x}"], unit="500104")
    store.close()


def care(at: list[object], work: Path, again: list[object]) -> None:
    """Examine the store, check its trail, back it up, and restore that elsewhere."""
    print(f"doctor: {run('doctor', *at)}")
    print(f"audit verify: {(done := run('audit', 'verify', *at))}; {done.said[-80:]}")
    made = run("backup", "--out", work / "a.ntbackup", *at)
    print(f"backup: {made}; {(work / 'a.ntbackup').stat().st_size / 1e6:.0f} MB")
    print(f"restore: {(done := run('restore', work / 'a.ntbackup', *again))}; {done.said[-120:]}")
    assert made.code == done.code == 0


@contextmanager
def places(work: Path, postgresql: bool) -> Iterator[tuple[Path | str, Path | str]]:
    """Give where the store is made, and where its backup is restored to."""
    with running_postgres(fsync=True) if postgresql else nullcontext() as url:
        if url is None:
            yield work / "data", work / "again"
            return
        with psycopg.connect(url.format("postgres").replace("+psycopg", "")) as connection:
            connection.autocommit = True
            connection.execute("CREATE DATABASE again")
        yield url.format("postgres"), url.format("again")


def main() -> None:
    """Make, import, ask, take care."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--files", type=int, default=284)
    parser.add_argument("--trail", type=int, default=0, help="so many audit rows more")
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--postgresql", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, places(Path(name), given.postgresql) as here:
        work, (where, again) = Path(name), here
        (work / "files").mkdir()
        os.environ.update(NUANTONG_CONFIG=str(work / "config"), PYTHONPATH=str(ROOT))
        begun = time.monotonic()
        make_files(work / "files", given.rows, given.files)
        print(f"made {given.files} workbooks in {time.monotonic() - begun:.0f} s", flush=True)
        open_record(where, make=True).close()
        at, other = (["--database" if given.postgresql else "--data", w] for w in (where, again))
        words = ["ledger", "import", work / "files", "--confirm", "--doubtful", "keep", *at]
        words += ["--on", "2021-09-15"]
        kept = kill_in_the_middle(words, where, given.rows) if given.kill else 0
        done = run(*words)
        rows = given.rows - kept
        print(f"import: {done.said[-300:]}\n{rows} rows: {done}", flush=True)
        print(
            f"{rows / done.seconds:,.0f} rows/s, {rows / done.work_seconds:,.0f} a second of work"
        )
        told = counted(where)
        assert told == given.rows, f"{told} people on record"
        size, keys = size_of(where, work / "config")
        print(f"database {size / 1e6:.0f} MB, {size / told:.0f} bytes a row", end="; ")
        print(f"keys {keys / 1e6:.0f} MB")
        print(f"the same again: {run(*words)}", flush=True)
        lengthen_trail(where, given.trail)
        ask_pages(where)
        care(at, work, other)


if __name__ == "__main__":
    main()
