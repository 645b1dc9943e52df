"""Workbooks do not lie on a desk for ever, nor after somebody on them was erased."""

import os
from datetime import UTC, date, datetime, timedelta

import pytest

from casework.access import Actor, Role, area
from casework.errors import Busy, Refused
from ledger.record.people import PageAsk, page_of
from service import desk_keeping
from service.desk import Desk
from service.desk_keeping import clear_old_desks, is_desk_clear
from service.jobs import Bench
from service.on_record import open_record
from service.rooms import desk_folder
from service.settings import Settings
from service.workflows.erasing import erase_everywhere
from service.workman import Workman
from tests.a_year import UNIT, WANG, take_ledgers

NOW = datetime(2021, 9, 15, tzinfo=UTC)


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def store(data):
    store = open_record(data, make=True)
    yield store
    store.close()


def filled(store, data, unit=UNIT, days_ago=0.0):
    desk = Desk(desk_folder(data, area(unit)), store.keys)
    file_id, path = desk.draft("名单.xlsx", "ledger")
    path.write_bytes(b"names")
    desk.accept(file_id, "名单.xlsx", "ledger")
    moment = (NOW - timedelta(days=days_ago)).timestamp()
    for path in desk.root.rglob("*"):
        if path.is_file():
            os.utime(path, (moment, moment))
    return desk


def test_a_desk_unused_for_ninety_days_is_cleared_and_one_of_eighty_nine_stays(store, data):
    old, young = filled(store, data, UNIT, 91), filled(store, data, "500103", 89)
    assert clear_old_desks(store, data, 90, NOW) == 1
    assert (old.files, len(young.files)) == ((), 1)
    assert clear_old_desks(store, data, 90, NOW) == 0


def test_none_is_cleared_where_the_office_says_never_nor_while_work_waits(store, data):
    desk = filled(store, data, UNIT, 500)
    assert clear_old_desks(store, data, 0, NOW) == 0
    Bench(store, area(UNIT)).start(Actor("wang", Role.UNIT, area(UNIT)), "check", {})
    assert clear_old_desks(store, data, 90, NOW) == 0
    assert len(desk.files) == 1


def test_what_else_lies_beside_the_desks_keeps_none_of_them(store, data):
    old = filled(store, data, UNIT, 91)
    (old.root.parent / ".DS_Store").write_bytes(b"")
    (old.root.parent / "500103 副本").mkdir()
    assert clear_old_desks(store, data, 90, NOW) == 1


def test_a_desk_somebody_is_at_just_now_is_left_alone(store, data, monkeypatch):
    filled(store, data, UNIT, 91)
    just_gone = lambda folder: [folder / "inbox" / "gone.xlsx"]  # noqa: E731
    monkeypatch.setattr(desk_keeping, "_contents", just_gone)
    assert clear_old_desks(store, data, 90, NOW) == 0


def test_the_workman_goes_on_whatever_befalls_him(store, data, monkeypatch):
    desk = filled(store, data, UNIT, 500)
    befell = iter((PermissionError("a folder"), MemoryError(), Busy("a writer")))

    class Unlucky(Workman):
        def do_one(self):
            for error in befell:
                raise error
            self._is_stopping.set()
            return super().do_one()

    monkeypatch.setattr(store, "clock", lambda: NOW)
    monkeypatch.setattr("service.workman.ask_to_close", fails)
    Unlucky(store, data).work()
    assert desk.files == (), "the desks were seen to, though a month could not be closed"


def fails(*_):
    raise OSError(5, "a disk")


def test_the_workman_keeps_house_once_an_hour(store, data, monkeypatch):
    desk = filled(store, data, UNIT, 500)
    workman = Workman(store, data)
    monkeypatch.setattr(store, "clock", lambda: NOW)
    workman._keep_house()
    assert desk.files == ()
    again = filled(store, data, UNIT, 500)
    workman._keep_house()
    assert len(again.files) == 1


def test_erasing_somebody_clears_the_desk_of_her_unit_and_no_other(store, data, sample):
    take_ledgers(store, sample, date(2021, 9, 15))
    mine, other = filled(store, data), filled(store, data, "500103")
    with store.reading(WANG, "list") as book:
        person = page_of(book, PageAsk("child", UNIT)).people[0].record.id
    erased, is_clear = erase_everywhere(store, data, person, "监护人要求")
    assert erased.rows
    assert is_clear
    assert (mine.files, len(other.files)) == ((), 1)
    assert is_desk_clear(data, UNIT)


def test_the_days_are_a_number():
    assert Settings.from_environment({}).desk_days == 90
    assert Settings.from_environment({"NUANTONG_DESK_DAYS": "0"}).desk_days == 0
    with pytest.raises(Refused):
        Settings.from_environment({"NUANTONG_DESK_DAYS": "soon"})
