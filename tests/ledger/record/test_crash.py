"""Killed and full: what was acknowledged is there, and nothing is there by half."""

import os
import random
import resource
import signal
import time
from contextlib import suppress

import pytest
from sqlalchemy import insert, select

from casework.errors import Busy
from ledger.record.audit_tables import audit
from ledger.record.backup import back_up
from ledger.record.key_ring import KeyRing
from ledger.record.restore import restore
from ledger.record.store import Store
from ledger.record.trail import check_trail
from tests.ledger.record.scratch import OFFICER, note_ids, notes, read_name

ROUNDS = 10


def write_pair(store, name):
    """Put two notes of two people on record, which belong together."""
    with store.writing(OFFICER, "pair") as book:
        rows = [
            {
                "id": f"{name}-{half}",
                "person_id": f"person-{name}-{half}",
                "name": book.vault.seal(f"person-{name}-{half}", "name", f"{name}-{half}"),
            }
            for half in "ab"
        ]
        book.connection.execute(insert(notes), rows)


def killed(work, after_seconds):
    """Run work in a process of its own, kill it if it still runs; give the lines it said."""
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            work(lambda line: os.write(said, f"{line}\n".encode()))
        finally:
            os._exit(0)
    os.close(said)
    end = time.monotonic() + after_seconds
    while time.monotonic() < end and os.waitpid(child, os.WNOHANG) == (0, 0):
        time.sleep(0.005)
    with suppress(ProcessLookupError, ChildProcessError):
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    with os.fdopen(heard) as file:
        return file.read().split("\n")[:-1]


@pytest.fixture
def closed(noted):
    """Close the store: no connection may live through a fork."""
    noted.close()
    return noted


def reopened(where, keys_folder):
    return Store.open(where, KeyRing.load(keys_folder))


def check_whole(store, acknowledged):
    ids = note_ids(store)
    assert set(acknowledged) <= {note[:-2] for note in ids}
    assert all(f"{note[:-1]}{half}" in ids for note in ids for half in "ab")
    for name in acknowledged:
        assert read_name(store, f"{name}-b") == f"{name}-b"
    with store.engine.connect() as connection:
        rows = connection.execute(
            select(audit.c.seq).where(audit.c.why == "pair", audit.c.outcome == "done")
        ).all()
    assert len(rows) * 2 == len(ids)
    assert check_trail(store).broken_at is None


def test_a_killed_writer_loses_nothing_and_leaves_nothing_by_half(closed, where, keys_folder):
    dice, acknowledged = random.Random(7), []

    def write(say, turn):
        store = reopened(where, keys_folder)
        for number in range(10_000):
            write_pair(store, f"{turn}x{number}")
            say(f"{turn}x{number}")

    for turn in range(10 * ROUNDS):
        acknowledged += killed(lambda say, t=turn: write(say, t), dice.uniform(0.05, 0.4))
        if turn >= ROUNDS and len(acknowledged) > ROUNDS:  # a busy machine needs more turns
            break
    store = reopened(where, keys_folder)
    assert len(acknowledged) > ROUNDS
    check_whole(store, acknowledged)
    write_pair(store, "after")
    store.close()


def test_a_migration_killed_at_any_moment_is_done_whole_when_run_again(
    closed, empty_where, keys_folder
):
    dice = random.Random(8)
    for _ in range(ROUNDS // 2):
        killed(
            lambda _: Store.create(empty_where, KeyRing.load(keys_folder)), dice.uniform(0, 0.4)
        )
    store = Store.create(empty_where, KeyRing.load(keys_folder))
    assert check_trail(store).broken_at is None
    store.close()
    reopened(empty_where, keys_folder).close()


def test_a_killed_restore_leaves_what_was_there_or_what_was_asked_for(
    noted, where, keys_folder, tmp_path
):
    for number in range(100):
        write_pair(noted, f"old{number}")
    backup = back_up(noted, OFFICER, tmp_path / "a.ntbackup").path
    write_pair(noted, "new")
    before = note_ids(noted)
    noted.close()
    dice, outcomes = random.Random(9), set()

    def bring_back(_):
        restore(backup, where, KeyRing.load(keys_folder), OFFICER, replace=True)

    for _ in range(ROUNDS // 2):
        killed(bring_back, dice.uniform(0.05, 0.5))
        store = reopened(where, keys_folder)
        ids = note_ids(store)
        assert ids in (before, [note for note in before if not note.startswith("new")])
        assert check_trail(store).broken_at is None
        outcomes.add(len(ids))
        store.close()
    assert outcomes


def test_a_full_disk_is_told_and_nothing_is_kept_by_half(closed, where, keys_folder):
    """No file of ours may grow beyond a size: database or keys, or the keys alone."""
    limit = 60_000 if isinstance(where, str) else 400_000

    def fill(say):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        store = reopened(where, keys_folder)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        for number in range(3_000):
            try:
                write_pair(store, f"{number}")
            except Busy:
                say("Busy")
                return
            say(number)

    said = killed(fill, 6)
    assert said[-1] == "Busy"
    store = reopened(where, keys_folder)
    check_whole(store, said[:-1])
    write_pair(store, "after")
    assert "after-a" in note_ids(store)
    store.close()
