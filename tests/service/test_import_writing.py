"""An import of many people is written, and taken back, in a job: whole, once, reload-safe."""

import re
from types import SimpleNamespace

import openpyxl
import pytest

from casework.errors import Conflict
from ledger.record import jobs as queue
from ledger.record.import_list import list_imports
from ledger.record.imports import Decisions, ImportState
from service import worker
from service.progress import Stage
from service.workflows import import_work
from service.workflows import import_writing as writing
from tests.installation import UNIT
from tests.service.test_import_reading import ended
from tests.service.test_import_some_files import renamed
from tests.unit_on_record import CHILDREN, TOWN, record_desk


@pytest.fixture(autouse=True)
def everybody_is_many(monkeypatch):
    monkeypatch.setattr(writing, "AT_ONCE", 0)


@pytest.fixture
def nobody_works(unit):
    """Let no worker take what is asked for."""
    unit.app.state.workman.stop()


@pytest.fixture
def preview(unit, files, tmp_path):
    """Give an import that waits: a doubtful row."""
    read = unit.post("/imports", files=[renamed(files, tmp_path / "new.xlsx", 1)])
    return re.search(r"/imports/([0-9a-f]{16})", read.text)[1]


def post(client, address, **said):
    return client.post(address, data=said, follow_redirects=False).headers["location"]


def state(unit, preview):
    desk = record_desk(unit)
    with desk.store.reading(desk.actor, "test") as book:
        return next(line.state for line in list_imports(book, UNIT) if line.id == preview)


def confirm(unit, preview):
    page = unit.get(f"/imports/{preview}").text
    line, value = re.search(r'name="(line\d+)" value="(take:[^"]+)"', page).groups()
    return post(unit, f"/imports/{preview}/confirm", **{line: value})


def test_many_people_are_put_on_record_and_taken_back_by_a_worker(unit, preview):
    address = confirm(unit, preview)
    assert re.fullmatch("/imports/read/[0-9a-f]{16}", address)
    assert ended(unit, address)["state"] == "done"
    for _ in range(2):  # loaded again, it says the same
        assert "已入库" in unit.get(address).text
    assert "新名甲" in unit.get("/children?text=新名甲").text
    address = post(unit, f"/imports/{preview}/undo")
    assert ended(unit, address)["state"] == "done"
    assert "已整批撤销" in unit.get(address).text
    assert "新名甲</a>" not in unit.get("/children?text=新名甲").text
    assert state(unit, preview) is ImportState.UNDONE


def test_pressed_twice_it_is_one_job_and_its_page_tells_how_far_it_is(unit, preview, nobody_works):
    address = confirm(unit, preview)
    assert confirm(unit, preview) == address
    page = unit.get(address).text
    assert "正在入库" in page
    assert "要么全部写入" in page
    assert f'href="{address}"' in unit.get("/imports").text
    assert state(unit, preview) is ImportState.PREVIEWED


def test_stopped_before_it_is_done_nothing_is_written(unit, preview, nobody_works):
    address = confirm(unit, preview)
    assert unit.delete(address).json()["state"] == "cancelled"
    assert "什么都没有写入" in unit.get(address).text
    assert state(unit, preview) is ImportState.PREVIEWED
    assert confirm(unit, preview) != address


def test_stopped_in_the_middle_of_writing_nothing_is_written(unit, preview, nobody_works):
    job_id = confirm(unit, preview).rsplit("/", 1)[1]
    desk = record_desk(unit)
    queue.claim(desk.store, "w", (writing.CONFIRM,))
    unit.delete(f"/imports/read/{job_id}")
    work = writing.Work(job_id)
    keep = lambda found: Decisions(standing=writing.Choice.TAKE)  # noqa: E731
    with pytest.raises(Conflict, match="已经停止"):
        writing.confirm_kept(desk, preview, keep, work)
    assert state(unit, preview) is ImportState.PREVIEWED
    assert "新名甲</a>" not in unit.get("/children?text=新名甲").text


def test_a_worker_that_comes_back_after_writing_does_not_write_again(unit, preview, nobody_works):
    job_id = confirm(unit, preview).rsplit("/", 1)[1]
    desk = record_desk(unit)
    queue.claim(desk.store, "w", (writing.CONFIRM,))
    take = lambda found: Decisions(standing=writing.Choice.TAKE)  # noqa: E731
    first = writing.confirm_kept(desk, preview, take, writing.Work(job_id))
    again = writing.confirm_kept(desk, preview, take, writing.Work(job_id))
    assert (first.changed, again.changed) == (1, 0)
    assert import_work.made_before(desk.store, job_id)["changed"] == 1


