"""Homes as arrays: areas as numbers, points on the unit sphere (住址)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casework.people import Home
from casework.proposals import Rung

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

UNKNOWN_VILLAGE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Homes:
    """Homes as arrays, one row a home; equal numbers are equal areas."""

    unit: Ints
    township: Ints
    village: Ints
    measurable: Bools
    lonlat: Floats
    sphere: Floats


class Atlas:
    """Numbers for the names of areas, so that two lists of homes can be compared."""

    def __init__(self) -> None:
        self._known: dict[str, dict[tuple[str, ...], int]] = {
            "unit": {},
            "town": {},
            "village": {},
        }

    def homes(self, homes: list[Home]) -> Homes:
        """Lay homes out as arrays."""
        lonlat = np.array(
            [(h.place.lon, h.place.lat) if h.place else (0.0, 0.0) for h in homes]
        ).reshape(len(homes), 2)
        lon, lat = np.radians(lonlat).T
        return Homes(
            unit=int_array(self._number("unit", h.unit) for h in homes),
            township=int_array(self._number("town", h.township) for h in homes),
            village=int_array(
                self._number("village", h.township, h.village) if h.village else UNKNOWN_VILLAGE
                for h in homes
            ),
            measurable=np.array(
                [h.place is not None and h.precision.is_measurable for h in homes], dtype=bool
            ),
            lonlat=lonlat,
            sphere=np.stack(
                [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1
            ),
        )

    def township_rungs(self, neighbours: Mapping[str, frozenset[str]]) -> NDArray[np.int8]:
        """Return the rung between any two townships, shape (townships, townships)."""
        number = self._known["town"]
        rungs = np.full((len(number), len(number)), int(Rung.UNIT), dtype=np.int8)
        for (name,), a in number.items():
            for beside in neighbours.get(name, ()):
                b = number.get((beside,))
                if b is not None:
                    rungs[a, b] = rungs[b, a] = Rung.NEIGHBOURING_TOWNSHIP
        np.fill_diagonal(rungs, int(Rung.SAME_TOWNSHIP))
        return rungs

    def _number(self, kind: str, *name: str) -> int:
        known = self._known[kind]
        return known.setdefault(name, len(known))


def int_array(numbers: Iterable[int]) -> Ints:
    """Return whole numbers as an array."""
    return np.fromiter(numbers, dtype=np.int64)
