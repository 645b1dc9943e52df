"""One person in several rows, one number for several people."""

from ledger.people import Ledgers, read_ledgers
from ledger.tables import Table, TableKind
from tests.tables import caregiver_row, child_row, reader, resident_id, table

CHILDREN = TableKind.CHILDREN


def judge(*tables: Table) -> Ledgers:
    return read_ledgers(tables, reader())


def rules(ledgers: Ledgers) -> list[str]:
    return [finding.rule for finding in ledgers.findings if finding.where.row]


def test_identical_rows_become_one_whatever_their_row_number_says():
    one, other = child_row(row_number=1), child_row(row_number=9)
    ledgers = judge(table(CHILDREN, one, other))
    assert len(ledgers.children) == 1
    assert ledgers.counts[CHILDREN].collapsed == 1
    assert rules(ledgers) == ["duplicate_row"]


def test_rows_that_differ_only_in_writing_become_one():
    one = child_row(birth_date="2012-03-05")
    other = child_row(birth_date="2012年3月5日", township="太安", name="张 三")
    assert len(judge(table(CHILDREN, one, other)).children) == 1


def test_rows_of_one_id_that_contradict_each_other_are_all_held_and_name_the_columns():
    ledgers = judge(table(CHILDREN, child_row(), child_row(village="桥村"), child_row()))
    assert ledgers.children == ()
    assert [row.rules for row in ledgers.held_children] == [("duplicate_conflict",)] * 3
    (finding, *_) = (f for f in ledgers.findings if f.rule == "duplicate_conflict")
    assert "村社区" in finding.message_zh
    assert "第3行" in finding.message_zh


def test_rows_held_for_one_child_have_one_id_so_that_she_appears_once():
    rows = child_row(number="A1"), child_row(number="A1", village="桥村")
    assert {row.id for row in judge(table(CHILDREN, *rows)).held_children} == {"A1"}
    rows = child_row(number="A1"), child_row(village="桥村")
    assert len({row.id for row in judge(table(CHILDREN, *rows)).held_children}) == 1


def test_one_id_copied_down_on_two_children_leaves_each_a_line():
    for there in ("太安镇", "白羊镇"):
        rows = child_row(number="E1"), child_row(name="李四", number="E2", township=there)
        held = judge(table(CHILDREN, *rows)).held_children
        assert {(row.id, row.name) for row in held} == {("E1", "张三"), ("E2", "李四")}
    for names in (("张三", "李四"), ("张三", "张三")):
        numbers = ("E1", "E2") if len(set(names)) == 1 else (None, None)
        rows = [child_row(name=a, number=b) for a, b in zip(names, numbers, strict=True)]
        assert len({row.id for row in judge(table(CHILDREN, *rows)).held_children}) == 2


def test_a_number_of_rows_that_conflict_never_hides_somebody_elses():
    rows = (
        child_row(number="E1"),
        child_row(number="E2", name="李四"),
        child_row(number="E1", name="赵五", resident_id=resident_id(order=4)),
    )
    ledgers = judge(table(CHILDREN, *rows))
    assert [child.id for child in ledgers.children] == ["E1"]
    assert len({"E1"} | {row.id for row in ledgers.held_children}) == 3


def test_a_row_without_id_waits_with_the_rows_of_its_name_and_number():
    rows = (
        child_row(number="E1"),
        child_row(number="E1", village="桥村"),
        child_row(number="E1", resident_id=None),
    )
    ledgers = judge(table(CHILDREN, *rows))
    assert ledgers.children == ()
    assert {row.id for row in ledgers.held_children} == {"E1"}


def test_three_lists_are_compared_among_each_other_and_not_with_the_fullest_only():
    full = table(CHILDREN, child_row(guardian_name="李奶奶", remarks="无事"), file="台账.xlsx")
    lists = [
        table(CHILDREN, {**child_row(), "school_name": school}, file=f"{school}.xlsx")
        for school in ("甲小学", "乙小学")
    ]
    assert judge(full, *lists).children == ()


def test_a_child_in_two_townships_is_told_as_that():
    tables = (
        table(CHILDREN, child_row(), file="太安镇.xlsx"),
        table(CHILDREN, child_row(township="白羊镇"), file="白羊镇.xlsx"),
    )
    ledgers = judge(*tables)
    assert {row.rules for row in ledgers.held_children} == {("children_in_two_townships",)}


def test_a_row_that_waits_drags_the_good_row_of_the_same_child_with_it():
    ledgers = judge(table(CHILDREN, child_row(), child_row(category="？")))
    assert ledgers.children == ()
    assert len(ledgers.held_children) == 2


def test_a_short_list_and_a_full_ledger_of_one_child_do_not_contradict_each_other():
    full = table(CHILDREN, child_row(guardian_name="李奶奶"), file="台账.xlsx")
    short = table(CHILDREN, {**child_row(), "school_name": "某小学"}, file="名单.xlsx")
    (child,) = judge(full, short).children
    assert (child.guardian_name, child.school_name) == ("李奶奶", "某小学")


def test_one_number_for_two_people_in_a_table_holds_both():
    rows = (
        child_row(number="1"),
        child_row(name="李四", number="1", resident_id=resident_id(order=4)),
    )
    ledgers = judge(table(CHILDREN, *rows))
    assert [row.rules for row in ledgers.held_children] == [("number_taken",)] * 2
    assert len({row.id for row in ledgers.held_children}) == 2


def test_townships_that_each_count_from_one_are_told_apart_by_resident_id():
    other = child_row(name="李四", number="1", resident_id=resident_id(order=4), township="白羊镇")
    ledgers = judge(
        table(CHILDREN, child_row(number="1"), file="a.xlsx"),
        table(CHILDREN, other, file="b.xlsx"),
    )
    assert rules(ledgers) == ["number_repeats"] * 2
    assert len({child.id for child in ledgers.children} - {"1"}) == 2


def test_namesakes_with_one_birth_date_are_told_and_accepted():
    ledgers = judge(table(CHILDREN, child_row(), child_row(resident_id=resident_id(order=4))))
    assert len(ledgers.children) == 2
    assert rules(ledgers) == ["same_name_and_birth"] * 2
    born_otherwise = child_row(birth_date=None, resident_id=resident_id("20120306"))
    assert "same_name_and_birth" not in rules(judge(table(CHILDREN, child_row(), born_otherwise)))


def test_one_resident_id_for_a_child_and_a_caregiver_holds_both():
    adult = resident_id("20030901")
    ledgers = judge(
        table(CHILDREN, child_row(resident_id=adult, birth_date=None)),
        table(TableKind.CAREGIVERS, caregiver_row(resident_id=adult)),
    )
    assert ledgers.held_children[0].rules == ("id_of_child_and_caregiver",)
    assert ledgers.held_caregivers[0].rules == ("id_of_child_and_caregiver",)
