"""What may not stand in a remark, and what may."""

from datetime import date

import pytest

from casework.personal import has_long_number, names_a_person, names_in_ledgers
from casework.sample import make_unit

DUE = date(2021, 9, 15)


@pytest.mark.parametrize(
    "text",
    [
        "13911112222",
        "139 1111 2222",
        "139-1111-2222",
        "１３９１１１１２２２２",
        "139\u200b1111\u200b2222",
        "电话68001234",
        "500232201205031234",
        "2012-05-03出生",
        "2012.5.03、20120503",
    ],
)
def test_numbers_as_long_as_a_phone_are_found_however_they_are_written(text):
    assert has_long_number(text, 2021)


@pytest.mark.parametrize(
    "text",
    [
        "10月16-17日在县委党校，80人",
        "2021-10-16、2021-10-17",
        "2021年10月16日",
        "16、17、23、24、30、31日",
        "渝妇发〔2021〕54号",
        "12车，1200元",
    ],
)
def test_days_sums_and_papers_are_no_phone(text):
    assert not has_long_number(text, 2021)


def test_a_name_of_the_ledger_is_found_with_spaces_in_it():
    names = frozenset({"冉文静"})
    assert names_a_person("接送冉 文 静", names)
    assert not names_a_person("接送冉老师", names)


def test_every_person_of_both_ledgers_is_looked_for_guardians_too():
    unit = make_unit("500104", 1, DUE)
    names = names_in_ledgers(unit.children, unit.caregivers)
    for child in unit.children:
        assert {child.name, child.guardian_name} <= names
    assert {caregiver.name for caregiver in unit.caregivers} <= names
    assert all(len(name) > 1 for name in names)
