"""One row for one request, and many requests' rows in one commit; on both databases."""

import multiprocessing
import threading
from concurrent.futures import wait
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from casework.errors import Busy, NotFound
from ledger.record.asked import asked_by
from ledger.record.audit import Entry, Outcome, verify
from ledger.record.audit_tables import audit
from ledger.record.grouped import GroupedRows
from ledger.record.key_ring import KeyRing
from ledger.record.store import Store

OFFICER = SimpleNamespace(id="officer", role="unit", scope=("500000", "500101"))
OTHER = SimpleNamespace(id="other", role="unit", scope=("500000", "500102"))


def rows(store):
    with store.engine.connect() as connection:
        return connection.execute(select(audit).order_by(audit.c.seq)).all()


def answer(store, asked):
    """Keep what is due, as the door does before an answer leaves."""
    if due := asked.due():
        store.hand_in(due).result()


def one_entry(store, why="GET /x"):
    return Entry(store.clock(), OFFICER, "x", why, Outcome.READ)


def test_a_request_leaves_one_row_that_says_all_it_read(store):
    with asked_by(OFFICER) as asked:
        store.leave_row(OFFICER, "GET /children/{person}", "child_read", "500000/500101")
        for ids in (["a"], ["b", "a"]):
            with store.reading(OFFICER, "children") as book:
                book.note("child_read", "child", ids)
        with store.reading(OFFICER, "tasks") as book:
            book.note("task_read", "task", ["t"], due=2)
        assert rows(store) == []
        answer(store, asked)
    (row,) = rows(store)
    assert (row.action, row.kind, row.ids) == ("child_read", "child", '["a","b","t"]')
    assert (row.why, row.facts) == ("GET /children/{person}", '{"also":["task_read"],"due":2}')


def test_a_request_that_says_no_more_leaves_the_row_of_its_address(store):
    with asked_by(OFFICER) as asked:
        store.leave_row(OFFICER, "GET /desk", "ledger_import", "500000/500101")
        with store.reading(OFFICER, "round"):
            pass
        answer(store, asked)
    (row,) = rows(store)
    assert (row.action, row.why, row.ids) == ("ledger_import", "GET /desk", '["500000/500101"]')


def test_what_a_request_writes_stands_for_it(store):
    with asked_by(OFFICER) as asked:
        store.leave_row(OFFICER, "POST /tasks/{task}", "task_write", "500000/500101")
        with store.writing(OFFICER, "settle") as book:
            book.note("task_settle", "task", ["t"])
        answer(store, asked)
    assert [row.action for row in rows(store)] == ["task_settle"]


def test_what_somebody_else_writes_meanwhile_does_not_stand_for_it(store):
    with asked_by(OFFICER) as asked:
        store.leave_row(OFFICER, "GET /x", "x", "500000/500101")
        with store.writing(OTHER, "keep") as book:
            book.note("kept")
        with store.reading(OTHER, "theirs") as book:
            book.note("seen", "child", ["c"])
        answer(store, asked)
    assert [(row.actor, row.action) for row in rows(store)] == [
        ("other", "kept"), ("other", "seen"), ("officer", "x"),
    ]  # fmt: skip


@pytest.mark.parametrize("way", ["reading", "writing"])
def test_a_request_that_is_refused_leaves_one_row_that_says_so(store, way):
    with asked_by(OFFICER) as asked:
        store.leave_row(OFFICER, "GET /x", "x", "500000/500101")
        with pytest.raises(NotFound), getattr(store, way)(OFFICER, "find"):
            raise NotFound("no")
        answer(store, asked)
    assert [(row.action, row.outcome) for row in rows(store)] == [("x", "not_found")]


def test_nothing_waits_for_a_request_that_is_over(store):
    with asked_by(OFFICER) as asked:
        answer(store, asked)
    with store.reading(OFFICER, "after"):
        pass
    assert [row.why for row in rows(store)] == ["after"]


def test_nobody_is_answered_before_her_row_is_on_disk(store):
    begun, go_on, kept = threading.Event(), threading.Event(), []

    def commit(entries):
        begun.set()
        go_on.wait(10)
        kept.extend(entries)

    grouped = GroupedRows(commit)
    first = grouped.hand_in([one_entry(store, "1")])
    assert begun.wait(10)
    second = grouped.hand_in([one_entry(store, "2")])
    assert not wait([first, second], timeout=0.05).done
    go_on.set()
    first.result(10)
    second.result(10)
    assert [entry.why for entry in kept] == ["1", "2"]
    grouped.close()


def test_a_commit_that_fails_is_told_to_whoever_waits_for_it_and_the_next_are_kept(store):
    tries = []

    def commit(entries):
        tries.append([entry.why for entry in entries])
        if len(tries) == 1:
            raise Busy("disk")

    grouped = GroupedRows(commit)
    with pytest.raises(Busy):
        grouped.hand_in([one_entry(store, "1")]).result(10)
    grouped.hand_in([one_entry(store, "2")]).result(10)
    assert tries == [["1"], ["2"]]
    grouped.close()


def test_rows_of_whoever_gave_up_waiting_are_kept(store):
    begun, go_on, kept = threading.Event(), threading.Event(), []

    def commit(entries):
        begun.set()
        go_on.wait(10)
        kept.extend(entries)

    grouped = GroupedRows(commit)
    grouped.hand_in([one_entry(store, "1")])
    assert begun.wait(10)
    given_up = grouped.hand_in([one_entry(store, "2")])
    assert given_up.cancel()
    go_on.set()
    grouped.close()
    assert [entry.why for entry in kept] == ["1", "2"]


def read_often(where, keys, count, told):
    """Leave rows as a serving process does; tell each that is on record."""
    store = Store.open(where, KeyRing.load(keys))
    for number in range(count):
        waiting = [store.hand_in([one_entry(store, f"{number}-{n}")]) for n in range(5)]
        for kept in waiting:
            kept.result(30)
        told.send(number)
    store.close()


def test_two_processes_leave_one_whole_chain_and_what_was_answered_outlives_a_kill(
    where, keys_folder
):
    context = multiprocessing.get_context("spawn")
    pipes, processes = [], []
    for count in (8, 10_000):
        here, there = context.Pipe(duplex=False)
        processes.append(
            context.Process(target=read_often, args=(where, keys_folder, count, there))
        )
        processes[-1].start()
        there.close()
        pipes.append(here)
    while pipes[1].recv() < 5:
        pass
    processes[0].join(60)
    processes[1].kill()
    processes[1].join()
    answered = 5
    while True:
        try:
            answered = pipes[1].recv()
        except EOFError:
            break
    store = Store.open(where, KeyRing.load(keys_folder))
    kept = [row.why for row in rows(store)]
    with store.looking() as connection:
        assert verify(connection, store.keys.roots.audit).broken_at is None
    store.close()
    for number in range(answered + 1):
        wanted = 2 if number < 8 else 1
        assert all(kept.count(f"{number}-{n}") >= wanted for n in range(5))
    assert processes[0].exitcode == 0
