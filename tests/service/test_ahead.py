"""Things taken ahead are the same things, in the same order."""

import threading

import pytest

from service.ahead import ahead


def test_the_same_things_come_in_the_same_order():
    assert list(ahead(range(100))) == list(range(100))
    assert list(ahead([])) == []
    assert list(ahead([None, 1])) == [None, 1]


def test_the_next_thing_is_made_while_the_last_is_worked_on():
    second_is_made = threading.Event()

    def things():
        yield 1
        second_is_made.set()
        yield 2

    for thing in ahead(things()):
        if thing == 1:
            assert second_is_made.wait(5)


def test_what_goes_wrong_comes_where_it_would_have_come():
    def things():
        yield 1
        raise ValueError("torn")

    taken = ahead(things())
    assert next(taken) == 1
    with pytest.raises(ValueError, match="torn"):
        next(taken)
