"""Places: where a person lives or a session is held, and how well that is known.

Inside the program every coordinate is WGS-84 degrees. Map services in China hand out
GCJ-02, about 480 m off in Chongqing; ``geo.datum`` converts at the door.
"""

from dataclasses import dataclass
from enum import StrEnum


class Precision(StrEnum):
    """How well a place is known.

    Only ``EXACT`` and ``VILLAGE`` points may be measured from; the rest stand for an area.
    """

    EXACT = "exact"
    VILLAGE = "village"
    TOWNSHIP = "township"
    UNKNOWN = "unknown"

    @property
    def is_measurable(self) -> bool:
        """Whether metres from this point mean something to a person who walks them."""
        return self in (Precision.EXACT, Precision.VILLAGE)


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the ground.

    Attributes
    ----------
    lon, lat
        Degrees east and north, WGS-84.

    Raises
    ------
    ValueError
        When a coordinate lies outside ±180 or ±90 degrees, or is not a number.
    """

    lon: float
    lat: float

    def __post_init__(self) -> None:
        """Refuse what is nowhere on earth."""
        if not (-180 <= self.lon <= 180 and -90 <= self.lat <= 90):
            raise ValueError(f"not a place on earth: lon={self.lon}, lat={self.lat}")
