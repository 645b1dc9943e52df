"""Rows about pairs become current pairs and pairs that may not be."""

from dataclasses import replace
from datetime import date

import pytest

from casework.proposals import CurrentPair
from ledger.pairings import current_pairs, disputed_rows, forbidden_pairs, register
from ledger.people import Ledgers, read_ledgers
from ledger.tables import Table, TableKind
from tests.tables import ON, caregiver_row, child_row, reader, resident_id, table

CHILD, MOTHER = resident_id(), resident_id("19800102")
ROW = {"child_name": "张三", "caregiver_name": "王芳"}
PEOPLE = (
    table(TableKind.CHILDREN, child_row(number="A1")),
    table(TableKind.CAREGIVERS, caregiver_row(number="M1")),
)


def judge(*tables: Table) -> Ledgers:
    return read_ledgers(tables, reader())


def with_pairs(*rows: dict[str, object]) -> Ledgers:
    return judge(*PEOPLE, table(TableKind.PAIRS, *rows))


def test_a_pair_is_found_by_resident_id_by_number_or_by_name():
    for row in (
        ROW,
        {"child_resident_id": CHILD, "caregiver_resident_id": MOTHER},
        {"child_number": "A1", "caregiver_number": "M1"},
        {"child_name": "张 三", "caregiver_resident_id": MOTHER},
    ):
        assert current_pairs(with_pairs(row), ON) == ((CurrentPair("A1", "M1"),), ())


def test_a_locked_pair_is_locked():
    (pair,), _ = current_pairs(with_pairs({**ROW, "locked": "是"}), ON)
    assert pair.locked


def test_a_pair_stands_from_its_first_day_to_the_day_before_its_last():
    def stands(**days: object) -> bool:
        return bool(current_pairs(with_pairs({**ROW, **days}), ON)[0])

    assert stands(started_on=ON)
    assert not stands(started_on=date(2021, 9, 16))
    assert stands(ended_on=date(2021, 9, 16))
    assert not stands(ended_on=ON)


def test_a_row_that_names_one_person_is_rejected_and_counted():
    ledgers = with_pairs(ROW, {"child_name": "张三"})
    counts = ledgers.counts[TableKind.PAIRS]
    assert (counts.accepted, counts.rejected, counts.collapsed) == (1, 1, 0)
    assert "pair_incomplete" in [finding.rule for finding in ledgers.findings]


def test_a_pair_of_somebody_unknown_is_told_and_left_out():
    pairs, findings = current_pairs(with_pairs({**ROW, "caregiver_name": "无名氏"}), ON)
    assert (pairs, [f.rule for f in findings]) == ((), ["pair_caregiver_unknown"])


def test_a_name_that_fits_two_caregivers_is_narrowed_to_the_one_near_the_child():
    namesake = caregiver_row(resident_id=resident_id("19700101"), township="白羊镇")
    near = judge(
        PEOPLE[0],
        table(TableKind.CAREGIVERS, caregiver_row(number="M1"), {**namesake, "number": "M2"}),
        table(TableKind.PAIRS, ROW),
    )
    assert current_pairs(near, ON)[0] == (CurrentPair("A1", "M1"),)
    beside = {**namesake, "township": "太安镇", "number": "M2"}
    unclear = judge(
        PEOPLE[0],
        table(TableKind.CAREGIVERS, caregiver_row(number="M1"), beside),
        table(TableKind.PAIRS, ROW),
    )
    pairs, findings = current_pairs(unclear, ON)
    assert (pairs, [f.rule for f in findings]) == ((), ["pair_caregiver_ambiguous"])


def two_caregivers(*rows: dict[str, object]) -> Ledgers:
    other = caregiver_row(name="周敏", number="M2", resident_id=resident_id("19700101"))
    return judge(
        PEOPLE[0],
        table(TableKind.CAREGIVERS, caregiver_row(number="M1"), other),
        table(TableKind.PAIRS, *rows),
    )


