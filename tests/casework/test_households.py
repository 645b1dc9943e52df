"""Which children live together."""

from dataclasses import replace

from casework import households
from casework.findings import Where
from casework.people import Category, ChildId, Home
from casework.records import ChildRecord


def child(
    id_: str, village: str = "凤山村", township: str = "太安镇", **changes: str
) -> ChildRecord:
    record = ChildRecord(
        ChildId(id_),
        Where("名单.xlsx", "Sheet1", 2),
        f"名{id_}",
        Home("万州区", township, village),
        "万州区",
        township,
        village,
        Category.SCATTERED_ORPHAN,
    )
    return replace(record, **changes)


def together(*children: ChildRecord) -> set[frozenset[str]]:
    homes = households.group(children)
    return {frozenset(c for c in homes if homes[c] == home) for home in homes.values()}


def test_a_child_alone_is_a_household_named_after_her():
    assert households.group([child("b")]) == {"b": "H-b"}


def test_one_mark_in_one_township_is_one_household_named_after_its_least_child():
    homes = households.group([child("c", siblings="1"), child("b", siblings="1"), child("a")])
    assert homes == {"a": "H-a", "b": "H-b", "c": "H-b"}


def test_one_mark_in_two_townships_is_two_households():
    pair = child("a", siblings="1"), child("b", township="白羊镇", siblings="1")
    assert together(*pair) == {frozenset("a"), frozenset("b")}


def test_one_guardian_by_resident_id_is_one_household():
    pair = child("a", guardian_resident_id="X"), child("b", guardian_resident_id="X")
    assert together(*pair) == {frozenset("ab")}


def test_one_guardian_by_name_and_phone_is_one_household_in_one_village_only():
    given = {"guardian_name": "李奶奶", "guardian_phone": "13812345678"}
    assert together(child("a", **given), child("b", **given)) == {frozenset("ab")}
    assert len(together(child("a", **given), child("b", village="桥村", **given))) == 2
    named_alike = child("b", guardian_name="李奶奶", guardian_phone="13812345679")
    assert len(together(child("a", **given), named_alike)) == 2


def test_different_marks_keep_one_guardians_children_apart():
    pair = (
        child("a", siblings="1", guardian_resident_id="X"),
        child("b", siblings="2", guardian_resident_id="X"),
    )
    assert len(together(*pair)) == 2


def test_a_mark_may_name_brothers_and_sisters_and_their_households_join():
    three = child("a", siblings="名b、名c"), child("b"), child("c")
    assert together(*three) == {frozenset("abc")}


def test_a_named_sibling_who_is_not_in_the_ledger_joins_nobody():
    assert len(together(child("a", siblings="名z"), child("b"))) == 2


def test_words_that_are_no_marks_join_nobody():
    for word in ("无", "是", "0"):
        assert len(together(child("a", siblings=word), child("b", siblings=word))) == 2


def test_households_join_through_a_child_they_share():
    chain = (
        child("a", guardian_resident_id="X"),
        child("b", guardian_resident_id="X", guardian_name="李", guardian_phone="13812345678"),
        child("c", guardian_name="李", guardian_phone="13812345678"),
    )
    assert together(*chain) == {frozenset("abc")}
    assert together(*reversed(chain)) == {frozenset("abc")}


def test_a_mark_over_two_villages_is_told_and_one_in_a_village_is_not():
    over = child("a", siblings="1"), child("b", village="桥村", siblings="1")
    assert [f.rule for f in households.findings(over)] == ["household_over_villages"] * 2
    within = child("a", siblings="1"), child("b", siblings="1")
    assert households.findings(within) == ()
