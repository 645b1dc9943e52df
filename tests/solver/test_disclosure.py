"""Nothing that is told together lets a small count be narrowed inside its band."""

import random

import pytest
from ortools.sat.python import cp_model

from casework.disclosure import (
    Audience,
    Line,
    Quantity,
    Release,
    Shown,
    Table,
    at_most,
    publish,
    total,
)
from solver.disclosure import find_narrowed

A, B, C, UNIT = (Quantity("children", area) for area in ("a", "b", "c", "unit"))


def release(shown, lines=(), small=(), least=5):
    return Release(least, {q: Shown(*told) for q, told in shown.items()}, tuple(lines), {*small})


def conclusions(told):
    return [found[:3] for found in find_narrowed(told)]


def test_a_band_alone_cannot_be_narrowed():
    assert find_narrowed(release({A: (1, 4)}, small=[A])) == ()


def test_an_exact_total_beside_all_other_parts_gives_the_last_one_away():
    told = release({A: (1, 4), B: (7, 7), UNIT: (10, 10)}, [total(UNIT, [A, B])], [A])
    assert conclusions(told) == [(A, 3, 3)]


def test_two_small_parts_hide_each_other_only_when_each_can_take_the_whole_band():
    lines = [total(UNIT, [A, B])]
    assert find_narrowed(release({A: (1, 4), B: (1, 4), UNIT: (5, 5)}, lines, [A, B])) == ()
    narrowed = conclusions(release({A: (1, 4), B: (1, 4), UNIT: (7, 7)}, lines, [A, B]))
    assert narrowed == [(A, 3, 4), (B, 3, 4)]


def test_a_suppressed_small_count_is_protected_as_well():
    told = release({A: (0, None), B: (7, 7), UNIT: (9, 9)}, [total(UNIT, [A, B])], [A])
    assert conclusions(told) == [(A, 2, 2)]


def test_a_rate_narrows_what_it_is_a_rate_of():
    rate = Line(((B, 10), (A, -8)), 0, None)  # at least 80 %
    told = release({A: (5, 5), B: (1, 4)}, [rate], [B])
    assert conclusions(told) == [(B, 4, 4)]


def test_publishing_takes_back_what_gives_a_child_away():
    table = Table({A: 3, B: 5, UNIT: 8}, (total(UNIT, [A, B]),))
    given = publish(table, Audience.FEDERATION, find_narrowed)
    assert find_narrowed(given) == ()
    assert given.shown[A] == Shown(1, 4)
    assert not given.shown[UNIT].is_exact


def test_no_release_about_an_earlier_month_gives_away_what_did_not_change():
    lines = (total(UNIT, [A, B]),)
    before, now = Table({A: 3, B: 7, UNIT: 10}, lines), Table({A: 3, B: 60, UNIT: 63}, lines)
    told = publish(before, Audience.FEDERATION, find_narrowed)
    given = publish(now, Audience.FEDERATION, find_narrowed, [(before, told)])
    for quantity, shown in given.shown.items():
        assert shown.holds(now.counts[quantity])


def _city(seed: int, units: int, most_townships: int = 5) -> Table:
    """Children and those without a caregiver by township, with totals by unit and city."""
    dice = random.Random(seed)
    counts: dict[Quantity, int] = {}
    lines: list[Line] = []
    for measure in ("children", "left"):
        counts[Quantity(measure, "city")] = 0
    for unit in range(units):
        townships = [f"{unit}.{n}" for n in range(dice.randint(1, most_townships))]
        for name in townships:
            children = int(dice.expovariate(1 / dice.choice((2, 6, 15))))
            counts[Quantity("children", name)] = children
            counts[Quantity("left", name)] = dice.randint(0, min(children, 6))
            lines.append(at_most(Quantity("left", name), Quantity("children", name)))
        for measure in ("children", "left"):
            parts = [Quantity(measure, name) for name in townships]
            counts[Quantity(measure, str(unit))] = sum(counts[q] for q in parts)
            lines.append(total(Quantity(measure, str(unit)), parts))
            counts[Quantity(measure, "city")] += counts[Quantity(measure, str(unit))]
    for measure in ("children", "left"):
        parts = [Quantity(measure, str(unit)) for unit in range(units)]
        lines.append(total(Quantity(measure, "city"), parts))
    return Table(counts, tuple(lines))


def _can_be(told: Release, quantity: Quantity, value: int) -> bool:
    """Ask another solver for a table of whole numbers that fits all that is told."""
    model = cp_model.CpModel()
    variables = {
        q: model.new_int_var(shown.low, 2_000 if shown.high is None else shown.high, "")
        for q, shown in told.shown.items()
    }
    for line in told.lines:
        weighed = sum(weight * variables[q] for q, weight in line.terms)
        if line.low is not None:
            model.add(weighed >= line.low)
        if line.high is not None:
            model.add(weighed <= line.high)
    model.add(variables[quantity] == value)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    return solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)


@pytest.mark.parametrize("seed", range(15))
def test_another_solver_agrees_on_every_small_count_of_a_first_draft_and_of_a_release(seed):
    table = _city(seed, units=2)
    drafts = []

    def audit(draft):
        drafts.append(draft)
        return find_narrowed(draft)

    publish(table, Audience.FEDERATION, audit)
    for draft in (drafts[0], drafts[-1]):
        narrowed = {found.quantity for found in find_narrowed(draft)}
        for quantity in draft.small:
            whole_band = _can_be(draft, quantity, 1) and _can_be(draft, quantity, 4)
            assert (quantity in narrowed) is not whole_band


def _unit_interval(told: Release, quantity: Quantity) -> tuple[int, int]:
    """Work out by hand what a reader of one measure of one unit can conclude."""
    *parts, whole = sorted(told.shown, key=lambda q: q.area == "unit")
    others = [told.shown[q] for q in parts if q != quantity]
    own, sum_ = told.shown[quantity], told.shown[whole]
    high_of = [10_000 if shown.high is None else shown.high for shown in (*others, own, sum_)]
    low = max(own.low, sum_.low - sum(high_of[:-2]))
    high = min(high_of[-2], high_of[-1] - sum(shown.low for shown in others))
    return low, high


def test_in_a_thousand_random_units_no_hidden_count_can_be_narrowed():
    narrowed_at_first, told, asked = 0, 0, 0
    for seed in range(1_000):
        dice = random.Random(seed)
        parts = [Quantity("children", str(n)) for n in range(dice.randint(1, 12))]
        counts = {q: int(dice.expovariate(1 / dice.choice((2, 9)))) for q in parts}
        table = Table({**counts, UNIT: sum(counts.values())}, (total(UNIT, parts),))
        calls = []
        given = publish(
            table, Audience.FEDERATION, lambda draft, c=calls: c.append(1) or find_narrowed(draft)
        )
        narrowed_at_first += len(calls) > 1
        for quantity in parts:
            assert given.shown[quantity].holds(counts[quantity])
            told += not given.shown[quantity].is_suppressed
            asked += 1
            if quantity in given.small:
                low, high = _unit_interval(given, quantity)
                assert (low, high) == (1, 4) or (low <= 1 and high >= 4)
    assert narrowed_at_first > 50, "else this test has seen no leak to mend"
    assert told / asked > 0.95


def test_a_whole_city_stays_informative():
    table = _city(7, units=41, most_townships=50)
    given = publish(table, Audience.FEDERATION, find_narrowed)
    assert find_narrowed(given) == ()
    assert given.informative_share >= 0.9
