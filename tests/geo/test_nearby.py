"""Pairs within reach and the nearest, against every pair measured one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.distance import whole_metres_between
from geo.nearby import nearest, pairs_within
from geo.place import Place

# A grid of 0.001 degrees, so that equal points and equal distances are common.
ON_A_GRID = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(
    lambda p: (108 + p[0] / 1000, 30 + p[1] / 1000)
)
ANYWHERE = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


def points(strategy):
    return st.lists(strategy, max_size=12).map(lambda p: np.array(p, dtype=float).reshape(-1, 2))


def every_pair(a, b):
    return [
        (i, whole_metres_between(Place(*p), Place(*q)), j)
        for i, p in enumerate(a.tolist())
        for j, q in enumerate(b.tolist())
    ]


def as_rows(nearby):
    return list(
        zip(
            nearby.from_index.tolist(),
            nearby.metres.tolist(),
            nearby.to_index.tolist(),
            strict=True,
        )
    )


@given(points(ON_A_GRID), points(ON_A_GRID), st.integers(0, 9_000))
@settings(max_examples=150, deadline=None)
def test_pairs_within_reach_are_all_and_only_those(a, b, reach_m):
    expected = [row for row in every_pair(a, b) if row[1] <= reach_m]
    assert as_rows(pairs_within(a, b, reach_m)) == sorted(expected, key=lambda r: (r[0], r[2]))


@given(points(ANYWHERE), points(ANYWHERE), st.integers(0, 20_100_000))
@settings(max_examples=150, deadline=None)
def test_no_pair_is_lost_anywhere_on_earth(a, b, reach_m):
    expected = [row for row in every_pair(a, b) if row[1] <= reach_m]
    assert as_rows(pairs_within(a, b, reach_m)) == sorted(expected, key=lambda r: (r[0], r[2]))


@given(
    points(ON_A_GRID) | points(ANYWHERE), points(ON_A_GRID) | points(ANYWHERE), st.integers(0, 15)
)
@settings(max_examples=150, deadline=None)
def test_the_nearest_are_the_nearest_on_the_ground_and_ties_go_by_index(a, b, k):
    pairs = sorted(every_pair(a, b))
    expected = [row for i in range(len(a)) for row in [r for r in pairs if r[0] == i][:k]]
    assert as_rows(nearest(a, b, k)) == expected


def test_a_pair_exactly_at_reach_is_within_and_one_metre_less_is_not():
    a, b = np.array([[108.0, 30.0]]), np.array([[108.02, 30.01]])
    metres = whole_metres_between(Place(108.0, 30.0), Place(108.02, 30.01))
    assert len(pairs_within(a, b, metres)) == 1
    assert len(pairs_within(a, b, metres - 1)) == 0


def test_a_large_sparse_case_needs_no_table_of_all_pairs():
    rng = np.random.default_rng(3)
    a, b = (rng.uniform((105, 28), (110, 32), (30_000, 2)) for _ in range(2))
    found = pairs_within(a, b, 2_000)  # 900 million pairs, 7 GB of bytes, if it were dense
    assert 10_000 < len(found) < 200_000
    assert found.metres.max() <= 2_000
    assert found.metres.dtype == found.from_index.dtype == found.to_index.dtype == np.int64


def test_nobody_is_near_where_there_is_nobody():
    some, none = np.array([[108.0, 30.0]]), np.empty((0, 2))
    for a, b in ((some, none), (none, some), (none, none)):
        assert len(pairs_within(a, b, 1_000)) == len(nearest(a, b, 3)) == 0
    assert len(pairs_within(some, some, -1)) == 0


@pytest.mark.parametrize(
    "bad",
    [
        np.array([[np.nan, 30.0]]),
        np.array([[200.0, 30.0]]),
        np.array([108.0, 30.0]),
        np.zeros((2, 3)),
    ],
)
def test_points_that_are_nowhere_are_refused(bad):
    with pytest.raises(ValueError, match="point"):
        pairs_within(bad, np.array([[108.0, 30.0]]), 1_000)
