"""Import a nation's ledgers into a store, and ask for pages of a list in it.

    .venv/bin/python benchmarks/records.py [--rows 50000] [--files 284] [--kill] [--database URL]

Made-up ledgers, a workbook a county, are imported as ``nuantong ledger import FOLDER --confirm``
does it: read in a fenced process, judged, compared, sealed, with history and audit. With
``--kill`` the import is killed in the middle and run again. Full size: --rows 500000 --files 2844.
"""

import argparse
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import xlsxwriter
from sqlalchemy import func, select
from stdnum.cn import ric

from casework.access import SYSTEM_ACTOR, Actor, Role, area
from ledger.record.people import PageAsk, page_of
from ledger.record.people_tables import people
from service.on_record import open_record

ROOT = Path(__file__).parents[1]
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


def command(folder: Path, data: Path, database: str | None) -> list[str]:
    """Give the command that a person would run."""
    where = ["--database", database] if database else ["--data", str(data)]
    given = ["ledger", "import", str(folder), "--confirm", "--doubtful", "keep", *where]
    return [sys.executable, "-m", "service.cli", *given, "--on", "2021-09-15"]


def main() -> None:
    """Make, import, and ask."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--files", type=int, default=284)
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--database")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        folder, data = work / "files", work / "data"
        folder.mkdir()
        os.environ.update(NUANTONG_CONFIG=str(work / "config"), PYTHONPATH=str(ROOT))
        make_files(folder, given.rows, given.files)
        run = command(folder, data, given.database)
        if given.kill:
            kill_in_the_middle(run, given.database or data, given.rows)
        begun, worked = time.monotonic(), cpu_seconds()
        done = subprocess.run(run, capture_output=True, text=True, check=False)
        seconds = time.monotonic() - begun
        print(done.stdout.strip(), done.stderr.strip()[-300:] if done.returncode else "")
        where = given.database or data
        told = counted(where)
        print(f"{told} people on record of {given.rows} rows; {seconds:.1f} s")
        if not given.kill:
            worked = cpu_seconds() - worked
            print(f"{given.rows / seconds:,.0f} rows/s; {worked:.1f} s of work on all cores, ")
            print(f"{given.rows / worked:,.0f} rows a second of work")
        size = sum(path.stat().st_size for path in data.rglob("*")) if data.exists() else 0
        keys = sum(path.stat().st_size for path in (work / "config").rglob("*"))
        print(f"database {size / 1e6:.0f} MB, keys {keys / 1e6:.0f} MB")
        ask(where)


def cpu_seconds() -> float:
    """Give the processor's time of every command that has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def kill_in_the_middle(run: list[str], where: Path | str, rows: int) -> None:
    """Start the import and kill it, without a warning, when some of it is on record."""
    child = subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while child.poll() is None:
        time.sleep(1)
        try:
            if counted(where) > rows // 4:
                break
        except Exception:  # not made yet
            continue
    child.send_signal(signal.SIGKILL)
    child.wait()
    print(f"killed with {counted(where)} people on record")


def counted(where: Path | str) -> int:
    """Count the people on record, and see that nobody is there twice."""
    store = open_record(where)
    try:
        with store.reading(SYSTEM_ACTOR, "benchmark") as book:
            numbers = func.count(people.c.id_lookup.distinct())
            found, different = book.connection.execute(
                select(func.count(), numbers).select_from(people)
            ).one()
    finally:
        store.close()
    assert found == different, "somebody is on record twice"
    return int(found)


def ask(where: Path | str) -> None:
    """Time pages of the list of the largest unit, within the scope of its own staff."""
    store = open_record(where)
    with store.reading(SYSTEM_ACTOR, "benchmark") as book:
        unit = book.connection.scalar(
            select(people.c.unit).group_by(people.c.unit).order_by(func.count().desc()).limit(1)
        )
    officer, times = Actor("officer", Role.UNIT, area(str(unit))), []
    for _ in range(20):
        begun = time.perf_counter()
        with store.reading(officer, "benchmark") as book:
            page = page_of(book, PageAsk("child", str(unit), most=50))
        times.append((time.perf_counter() - begun) * 1000)
    store.close()
    print(
        f"a page of {len(page.people)} of {page.total}: "
        f"median {median(times):.1f} ms, worst {max(times):.1f} ms"
    )


if __name__ == "__main__":
    main()
