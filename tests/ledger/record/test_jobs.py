"""The queue loses nothing and does nothing twice, on both databases."""

import threading

import pytest

from casework.access import SYSTEM_ACTOR
from casework.errors import Conflict, NotFound
from ledger.record.jobs import (
    LEASE,
    MOST_ATTEMPTS,
    JobState,
    ask,
    cancel,
    claim,
    find,
    finish,
    forget,
    give_up,
    is_any_waiting,
    newest,
    put_back,
    renew,
)

AREA = ("500000", "500156")
KINDS = ("propose",)


def asked(store, fingerprint="f", kind="propose", **arguments):
    with store.writing(SYSTEM_ACTOR, "ask") as book:
        return ask(book, kind, AREA, fingerprint, arguments)


def seen(store, job):
    with store.looking() as connection:
        return find(connection, job.id)


def test_a_job_waits_is_claimed_goes_on_and_ends(store):
    job = asked(store, on="2021-09-15")
    assert (job.state, job.area, job.arguments) == (JobState.QUEUED, AREA, {"on": "2021-09-15"})
    held = claim(store, "w1", KINDS)
    assert (held.id, held.state, held.attempts) == (job.id, JobState.RUNNING, 1)
    told = renew(store, held, "solve", 3, 9)
    assert (told.stage, told.done, told.total) == ("solve", 3, 9)
    done = finish(store, held, {"proposal": "p1"})
    assert (done.state, done.result) == (JobState.DONE, {"proposal": "p1"})
    assert done.version > told.version > job.version


def test_the_oldest_job_comes_first_and_only_of_a_kind_the_worker_does(store, clock):
    first = asked(store, "a")
    clock.move(seconds=1)
    asked(store, "b")
    assert claim(store, "w", ("other",)) is None
    assert claim(store, "w", KINDS).id == first.id


def test_asking_for_work_that_is_under_way_gives_that_job_and_later_a_new_one(store):
    job = asked(store)
    assert asked(store).id == job.id
    held = claim(store, "w", KINDS)
    assert asked(store).id == job.id
    finish(store, held, {})
    assert asked(store).id != job.id


def test_a_job_whose_worker_fell_silent_waits_again_just_after_its_lease(store, clock):
    asked(store)
    held = claim(store, "w1", KINDS)
    clock.move(seconds=LEASE.total_seconds())
    assert claim(store, "w2", KINDS) is None
    clock.move(seconds=1)
    again = claim(store, "w2", KINDS)
    assert (again.id, again.attempts, again.worker) == (held.id, 2, "w2")


def test_a_renewed_lease_is_held(store, clock):
    asked(store)
    held = claim(store, "w1", KINDS)
    clock.move(seconds=LEASE.total_seconds() - 1)
    renew(store, held)
    clock.move(seconds=LEASE.total_seconds() - 1)
    assert claim(store, "w2", KINDS) is None


def test_a_worker_that_comes_back_to_life_can_say_nothing_of_a_job_it_lost(store, clock):
    asked(store)
    lost = claim(store, "w1", KINDS)
    clock.move(seconds=LEASE.total_seconds() + 1)
    claim(store, "w1", KINDS)  # the same name, started again
    for say in (
        lambda: renew(store, lost),
        lambda: finish(store, lost, {"proposal": "stale"}),
        lambda: give_up(store, lost, "no"),
        lambda: put_back(store, lost),
    ):
        with pytest.raises(Conflict):
            say()
    assert seen(store, lost).result == {}


def test_a_job_that_kills_its_workers_fails_for_good(store, clock):
    job = asked(store)
    for _ in range(MOST_ATTEMPTS):
        assert claim(store, "w", KINDS).id == job.id
        clock.move(seconds=LEASE.total_seconds() + 1)
    assert claim(store, "w", KINDS) is None
    assert seen(store, job).state is JobState.FAILED
    assert seen(store, job).message


def test_a_waiting_job_is_cancelled_at_once_a_running_one_is_told_to_stop(store):
    waiting = asked(store, "a")
    with store.writing(SYSTEM_ACTOR, "cancel") as book:
        assert cancel(book, waiting.id).state is JobState.CANCELLED
    asked(store, "b")
    held = claim(store, "w", KINDS)
    with store.writing(SYSTEM_ACTOR, "cancel") as book:
        assert cancel(book, held.id).is_stopping
    assert renew(store, held).is_stopping
    assert give_up(store, held, "", cancelled=True).state is JobState.CANCELLED


def test_one_that_was_to_stop_when_its_worker_died_is_cancelled(store, clock):
    asked(store)
    held = claim(store, "w", KINDS)
    with store.writing(SYSTEM_ACTOR, "cancel") as book:
        cancel(book, held.id)
    clock.move(seconds=LEASE.total_seconds() + 1)
    assert claim(store, "w2", KINDS) is None
    assert seen(store, held).state is JobState.CANCELLED


def test_one_that_has_ended_stays_as_it_ended(store):
    asked(store)
    held = claim(store, "w", KINDS)
    finish(store, held, {})
    with store.writing(SYSTEM_ACTOR, "cancel") as book:
        assert cancel(book, held.id).state is JobState.DONE


def test_a_worker_that_goes_down_puts_its_job_back(store):
    asked(store)
    put_back(store, claim(store, "w1", KINDS))
    assert claim(store, "w2", KINDS).attempts == 2


def test_two_workers_never_do_one_job_twice(store):
    made = {asked(store, str(n)).id for n in range(24)}
    taken, lock = [], threading.Lock()

    def work(name):
        while held := claim(store, name, KINDS):
            finish(store, held, {})
            with lock:
                taken.append(held.id)

    workers = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken) == sorted(made)


def test_no_job_is_not_found_and_an_area_lists_its_own_newest_first(store, clock):
    with store.looking() as connection, pytest.raises(NotFound):
        find(connection, "no")
    first = asked(store, "a")
    clock.move(seconds=1)
    second = asked(store, "b")
    with store.looking() as connection:
        assert [job.id for job in newest(connection, AREA)] == [second.id, first.id]
        assert newest(connection, ("500000", "500101")) == ()


def test_forgetting_takes_what_has_ended_off_the_list_and_nothing_else(store):
    asked(store, "a")
    finish(store, claim(store, "w", KINDS), {})
    waiting = asked(store, "b")
    with store.writing(SYSTEM_ACTOR, "forget") as book:
        forget(book, AREA, KINDS)
    with store.looking() as connection:
        assert [job.id for job in newest(connection, AREA, KINDS)] == [waiting.id]
        assert newest(connection, AREA, ("other",)) == ()


def test_whether_anything_waits_is_told_without_claiming(store, clock):
    assert not is_any_waiting(store, KINDS)
    asked(store)
    assert is_any_waiting(store, KINDS)
    assert not is_any_waiting(store, ("other",))
    claim(store, "w", KINDS)
    assert not is_any_waiting(store, KINDS)
    clock.move(seconds=LEASE.total_seconds() + 1)
    assert is_any_waiting(store, KINDS)
