"""A lock is the staff's word: what speaks against it is told, and only safety ends it."""

from datetime import date

import openpyxl
import pytest

from casework.programme import Programme
from geo.areas import Gazetteer
from ledger.proposal_workbook import write_proposal_workbook
from ledger.reader import Reader
from service.workflows.pairing import pose_files
from service.workflows.tables_for import PairingFiles

CHILDREN = ["编号", "儿童姓名", "镇街", "村社区", "出生日期", "困境类别", "监护人同意"]
CAREGIVERS = [
    "编号", "爱心妈妈姓名", "性别", "镇街", "村社区", "从业查询结果", "从业查询有效期至",
    "承诺书", "回避儿童",
]  # fmt: skip


def write(path, *rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


@pytest.fixture
def propose(tmp_path):
    def propose(check="合格", kin="", locked="是"):
        where = "仙女山街道", "前进村"
        files = PairingFiles(
            write(tmp_path / "儿童.xlsx", CHILDREN,
                  ["E1", "陈小一", *where, date(2012, 1, 1), "散居孤儿", "是"]),
            write(tmp_path / "妈妈.xlsx", CAREGIVERS,
                  ["A1", "王大一", "女", *where, check, date(2022, 1, 1), "是", kin]),
            write(tmp_path / "结对.xlsx", ["儿童编号", "爱心妈妈编号", "锁定"],
                  ["E1", "A1", locked]),
        )  # fmt: skip
        day = date(2021, 9, 15)
        reader = Reader(day, b"k" * 32, Gazetteer.on(day), Programme.from_toml())
        posed = pose_files(files, reader)
        return posed.pairing(posed.propose())

    return propose


def told(done):
    return {f.rule: f for f in done.findings if f.rule.startswith("lock_")}


def test_a_lock_that_safety_ends_is_told_without_the_cause(propose):
    done = propose(check="不合格")
    assert not done.dossier.proposal.pairs
    finding = told(done)["lock_not_kept"]
    assert (finding.severity, finding.where.row) == ("WARNING", 2)
    assert finding.message_zh == "锁定的结对因安全原因不能保留"
    assert "查询" not in finding.message_zh + finding.remedy_zh


def test_an_unlocked_pair_that_ends_is_no_finding_of_a_lock(propose):
    assert told(propose(check="不合格", locked="")) == {}


def test_a_lock_against_kin_stands_and_is_put_before_a_person(propose, tmp_path):
    done = propose(kin="陈小一")
    assert [(p.child, p.locked) for p in done.dossier.proposal.pairs] == [("E1", True)]
    assert list(told(done)) == ["lock_against_kin"]
    assert done.needs_a_person
    write_proposal_workbook(tmp_path / "x.xlsx", done.dossier)
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")["条件结对核查清单"]
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert "锁定与回避不一致" in cells
    assert "区县妇联负责人" in cells


def test_a_lock_nothing_speaks_against_is_not_mentioned(propose):
    done = propose()
    assert told(done) == {}
    assert not done.dossier.contested
    assert not done.needs_a_person