def test_how_many_people_are_written_is_told_on_the_way(unit, preview, monkeypatch):
    monkeypatch.setattr("ledger.record.person_writing._TOLD_EACH", 1)
    told = []
    desk = record_desk(unit)
    take = lambda found: Decisions(standing=writing.Choice.TAKE)  # noqa: E731
    work = writing.Work(progress=lambda *how: told.append(how))
    writing.confirm_kept(desk, preview, take, work)
    writing.undo_kept(desk, preview, work)
    assert told == [(Stage.IMPORT, 1, 1), (Stage.IMPORT, 1, 1)]


def test_what_is_not_decided_is_asked_for_while_the_form_is_on_the_screen(unit, preview):
    answer = unit.post(f"/imports/{preview}/confirm")
    assert answer.status_code == 409
    assert "还有 1 行存疑没有决定" in answer.text


def test_what_cannot_be_written_is_told_on_the_jobs_page_and_leads_back(unit, preview):
    line = re.search(r'name="(line\d+)" value="take:', unit.get(f"/imports/{preview}").text)[1]
    address = post(unit, f"/imports/{preview}/confirm", **{line: "take:nobody"})
    assert ended(unit, address)["state"] == "failed"
    page = unit.get(address).text
    assert "没有写入：请指明这一行是在案的哪一位" in page
    assert f'href="/imports/{preview}"' in page
    assert state(unit, preview) is ImportState.PREVIEWED


def test_work_on_an_import_is_its_own_units_alone(stocked, unit, town, preview, nobody_works):
    address = confirm(unit, preview)
    other = stocked.beside(unit, "unit2")
    missing = other.get("/imports/read/0123456789abcdef")
    hidden = other.get(address)
    assert (hidden.status_code, hidden.content) == (404, missing.content)
    assert other.delete(address).status_code == 404
    assert town.get(address.replace("imports", "rows")).status_code == 404
    assert other.post(f"/imports/{preview}/confirm").status_code == 404


@pytest.fixture
def large_files(monkeypatch):
    monkeypatch.setattr(import_work, "AT_ONCE_BYTES", 0)


def test_a_large_roster_is_compared_by_a_worker(unit, files, large_files):
    sent = {"files": ("名册.xlsx", (files / CHILDREN).read_bytes())}
    address = unit.post("/roster", files=sent, follow_redirects=False).headers["location"]
    assert ended(unit, address)["state"] == "done"
    page = unit.get(address).text
    assert "比对完成" in page
    assert "一致" in page


def test_a_townships_large_list_is_read_by_a_worker_and_seen_by_her_alone(
    unit, town, files, tmp_path, large_files
):
    book = openpyxl.load_workbook(files / CHILDREN)
    heads = [str(cell.value) for cell in book.active[1]]
    place = heads.index(next(h for h in heads if h.startswith("镇街"))) + 1
    others = [
        r for r in range(2, book.active.max_row + 1) if book.active.cell(r, place).value != TOWN
    ]
    for row in reversed(others):
        book.active.delete_rows(row)
    book.save(tmp_path / "town.xlsx")
    sent = {"files": ("本镇.xlsx", (tmp_path / "town.xlsx").read_bytes())}
    answer = town.post("/rows", files=sent, follow_redirects=False)
    address = answer.headers["location"]
    assert address.startswith("/rows/read/")
    assert ended(town, address)["state"] == "done"
    assert "已上报区县" in town.get(address).text
    assert "镇街上报" in unit.get("/imports").text


@pytest.mark.parametrize(
    ("kind", "times"), [("import_confirm", 0), ("import_undo", 0), ("pair", 1)]
)
def test_work_that_holds_the_pen_gives_way_to_nobody(monkeypatch, tmp_path, kind, times):
    given_way, told = [], []
    for name in ("setpgid", "sched_setscheduler"):
        monkeypatch.setattr(f"service.worker.os.{name}", lambda *_: None, raising=False)
    monkeypatch.setattr("service.worker.os.nice", given_way.append, raising=False)
    monkeypatch.setattr("service.worker.end_with_parent", lambda: None)
    monkeypatch.setitem(worker.WORKS, kind, lambda *_: {})
    task = worker.Task("j", kind, (), "a", {}, tmp_path, "", tmp_path)
    worker.run(task, SimpleNamespace(send=told.append))
    assert told == [("done", {})]
    assert len(given_way) == times
