"""What is wrong with files of one kind, all at once."""

import json
from pathlib import Path

import openpyxl
import pytest

from casework.errors import Unreadable
from ledger.checking import check_files
from ledger.tables import TableKind
from tests.tables import reader, resident_id

HEADINGS = ("序号", "镇街", "村社区", "姓名", "出生日期", "身份证号码", "困境类别", "监护人电话")


def book(path: Path, *rows: tuple[object, ...]) -> Path:
    workbook = openpyxl.Workbook()
    for row in (HEADINGS, *rows):
        workbook.active.append(row)
    workbook.save(path)
    return path


def child(number: int, name: str, resident_id_: object) -> tuple[object, ...]:
    return number, "太安镇", "凤山村", name, "2012-03-05", resident_id_, "散居孤儿", "13812345678"


def test_the_report_counts_rows_and_tells_everything_at_once(tmp_path):
    rows = (
        child(1, "张三", resident_id()),
        child(2, "张三", resident_id()),
        child(3, "李四", 500101201203050042),
    )
    report = check_files([book(tmp_path / "名单.xlsx", *rows)], TableKind.CHILDREN, reader())
    told = report.as_json()
    assert told["schema"] == "nuantong/check/1"
    assert (told["accepted"], told["rejected"], told["collapsed"]) == (1, 1, 1)
    assert told["rows"] == len(rows)
    (finding,) = (f for f in told["findings"] if f["severity"] == "ERROR")
    assert (finding["rule"], finding["row"], finding["column"]) == ("id_numeric", 4, "身份证号码")
    assert {"sheet", "value", "message_zh", "message_en", "remedy_zh"} <= finding.keys()
    text = json.dumps(told, ensure_ascii=False)
    assert resident_id() not in text
    assert "李四" not in text
    assert "13812345678" not in text


def test_only_the_kind_asked_for_is_judged(tmp_path):
    path = book(tmp_path / "名单.xlsx", child(1, "张三", "123"))
    report = check_files([path], TableKind.CAREGIVERS, reader())
    assert report.counts.rows == 0
    assert "id_length" not in [finding.rule for finding in report.findings]


def test_files_are_checked_together(tmp_path):
    one = book(tmp_path / "a.xlsx", child(1, "张三", resident_id()))
    other = book(tmp_path / "b.xlsx", child(1, "张三丰", resident_id()))
    report = check_files([one, other], TableKind.CHILDREN, reader())
    assert (report.counts.accepted, report.counts.rejected) == (0, 2)


def test_a_file_nobody_can_read_is_refused_alone_and_told_among_others(tmp_path):
    bad = tmp_path / "坏.xlsx"
    bad.write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(Unreadable):
        check_files([bad], TableKind.CHILDREN, reader())
    good = book(tmp_path / "a.xlsx", child(1, "张三", resident_id()))
    report = check_files([bad, good], TableKind.CHILDREN, reader())
    assert report.counts.accepted == 1
    assert "file_unreadable" in [finding.rule for finding in report.findings]
