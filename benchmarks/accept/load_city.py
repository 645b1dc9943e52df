"""A city for the load: 41 units with a full desk each, and an officer of each role signed in."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from casework.access import SYSTEM_ACTOR, Actor, Role, area
from geo.areas import Gazetteer
from ledger.record.accounts import Account, add_account
from ledger.record.key_ring import KeyRing
from ledger.record.sessions import begin_session
from ledger.record.store import Store
from ledger.sample_files import DUE, TOWNSHIPS, write_sample
from service.desk import Desk
from service.jobs import Bench
from service.rooms import desk_folder
from service.workflows.desk_work import check_desk, pair_desk

UNIT, SMALL = "武隆区", "大渡口区"
PASSWORD = "五个 词 连写 的 句子"
OPTIONS = {"on": DUE.isoformat(), "unit": None, "datum": "wgs84", "max_changes": None}
OPTIONS |= {"with_points": False, "with_names": False}


def codes() -> list[str]:
    """Give the codes of the 41 units."""
    return [unit.code for unit in Gazetteer.on(DUE).units]


def make_city(data: Path, keys: Path, where: Path | str | None = None) -> dict[str, str]:
    """Fill a data folder; give the token of each account by its name."""
    store = Store.create(where or data, KeyRing.load(keys))
    _fill_desks(data, store.keys)
    tokens = {}
    with store.writing(SYSTEM_ACTOR, "accept") as book:
        for name, role, scope in _accounts():
            made = add_account(book, Account("", name, role, scope), PASSWORD)
            tokens[name] = begin_session(book, made.id)
    _take_ledgers(store, data.with_name("small"))
    store.close()
    return tokens


def _take_ledgers(store: Store, folder: Path) -> None:
    """Put the people of a small unit on record in each of the 41."""
    from casework.import_diff import Incoming
    from ledger.people import read_ledgers
    from ledger.record.imports import Batch, confirm_now
    from ledger.workbook import read_many
    from tests.tables import reader

    write_sample(folder, SMALL, city=False, seed=3, flaws=False, on=DUE)
    files = [folder / "困境儿童台账.xlsx", folder / "爱心妈妈台账.xlsx"]
    tables = [table for _, reading in read_many(files) for table in reading.tables]
    read = read_ledgers(tables, reader(on=DUE, unit=SMALL))
    for code in codes():
        with store.writing(Actor("accept", Role.UNIT, area(code)), "import") as book:
            for kind, rows in (("child", read.children), ("caregiver", read.caregivers)):
                here = tuple(_moved(row, code) for row in rows)
                confirm_now(book, Batch(code, kind, Incoming(here, (), DUE)))


def _moved(row: Any, code: str) -> Any:
    """Give a row as one of another unit's, at home in its first township."""
    town = next(iter(Gazetteer.on(DUE).townships(code)), None)
    home = replace(row.home, unit=code, township=town.code if town else "", village="")
    return replace(row, home=home)


def _accounts() -> list[tuple[str, Role, tuple[str, ...]]]:
    places = Gazetteer.on(DUE)
    found: list[tuple[str, Role, tuple[str, ...]]] = [
        ("city", Role.CITY, area()),
        ("auditor", Role.AUDITOR, area()),
    ]
    for unit in places.units:
        found.append((f"u{unit.code}", Role.UNIT, area(unit.code)))
        town = next(iter(places.townships(unit.code)), None)
        if town is not None:
            found.append((f"t{unit.code}", Role.TOWNSHIP, area(unit.code, town.code)))
    return found


def _fill_desks(data: Path, keys: KeyRing) -> None:
    """Check and pair one unit's ledgers, and give every unit a desk as full as that."""
    sample = data.with_name("sample")
    write_sample(sample, UNIT, flaws=True)
    first, *others = codes()
    desk = Desk(desk_folder(data, area(first)), keys)
    for workbook in sorted((sample / TOWNSHIPS).iterdir()):
        file_id, path = desk.draft(workbook.name, "ledger")
        shutil.copyfile(workbook, path)
        desk.accept(file_id, workbook.name, "ledger")
    check_desk(desk, OPTIONS, lambda *_: None)
    pair_desk(desk, OPTIONS, lambda *_: None)
    for code in others:
        shutil.copytree(desk.root, desk_folder(data, area(code)))


def ask_solves(store: Store) -> list[str]:
    """Put a pairing of every unit into the queue; give the jobs."""
    return [
        Bench(store, area(code)).start(Actor("accept", Role.UNIT, area(code)), "pair", OPTIONS).id
        for code in codes()
    ]
