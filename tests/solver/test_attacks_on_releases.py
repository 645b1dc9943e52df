"""A patient reader learns no small count from all that she is told, whatever the ledgers are."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.disclosure import Audience
from casework.supervision import AreaFigures, Measure, shown_areas, table_of
from solver.disclosure import find_narrowed
from tests.attacker import UNIT, Child, Ledger, Mother, any_ledger, later, narrowed


def released(ledgers):
    """Tell each ledger after those before it; give what is told of every cell, by time."""
    earlier, told = [], []
    for ledger in ledgers:
        by_area = {}
        for (measure, code), count in ledger.counts().items():
            by_area.setdefault(code, {})[Measure(measure)] = count
        areas = [
            AreaFigures(code, code, "" if code == UNIT else UNIT, counts)
            for code, counts in sorted(by_area.items())
        ]
        shown, release = shown_areas(areas, Audience.FEDERATION, find_narrowed, earlier)
        earlier.append((table_of(areas), release))
        told.append(
            {
                (measure.value, area.code): tuple(each)
                for area in shown
                for measure, each in (area.shown or {}).items()
            }
        )
    return told


def learned(ledgers):
    """Give what she learns by each release, beyond what she knew before it was made."""
    counts, told = [ledger.counts() for ledger in ledgers], released(ledgers)
    known, found = set(), []
    for time in range(len(ledgers)):
        until = counts[: time + 1]
        known |= {one[:2] for one in narrowed(until, [*told[:time], {}])} if time else set()
        found += [one for one in narrowed(until, told[: time + 1]) if one[:2] not in known]
        known |= {one[:2] for one in found}
    return found


def alone(town, count=1, **facts):
    return tuple(Child(town, **facts) for _ in range(count))


SIMPLE = [
    # One waits and one is left: two children at least, where 1 to 4 are told.
    Ledger((Child("a", by=1, waits=True), *alone("a")), (Mother("a"),)),
    # Nine of b in reach of nobody, ten of the unit left over: a's is one.
    Ledger((*alone("a"), *alone("b", 9, unreached=True)), ()),
    # Five children, four of their mothers have no place left: one child is left.
    Ledger(
        (*(Child("a", by=n) for n in (1, 2, 3, 4)), *alone("a")),
        tuple(Mother("a") for _ in range(4)),
    ),
    # All but one are left: so many served, although nobody is told how many.
    Ledger((Child("a", by=1), *alone("a", 29)), (Mother("a", 2),)),
    Ledger(alone("a", 1), ()),
    Ledger(tuple(Child(town) for town in "abcd"), ()),
    Ledger(alone("a", 12, stale=True), ()),
]


@pytest.mark.parametrize("ledger", SIMPLE)
def test_what_the_measures_mean_gives_no_small_count_away(ledger):
    assert learned([ledger]) == []


def test_three_months_beside_each_other_give_nothing_away_that_two_do_not():
    first = Ledger((*alone("a", 2), *alone("b", 7)), ())
    second = Ledger((*alone("a", 6), *alone("b", 7)), ())
    third = Ledger((*alone("a", 6), *alone("b", 3)), ())
    assert learned([first, second, third, first]) == []


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_a_reader_of_any_ledger_learns_no_small_count(seed):
    ledger = any_ledger(random.Random(seed))
    assert learned([ledger] if ledger.children else []) == []


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 4))
def test_a_reader_over_the_months_learns_no_small_count(seed, months):
    dice = random.Random(seed)
    ledgers = [any_ledger(dice)]
    while len(ledgers) < months:
        ledgers.append(later(dice, ledgers[-1]))
    assert learned([ledger for ledger in ledgers if ledger.children]) == []


def test_a_month_in_which_every_pair_waits_hides_little():
    """What was taken back on the way to the one step that was needed is told again."""
    towns = {"a": (14, 5), "b": (1, 1), "c": (2, 0), "d": (5, 0), "e": (4, 1), "f": (8, 2)}
    before = [child for town, (all_, _) in towns.items() for child in alone(town, all_)]
    paired, mothers = [], []
    for town, (all_, left) in towns.items():
        paired += alone(town, left)
        for _ in range(all_ - left):
            mothers.append(Mother(town))
            paired.append(Child(town, by=len(mothers), waits=True))
    months = [Ledger(tuple(before), tuple(mothers)), Ledger(tuple(paired), tuple(mothers))]
    hidden = [cell for cell, told in released(months)[-1].items() if told == (0, None)]
    assert len(hidden) <= 3, hidden
    assert learned(months) == []
