"""A large ledger is read in a job: reload-safe, stopped without a trace, read once."""

import re
import time

import openpyxl
import pytest

from casework.errors import Conflict
from ledger.record import jobs as queue
from ledger.record.import_list import list_imports
from service.import_readings import TOLD_FOR, Readings, sweep_readings
from service.workflows import import_work
from tests.installation import UNIT, desk_of
from tests.unit_on_record import CHILDREN, record_desk


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch):
    monkeypatch.setattr(import_work, "AT_ONCE_BYTES", 0)


@pytest.fixture
def nobody_works(unit):
    """Let no worker take what is asked for."""
    unit.app.state.workman.stop()


def send(unit, content):
    sent = {"files": ("台账.xlsx", content)}
    answer = unit.post("/imports", files=sent, follow_redirects=False)
    assert answer.status_code == 303
    assert re.fullmatch("/imports/read/[0-9a-f]{16}", answer.headers["location"])
    return answer.headers["location"]


def job_of(unit, address):
    return unit.get(f"/api/v1/jobs/{address.rsplit('/', 1)[1]}").json()


def ended(unit, address):
    for _ in range(600):
        job = job_of(unit, address)
        if job["state"] != "running":
            return job
        time.sleep(0.1)
    raise AssertionError("the reading never ended")


def previews(unit):
    desk = record_desk(unit)
    with desk.store.reading(desk.actor, "test") as book:
        return [line for line in list_imports(book, UNIT) if line.waits]


def lying(unit):
    """List the files of readings on the desk."""
    return [p for p in (desk_of(unit).root / "imports").rglob("*") if p.is_file()]


def renamed(files, out):
    book = openpyxl.load_workbook(files / CHILDREN)
    heads = [str(cell.value) for cell in book.active[1]]
    name = next(n for n, head in enumerate(heads) if head.endswith("姓名")) + 1
    book.active.cell(2, name).value = "另一个名"
    book.save(out)
    return out.read_bytes()


def test_a_large_ledger_is_read_by_a_worker_and_told_on_the_same_page(unit, files, tmp_path):
    address = send(unit, renamed(files, tmp_path / "new.xlsx"))
    assert ended(unit, address)["state"] == "done"
    (preview,) = previews(unit)
    for _ in range(2):  # loaded again, it says the same
        assert f'href="/imports/{preview.id}"' in unit.get(address).text
    assert [path.name for path in lying(unit)] == ["told"]
    assert "另一个名" in unit.get(f"/imports/{preview.id}").text


def test_until_it_is_read_the_workbook_lies_sealed_and_the_page_tells_of_it(
    unit, files, nobody_works
):
    content = (files / CHILDREN).read_bytes()
    address = send(unit, content)
    assert content[:2] == b"PK"
    assert all(path.read_bytes()[:2] != b"PK" for path in lying(unit))
    assert len(lying(unit)) == 2
    page = unit.get(address).text
    assert "正在读取台账" in page
    assert "nuantong worker" in page
    assert f'href="{address}"' in unit.get("/imports").text


def test_stopped_it_leaves_no_file_and_no_row(unit, files, nobody_works):
    address = send(unit, (files / CHILDREN).read_bytes())
    assert unit.delete(address).json()["state"] == "cancelled"
    assert (lying(unit), previews(unit)) == ([], [])
    assert "没有留下" in unit.get(address).text
    assert address not in unit.get("/imports").text


def test_stopped_at_the_last_moment_it_keeps_no_preview(unit, nobody_works):
    desk = record_desk(unit)
    with desk.store.writing(desk.actor, "test") as book:
        job = queue.ask(book, import_work.READ, desk.actor.scope, "f", {"whole": False})
    queue.claim(desk.store, "w", (import_work.READ,))
    with desk.store.writing(desk.actor, "test") as book:
        assert queue.cancel(book, job.id).is_stopping
    with pytest.raises(Conflict), desk.store.writing(desk.actor, "test") as book:
        queue.settle_made(book, job.id, {"previews": []})


def test_what_is_made_is_made_once_and_cannot_be_stopped_any_more(unit, nobody_works):
    desk = record_desk(unit)
    with desk.store.writing(desk.actor, "test") as book:
        job = queue.ask(book, import_work.READ, desk.actor.scope, "f", {"whole": False})
    queue.claim(desk.store, "w", (import_work.READ,))
    with desk.store.writing(desk.actor, "test") as book:
        queue.settle_made(book, job.id, {"previews": ["p"]})
    with pytest.raises(Conflict), desk.store.writing(desk.actor, "test") as book:
        queue.settle_made(book, job.id, {"previews": ["q"]})
    with desk.store.writing(desk.actor, "test") as book:
        assert not queue.cancel(book, job.id).is_stopping


def test_a_file_that_is_refused_says_why_and_leaves_nothing(unit):
    address = send(unit, b"PK no workbook")
    job = ended(unit, address)
    assert (job["state"], lying(unit), previews(unit)) == ("failed", [], [])
    assert "台账.xlsx" in job["message"]
    assert unit.get(address).status_code == 200


def test_a_reading_is_its_own_units_and_no_townships(stocked, unit, town, files, nobody_works):
    address = send(unit, (files / CHILDREN).read_bytes())
    other = stocked.beside(unit, "unit2")
    missing = other.get("/imports/read/0123456789abcdef")
    hidden = other.get(address)
    assert (hidden.status_code, hidden.content) == (404, missing.content)
    assert other.delete(address).status_code == 404
    assert town.delete(address).status_code in (403, 404)
    assert len(lying(unit)) == 2


def test_what_was_told_is_kept_for_a_day_and_cleared_with_the_desk(unit, files, tmp_path):
    address = send(unit, renamed(files, tmp_path / "new.xlsx"))
    ended(unit, address)
    data, now = desk_of(unit).root.parents[1], record_desk(unit).store.clock()
    sweep_readings(data, now)
    assert len(lying(unit)) == 1
    sweep_readings(data, now + TOLD_FOR * 2)
    assert lying(unit) == []
    assert unit.get(address, follow_redirects=False).headers["location"] == "/imports"
    Readings(desk_of(unit)).tell("a1", {})
    desk_of(unit).clear()
    assert lying(unit) == []
