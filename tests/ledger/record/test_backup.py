"""Backups: one moment, encrypted, whole or refused; of either database to either."""

import threading

import pytest
from sqlalchemy import select

from casework.access import SYSTEM_ACTOR
from casework.errors import Conflict, NotFound, Unreadable
from ledger.record.audit_tables import audit
from ledger.record.backup import back_up, check_backup
from ledger.record.key_ring import KeyRing
from ledger.record.restore import restore
from ledger.record.stamps import stamp_of
from ledger.record.store import Store
from ledger.record.trail import check_trail
from tests.figures_on_record import UNIT, put
from tests.ledger.record.scratch import OFFICER, all_rows, note_ids, read_name, write_note


def fill(store, count=5):
    for number in range(count):
        write_note(store, f"n{number}", f"p{number}", f"canary-name-{number}")


@pytest.fixture
def backed_up(noted, tmp_path):
    fill(noted)
    return noted, back_up(noted, OFFICER, tmp_path / "backups" / "a.ntbackup")


def opened(where, store):
    return Store.open(where, KeyRing.load(store.keys.folder), store.clock)


def test_a_backup_restores_to_the_very_rows(backed_up, empty_where):
    store, backup = backed_up
    restored = restore(backup.path, empty_where, store.keys, OFFICER, clock=store.clock)
    assert restored.digest == backup.digest
    other = opened(empty_where, store)
    mine, theirs = all_rows(store), all_rows(other)
    assert theirs["test_notes"] == mine["test_notes"]
    assert read_name(other, "n3") == "canary-name-3"
    with other.engine.connect() as connection:
        rows = connection.execute(select(audit).order_by(audit.c.seq)).all()
    assert [row.action for row in rows] == ["note"] * 5 + ["restore", "read"]
    assert check_trail(other).broken_at is None
    other.close()


