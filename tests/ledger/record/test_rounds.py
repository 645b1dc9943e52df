"""Rounds on record, on both databases: revisions, undoing, publishing, answers, feeds."""

import pytest

from casework.access import Actor, Role, area
from casework.errors import Conflict, NotFound, Refused
from ledger.record import round_voices as voices
from ledger.record import rounds
from ledger.record.audit import verify
from ledger.record.round_voices import Answer, Feed, Said

CITY = Actor("c" * 16, Role.CITY, area())
UNIT = Actor("u" * 16, Role.UNIT, area("500104"))
OTHER = Actor("o" * 16, Role.UNIT, area("500103"))
TEAM = Actor("t" * 16, Role.TEAM, area())


def made(mark, what=rounds.What.PLANNED):
    return rounds.Made(what, {"fingerprint": mark})


def write(store, act, *arguments, actor=CITY):
    with store.writing(actor, "test") as book:
        return act(book, *arguments)


def read(store, act, *arguments, actor=CITY):
    with store.reading(actor, "test") as book:
        return act(book, *arguments)


@pytest.fixture
def begun(store):
    """Give a round with nothing planned."""
    return write(store, rounds.add_round, {"on": "2021-09-15"})


def planned(store, begun, *marks):
    ids = []
    for mark in marks:
        now = read(store, rounds.find_round, begun.id)
        ids.append(write(store, rounds.add_revision, now, made(mark)))
    return ids


def test_each_step_becomes_the_timetable_at_hand_and_undoing_goes_back_one(store, begun):
    first, second = planned(store, begun, "a", "b")
    now = read(store, rounds.find_round, begun.id)
    assert now.current == second
    assert write(store, rounds.undo, now) == first
    now = read(store, rounds.find_round, begun.id)
    assert read(store, rounds.document_of, now.current) == {"fingerprint": "a"}
    with pytest.raises(Conflict):
        write(store, rounds.undo, now)


def test_publishing_numbers_the_timetable_at_hand_once_and_keeps_it(store, begun):
    (first,) = planned(store, begun, "a")
    now = read(store, rounds.find_round, begun.id)
    done = write(store, rounds.publish, now, "同意")
    assert (done.id, done.number, done.note, done.published_by) == (first, 1, "同意", CITY.id)
    now = read(store, rounds.find_round, begun.id)
    for act, arguments in ((rounds.publish, (now, "")), (rounds.undo, (now,))):
        with pytest.raises(Conflict):
            write(store, act, *arguments)
    planned(store, begun, "b")
    now = read(store, rounds.find_round, begun.id)
    write(store, rounds.publish, now, "")
    assert [r.number for r in read(store, rounds.published, begun.id)] == [2, 1]
    with store.looking() as connection:
        last = rounds.last_published(connection)
    assert last is not None
    assert last[1] == {"fingerprint": "b"}
    with store.looking() as connection:
        verify(connection, store.keys.roots.audit)


def test_two_officers_do_not_overwrite_each_other(store, begun):
    write(store, rounds.save_setup, begun, {"on": "2021-09-16"}, "day")
    with pytest.raises(Conflict):
        write(store, rounds.save_setup, begun, {"on": "2021-09-17"}, "day")
    with pytest.raises(Conflict):
        write(store, rounds.add_revision, begun, made("late"))


def test_old_drafts_are_forgotten_and_what_is_published_never_is(store, begun, monkeypatch):
    monkeypatch.setattr(rounds, "MOST_DRAFTS", 2)
    (first,) = planned(store, begun, "a")
    write(store, rounds.publish, read(store, rounds.find_round, begun.id), "")
    ids = []
    for mark in ("b", "c", "d", "e"):
        store.clock.move(minutes=1)
        ids += planned(store, begun, mark)
    for revision in (first, *ids[1:]):
        assert read(store, rounds.find_revision, revision).id == revision
    with pytest.raises(NotFound):
        read(store, rounds.find_revision, ids[0])
    for before in (ids[2], ids[1]):
        assert write(store, rounds.undo, read(store, rounds.find_round, begun.id)) == before
    assert not read(store, rounds.find_revision, ids[1]).can_undo
    with pytest.raises(Conflict):
        write(store, rounds.undo, read(store, rounds.find_round, begun.id))


@pytest.mark.parametrize("actor", [UNIT, TEAM], ids=["unit", "team"])
def test_units_and_teams_learn_of_nothing_but_what_is_published(store, begun, actor):
    (first,) = planned(store, begun, "a")
    with pytest.raises(NotFound):
        read(store, rounds.document_of, first, actor=actor)
    with pytest.raises(Refused):
        write(store, rounds.add_round, {}, actor=actor)
    write(store, rounds.publish, read(store, rounds.find_round, begun.id), "")
    assert read(store, rounds.document_of, first, actor=actor) == {"fingerprint": "a"}


def test_the_last_answer_of_a_unit_counts_and_only_the_city_sees_others(store, begun):
    planned(store, begun, "a")
    done = write(store, rounds.publish, read(store, rounds.find_round, begun.id), "")
    give = voices.give_answer
    write(store, give, done, Said("500104", Answer.OTHER, "10月16日"), actor=UNIT)
    store.clock.move(minutes=1)
    write(store, give, done, Said("500104", Answer.ACCEPT), actor=UNIT)
    assert read(store, voices.answers_of, begun.id)["500104"].said.answer is Answer.ACCEPT
    assert read(store, voices.answers_of, begun.id, actor=OTHER) == {}
    with pytest.raises(NotFound):
        write(store, give, done, Said("500104", Answer.ACCEPT), actor=OTHER)
    with pytest.raises(Refused):
        write(store, give, done, Said("500104", Answer.OTHER), actor=UNIT)


def test_a_new_feed_ends_the_old_one_and_a_unit_makes_only_its_own(store):
    own = Feed("unit", "500104")
    old = write(store, voices.new_feed, own, actor=UNIT)
    new = write(store, voices.new_feed, own, actor=UNIT)
    with store.looking() as connection:
        assert voices.feed_of(connection, new) == own
        for token in (old, "nothing", ""):
            with pytest.raises(NotFound):
                voices.feed_of(connection, token)
    for feed in (Feed("unit", "500103"), Feed("team", "T01")):
        with pytest.raises(NotFound):
            write(store, voices.new_feed, feed, actor=UNIT)
