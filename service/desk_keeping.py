"""Desk keeping: workbooks do not lie on a desk for ever (工作台保留期).

A desk that nobody has touched for so many days is cleared, and so is the desk of a unit of which
somebody is erased: the workbooks on it may name her. Its key goes with it.
The city's desk holds hand-ins without names and stays.
"""

from datetime import datetime, timedelta
from pathlib import Path

from casework.access import SYSTEM_ACTOR, area
from casework.errors import Busy
from ledger.record.sealed_files import KEY_NAME
from ledger.record.store import Store
from service.desk import Desk
from service.jobs import Bench
from service.rooms import CITY, DESKS, desk_folder

_NOBODYS = {"说明.txt", ".lock", KEY_NAME}


def clear_old_desks(store: Store, data: Path, days: int, now: datetime) -> int:
    """Clear the desks that nobody has touched for so many days; 0 days keeps them. Count them."""
    if days <= 0 or not (data / DESKS).is_dir():
        return 0
    long_ago = (now - timedelta(days=days)).timestamp()
    here = sorted(path.name for path in (data / DESKS).iterdir() if path.is_dir())
    units = [
        name for name in here if name.isalnum() and name != CITY
    ]  # what else lies there stays
    return sum(clear_desk(store, data, unit) for unit in units if _is_old(data, unit, long_ago))


def clear_desk(store: Store, data: Path, unit: str) -> bool:
    """Clear a unit's desk, and put that on record; False where it has none, or work runs on it."""
    where = area(unit)
    if is_desk_clear(data, unit):
        return False
    try:
        Bench(store, where).forget(SYSTEM_ACTOR)
    except Busy:
        return False
    Desk(desk_folder(data, where), store.keys).clear()
    with store.writing(SYSTEM_ACTOR, "desk keeping") as book:
        book.note("desk_clear", "desk", ["/".join(where)])
    return True


def is_desk_clear(data: Path, unit: str) -> bool:
    """Whether no workbook of a unit lies on its desk."""
    folder = desk_folder(data, area(unit))
    return not folder.is_dir() or not _holds_anything(folder)


def _is_old(data: Path, unit: str, long_ago: float) -> bool:
    folder = desk_folder(data, area(unit))
    try:
        times = [path.stat().st_mtime for path in _contents(folder)]
    except FileNotFoundError:
        return False  # somebody is at it just now
    return bool(times) and max(times) < long_ago


def _holds_anything(folder: Path) -> bool:
    return bool(_contents(folder))


def _contents(folder: Path) -> list[Path]:
    """List the files of a desk but for what says what the folder is."""
    return [p for p in folder.rglob("*") if p.is_file() and p.name not in _NOBODYS]
