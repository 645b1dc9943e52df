"""A typing error in a caregiver's row is no reason to give her children somebody else."""

from datetime import date

import openpyxl
import pytest

from casework.programme import Programme
from geo.areas import Gazetteer
from ledger.reader import Reader
from service.workflows.pairing import pose_files
from service.workflows.tables_for import PairingFiles


def check_digit(body):
    weights = [2**k % 11 for k in range(17, 0, -1)]
    rest = sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11
    return "10X98765432"[rest]


def good(body17):
    return body17 + check_digit(body17)


def write(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


@pytest.fixture
def propose(tmp_path):
    def propose(her_id):
        child = good("50015620120101001")
        children = write(
            tmp_path / "儿童.xlsx",
            [
                ["编号", "儿童姓名", "身份证号码", "镇街", "村社区", "困境类别", "监护人同意"],
                ["E1", "陈小一", child, "仙女山街道", "前进村", "散居孤儿", "是"],
            ],
        )
        caregivers = write(
            tmp_path / "爱心妈妈.xlsx",
            [
                ["编号", "爱心妈妈姓名", "身份证号码", "镇街", "村社区", "可结对户数"],
                ["A1", "王大一", her_id, "仙女山街道", "前进村", 1],
                ["A2", "李大二", good("50015619820202002"), "仙女山街道", "前进村", 1],
            ],
        )
        pairs = write(
            tmp_path / "结对.xlsx",
            [
                ["儿童编号", "儿童姓名", "爱心妈妈编号", "爱心妈妈姓名"],
                ["E1", "陈小一", "A1", "王大一"],
            ],
        )
        day = date(2021, 9, 15)
        reader = Reader(day, b"k" * 32, Gazetteer.on(day), Programme.from_toml())
        posed = pose_files(PairingFiles(children, caregivers, pairs), reader)
        return posed.pairing(posed.propose()).dossier

    return propose


def test_the_child_waits_with_her_and_the_remedy_names_the_row(propose):
    dossier = propose(good("50015619800101002")[:17] + "?")
    assert not dossier.proposal.pairs
    assert [(line.child, line.reason) for line in dossier.proposal.unpaired] == [
        ("E1", "needs_data")
    ]
    assert [row.where.row for row in dossier.held_rows("E1")] == [2]


def test_once_her_row_is_mended_the_pair_is_kept(propose):
    (pair,) = propose(good("50015619800101002")).proposal.pairs
    assert (pair.child, pair.caregiver, pair.kept) == ("E1", "A1", True)
