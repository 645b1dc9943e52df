import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from casework.errors import NotFound
from casework.wishes import Wish, WishKind
from service.desk import PROPOSAL
from service.wish_book import WishBook, wishes_json
from tests.desks import desk_at


@pytest.fixture
def desk(tmp_path):
    return desk_at(tmp_path)


@pytest.fixture
def book(desk):
    return WishBook(desk)


def lock(child, caregiver):
    return Wish(child, caregiver, WishKind.LOCK)


def ban(child, caregiver):
    return Wish(child, caregiver, WishKind.FORBID)


def proposal(desk, name, wishes=()):
    with desk.result(PROPOSAL) as out:
        (out / "summary.json").write_text(json.dumps({"name": name}))
        (out / "changes.json").write_text("{}")
        (out / "wishes.json").write_bytes(wishes_json(wishes))


def test_what_two_officers_say_at_once_is_kept_of_both(tmp_path):
    books = [WishBook(desk_at(tmp_path)) for _ in range(2)]

    def say(officer):
        for n in range(20):
            books[officer].add(lock(f"C{officer}-{n}", f"A{n}"))

    with ThreadPoolExecutor(2) as officers:
        list(officers.map(say, range(2)))
    assert len(books[0].wishes) == 40


def test_wishes_are_kept_in_the_order_they_were_said(book):
    for wish in (lock("C1", "A1"), ban("C2", "A1")):
        book.add(wish)
    assert book.wishes == (lock("C1", "A1"), ban("C2", "A1"))


def test_the_newest_word_about_a_pair_counts(book):
    book.add(lock("C1", "A1"))
    book.add(ban("C1", "A1"))
    assert book.wishes == (ban("C1", "A1"),)


def test_a_child_is_locked_to_one_caregiver(book):
    book.add(lock("C1", "A1"))
    book.add(ban("C1", "A3"))
    book.add(lock("C1", "A2"))
    assert book.wishes == (ban("C1", "A3"), lock("C1", "A2"))


def test_a_wish_can_be_taken_back_once(book):
    book.add(lock("C1", "A1"))
    book.remove("C1", "A1")
    assert book.wishes == ()
    with pytest.raises(NotFound):
        book.remove("C1", "A1")


def test_one_step_back_is_the_proposal_before_and_its_wishes(desk, book):
    proposal(desk, "first")
    book.add(lock("C1", "A1"))
    book.keep_before()
    proposal(desk, "second", book.wishes)
    assert book.can_undo
    book.undo()
    assert desk.read(PROPOSAL, "summary.json") == {"name": "first"}
    assert desk.read(PROPOSAL, "changes.json") is None
    assert book.wishes == ()


def test_there_is_no_step_back_from_the_first_proposal(desk, book):
    book.keep_before()
    proposal(desk, "first")
    assert not book.can_undo
    with pytest.raises(NotFound):
        book.undo()


def test_clearing_the_desk_forgets_wishes_and_the_proposal_before(desk, book):
    proposal(desk, "first")
    book.add(lock("C1", "A1"))
    book.keep_before()
    desk.clear()
    assert (book.wishes, book.used, book.can_undo) == ((), (), False)
