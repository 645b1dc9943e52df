"""PostgreSQL is killed under the service: told in a sentence meanwhile, nothing lost after."""

import threading
import time

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from casework.access import SYSTEM_ACTOR
from casework.errors import Busy
from ledger.record.accounts import Account, add_account
from ledger.record.audit_tables import audit
from ledger.record.key_ring import KeyRing
from ledger.record.sessions import begin_session
from ledger.record.store import Store
from ledger.record.trail import check_trail
from service.access import COOKIE
from service.app import create_app
from service.jobs import Bench, JobState
from service.workman import Workman
from tests.installation import ACCOUNTS, HERE, PASSWORD
from tests.postgres import postgres_server
from tests.service import pretend_work

ROLE, AREA = ACCOUNTS["unit"]


@pytest.fixture(scope="module")
def server():
    with postgres_server(fsync=True) as running:
        yield running


@pytest.fixture(scope="module")
def store(server, tmp_path_factory):
    keys = KeyRing.load(tmp_path_factory.mktemp("keys"))
    made = Store.create(server.url.format("postgres"), keys)
    yield made
    made.close()


def write(store, name):
    with store.writing(SYSTEM_ACTOR, f"write {name}") as book:
        book.note("write", "test", [name])


def written(store):
    with store.looking() as connection:
        query = select(audit.c.why, func.count()).where(audit.c.action == "write")
        return dict(connection.execute(query.group_by(audit.c.why)).all())


def write_on(store, turn, acknowledged, odd, stopping):
    for number in range(100_000):
        if stopping.is_set():
            return
        try:
            write(store, f"{turn}x{number}")
            acknowledged.append(f"write {turn}x{number}")
        except Busy:
            time.sleep(0.02)
        except Exception as error:
            odd.append(repr(error))


@pytest.mark.parametrize("how", ["kill", "stop_at_once"])
def test_writers_go_on_by_themselves_and_lose_nothing_they_were_told_of(server, store, how):
    acknowledged, odd, stopping = [], [], threading.Event()
    given = (acknowledged, odd, stopping)
    hands = [
        threading.Thread(target=write_on, args=(store, f"{how}{n}", *given)) for n in range(4)
    ]
    for hand in hands:
        hand.start()
    wait_for(lambda: len(acknowledged) > 10)
    getattr(server, how)()
    server.start()
    reached = len(acknowledged)
    wait_for(lambda: len(acknowledged) > reached)
    stopping.set()
    for hand in hands:
        hand.join()
    kept = written(store)
    assert odd == []
    assert set(acknowledged) <= set(kept)
    assert set(kept.values()) == {1}
    assert check_trail(store).broken_at is None


def wait_for(holds, most_seconds=30):
    end = time.monotonic() + most_seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def measures(app):
    here = TestClient(app, base_url=HERE, client=("127.0.0.1", 5))
    return here.get("/metrics").text


def test_pages_say_so_meanwhile_and_work_again_after(server, store, tmp_path):
    with store.writing(SYSTEM_ACTOR, "test") as book:
        made = add_account(book, Account("", "unit", ROLE, AREA), PASSWORD)
        token = begin_session(book, made.id)
    app = create_app(tmp_path / "data", store)
    with TestClient(app, base_url=HERE, cookies={COOKIE: token}) as client:
        assert client.get("/children").status_code == 200
        server.kill()
        for address in ("/children", "/", "/signin", "/api/v1/files"):
            answer = client.get(address)
            assert answer.status_code == 503, address
            assert "数据库" in answer.text
            assert "postgres" not in answer.text
        posted = client.post("/api/v1/jobs", json={"kind": "check"})
        assert posted.status_code == 503
        assert client.get("/healthz").status_code == 200
        assert "nuantong_database_up 0.0" in measures(app)
        server.start()
        assert "nuantong_database_up 1.0" in measures(app)
        assert client.get("/children").status_code == 200


def test_a_job_that_ends_while_the_database_is_away_is_told_when_it_is_back(
    server, store, tmp_path
):
    bench, workman = Bench(store, AREA), Workman(store, tmp_path / "data", pretend_work.waits)
    job = bench.start(SYSTEM_ACTOR, "check", {"for": str(tmp_path / "go")})
    workman.start()
    try:
        wait_for(lambda: bench.find(job.id).state is JobState.RUNNING)
        server.kill()
        (tmp_path / "go").touch()
        time.sleep(1)
        server.start()
        wait_for(lambda: bench.find(job.id).state is JobState.DONE)
        assert bench.find(job.id).attempts == 1
    finally:
        workman.stop()
