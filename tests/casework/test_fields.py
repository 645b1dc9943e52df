"""Cells as offices fill them."""

from datetime import date

import pytest

from casework.fields import (
    Kind,
    Reply,
    read_category,
    read_choice,
    read_disability,
    read_phone,
    read_places,
    read_reply,
    read_yes_no,
)
from casework.people import (
    CaregiverRole,
    CaregiverStatus,
    Category,
    ChildStatus,
    GuardianshipRating,
    Sex,
)


@pytest.mark.parametrize(
    ("written", "category", "rule"),
    [
        ("散居孤儿", Category.SCATTERED_ORPHAN, ""),
        ("孤儿（散居）", Category.SCATTERED_ORPHAN, ""),
        ("孤儿", Category.SCATTERED_ORPHAN, "category_bare_orphan"),
        ("事实无人抚养", Category.DE_FACTO_UNATTENDED, ""),
        ("集中供养", Category.INSTITUTIONAL_ORPHAN, ""),
        ("农村留守儿童", Category.LEFT_BEHIND, ""),
        ("困境儿童", Category.UNSPECIFIED, "category_unspecified"),
        ("其他困境儿童", Category.OTHER, ""),
        ("留守儿童、事实无人抚养儿童", Category.DE_FACTO_UNATTENDED, "category_several"),
    ],
)
def test_a_category_is_read_by_the_words_offices_use(written, category, rule):
    cell = read_category(written)
    assert (cell.value.category, cell.rule) == (category, rule)


def test_a_category_that_says_poor_guardianship_says_it():
    expected = Kind(Category.LEFT_BEHIND, GuardianshipRating.POOR)
    assert read_category("监护不力的留守儿童").value == expected


@pytest.mark.parametrize(
    ("written", "rule"),
    [(None, "category_missing"), ("/", "category_missing"), ("监测对象", "category_unknown")],
)
def test_a_category_nobody_knows_is_not_guessed(written, rule):
    assert read_category(written) == (None, rule)


@pytest.mark.parametrize(
    ("written", "places", "rule"),
    [
        ("2", 2, ""),
        (2.0, 2, ""),
        ("２户", 2, ""),
        (0, 0, ""),
        (5, 5, ""),
        (6, None, "places_too_many"),
        (-1, None, "places_unreadable"),
        ("1.5", None, "places_unreadable"),
        ("若干", None, "places_unreadable"),
        (None, None, ""),
    ],
)
def test_places_are_whole_numbers_from_0_to_5(written, places, rule):
    assert read_places(written) == (places, rule)


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("13812345678", "13812345678"),
        (13812345678.0, "13812345678"),
        ("138-1234-5678", "13812345678"),
        ("023-61234567", "02361234567"),
        ("１３８12345678", "13812345678"),
        ("13812345678/13912345678", "13812345678/13912345678"),
        ("+86 13812345678", "+8613812345678"),
    ],
)
def test_a_phone_is_kept_without_its_dashes(written, phone):
    cell = read_phone(written)
    assert cell.rule == ""
    assert cell.value.replace(" ", "") == phone


@pytest.mark.parametrize("written", ["1381234567", "12345", "23812345678", "张三"])
def test_a_phone_that_cannot_be_one_is_told_and_kept(written):
    assert read_phone(written) == (written, "phone_invalid")


def test_consent_and_commitment_read_a_no_differently():
    assert read_reply("consent", "否").value == Reply(False)
    assert read_reply("commitment", "否").value == Reply(None)
    assert read_reply("commitment", "拒签").value == Reply(False)


def test_a_day_is_an_agreement_of_that_day_and_nonsense_is_unknown():
    assert read_reply("consent", "2021-09-01").value == Reply(True, date(2021, 9, 1))
    assert read_reply("consent", "随便") == (Reply(None), "unclear")
    assert read_reply("consent", None) == (Reply(None), "")


@pytest.mark.parametrize(
    ("table", "kind", "written", "value"),
    [
        ("sex", Sex, "女孩", Sex.FEMALE),
        ("sex", Sex, 1, Sex.MALE),
        ("child_status", ChildStatus, "已满18周岁", ChildStatus.AGED_OUT),
        ("caregiver_status", CaregiverStatus, "换届", CaregiverStatus.ELECTION_OUT),
        ("role", CaregiverRole, "村妇联主席", CaregiverRole.VILLAGE_CHAIR),
        ("guardianship", GuardianshipRating, "监护不力", GuardianshipRating.POOR),
    ],
)
def test_choices_are_read_by_the_words_offices_use(table, kind, written, value):
    assert read_choice(table, kind, written) == (value, "")


def test_a_word_nobody_knows_is_told():
    assert read_choice("sex", Sex, "不男不女") == (None, "sex_unknown")


def test_yes_and_no_have_many_forms():
    assert [read_yes_no(v).value for v in ("√", "Y", True, "2021-5-1", "住校")] == [True] * 5
    assert [read_yes_no(v).value for v in ("×", "无", False, 0)] == [False] * 4
    assert read_yes_no("也许") == (None, "unclear")
    assert read_yes_no(None) == (None, "")
    assert read_disability("肢体三级").value is True
