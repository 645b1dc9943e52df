"""The store: one transaction with its audit row, on both databases."""

import threading
from contextvars import copy_context
from types import SimpleNamespace

import pytest
from sqlalchemy import func, insert, select, update

from casework.errors import Busy, CaseworkError, Conflict, NotFound, Refused, Unreadable
from ledger.record.audit import verify
from ledger.record.audit_tables import audit, installation
from ledger.record.engine import open_engine
from ledger.record.key_ring import KeyRing
from ledger.record.migrate import current_revision, known_revisions
from ledger.record.schema import load_tables
from ledger.record.store import Store

OFFICER = SimpleNamespace(id="officer", role="unit", scope=("500000", "500101"))


def rows(store):
    with store.engine.connect() as connection:
        return connection.execute(select(audit).order_by(audit.c.seq)).all()


def add_installation(book, name):
    row = {"id": name, "keys_id": "k", "made_at": book.at}
    book.connection.execute(insert(installation), row)


def write_and_fail(store, way, error):
    with getattr(store, way)(OFFICER, "peek") as book:
        if way == "writing":
            add_installation(book, "new")
        raise error("no")


def count(store):
    with store.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(installation))


def test_a_write_and_its_audit_row_are_kept_together(store):
    with store.writing(OFFICER, "test") as book:
        add_installation(book, "new")
        book.note("thing_made", "thing", ["new"], size=3)
    (row,) = rows(store)
    assert count(store) == 2
    assert (row.seq, row.actor, row.action, row.ids, row.facts) == (
        1, "officer", "thing_made", '["new"]', '{"size":3}',
    )  # fmt: skip
    assert (row.outcome, row.area, row.at) == ("done", "500000/500101", store.clock())


def test_a_block_that_fails_keeps_nothing_and_leaves_no_row(store):
    with pytest.raises(ZeroDivisionError):
        write_and_fail(store, "writing", ZeroDivisionError)
    assert count(store) == 1
    assert rows(store) == []


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (Refused, "refused"),
        (NotFound, "not_found"),
        (Conflict, "conflict"),
        (Unreadable, "failed"),
    ],
)
@pytest.mark.parametrize("way", ["writing", "reading"])
def test_what_is_refused_is_audited_and_nothing_is_kept(store, way, error, outcome):
    with pytest.raises(error):
        write_and_fail(store, way, error)
    assert count(store) == 1
    assert [(row.action, row.outcome) for row in rows(store)] == [("peek", outcome)]


def test_as_many_requests_as_rows(store):
    for number in range(20):
        with (store.writing if number % 3 else store.reading)(OFFICER, f"request {number}"):
            pass
    assert [row.why for row in rows(store)] == [f"request {n}" for n in range(20)]


def test_nothing_can_be_written_while_reading(store):
    from sqlalchemy.exc import DBAPIError

    with pytest.raises(DBAPIError), store.reading(OFFICER, "read") as book:
        add_installation(book, "new")
    assert count(store) == 1


@pytest.mark.parametrize("way", ["reading", "writing"])
def test_a_reading_that_breaks_off_keeps_nobody_from_writing_afterwards(store, way):
    def break_off():
        with getattr(store, way)(OFFICER, "peek") as book:
            found = iter(book.connection.execute(select(audit)))
            next(found)
            raise ValueError("no")

    for name in "abc":
        with store.writing(OFFICER, "write") as book:
            add_installation(book, name)
    with pytest.raises(ValueError, match="no") as held:
        break_off()
    with store.looking(), store.writing(OFFICER, "by another connection") as book:
        add_installation(book, "d")
    for name in "ef":
        with store.writing(OFFICER, "write") as book:
            add_installation(book, name)
    assert count(store) == 7
    assert held.tb is not None, "what was being read lives on with the fault"


def test_a_reader_sees_one_moment_whatever_others_write(store):
    with store.reading(OFFICER, "read") as book:
        before = book.connection.scalar(select(func.count()).select_from(installation))
        writer = threading.Thread(target=lambda: write_one(store, "x"))
        writer.start()
        writer.join()
        after = book.connection.scalar(select(func.count()).select_from(installation))
    assert before == after == 1
    assert count(store) == 2


def write_one(store, name):
    with store.writing(OFFICER, "write") as book:
        add_installation(book, name)


def test_a_book_inside_a_book_is_our_own_fault(store):
    with store.writing(OFFICER, "outer"):
        with pytest.raises(RuntimeError), store.writing(OFFICER, "inner"):
            pass
        with pytest.raises(RuntimeError), store.reading(OFFICER, "inner"):
            pass


