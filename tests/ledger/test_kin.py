"""Whom a caregiver must not be paired with, however her ledger says it."""

import pytest

from casework.programme import Programme
from casework.solver_view import to_caregiver
from ledger.kin import read_kin
from ledger.pairings import forbidden_pairs
from ledger.people import read_ledgers
from ledger.tables import TableKind
from tests.tables import caregiver_row, child_row, reader, resident_id, table

CHILD = resident_id()
OTHER = next(n for n in (resident_id(order=k) for k in range(4, 200, 2)) if n.endswith("X"))
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def judge(kin, **child):
    children = (
        child_row(name="王伟", number="E1", **child),
        child_row(name="李娜娜", number="E12", resident_id=OTHER),
    )
    mother = caregiver_row(number="M1", kin=kin)
    return read_ledgers(
        (table(TableKind.CHILDREN, *children), table(TableKind.CAREGIVERS, mother)), reader()
    )


def apart(kin, **child):
    return {child for child, _ in read_kin(judge(kin, **child)).pairs}


def is_unclear(kin):
    return bool(read_kin(judge(kin)).unclear)


@pytest.mark.parametrize(
    "kin",
    [
        "王伟", "王 伟", "王　伟", "王伟（侄子）", "侄子王伟", "王伟侄子", "与王伟系亲属",
        "系王伟之姑妈",         "E1", "e1", "E1（儿子）", "编号E1", "Ｅ１", CHILD, f"'{CHILD}",
        f"{CHILD[:6]} {CHILD[6:14]} {CHILD[14:]}",
        CHILD.translate(FULL_WIDTH), f"王伟 {CHILD}", f"侄子（{CHILD}）",
    ],
)  # fmt: skip
def test_an_entry_stands_for_the_child_it_holds_anywhere(kin):
    assert apart(kin) == {"E1"}
    assert not is_unclear(kin)


def test_an_id_is_read_with_a_small_x_too():
    assert apart(OTHER.lower()) == apart(f"{OTHER.lower()}（侄女）") == {"E12"}


@pytest.mark.parametrize(
    "kin", ["王伟、李娜娜", "王伟,李娜娜", "王伟；李娜娜", "王伟/李娜娜", "王伟\n李娜娜",
            "王伟 李娜娜", "王伟和李娜娜", "E1 E12"]
)  # fmt: skip
def test_several_children_are_parted_by_whatever_people_type(kin):
    assert apart(kin) == {"E1", "E12"}
    assert not is_unclear(kin)


@pytest.mark.parametrize("kin", [None, "无", "没有", "否", "-", "—", "/", "无亲属关系"])
def test_nobody_is_nobody(kin):
    assert apart(kin) == set()
    assert not is_unclear(kin)


@pytest.mark.parametrize(
    ("kin", "found"),
    [
        ("张三丰", set()), ("王伟 张三丰", {"E1"}), ("王伟、不详", {"E1"}), ("E01", set()),
        ("E123", set()),         ("有", set()), ("5000000000000000", set()), ("侄子", set()),
        (resident_id("20110101"), set()),
    ],
)  # fmt: skip
def test_somebody_nobody_can_find_is_not_passed_over(kin, found):
    assert apart(kin) == found
    assert is_unclear(kin)


def test_a_child_whose_row_waits_is_kept_apart_as_well():
    assert apart("王伟（侄子）", category="？") == {"E1"}


def test_no_more_than_the_first_character_of_a_name_is_told():
    for kin in ("张、丰", "张三丰", "张 三 丰", "张三丰、赵敏"):
        (finding,) = forbidden_pairs(judge(kin), Programme.from_toml())[1]
        assert (finding.rule, finding.value) == (
            "kin_unknown",
            "张**" if kin != "张、丰" else "张*",
        )
        assert not set("三丰赵敏") & set(finding.message_zh + finding.value)


def test_the_solver_learns_that_it_is_unclear():
    ledgers = judge("张三丰")
    (mother,) = ledgers.caregivers
    seen = to_caregiver(
        mother, Programme.from_toml(), kin_unclear=mother.id in read_kin(ledgers).unclear
    )
    assert seen.kin_unclear
