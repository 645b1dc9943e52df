"""Reader: what judging a ledger may depend on besides the ledger itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from casework.programme import Programme
from geo.areas import Gazetteer
from geo.datum import Datum
from geo.place import Place

VillagePlaces = Mapping[tuple[str, str], Place]
"""Township code and normalised village to the village's point, where staff has placed it."""


@dataclass(frozen=True, slots=True)
class Reader:
    """The day, the office's secret, the areas and the rules.

    Attributes
    ----------
    key
        Secret behind the ids of people without a 编号 (decision 2).
    unit
        The unit's name or code where the caller knows it; None: found from the files.
    datum
        What coordinates are in where no column says.
    """

    on: date
    key: bytes
    gazetteer: Gazetteer
    programme: Programme
    unit: str | None = None
    datum: Datum = Datum.WGS84
    villages: VillagePlaces = field(default_factory=dict)
