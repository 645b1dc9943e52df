"""Fingerprint: it follows everything a proposal depends on, and nothing else."""

from dataclasses import replace
from datetime import date

import pytest

from solver.fingerprint import fingerprint
from tests.builders import caregiver, child, current, forbidden, home, problem

GIVEN = problem(
    [child("a"), child("b", home("T2"))],
    [caregiver("g"), caregiver("h")],
    current=current(("a", "g"), ("b", "h")),
    forbidden=forbidden(("a", "h"), ("b", "g")),
    neighbours={"T1": frozenset({"T2", "T3"}), "T2": frozenset({"T1"})},
    needs_data=("x", "y"),
)


def test_the_order_of_rows_is_no_part_of_it():
    other = replace(
        GIVEN,
        children=GIVEN.children[::-1],
        caregivers=GIVEN.caregivers[::-1],
        current=GIVEN.current[::-1],
        needs_data=GIVEN.needs_data[::-1],
        neighbours=dict(reversed(GIVEN.neighbours.items())),
    )
    assert fingerprint(other) == fingerprint(GIVEN)
    assert len(fingerprint(GIVEN)) == 64


@pytest.mark.parametrize(
    "changes",
    [
        {"on": date(2021, 9, 16)},
        {"reach_m": 8_001},
        {"current": GIVEN.current[:1]},
        {"current": current(("a", "g"), ("b", "h"), locked=True)},
        {"forbidden": forbidden(("a", "h"))},
        {"needs_data": ("x",)},
        {"neighbours": {}},
        {"neighbours_approximate": True},
        {"children": (GIVEN.children[0], child("b", home("T2"), consent_given=None))},
        {"children": (GIVEN.children[0], child("b", home("T2", east_m=5.0)))},
        {"caregivers": (GIVEN.caregivers[0], caregiver("h", places=2))},
        {"programme": replace(GIVEN.programme, max_children=4)},
    ],
)
def test_anything_else_changes_it(changes):
    assert fingerprint(replace(GIVEN, **changes)) != fingerprint(GIVEN)