@pytest.fixture
def other_kind(where, tmp_path, request):
    """Give the place of an empty database of the other kind."""
    if isinstance(where, str):
        yield tmp_path / "other-kind"
        return
    from tests.ledger.record.conftest import _run

    url = request.getfixturevalue("postgres_empty")
    yield url
    _run(url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def test_a_backup_of_one_database_restores_to_the_other(noted, other_kind, tmp_path):
    fill(noted)
    backup = back_up(noted, OFFICER, tmp_path / "a.ntbackup")
    restored = restore(backup.path, other_kind, noted.keys, OFFICER, clock=noted.clock)
    other = opened(other_kind, noted)
    assert restored.digest == backup.digest
    assert all_rows(other)["test_notes"] == all_rows(noted)["test_notes"]
    other.close()


def test_a_backup_under_writes_is_one_moment(noted, tmp_path, empty_where):
    fill(noted, 3)
    stop = threading.Event()

    def write():
        number = 100
        while not stop.is_set():
            write_note(noted, f"n{number}", f"p{number}", "x")
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        backups = [back_up(noted, OFFICER, tmp_path / f"{n}.ntbackup") for n in range(3)]
    finally:
        stop.set()
        writer.join()
    restore(backups[-1].path, empty_where, noted.keys, OFFICER, clock=noted.clock)
    other = opened(empty_where, noted)
    ids = note_ids(other)
    assert set(ids) < set(note_ids(noted)) or ids == note_ids(noted)
    with other.engine.connect() as connection:
        noted_rows = connection.execute(select(audit).where(audit.c.action == "note")).all()
    assert len(noted_rows) == len(ids)  # each note with its audit row, never one alone
    assert check_trail(other).broken_at is None
    other.close()


def test_a_cut_or_altered_backup_is_refused_and_nothing_is_touched(backed_up, where, tmp_path):
    store, backup = backed_up
    whole = backup.path.read_bytes()
    before = all_rows(store)
    step = max(1, len(whole) // 25)
    damaged = [whole[:cut] for cut in range(0, len(whole), step)] + [whole + b"x"]
    damaged += [
        whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        for place in range(0, len(whole), step)
    ]
    bad = tmp_path / "bad.ntbackup"
    for content in damaged:
        bad.write_bytes(content)
        with pytest.raises(Unreadable):
            restore(bad, where, store.keys, OFFICER, replace=True)
    assert all_rows(store) == before


def test_a_backup_of_other_keys_is_refused(backed_up, empty_where, tmp_path):
    _, backup = backed_up
    others = KeyRing.load(tmp_path / "others")
    with pytest.raises(Unreadable):
        restore(backup.path, empty_where, others, OFFICER)
    others.close()


def test_a_database_is_replaced_only_when_asked(backed_up, where):
    store, backup = backed_up
    write_note(store, "later", "p9", "later")
    with pytest.raises(Conflict):
        restore(backup.path, where, store.keys, OFFICER)
    assert "later" in note_ids(store)
    restore(backup.path, where, store.keys, OFFICER, replace=True, clock=store.clock)
    assert "later" not in note_ids(store)


def test_a_restore_that_fails_half_way_leaves_what_was_there(backed_up, where, monkeypatch):
    from ledger.record import restore as module

    store, backup = backed_up
    write_note(store, "later", "p9", "later")
    before = all_rows(store)

    def fail(*_):
        raise OSError(28, "full")

    monkeypatch.setattr(module, "_compare", fail)
    with pytest.raises(OSError, match="full"):
        restore(backup.path, where, store.keys, OFFICER, replace=True)
    assert all_rows(store) == before


def test_whoever_was_erased_since_is_not_brought_back(backed_up, empty_where):
    from ledger.record.erasure import erase_person

    store, backup = backed_up
    erase_person(store, OFFICER, "p3", "asked for by her guardian")
    restore(backup.path, empty_where, store.keys, OFFICER, clock=store.clock)
    other = opened(empty_where, store)
    row = next(row for row in all_rows(other)["test_notes"] if "'n3'" in row)
    assert row == "['n3', None, None, 'p3', None]"
    other.close()


def test_the_trail_of_a_restored_database_has_an_anchor_of_its_own(backed_up, where):
    store, backup = backed_up
    for number in range(9):
        write_note(store, f"m{number}", "p1", "x")
    check_trail(store)
    restore(backup.path, where, store.keys, OFFICER, replace=True, clock=store.clock)
    assert check_trail(store).broken_at is None


def test_a_backup_tells_nothing_in_plain(backed_up):
    _, backup = backed_up
    content = backup.path.read_bytes()
    for word in (b"canary", b"Lianhua", b"officer", b"test_notes"):
        assert word not in content
    assert backup.path.stat().st_mode & 0o077 == 0


def test_a_backup_is_noted_in_the_trail(backed_up):
    store, backup = backed_up
    with store.engine.connect() as connection:
        row = connection.execute(select(audit).order_by(audit.c.seq.desc())).first()
    assert (row.action, f'"digest":"{backup.digest}"' in row.facts) == ("backup", True)


def test_a_backup_that_is_not_there_is_not_found(noted, tmp_path):
    with pytest.raises(FileNotFoundError):
        check_backup(tmp_path / "none", noted.keys)


def test_a_backup_can_be_read_with_the_copied_keys_only(backed_up, tmp_path, empty_where):
    from ledger.record.schema import moment_text

    store, backup = backed_up
    store.keys.copy_to(tmp_path / "copy", moment_text(store.clock()))
    copied = KeyRing.load(tmp_path / "copy", make=False)
    restore(backup.path, empty_where, copied, OFFICER)
    other = Store.open(empty_where, copied, store.clock)
    assert read_name(other, "n1") == "canary-name-1"
    other.close()


def test_an_erased_person_cannot_be_read_in_an_old_backup(backed_up, empty_where, tmp_path):
    """Even a backup restored as it was, by hand, without emptying anybody."""
    from ledger.record.erasure import erase_person
    from ledger.record.vault import Vault

    store, _ = backed_up
    with store.engine.connect() as connection:
        from tests.ledger.record.scratch import notes

        kept = connection.scalar(select(notes.c.name).where(notes.c.id == "n2"))
    erase_person(store, OFFICER, "p2", "asked for")
    with pytest.raises(NotFound):
        Vault(store.keys).unseal("p2", "name", kept)


def test_what_is_kept_of_a_unit_does_not_outlive_a_restore(store, where, tmp_path):
    put(store, children=1)
    backup = back_up(store, OFFICER, tmp_path / "a.ntbackup")
    stamps = []
    for _ in range(2):
        put(store, children=1)  # another child each time, and the counts are the same
        with store.reading(SYSTEM_ACTOR, "look") as book:
            stamps.append(stamp_of(book, UNIT))
        restore(backup.path, where, store.keys, OFFICER, replace=True, clock=store.clock)
    assert stamps[0] != stamps[1]
