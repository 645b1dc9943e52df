"""The audit trail: whole, chained, put away after six months at least."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from casework.errors import Conflict, NotFound, Refused, Unreadable
from ledger.record.audit_tables import audit, audit_archives
from ledger.record.engine import is_sqlite
from ledger.record.trail import archive_trail, check_archive, check_trail
from tests.ledger.record.scratch import OFFICER


def fill(store, count, **moved):
    for number in range(count):
        with store.writing(OFFICER, f"work {number}") as book:
            book.note("child_read", "child", [f"c{number}"], page=number)
        store.clock.move(**moved)


def past_the_guards(store, connection):
    """Do as whoever holds the database file may."""
    if is_sqlite(store.engine):
        for (name,) in connection.execute(
            text("SELECT name FROM sqlite_master WHERE type='trigger'")
        ).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
    else:
        connection.execute(text("SET session_replication_role = replica"))


def tamper(store, statement):
    with store.engine.connect() as connection, connection.begin() as transaction:
        past_the_guards(store, connection)
        connection.execute(statement)
        found = verify_in(store, connection)
        transaction.rollback()
    with store.engine.connect() as connection:
        if not is_sqlite(store.engine):
            connection.execute(text("SET session_replication_role = origin"))
    return found


def verify_in(store, connection):
    from ledger.record.audit import verify

    return verify(connection, store.keys.roots.audit)


def test_a_chain_that_nobody_touched_holds(store):
    fill(store, 5)
    assert (check_trail(store).rows, check_trail(store).broken_at) == (5, None)


def test_a_flipped_byte_is_found_a_hundred_times_of_a_hundred(store):
    fill(store, 12)
    dice = random.Random(20210915)
    columns = [column.name for column in audit.c if column.name != "seq"]
    found = 0
    for _ in range(100):
        seq, name = dice.randrange(1, 13), dice.choice(columns)
        with store.engine.connect() as connection:
            query = select(text(name)).select_from(audit).where(audit.c.seq == seq)
            value = connection.scalar(query)
        raw = bytearray(value.encode() if isinstance(value, str) else value)
        raw[dice.randrange(len(raw))] ^= 1
        changed = raw.decode() if isinstance(value, str) else bytes(raw)
        statement = text(f"UPDATE audit SET {name} = :changed WHERE seq = :seq")
        result = tamper(store, statement.bindparams(changed=changed, seq=seq))
        found += result.broken_at == seq
    assert found == 100
    assert check_trail(store).broken_at is None


def test_a_row_taken_out_or_moved_is_found(store):
    fill(store, 6)
    assert tamper(store, delete(audit).where(audit.c.seq == 3)).broken_at == 3
    moved = update(audit).where(audit.c.seq == 6).values(seq=9)
    assert tamper(store, moved).broken_at == 6


def test_rows_cut_off_at_the_end_are_missed(store):
    fill(store, 6)
    check_trail(store)
    with store.engine.begin() as connection:
        past_the_guards(store, connection)
        connection.execute(delete(audit).where(audit.c.seq > 4))
    assert check_trail(store).broken_at == 5


def test_whoever_has_the_database_and_not_the_keys_cannot_chain_anew(store):
    from ledger.record.audit import hash_of, last_link

    fill(store, 2)
    with store.engine.connect() as connection:
        row = dict(
            connection.execute(select(audit).where(audit.c.seq == 2)).one()._asdict(), actor="x"
        )
        assert last_link(connection).seq == 2
    forged = update(audit).where(audit.c.seq == 2)
    assert tamper(store, forged.values(actor="x", hash=hash_of(b"guess", row))).broken_at == 2


def test_what_is_younger_than_six_months_stays(store, tmp_path):
    fill(store, 2)
    with pytest.raises(Refused):
        archive_trail(store, OFFICER, tmp_path, store.clock() - timedelta(days=183))


def test_old_rows_are_put_away_and_the_chain_goes_on(store, tmp_path):
    fill(store, 10, days=30)
    store.clock.move(days=60)
    before = store.clock() - timedelta(days=184)
    archive = archive_trail(store, OFFICER, tmp_path, before)
    assert (archive.first, archive.last) == (1, 6)
    found = check_trail(store)
    assert (found.rows, found.broken_at) == (5, None)  # four that stayed and the archiving
    fill(store, 1)
    assert check_trail(store).broken_at is None
    assert check_archive(store, archive.path).broken_at is None
    second = archive_trail(store, OFFICER, tmp_path, before)
    assert second is None


def test_an_altered_archive_is_found(store, tmp_path):
    fill(store, 3)
    store.clock.move(days=200)
    path = archive_trail(store, OFFICER, tmp_path, store.clock() - timedelta(days=190)).path
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace('\\"c1\\"', '\\"c9\\"'), encoding="utf-8")
    assert check_archive(store, path).broken_at == 2
    path.write_text("".join(whole.splitlines(keepends=True)[:-1]), encoding="utf-8")
    with pytest.raises(NotFound):
        check_archive(store, path)
    path.write_text(whole[:-30], encoding="utf-8")
    with pytest.raises(Unreadable):
        check_archive(store, path)


def test_nothing_is_put_away_from_a_broken_chain(store, tmp_path):
    fill(store, 3)
    store.clock.move(days=200)
    with store.engine.begin() as connection:
        past_the_guards(store, connection)
        connection.execute(update(audit).where(audit.c.seq == 2).values(actor="x"))
    with pytest.raises(Conflict):
        archive_trail(store, OFFICER, tmp_path, store.clock() - timedelta(days=190))


@pytest.mark.parametrize("change", ["delete", "update"])
def test_a_registered_archive_stays(store, tmp_path, change):
    fill(store, 3)
    store.clock.move(days=200)
    archive_trail(store, OFFICER, tmp_path, store.clock() - timedelta(days=190))
    statement = delete(audit_archives) if change == "delete" else update(audit_archives)
    if change == "update":
        statement = statement.values(last_seq=99)
    with pytest.raises(DBAPIError), store.engine.begin() as connection:
        connection.execute(statement)
