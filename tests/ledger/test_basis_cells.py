"""A ledger may say on which lawful basis each record stands; what is half said is told."""

from datetime import date

import pytest

from casework.actors import BasisKind, ChildBasis
from ledger.people import read_ledgers
from ledger.tables import TableKind
from tests.tables import child_row, reader, resident_id, table

PAPER = {"basis_by": "区民政局", "basis_on": "2021-03-01", "basis_paper": "民发〔2021〕7号"}
DUTY = {"basis": "法定职责", **PAPER}
SIXTEEN = {"birth_date": "2005-01-01", "resident_id": resident_id("20050101")}


def read(**cells):
    ledgers = read_ledgers([table(TableKind.CHILDREN, child_row(**cells))], reader())
    (one,) = ledgers.children
    return one.basis, [f for f in ledgers.findings if f.rule.startswith(("basis", "date"))]


@pytest.mark.parametrize(
    ("cells", "kind", "is_of_child"),
    [
        (DUTY, BasisKind.STATUTORY_DUTY, False),
        (DUTY | {"basis": "监护人同意"}, BasisKind.CONSENT, False),
        (DUTY | {"basis": "本人同意", **SIXTEEN}, BasisKind.CONSENT, True),
        (DUTY | {"consent": "不同意"}, BasisKind.STATUTORY_DUTY, False),
    ],
)
def test_four_cells_say_which_basis_by_whom_when_and_by_which_paper(cells, kind, is_of_child):
    basis, findings = read(**cells)
    day = date(2021, 3, 1)
    assert basis == ChildBasis(kind, "区民政局", day, "民发〔2021〕7号", is_of_child)
    assert findings == []


@pytest.mark.parametrize(
    ("cells", "rule", "heading"),
    [
        ({"basis": "同意", **PAPER}, "basis_unknown", "合法性基础"),
        (PAPER, "basis_half", "合法性基础"),
        (DUTY | {"basis_by": None}, "basis_half", "合法性基础出具人"),
        (DUTY | {"basis_on": None}, "basis_half", "合法性基础日期"),
        (DUTY | {"basis_paper": None}, "basis_half", "合法性基础文书"),
        (DUTY | {"basis_paper": "文" * 121}, "basis_long", "合法性基础文书"),
        (DUTY | {"basis_on": "2031-01-01"}, "date_future", "合法性基础日期"),
        (DUTY | {"basis_on": "2021-02-30"}, "date_impossible", "合法性基础日期"),
        (DUTY | {"basis": "本人同意"}, "basis_too_young", "合法性基础"),
        (DUTY | {"basis": "监护人同意", "consent": "不同意"}, "basis_refused", "合法性基础"),
    ],
)
def test_what_can_be_no_basis_is_told_at_its_cell_with_a_remedy_and_counts_as_none(
    cells, rule, heading
):
    basis, (finding,) = read(**cells)
    assert (basis, finding.rule, finding.where.column) == (None, rule, heading)
    assert finding.where.row > 0
    assert finding.remedy_zh
    assert finding.remedy_en


def test_who_gave_it_and_its_paper_stand_in_no_finding():
    for name in ("basis_by", "basis_paper"):
        _, (finding,) = read(**DUTY | {name: "奶奶钱某某" * 30})
        assert finding.rule == "basis_long"
        assert "奶奶" not in repr(finding)


def test_a_ledger_without_the_columns_says_nothing_of_it():
    assert read() == (None, [])
