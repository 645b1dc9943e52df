"""Erasure: nothing of her is left in rows, file, log or keys; and nothing was ever in plain."""

from pathlib import Path

import pytest
from sqlalchemy import select

from casework.errors import NotFound
from ledger.record.audit_tables import audit
from ledger.record.erasure import erase_person
from ledger.record.schema import load_tables, personal_columns
from ledger.record.trail import check_trail
from tests.ledger.record.scratch import OFFICER, notes, read_name, write_note

CANARY = "canary-7f3a9c-赵小雨"


def disk_of(where, keys_folder):
    """Every byte on disk: the data folder or PostgreSQL's own, and the keys."""
    folder = where if isinstance(where, Path) else Path(where.split("host=")[1])
    files = [path for path in folder.rglob("*") if path.is_file()]
    files += [path for path in Path(keys_folder).iterdir() if path.is_file()]
    return b"".join(path.read_bytes() for path in files)


def flush(store):
    with store.engine.connect() as connection:
        if store.engine.dialect.name == "postgresql":
            connection.exec_driver_sql("CHECKPOINT")


def test_what_is_sealed_is_nowhere_on_disk_in_plain(noted, where, keys_folder):
    for number in range(30):
        write_note(noted, f"n{number}", f"p{number}", f"{CANARY}-{number}", "known-village")
    flush(noted)
    disk = disk_of(where, keys_folder)
    assert CANARY.encode() not in disk
    assert b"canary-7f3a9c" not in disk
    assert b"known-village" in disk  # so that the search would have found it


def test_an_erased_person_is_gone_from_rows_and_keys(noted):
    write_note(noted, "n1", "p1", CANARY)
    write_note(noted, "n2", "p2", "other")
    erased = erase_person(noted, OFFICER, "p1", "asked for by her guardian")
    assert (erased.rows, erased.is_scrubbed) == (1, True)
    with noted.engine.connect() as connection:
        row = connection.execute(select(notes).where(notes.c.id == "n1")).one()
    assert tuple(row) == ("n1", "p1", None, None, None)
    assert read_name(noted, "n2") == "other"
    assert noted.keys.destroyed() == ("p1",)


def test_nothing_of_an_erased_person_is_left_in_file_and_log(noted, where, keys_folder):
    if noted.engine.dialect.name == "sqlite":
        for number in range(200):
            write_note(noted, f"n{number}", f"p{number % 9}", "x" * 300, f"village-{number % 9}!")
        sealed = blobs_of(noted, "p4")
        assert b"village-4!" in disk_of(where, keys_folder)
        erase_person(noted, OFFICER, "p4", "asked for")
        disk = disk_of(where, keys_folder)
        assert b"village-4!" not in disk
        assert not [blob for blob in sealed if blob in disk]
        assert b"village-5!" in disk
    else:  # PostgreSQL reuses freed room in its own time; what is left there has no key
        write_note(noted, "n1", "p4", CANARY)
        (sealed,) = blobs_of(noted, "p4")
        erase_person(noted, OFFICER, "p4", "asked for")
        with pytest.raises(NotFound), noted.reading(OFFICER, "try") as book:
            book.vault.unseal("p4", "name", sealed)


def blobs_of(store, person):
    with store.engine.connect() as connection:
        return connection.scalars(select(notes.c.name).where(notes.c.person_id == person)).all()


def test_the_trail_of_an_erased_person_stays_and_holds(noted):
    write_note(noted, "n1", "p1", CANARY)
    erase_person(noted, OFFICER, "p1", "asked for")
    with noted.engine.connect() as connection:
        rows = connection.execute(select(audit).order_by(audit.c.seq)).all()
    assert [(row.action, row.ids) for row in rows] == [("note", "[]"), ("person_erase", '["p1"]')]
    assert check_trail(noted).broken_at is None


def test_nobody_can_be_erased_who_was_never_there_and_twice_does_no_harm(noted):
    with pytest.raises(NotFound):
        erase_person(noted, OFFICER, "nobody", "asked for")
    write_note(noted, "n1", "p1", CANARY)
    assert erase_person(noted, OFFICER, "p1", "asked for").rows == 1
    assert erase_person(noted, OFFICER, "p1", "asked for").rows == 0


def test_nothing_is_sealed_for_an_erased_person_again(noted):
    write_note(noted, "n1", "p1", CANARY)
    erase_person(noted, OFFICER, "p1", "asked for")
    with pytest.raises(NotFound):
        write_note(noted, "n2", "p1", CANARY)


def test_every_personal_column_names_a_column_of_its_row_and_may_be_empty():
    for table, columns in personal_columns().items():
        for column in columns:
            assert column.nullable, f"{table.name}.{column.name}"
            assert column.info["person"] in table.c, f"{table.name}.{column.name}"


def test_tables_hold_only_what_a_backup_can_carry():
    """No numbers that a database makes by itself, no type that one of the two lacks."""
    carried = {"String", "Text", "Moment", "Integer", "BigInteger", "SmallInteger", "Boolean"}
    carried |= {"Date", "LargeBinary", "Float", "Numeric"}
    for table in load_tables().sorted_tables:
        assert table.primary_key.columns, table.name
        assert table.autoincrement_column is None, f"{table.name}: use Book.new_id"
        for column in table.columns:
            assert type(column.type).__name__ in carried, f"{table.name}.{column.name}"