@pytest.mark.parametrize("locked", ["是", None])
def test_a_child_with_two_caregivers_waits_with_both_whether_locked_or_not(locked):
    both = [{**ROW, "locked": locked}, {**ROW, "caregiver_name": "周敏", "locked": locked}]
    ledgers = two_caregivers(*both)
    pairs, findings = current_pairs(ledgers, ON)
    assert [(p.child, p.caregiver) for p in pairs] == [("A1", "M1"), ("A1", "M2")]
    assert [f.rule for f in findings] == ["pair_conflict"] * 2
    assert [row.where.row for row in disputed_rows(ledgers, ON)["A1"]] == [2, 3]


def test_of_two_caregivers_the_one_the_staff_locked_is_hers():
    other = {**ROW, "caregiver_name": "周敏"}
    pairs, findings = current_pairs(two_caregivers(ROW, {**other, "locked": "是"}), ON)
    assert (pairs, findings) == ((CurrentPair("A1", "M2", locked=True),), ())
    assert disputed_rows(two_caregivers(ROW, {**other, "locked": "是"}), ON) == {}


def test_a_register_counts_before_a_column_of_the_ledger():
    noted = table(TableKind.CHILDREN, child_row(number="A1", caregiver_name="周敏"))
    other = caregiver_row(name="周敏", number="M2", resident_id=resident_id("19700101"))
    mothers = table(TableKind.CAREGIVERS, caregiver_row(number="M1"), other)
    pairs, _ = current_pairs(judge(noted, mothers), ON)
    assert pairs == (CurrentPair("A1", "M2"),)
    pairs, findings = current_pairs(judge(noted, mothers, table(TableKind.PAIRS, ROW)), ON)
    assert pairs == (CurrentPair("A1", "M1"),)
    assert [f.rule for f in findings] == ["pair_noted_differs"]


def test_the_pair_of_a_child_whose_row_waits_is_kept_with_her_id():
    waiting = table(TableKind.CHILDREN, child_row(category="？"))
    row = {"child_resident_id": CHILD, "caregiver_name": "王芳"}
    ledgers = judge(waiting, PEOPLE[1], table(TableKind.PAIRS, row))
    (pair,), findings = current_pairs(ledgers, ON)
    assert (pair.child, findings) == (ledgers.held_children[0].id, ())


def test_every_pair_is_on_the_register_once():
    ledgers = two_caregivers(ROW, ROW, {**ROW, "child_resident_id": CHILD})
    assert [(child, mother) for _, child, mother in register(ledgers)] == [("A1", "M1")]


def kin_of(**changes: object) -> tuple[frozenset[tuple[str, str]], list[str]]:
    ledgers = judge(
        table(TableKind.CHILDREN, child_row(number="A1", guardian_name="王芳", **changes)),
        PEOPLE[1],
    )
    forbidden, findings = forbidden_pairs(ledgers, reader().programme)
    return forbidden, [finding.rule for finding in findings]


def test_a_guardian_is_no_caregiver_of_her_own_child_unless_the_preset_says_so():
    both = frozenset({("A1", "M1")})
    assert kin_of(guardian_resident_id=MOTHER) == (both, [])
    assert kin_of(guardian_phone="13812345678") == (both, [])
    assert kin_of(guardian_phone="13812345679") == (frozenset(), [])
    ledgers = judge(
        table(TableKind.CHILDREN, child_row(number="A1", guardian_resident_id=MOTHER)), PEOPLE[1]
    )
    allowing = replace(reader().programme, kin_may_be_caregiver=True)
    assert forbidden_pairs(ledgers, allowing)[0] == frozenset()


def test_children_to_be_kept_apart_are_found_by_name_number_or_id_and_unknown_ones_told():
    for kin in ("张三", "A1", CHILD, "李某、张三"):
        ledgers = judge(
            PEOPLE[0], table(TableKind.CAREGIVERS, caregiver_row(number="M1", kin=kin))
        )
        forbidden, findings = forbidden_pairs(ledgers, reader().programme)
        assert forbidden == {("A1", "M1")}
        assert [f.rule for f in findings] == ["kin_unknown"] * ("李" in kin)
        assert "李某" not in "".join(f.message_zh for f in findings)
