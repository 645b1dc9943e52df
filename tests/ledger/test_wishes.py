import pytest

from casework.wishes import Wish, WishKind, bans, with_locks
from ledger.people import read_ledgers
from ledger.tables import TableKind
from ledger.wishes import read_wishes
from tests.builders import current
from tests.tables import caregiver_row, child_row, reader, resident_id, table


def ledgers():
    return read_ledgers(
        (
            table(
                TableKind.CHILDREN,
                child_row(number="C1", name="张三"),
                child_row(number="C2", name="李四", resident_id=resident_id(order=4)),
                child_row(number="C3", name="李四", resident_id=resident_id(order=6)),
            ),
            table(
                TableKind.CAREGIVERS,
                caregiver_row(number="A1", name="王芳"),
                caregiver_row(
                    number="A2", name="赵云", resident_id=resident_id("19800102", order=4)
                ),
            ),
        ),
        reader(),
    )


def wish_row(**changes):
    row = {"child_number": "C1", "caregiver_number": "A1", "wish": "锁定"}
    return {**row, **changes}


def read(*rows):
    wishes, findings = read_wishes((table(TableKind.PAIRS, *rows),), ledgers())
    return [(w.child, w.caregiver, str(w.kind)) for w in wishes], [f.rule for f in findings]


@pytest.mark.parametrize(
    ("said", "kind"),
    [("锁定", "lock"), ("禁止", "forbid"), ("希望", "prefer"), (" 不 合 适 ", "forbid")],
)
def test_a_wish_is_read_in_the_words_of_the_office(said, kind):
    assert read(wish_row(wish=said)) == ([("C1", "A1", kind)], [])


def test_a_row_of_which_nobody_says_anything_is_no_wish():
    assert read(wish_row(), wish_row(child_number="C2", wish=None)) == ([("C1", "A1", "lock")], [])


def test_a_word_nobody_knows_is_told_and_left_out():
    assert read(wish_row(wish="随便")) == ([], ["wish_unknown"])


def test_a_sheet_without_the_column_is_told():
    row = {"child_number": "C1", "caregiver_number": "A1"}
    assert read(row) == ([], ["wish_column_absent"])


def test_people_may_be_named_by_name_where_it_is_theirs_alone():
    by_name = {"child_name": "张三", "caregiver_name": "赵云", "wish": "希望"}
    assert read(by_name) == ([("C1", "A2", "prefer")], [])


def test_a_name_of_two_children_is_nobody():
    by_name = {"child_name": "李四", "caregiver_name": "赵云", "wish": "希望"}
    assert read(by_name) == ([], ["wish_child_ambiguous"])


def test_somebody_in_no_ledger_is_told():
    found = read(wish_row(child_number="C9"), wish_row(caregiver_number="A9"))
    assert found == ([], ["wish_child_unknown", "wish_caregiver_unknown"])


def test_a_pair_both_locked_and_forbidden_is_neither():
    found = read(wish_row(), wish_row(wish="禁止"), wish_row(child_number="C2"))
    assert found == ([("C2", "A1", "lock")], ["wish_contradiction"] * 2)


def test_a_child_locked_to_two_caregivers_is_locked_to_none():
    found = read(wish_row(), wish_row(caregiver_number="A2"))
    assert found == ([], ["wish_contradiction"] * 2)


def test_the_same_wish_twice_is_one():
    assert read(wish_row(), wish_row()) == ([("C1", "A1", "lock")], [])


def test_a_new_lock_undoes_an_older_one_and_keeps_the_pair_on_record():
    stood = current(("C1", "A1"), locked=True) + current(("C2", "A2"))
    pairs = with_locks(stood, (Wish("C1", "A2", WishKind.LOCK),))
    assert [(p.child, p.caregiver, p.locked) for p in pairs] == [
        ("C1", "A1", False),
        ("C2", "A2", False),
        ("C1", "A2", True),
    ]


def test_only_a_ban_forbids():
    wishes = (Wish("C1", "A1", WishKind.FORBID), Wish("C1", "A2", WishKind.PREFER))
    assert bans(wishes) == {("C1", "A1")}


def test_a_ban_undoes_an_older_lock():
    stood = current(("C1", "A1"), ("C2", "A2"), locked=True)
    pairs = with_locks(stood, (Wish("C1", "A1", WishKind.FORBID),))
    assert [(p.child, p.locked) for p in pairs] == [("C1", False), ("C2", True)]
