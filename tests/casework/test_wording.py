from dataclasses import replace

import pytest

from casework import eligibility, people, proposals
from casework.people import Category, Sex
from casework.proposals import Ending, Left, Rung, Unknown
from casework.wording import (
    day,
    distance,
    due,
    how_to_establish,
    label,
    pair_reason,
    remedy,
    responsible,
    texts,
    where_to_mend,
    whom_to_ask,
)
from tests.dossiers import ON, PROGRAMME, held, pair

CHOICES = (
    Rung,
    Category,
    Sex,
    people.CaregiverRole,
    Left,
    Ending,
    Unknown,
    proposals.ProofStatus,
    eligibility.OutOfScope,
)


@pytest.mark.parametrize("choice", [value for kind in CHOICES for value in kind], ids=repr)
def test_every_closed_choice_has_words_in_both_languages(choice):
    assert label(choice, "zh")
    assert label(choice, "en").isascii()


def test_no_text_is_left_that_nothing_says():
    for section, kind in (("Remedy", Left), ("Ask", Unknown), ("How", Unknown)):
        assert list(texts()[section]) == [str(value) for value in kind]


def test_a_reason_tells_rung_distance_stability_and_what_is_missing():
    beside = pair(kept=True, conditional=(Unknown.BACKGROUND_CHECK,))
    assert pair_reason(beside) == "同村（社区），直线约 620 米；原结对，保留；尚缺：从业查询结果"
    assert pair_reason(beside, "en") == (
        "same village, about 620 m in a straight line; stands already, kept; "
        "still needed: background check"
    )


def test_a_reason_says_when_neighbours_are_only_computed():
    text = pair_reason(pair(rung=Rung.NEIGHBOURING_TOWNSHIP, neighbours_approximate=True))
    assert "推算" in text


def test_a_rung_that_needs_no_neighbours_says_nothing_of_them():
    assert "推算" not in pair_reason(pair(rung=Rung.UNIT, neighbours_approximate=True))


def test_a_locked_pair_is_told_as_the_staffs_own_word():
    assert "工作人员指定" in pair_reason(pair(locked=True))
    assert "工作人员指定" not in pair_reason(pair())


@pytest.mark.parametrize(
    ("metres", "text"),
    [
        (None, "距离未知"),
        (0, "不足 100 米"),
        (94, "不足 100 米"),
        (95, "约 100 米"),
        (624, "约 620 米"),
        (994, "约 990 米"),
        (996, "约 1.0 公里"),
        (12_340, "约 12.3 公里"),
    ],
)
def test_a_distance_is_told_no_finer_than_it_is_known(metres, text):
    assert distance(metres) == text


def test_an_unknown_distance_is_never_a_number():
    assert "0" not in pair_reason(pair(metres=None))


def test_a_failed_check_and_a_refusal_are_told_in_the_same_words():
    assert label(Left.EXCLUDED) == label(Ending.NOT_PERMITTED) == "不可安排"


def test_the_chair_of_the_childs_township_is_responsible():
    assert responsible(PROGRAMME, "太安镇") == "太安镇妇联主席"


def test_of_two_townships_both_chairs_are_named():
    assert responsible(PROGRAMME, "太安镇", "白羊镇") == "太安镇妇联主席、白羊镇妇联主席"


def test_without_a_township_the_federation_of_the_district_is_responsible():
    assert responsible(PROGRAMME) == responsible(PROGRAMME, "") == "区县妇联"
    own = replace(PROGRAMME, responsible_zh="区妇联权益部")
    assert responsible(own, "") == responsible(own, "太安镇") == "区妇联权益部"


def test_a_case_is_due_ten_days_later():
    assert day(due(PROGRAMME, ON)) == "2021年9月25日"


def test_a_remedy_names_the_township():
    assert "太安镇" in remedy(Left.NO_CAREGIVER, "太安镇")
    assert "本区县" in remedy(Left.ALL_FULL, "")


def test_braces_in_a_name_are_text():
    assert "{0.__class__}" in remedy(Left.NO_CAREGIVER, "{0.__class__}")


def test_rows_to_mend_are_named_as_excel_counts_them():
    assert where_to_mend([held()]) == "（白马镇.xlsx 困境儿童台账 第 12 行）"
    assert where_to_mend([]) == ""


def test_consent_is_asked_of_the_guardian_by_name():
    assert whom_to_ask(Unknown.GUARDIAN_CONSENT, "王大山", "") == "监护人王大山"
    assert "书面同意" in how_to_establish(Unknown.GUARDIAN_CONSENT)