def test_a_book_may_be_closed_by_another_thread_than_opened_it(store):
    """As web frameworks do with what a request depends on."""
    opened, closed = [], []

    def begin():
        block = store.writing(OFFICER, "request")
        add_installation(block.__enter__(), "x")
        opened.append(block)

    def end():
        closed.append(opened[0].__exit__(None, None, None))

    for step in (begin, end):
        thread = threading.Thread(target=copy_context().run, args=(step,))
        thread.start()
        thread.join()
    write_one(store, "y")
    assert count(store) == 3
    assert not closed[0]


def test_many_at_once_leave_one_whole_chain(store):
    def work(number):
        for turn in range(5):
            name = f"{number}-{turn}"
            if number % 2:
                write_one(store, name)
            else:
                with store.reading(OFFICER, name):
                    pass

    threads = [threading.Thread(target=work, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.engine.connect() as connection:
        found = verify(connection, store.keys.roots.audit)
    assert (found.rows, found.broken_at) == (60, None)


def test_the_same_record_twice_is_a_conflict_and_tells_no_value(store):
    write_one(store, "secret-name")
    with pytest.raises(Conflict) as caught:
        write_one(store, "secret-name")
    assert "secret-name" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_migrated_database_has_the_tables_the_program_knows(store):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, load_tables()) == []


def test_revisions_are_one_line(store):
    with store.engine.connect() as connection:
        assert current_revision(connection) == known_revisions()[0]


def test_a_database_that_nobody_made_is_not_found(empty_where, keys_folder):
    with pytest.raises(NotFound):
        Store.open(empty_where, KeyRing.load(keys_folder))


def test_a_database_of_other_keys_does_not_open(where, tmp_path):
    with pytest.raises(Unreadable):
        Store.open(where, KeyRing.load(tmp_path / "others"))


@pytest.mark.parametrize("revision", ["0000", "9999"])
def test_a_database_of_another_program_does_not_open(store, where, revision):
    with store.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num='{revision}'")
    with pytest.raises(Conflict):
        Store.open(where, store.keys)


@pytest.mark.parametrize("statement", ["update", "delete"])
def test_an_audit_row_is_never_changed_nor_removed(store, statement):
    from sqlalchemy.exc import DBAPIError

    write_one(store, "x")
    change = update(audit).values(actor="nobody") if statement == "update" else audit.delete()
    with pytest.raises(DBAPIError, match="audit"), store.engine.begin() as connection:
        connection.execute(change)
    assert [row.actor for row in rows(store)] == ["officer"]


def test_a_database_that_is_moved_away_is_out_of_reach_until_it_is_back(tmp_path):
    """An empty one in its place would stand in the way of the one that comes back."""
    keys = KeyRing.load(tmp_path / "keys")
    Store.create(tmp_path / "data", keys).close()
    store = Store.open(tmp_path / "data", KeyRing.load(tmp_path / "keys"))
    store.engine.dispose()
    (tmp_path / "data").rename(tmp_path / "away")
    (tmp_path / "data").mkdir()
    with pytest.raises(Busy, match="连不上"):
        write_one(store, "x")
    assert not list((tmp_path / "data").iterdir())
    (tmp_path / "data").rmdir()
    (tmp_path / "away").rename(tmp_path / "data")
    write_one(store, "x")
    store.close()


def told_of(url, tmp_path):
    with pytest.raises(CaseworkError) as told:
        Store.create(url, KeyRing.load(tmp_path / "keys"))
    return told.type, str(told.value)


def test_a_database_that_lets_nobody_in_says_what_to_look_at(postgres, tmp_path):
    """Not that it is away just now: to wait and try again would never help."""
    for url in (postgres.format("nosuch"), postgres.format("postgres").replace("postgres@", "x@")):
        kind, words = told_of(url, tmp_path)
        assert kind is Busy
        assert "账号、密码和库名" in words


def test_a_database_that_could_not_hold_every_name_or_table_is_refused(postgres, tmp_path):
    """Both at the first command, with what to do, and not as a fault of ours."""
    made = "CREATE DATABASE latin ENCODING 'SQL_ASCII' TEMPLATE template0"
    wanted = (made, "CREATE ROLE guest LOGIN", "CREATE DATABASE theirs")
    engine = open_engine(postgres.format("postgres")).execution_options(
        isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        for statement in wanted:
            connection.exec_driver_sql(statement)
    engine.dispose()
    kind, words = told_of(postgres.format("latin"), tmp_path)
    assert (kind, "UTF8" in words) == (Refused, True)
    theirs = postgres.format("theirs").replace("postgres@", "guest@")
    assert "拥有这个库" in told_of(theirs, tmp_path)[1]
