"""People on record, as the product writes them: sealed on disk, in backups, and erased whole."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from casework.access import Actor, Role, area
from casework.errors import Conflict, NotFound
from casework.import_diff import Incoming
from ledger.record.audit_tables import audit
from ledger.record.backup import back_up
from ledger.record.erasure import erase_person
from ledger.record.imports import Batch, confirm_now, keep_preview, open_preview
from ledger.record.key_ring import KeyRing
from ledger.record.pairing_tables import pairings
from ledger.record.people import PageAsk, find_person, history_of, ledgers_of, page_of, read_person
from ledger.record.restore import restore
from ledger.record.row_text import lines_of
from ledger.record.schema import personal_columns
from ledger.record.store import Store
from ledger.record.trail import check_trail
from tests.ledger.record.scratch import all_rows
from tests.people_on_record import OCTOBER, SEPTEMBER, caregiver, child, held
from tests.tables import resident_id

UNIT = "500101"
OFFICER = Actor("officer", Role.UNIT, area(UNIT))
NAMES = ("金丝雀甲", "金丝雀乙", "金丝雀丙")
CANARIES = (*NAMES, "13900000007", "金丝雀路八号", "金丝雀哮喘", "金丝雀奶奶")


def row(order, name, **facts):
    given = {
        "health": "金丝雀哮喘",
        "guardian_phone": "13900000007",
        "address": "金丝雀路八号",
        "guardian_name": "金丝雀奶奶",
        "resident_id": resident_id(order=order),
    }
    known = set(child().__slots__)
    return child(name, order, **{k: v for k, v in (given | facts).items() if k in known})


def batch(*rows, on=SEPTEMBER, waiting=(), kind="child"):
    return Batch(UNIT, kind, Incoming(rows, waiting, on))


def do(store, act, *given):
    with store.writing(OFFICER, "test") as book:
        return act(book, *given)


def ids_of(store, kind="child"):
    with store.reading(OFFICER, "list") as book:
        return {p.record.name: p.record.id for p in page_of(book, PageAsk(kind, UNIT)).people}


@pytest.fixture
def told(store):
    """A store with three children, a caregiver, a row that waits and an open preview."""
    children = [row(order, name) for order, name in enumerate(NAMES, 2)]
    do(store, confirm_now, batch(*children, waiting=(held("金丝雀丁", "x"),)))
    do(store, confirm_now, batch(caregiver("金丝雀戊"), kind="caregiver"))
    later = [replace(each, health="金丝雀哮喘好转") for each in children]
    do(store, confirm_now, batch(*later, on=OCTOBER))
    return store


def disk_of(where, keys_folder):
    folder = where if isinstance(where, Path) else Path(where.split("host=")[1])
    files = [*folder.rglob("*"), *Path(keys_folder).rglob("*")]
    return b"".join(path.read_bytes() for path in files if path.is_file())


def canaries():
    numbers = [resident_id(order=order) for order in (2, 3, 4)]
    return [word.encode() for word in (*CANARIES, *numbers, "金丝雀")]


def test_no_name_number_phone_or_address_is_on_disk_or_in_a_backup(
    told, where, keys_folder, tmp_path
):
    if not isinstance(where, Path):
        with told.engine.connect() as connection:
            connection.exec_driver_sql("CHECKPOINT")
    backup = back_up(told, OFFICER, tmp_path / "a.ntbackup").path
    disk = disk_of(where, keys_folder) + backup.read_bytes()
    assert "凤山村".encode() in disk  # the village is in plain: the search finds what is there
    assert [word.decode() for word in canaries() if word in disk] == []


def test_people_restore_to_the_very_rows(told, empty_where, tmp_path, keys_folder):
    backup = back_up(told, OFFICER, tmp_path / "a.ntbackup")
    before = all_rows(told)
    assert restore(backup.path, empty_where, told.keys, OFFICER).digest == backup.digest
    other = Store.open(empty_where, KeyRing.load(keys_folder), told.clock)
    after = all_rows(other)
    for table in ("people", "person_versions", "held_rows", "imports"):
        assert after[table] == before[table]
    assert ids_of(other) == ids_of(told)
    other.close()


def test_an_erased_child_is_in_no_row_list_history_or_ledger(told):
    ids = ids_of(told)
    gone = ids[NAMES[1]]
    erase_person(told, OFFICER, gone, "监护人要求")
    assert set(ids_of(told)) == {NAMES[0], NAMES[2]}
    for look in (read_person, history_of):
        with pytest.raises(NotFound), told.reading(OFFICER, "read") as book:
            look(book, gone)
    with told.reading(OFFICER, "find") as book:
        assert find_person(book, "child", resident_id(order=3)) == ()
        assert len(ledgers_of(book, UNIT).children) == 2
    with told.engine.connect() as connection:
        for table, columns in personal_columns().items():
            for column in columns:
                owner = table.c[column.info["person"]]
                values = connection.scalars(select(column).where(owner == gone)).all()
                assert not [v for v in values if v is not None], f"{table.name}.{column.name}"


def test_what_an_import_brought_of_an_erased_child_cannot_be_opened_in_a_backup(told):
    """The sealed rows as an old backup has them: neither hers nor the file she came in."""
    kept = do(told, keep_preview, batch(row(3, NAMES[1], health="新"), on=OCTOBER))
    with told.engine.connect() as connection:
        tables = {table.name: table for table in personal_columns()}
        body = connection.scalar(
            select(tables["imports"].c.body).where(tables["imports"].c.id == kept.import_id)
        )
    erase_person(told, OFFICER, ids_of(told)[NAMES[1]], "监护人要求")
    with pytest.raises(NotFound), told.reading(OFFICER, "open") as book:
        book.vault.unseal(kept.import_id, "batch", body)
    with pytest.raises(Conflict), told.writing(OFFICER, "open") as book:
        open_preview(book, kept.import_id)


def test_the_next_ledger_is_taken_as_usual_after_an_erasure(told):
    erase_person(told, OFFICER, ids_of(told)[NAMES[1]], "监护人要求")
    rest = [row(order, name, health="好") for order, name in ((2, NAMES[0]), (4, NAMES[2]))]
    do(told, confirm_now, batch(*rest, on=OCTOBER, waiting=(held("金丝雀丁", "x"),)))
    assert set(ids_of(told)) == {NAMES[0], NAMES[2]}
    assert check_trail(told).broken_at is None


def test_a_child_who_is_paired_is_not_erased_before_the_pairing_is_closed(told):
    ids = ids_of(told) | ids_of(told, "caregiver")
    with told.writing(OFFICER, "pair") as book:
        given = {c.name: _anything(c) for c in pairings.c if not c.nullable}
        pair = {"id": "pair", "child_id": ids[NAMES[0]], "caregiver_id": ids["金丝雀戊"]}
        book.connection.execute(insert(pairings), given | pair | {"state": "active"})
    for name in (NAMES[0], "金丝雀戊"):
        with pytest.raises(Conflict):
            erase_person(told, OFFICER, ids[name], "监护人要求")
    assert NAMES[0] in ids_of(told)


def _anything(column):
    from sqlalchemy import Boolean, Date, Integer

    from ledger.record.schema import Moment
    from tests.ledger.record.conftest import NOW

    kinds = ((Moment, NOW), (Date, NOW.date()), (Boolean, False), (Integer, 1))
    return next((value for kind, value in kinds if isinstance(column.type, kind)), "x")


def test_the_trail_holds_nothing_of_anybody(told):
    with told.engine.connect() as connection:
        text = "\n".join(str(line) for line in lines_of(connection, audit))
    assert not [word for word in canaries() if word.decode() in text]
