import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from casework.access import SYSTEM_ACTOR
from casework.errors import Busy, NotFound
from ledger.record.jobs import LEASE, MOST_ATTEMPTS
from ledger.record.store import now_utc
from service.jobs import Bench, JobState
from service.rooms import desk_folder
from tests.installation import ACCOUNTS
from tests.service import pretend_work
from tests.service.pretend_work import at_work

AREA = ACCOUNTS["unit"][1]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def store(installation, tmp_path):
    opened = installation.open_store(tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def bench(store):
    return Bench(store, AREA)


def until(is_so):
    for _ in range(600):
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError("it never came to that")


def ended(bench):
    until(lambda: not bench.is_busy)
    return bench.job


def alive(pid):
    """Whether the process runs; a zombie nobody has buried yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def child_of(tmp_path):
    told = desk_folder(tmp_path / "data", AREA) / "child"
    until(lambda: told.exists() and told.read_text())
    return int(told.read_text())


def start(bench, kind="check", **arguments):
    return bench.start(SYSTEM_ACTOR, kind, arguments)


def test_a_job_tells_its_progress_and_ends_done(store, bench, tmp_path):
    with at_work(store, tmp_path, pretend_work.steps):
        started = start(bench, what="report")
        job = ended(bench)
    assert (job.id, job.state, job.stage, job.done, job.total) == (
        started.id,
        JobState.DONE,
        "read",
        3,
        3,
    )
    assert job.result == {"made": "report"}


def test_a_desk_does_one_thing_at_a_time(bench):
    job = start(bench)
    with pytest.raises(Busy):
        start(bench, "pair")
    with pytest.raises(Busy):
        bench.forget(SYSTEM_ACTOR)
    assert bench.cancel(SYSTEM_ACTOR, job.id).state is JobState.CANCELLED


def test_another_office_neither_sees_nor_waits_for_it(store, bench):
    job = start(bench)
    other = Bench(store, ACCOUNTS["unit2"][1])
    assert other.job is None
    with pytest.raises(NotFound):
        other.find(job.id)
    with pytest.raises(NotFound):
        other.cancel(SYSTEM_ACTOR, job.id)
    assert start(other).id != job.id


def test_stopping_a_job_stops_all_it_started(store, bench, tmp_path):
    with at_work(store, tmp_path, pretend_work.endless):
        job = start(bench, "pair")
        child = child_of(tmp_path)
        if hasattr(os, "SCHED_IDLE"):  # pages come before it: within one session, see stand_apart
            assert os.sched_getscheduler(child) == os.SCHED_IDLE
            assert os.getsid(child) == os.getsid(0)
        bench.cancel(SYSTEM_ACTOR, job.id)
        assert ended(bench).state is JobState.CANCELLED
        until(lambda: not alive(child))


def test_a_process_that_dies_again_and_again_is_a_failure_not_a_wait(store, bench, tmp_path):
    with at_work(store, tmp_path, pretend_work.dies):
        start(bench)
        job = ended(bench)
    assert (job.state, job.attempts) == (JobState.FAILED, MOST_ATTEMPTS)
    assert "9" in job.message


def test_work_that_found_the_database_busy_is_tried_again_and_then_says_so(store, bench, tmp_path):
    with at_work(store, tmp_path, pretend_work.busy):
        start(bench)
        job = ended(bench)
    assert (job.attempts, job.message) == (MOST_ATTEMPTS, "数据库暂时连不上")


def test_a_refusal_is_told_in_its_own_words(store, bench, tmp_path):
    with at_work(store, tmp_path, pretend_work.refuses):
        start(bench)
        assert ended(bench).message == "文件打不开"


def test_a_workman_who_goes_down_puts_the_job_back_and_the_next_does_it(store, bench, tmp_path):
    with at_work(store, tmp_path, pretend_work.endless):
        job = start(bench)
        child = child_of(tmp_path)
    assert bench.job.state is JobState.QUEUED
    until(lambda: not alive(child))
    with at_work(store, tmp_path, pretend_work.steps):
        assert (ended(bench).id, bench.job.state) == (job.id, JobState.DONE)


def test_forgetting_leaves_nothing_to_show(store, bench, tmp_path):
    with at_work(store, tmp_path, pretend_work.steps):
        start(bench)
        ended(bench)
    bench.forget(SYSTEM_ACTOR)
    assert bench.job is None


def test_an_unknown_job_is_not_found(bench):
    with pytest.raises(NotFound):
        bench.find("nothing")


_KILLED = """
import sys
from pathlib import Path
from ledger.record.key_ring import KeyRing
from ledger.record.store import Store
from service.workman import Workman
from tests.service import pretend_work
from tests.service.pretend_work import at_work
data = Path(sys.argv[1])
if __name__ == "__main__":
    store = Store.open(data, KeyRing.load(data.with_name(data.name + "-keys")))
    Workman(store, data, pretend_work.endless).work()
"""


@pytest.mark.slow
def test_a_killed_workman_leaves_no_process_behind_and_loses_no_job(store, bench, tmp_path):
    job = start(bench)
    script = tmp_path / "killed.py"
    script.write_text(_KILLED)
    killed = subprocess.Popen(
        [sys.executable, script, tmp_path / "data"], env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    child = child_of(tmp_path)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    until(lambda: not alive(child))
    store.clock = lambda: now_utc() + LEASE + timedelta(seconds=1)
    with at_work(store, tmp_path, pretend_work.steps):
        assert (ended(bench).id, bench.job.state, bench.job.attempts) == (
            job.id,
            JobState.DONE,
            2,
        )
