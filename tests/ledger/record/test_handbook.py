"""A caregiver writes of her own child, strikes out and adds; the office reads; nobody else."""

from datetime import date, timedelta

import pytest

from casework.access import Actor, Role, area
from casework.errors import NotFound, Refused
from casework.handbook import CareEntry, CareKind, CarePlace
from casework.programme import Programme
from casework.rhythm import Lived
from casework.tasks import TaskKind
from ledger.record.handbook import Asked, care_of, lines_of, lived_of, strike_out, write_entry
from ledger.record.pairings import find, list_pairings
from ledger.record.tasks import tasks_of
from tests.care_on_record import PAIRING, begin
from tests.figures_on_record import ON, TAIAN, UNIT

OFFICER = Actor("wang", Role.UNIT, area(UNIT))
TOWN = Actor("town", Role.TOWNSHIP, area(UNIT, TAIAN))
OTHERS = Actor("far", Role.UNIT, area("500156"))
BEGAN = date(2021, 9, 1)
RULES = Programme.from_toml()


@pytest.fixture
def own(store):
    """Give a pairing in force, and its caregiver as an actor."""
    begin(store, UNIT, TAIAN, BEGAN)
    return PAIRING, Actor("ma", Role.CAREGIVER, area(UNIT, TAIAN), own_pairs=frozenset({PAIRING}))


def entry(on=ON, **facts):
    return CareEntry(
        frozenset({CareKind.WEEKLY_MEETING}), on, CarePlace.HOME, 40, "一起写作业", **facts
    )


def write(store, actor, pairing, key="request-1", **facts):
    with store.writing(actor, "write") as book:
        return write_entry(book, Asked(pairing, entry(**facts), ON, key), RULES)


def lines(store, actor, pairing):
    with store.reading(actor, "read") as book:
        return lines_of(book, pairing)


def test_a_line_is_read_as_it_was_written_by_caregiver_township_and_unit(store, own):
    pairing, caregiver = own
    write(store, caregiver, pairing)
    for reader in (caregiver, TOWN, OFFICER):
        (line,) = lines(store, reader, pairing)
        assert line.written.entry == entry()
        assert (line.by, line.struck) == ("ma", None)


def test_the_same_request_again_is_the_same_line(store, own):
    pairing, caregiver = own
    assert write(store, caregiver, pairing) == write(store, caregiver, pairing)
    assert write(store, caregiver, pairing, key="request-2")
    assert len(lines(store, caregiver, pairing)) == 2


def test_nobody_but_the_caregiver_of_the_pair_writes(store, own):
    pairing, _ = own
    for actor in (OFFICER, TOWN):
        with pytest.raises(Refused):
            write(store, actor, pairing)
    other = Actor("other", Role.CAREGIVER, area(UNIT, TAIAN))
    with pytest.raises(NotFound):
        write(store, other, pairing)
    for actor in (other, OTHERS):
        with pytest.raises(NotFound):
            lines(store, actor, pairing)
    assert not lines(store, OFFICER, pairing)


def test_a_line_that_cannot_be_right_is_refused_and_nothing_is_kept(store, own):
    pairing, caregiver = own
    with pytest.raises(Refused, match="日期还没有到"):
        write(store, caregiver, pairing, on=ON + timedelta(days=1))
    with pytest.raises(Refused, match="早于结对生效日"):
        write(store, caregiver, pairing, on=BEGAN - timedelta(days=1))
    assert not lines(store, OFFICER, pairing)


def test_a_concern_becomes_a_task_of_the_township(store, own):
    pairing, caregiver = own
    write(store, caregiver, pairing, has_concern=True)
    with store.reading(OFFICER, "tasks") as book:
        (task,) = tasks_of(book, UNIT, kind=TaskKind.CARE_CONCERN)
    assert task.task.due == ON + timedelta(days=3)
    assert task.person


def test_a_line_struck_out_counts_no_more_and_stays_readable(store, own):
    pairing, caregiver = own
    line = write(store, caregiver, pairing)
    with pytest.raises(Refused), store.writing(caregiver, "strike") as book:
        strike_out(book, line, " ")
    with pytest.raises(Refused), store.writing(OFFICER, "strike") as book:
        strike_out(book, line, "错")
    with store.writing(caregiver, "strike") as book:
        strike_out(book, line, "记错了孩子")
    (read,) = lines(store, OFFICER, pairing)
    assert (read.struck, read.written.entry.summary) == ("记错了孩子", "一起写作业")
    with store.reading(OFFICER, "look") as book:
        found = list_pairings(book, unit=UNIT)
        assert care_of(book, found, UNIT) == {pairing: (Lived(BEGAN), ())}
        assert lived_of(book, find(book, pairing)) == Lived(BEGAN)


def test_the_words_are_sealed(store, own):
    pairing, caregiver = own
    write(store, caregiver, pairing)
    with store.looking() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM care_entries").all()
    assert "一起写作业" not in str(rows)
    assert "一起写作业".encode() not in b"".join(
        bytes(value) for row in rows for value in row if isinstance(value, bytes | memoryview)
    )
