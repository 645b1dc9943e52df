"""Levels of a round's objective are told as people count them."""

import pytest

from casework.round_amounts import NAMES, amount_of, term_amount
from casework.round_rules import Round, Term

WEIGHTS = Round.from_toml().weights
MIXED = "travel_minutes+school_days+late_days+nights+uneven_days"


@pytest.mark.parametrize(
    ("level", "value", "bound", "told"),
    [
        ("moved_units", 13 * 1440, 13 * 1440, "改期的区县 13 个，下限 13 个"),
        ("moved_units", 13 * 1440, 12 * 1440 - 5, "改期的区县 13 个，下限 12 个"),
        ("moved_days", 25 * 120, None, "改期的天数 25 天，下限 —"),
        ("unplaced_sessions", 3, 0, "未能安排的场次 3 场，下限 0 场"),
        ("changed_units", 1, 1, "比已公布改动的区县 1 个，下限 1 个"),
        (MIXED, 16_080, 16_050, "路途等综合（折合路途） 268 小时，下限 267.5 小时"),
        ("routes", 16_080, None, "路途等综合（折合路途） 268 小时，下限 —"),
    ],
)
def test_a_level_is_told_in_units_and_days_and_never_as_a_weighed_sum(level, value, bound, told):
    assert amount_of(level, value, bound, WEIGHTS).say() == told


def test_a_bound_is_never_rounded_to_more_than_is_proven_of_whole_units():
    loose = amount_of("moved_units", 13 * 1440, 12 * 1440, WEIGHTS)
    assert not loose.is_proven
    assert amount_of("moved_units", 13 * 1440, 12 * 1440 + 1, WEIGHTS).is_proven  # units are whole


def test_every_term_has_its_words_and_minutes_are_told_as_hours():
    assert {str(term) for term in Term} <= set(NAMES)
    assert term_amount("travel_minutes", 90) == ("路途", "1.5 小时")
    assert term_amount("nights", 2) == ("外宿", "2 夜")
    assert amount_of("nights", 120, 60, WEIGHTS).say("en") == "nights away 2, bound 1"
