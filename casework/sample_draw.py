"""Draws: made-up numbers, names and dates from a seed, the same on every machine.

Only whole numbers, sums, products and square roots are used, because ``exp`` and ``log``
may differ in their last digit between machines and one digit changes every draw after it.
"""

import tomllib
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from math import sqrt
from random import Random
from typing import Any, TypeVar

from geo.place import Place

T = TypeVar("T")

# Degrees in Chongqing: close enough for people who live nowhere.
METRES_PER_DEGREE_EAST = 96_000
METRES_PER_DEGREE_NORTH = 111_000


@cache
def parameters() -> dict[str, Any]:
    """Read what a made-up city is drawn from."""
    text = files("casework").joinpath("data", "sample_city.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


class Draw:
    """A stream of draws; the same names give the same stream."""

    def __init__(self, *names: object) -> None:
        """Start the stream called by these names, such as a seed and a unit."""
        self._random = Random("/".join(map(str, names)))

    def whole(self, least: int, most: int) -> int:
        """Draw a whole number, both ends included."""
        return self._random.randint(least, most)

    def chance(self, share: float) -> bool:
        """Say yes in this share of draws."""
        return self._random.random() < share

    def one(self, choices: Sequence[T]) -> T:
        """Draw one, each as likely."""
        return choices[self._random.randrange(len(choices))]

    def early(self, choices: Sequence[T]) -> T:
        """Draw one, the first ones far likelier: as surnames are."""
        n = len(choices)
        return choices[min(self._random.randrange(n), self._random.randrange(n))]

    def several(self, choices: Sequence[T], count: int) -> list[T]:
        """Draw this many different ones, or all there are, in drawn order."""
        return self._random.sample(list(choices), min(count, len(choices)))

    def weighted(self, choices: Sequence[tuple[T, float]]) -> T:
        """Draw from (choice, weight) pairs."""
        mark = self._random.random() * sum(weight for _, weight in choices)
        for choice, weight in choices:
            mark -= weight
            if mark < 0:
                return choice
        return choices[-1][0]

    def count(self, mean: float) -> int:
        """Draw a count that varies as townships do: negative binomial, dispersion 2.

        That is the sum of two geometric draws.
        """
        stop = 1 / (1 + mean / 2)
        failures = stops = 0
        while stops < 2:
            if self._random.random() < stop:
                stops += 1
            else:
                failures += 1
        return failures

    def quantile(self, tenths: Sequence[float]) -> float:
        """Draw a value whose distribution runs straight between these eleven points."""
        mark = self._random.random() * (len(tenths) - 1)
        step = int(mark)
        return tenths[step] + (mark - step) * (tenths[step + 1] - tenths[step])

    def age(self, bands: Sequence[tuple[int, int, float]]) -> int:
        """Draw full years from (from, to, weight) bands."""
        first, last = self.weighted([((first, last), weight) for first, last, weight in bands])
        return self.whole(first, last)

    def birth_date(self, age_years: int, on: date) -> date:
        """Draw a birth date that makes somebody this old on the day."""
        newest = years_before(on, age_years)
        oldest = years_before(on, age_years + 1) + timedelta(days=1)
        return oldest + timedelta(days=self.whole(0, (newest - oldest).days))

    def day(self, first: date, last: date) -> date:
        """Draw a day, both ends included."""
        return first + timedelta(days=self.whole(0, (last - first).days))

    def place_near(self, centre: Place, metres: float) -> Place:
        """Draw a place this far from another, in any direction."""
        while True:
            east, north = self._random.random() * 2 - 1, self._random.random() * 2 - 1
            length = sqrt(east * east + north * north)
            if 0.1 < length <= 1:
                break
        return Place(
            round(centre.lon + east / length * metres / METRES_PER_DEGREE_EAST, 6),
            round(centre.lat + north / length * metres / METRES_PER_DEGREE_NORTH, 6),
        )


def years_before(day: date, years: int) -> date:
    """Give the same day so many years earlier; 29 February becomes 28."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
