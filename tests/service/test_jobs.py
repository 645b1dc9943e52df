import time
from pathlib import Path

import pytest

from casework.errors import Busy, NotFound
from service.jobs import Bench, JobState
from tests.service import pretend_work


def ended(bench):
    for _ in range(400):
        if not bench.job.is_running:
            return bench.job
        time.sleep(0.05)
    raise AssertionError("the job never ended")


def alive(pid):
    """Whether the process runs; a zombie nobody has buried yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_job_tells_its_progress_and_ends_done(tmp_path):
    bench = Bench(tmp_path, pretend_work.steps)
    started = bench.start("check", {})
    job = ended(bench)
    assert (job.id, job.state, job.stage, job.done, job.total) == (
        started.id,
        JobState.DONE,
        "read",
        3,
        3,
    )
    assert job.version == 4


def test_a_second_job_waits_its_turn(tmp_path):
    bench = Bench(tmp_path, pretend_work.endless)
    job = bench.start("check", {})
    with pytest.raises(Busy):
        bench.start("pair", {})
    with pytest.raises(Busy):
        bench.forget()
    bench.cancel(job.id)


def test_stopping_a_job_stops_all_it_started(tmp_path):
    bench = Bench(tmp_path, pretend_work.endless)
    job = bench.start("pair", {})
    while bench.job.stage != "solve":
        time.sleep(0.02)
    child = int((tmp_path / "child").read_text())
    assert alive(child)
    assert bench.cancel(job.id).state is JobState.CANCELLED
    for _ in range(100):
        if not alive(child):
            break
        time.sleep(0.02)
    assert not alive(child)


def test_a_job_that_ended_stays_as_it_ended(tmp_path):
    bench = Bench(tmp_path, pretend_work.steps)
    job = bench.start("check", {})
    ended(bench)
    assert bench.cancel(job.id).state is JobState.DONE


def test_a_process_that_dies_is_a_failure_not_a_wait(tmp_path):
    bench = Bench(tmp_path, pretend_work.dies)
    bench.start("check", {})
    job = ended(bench)
    assert job.state is JobState.FAILED
    assert "9" in job.message


def test_a_refusal_is_told_in_its_own_words(tmp_path):
    bench = Bench(tmp_path, pretend_work.refuses)
    bench.start("check", {})
    assert ended(bench).message == "文件打不开"


def test_a_server_started_again_remembers_how_the_last_job_ended(tmp_path):
    bench = Bench(tmp_path, pretend_work.steps)
    bench.start("check", {})
    last = ended(bench)
    again = Bench(tmp_path).job
    assert (again.id, again.state) == (last.id, JobState.DONE)


def test_a_job_cut_short_by_the_server_is_told_as_interrupted(tmp_path):
    bench = Bench(tmp_path, pretend_work.endless)
    job = bench.start("pair", {})
    assert Bench(tmp_path).job.state is JobState.INTERRUPTED
    bench.cancel(job.id)


def test_a_job_that_another_version_wrote_is_forgotten(tmp_path):
    (tmp_path / "job.json").write_text('{"id": "1", "state": "done"}')
    assert Bench(tmp_path).job is None


def test_an_unknown_job_is_not_found(tmp_path):
    with pytest.raises(NotFound):
        Bench(tmp_path).find("nothing")
