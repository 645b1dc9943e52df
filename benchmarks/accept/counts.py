"""Counts: what one audience gets together, audited in random tables and a whole city."""

import random
from pathlib import Path

from benchmarks.accept.frame import Scale, Tally, ask_tests


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    from casework.disclosure import Audience, Quantity, Table, publish, total
    from solver.disclosure import find_narrowed
    from tests.solver.test_disclosure import UNIT, _city, _unit_interval

    tables, narrowed, told, asked, hidden = scale.of(1_000, 200), 0, 0, 0, 0
    for seed in range(tables):
        dice = random.Random(100_000 + seed)
        parts = [Quantity("children", str(n)) for n in range(dice.randint(1, 12))]
        counts = {q: int(dice.expovariate(1 / dice.choice((2, 9)))) for q in parts}
        table = Table({**counts, UNIT: sum(counts.values())}, (total(UNIT, parts),))
        given = publish(table, Audience.FEDERATION, find_narrowed)
        for quantity in parts:
            asked += 1
            told += not given.shown[quantity].is_suppressed
            if quantity in given.small:
                hidden += 1
                low, high = _unit_interval(given, quantity)
                narrowed += not (low <= 1 and high >= 4)
    figure = f"{tables:,} random tables, {hidden:,} hidden cells, {narrowed} narrowed"
    tally.ask(narrowed == 0 and hidden > 0, figure)
    tally.ask(told / asked >= 0.9, f"informative: {told / asked:.1%} of cells in random tables")
    city = publish(_city(7, units=41, most_townships=50), Audience.FEDERATION, find_narrowed)
    leaks, share = len(find_narrowed(city)), city.informative_share
    tally.ask(leaks == 0 and share >= 0.9, f"city of 41 units: {leaks} leaks, {share:.1%} told")
    ask_tests(tally, "audited by another solver, against the last release", _TESTS)
    ask_tests(tally, "a reader of every month, with lines and a solver of her own", _ATTACKS)


_TESTS = "tests/solver/test_disclosure.py"
_ATTACKS = "tests/solver/test_attacks_on_releases.py"
