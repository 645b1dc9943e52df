"""Of several files the good ones are read, each other one is told; a form says what was said."""

import re

import openpyxl
import pytest

from ledger.record.import_list import list_imports
from ledger.record.imports import open_preview
from service.workflows import import_work
from tests.installation import UNIT
from tests.service.test_import_reading import ended
from tests.unit_on_record import CAREGIVERS, CHILDREN, record_desk

PICTURE = ("照片.jpg", b"\xff\xd8\xff no ledger")


def workbook(path, *rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path.read_bytes()


@pytest.fixture
def mixed(files, tmp_path):
    """Give two ledgers, a workbook without one, a damaged one and a picture; one child is gone."""
    book = openpyxl.load_workbook(files / CHILDREN)
    book.active.delete_rows(3)
    book.save(tmp_path / "short.xlsx")
    bills = workbook(tmp_path / "bills.xlsx", ["月份", "金额"], ["一月", 3])
    return [
        ("files", (CHILDREN, (tmp_path / "short.xlsx").read_bytes())),
        ("files", ("账单.xlsx", bills)),
        ("files", (CAREGIVERS, (files / CAREGIVERS).read_bytes())),
        ("files", ("坏了.xlsx", b"PK no workbook")),
        ("files", PICTURE),
    ]


def told(page, name):
    """Give the row of the page about a file: what is wrong and what to do."""
    rows = re.findall(r"<tr>.*?</tr>", page, re.DOTALL)
    return next(re.sub(r"<[^>]+>", " ", row) for row in rows if name in row)


@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "in a job"])
def test_files_that_are_no_ledgers_are_told_each_and_the_others_are_read(
    unit, mixed, monkeypatch, at_once
):
    monkeypatch.setattr(import_work, "AT_ONCE_BYTES", 1 << 30 if at_once else 0)
    answer = unit.post("/imports", files=mixed, data={"whole": "true"}, follow_redirects=False)
    page = answer.text
    if not at_once:
        assert ended(unit, answer.headers["location"])["state"] == "done"
        page = unit.get(answer.headers["location"]).text
    assert "有 3 个文件没有读入" in page
    for name, why in (("账单.xlsx", "没有找到"), ("坏了.xlsx", "损坏"), ("照片.jpg", "只收")):
        assert why in told(page, name)
        assert "单独上传这一个文件" in told(page, name)
    desk = record_desk(unit)
    with desk.store.reading(desk.actor, "test") as book:
        found = [open_preview(book, one.id) for one in list_imports(book, UNIT) if one.waits]
    (children,) = found  # the caregivers' ledger says nothing new
    assert children.batch.kind == "child"
    assert "爱心妈妈" in page
    assert children.counts["gone"] == 0  # she may be in one that was not read
    assert children.uncovered == ()


def test_where_no_file_is_a_ledger_the_upload_is_refused_with_the_reason(unit):
    answer = unit.post("/imports", files={"files": PICTURE})
    assert answer.status_code == 403
    assert "只收" in answer.text


def test_a_roster_of_which_a_file_cannot_be_read_is_not_compared(unit, mixed):
    answer = unit.post("/roster", files=mixed[:2])
    assert answer.status_code == 422
    assert "账单.xlsx" in answer.text


def renamed(files, out, count=3):
    book = openpyxl.load_workbook(files / CHILDREN)
    heads = [str(cell.value) for cell in book.active[1]]
    name = next(n for n, head in enumerate(heads) if head.endswith("姓名")) + 1
    for row in range(2, 2 + count):
        book.active.cell(row, name).value = f"新名{'甲乙丙丁'[row - 2]}"
    book.save(out)
    return ("files", (out.name, out.read_bytes()))


def test_one_word_holds_for_every_doubtful_row_that_nobody_decided(unit, files, tmp_path):
    read = unit.post("/imports", files=[renamed(files, tmp_path / "new.xlsx")])
    preview = re.search(r"/imports/([0-9a-f]{16})", read.text)[1]
    page = unit.get(f"/imports/{preview}").text
    assert 'name="standing"' in page
    line, value = re.search(r'name="(line\d+)" value="(take:[^"]+)"', page).groups()
    assert unit.post(f"/imports/{preview}/confirm", data={"standing": "any"}).status_code == 409
    decided = {"standing": "keep", line: value}
    assert unit.post(f"/imports/{preview}/confirm", data=decided).status_code == 200
    listed = unit.get("/children?text=新名").text
    assert [name for name in ("新名甲", "新名乙", "新名丙") if name in listed] == ["新名甲"]


def test_a_form_of_more_rows_than_a_page_has_is_not_refused(unit, files, tmp_path):
    read = unit.post("/imports", files=[renamed(files, tmp_path / "new.xlsx", 1)])
    preview = re.search(r"/imports/([0-9a-f]{16})", read.text)[1]
    given = {f"line{n}": "" for n in range(1, 6_000)} | {"standing": "keep"}
    assert unit.post(f"/imports/{preview}/confirm", data=given).status_code == 200


def test_a_ledger_that_was_confirmed_and_changes_nothing_leaves_nothing_to_confirm(unit, files):
    sent = [("files", (CHILDREN, (files / CHILDREN).read_bytes())),
            ("files", (CAREGIVERS, (files / CAREGIVERS).read_bytes()))]  # fmt: skip
    page = unit.post("/imports", files=sent, data={"whole": "true"}).text
    assert page.count("这张表以前确认过，没有新内容") == 2
    assert "查看并确认" not in page
    desk = record_desk(unit)
    with desk.store.reading(desk.actor, "test") as book:
        assert not [one for one in list_imports(book, UNIT) if one.waits]
    assert "批名单等确认入库" not in unit.get("/").text
