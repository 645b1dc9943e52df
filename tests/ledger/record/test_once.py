"""What is asked again under its key is not done again, on both databases."""

import contextvars
from concurrent.futures import ThreadPoolExecutor

import pytest

from casework.access import SYSTEM_ACTOR
from casework.errors import Refused
from ledger.record.jobs import ask, newest
from ledger.record.once import KEPT, AlreadyDone, ask_once

AREA = ("500000", "500156")


def asks(store, key, what, account="a", fails=False):
    """Ask for a job as one request does."""

    def request():
        ask_once(account, key)
        with store.writing(SYSTEM_ACTOR, "test") as book:
            ask(book, "propose", AREA, what, {})
            if fails:
                raise Refused("no")
        with store.writing(SYSTEM_ACTOR, "the same request goes on") as book:
            book.note("test")

    contextvars.copy_context().run(request)


def count(store):
    with store.looking() as connection:
        return len(newest(connection, AREA))


def test_what_is_asked_again_under_its_key_is_not_done_again(store):
    asks(store, "k", "1")
    with pytest.raises(AlreadyDone):
        asks(store, "k", "2")
    assert count(store) == 1


def test_another_key_another_account_or_none_is_another_deed(store):
    asks(store, "k", "1")
    asks(store, "l", "2")
    asks(store, "k", "3", account="b")
    asks(store, "", "4")
    asks(store, "", "5")
    assert count(store) == 5


def test_what_was_refused_may_be_asked_again_under_its_key(store):
    with pytest.raises(Refused):
        asks(store, "k", "1", fails=True)
    asks(store, "k", "1")
    assert count(store) == 1


def test_of_ten_at_once_under_one_key_one_is_done(store):
    def told(n):
        try:
            asks(store, "k", str(n))
        except AlreadyDone:
            return 0
        return 1

    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(told, range(10))) == 1
    assert count(store) == 1


def test_a_key_is_forgotten_after_its_day(store, clock):
    asks(store, "k", "1")
    clock.move(seconds=KEPT.total_seconds() + 1)
    asks(store, "l", "2")
    asks(store, "k", "3")
    assert count(store) == 3
