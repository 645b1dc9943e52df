"""Limits: how much one file may cost us before it is refused.

Honest ledgers of a county stay far below: 100,000 rows of 20 columns are 2 million cells and
100 MB of XML. A hostile file meets one of these within seconds.
"""

from typing import NamedTuple


class Limits(NamedTuple):
    """What reading one file may take.

    Attributes
    ----------
    file_bytes, unpacked_bytes
        Of the file, and of the XML inside that is read.
    rows, cells
        Rows on all sheets; cells, of the smallest rectangles that hold what is written.
    columns
        Of one sheet: as many as Excel has.
    text_chars
        Characters in all cells together.
    memory_bytes
        Of the child process that reads (not on Windows).
    look_seconds, seconds_per_million_cells
        Processor time until the child has looked the file over, and from then on; where the
        system bounds no processor time, time on the clock.
    wall_factor
        How much longer than that a busy machine may take.
    """

    file_bytes: int = 80_000_000
    unpacked_bytes: int = 600_000_000
    rows: int = 300_000
    cells: int = 6_000_000
    columns: int = 16_384
    text_chars: int = 200_000_000
    memory_bytes: int = 1_200_000_000
    look_seconds: float = 4.0
    seconds_per_million_cells: float = 12.0
    wall_factor: float = 6.0

    def read_seconds(self, cells: int) -> float:
        """Give the time for reading so many cells, the look included."""
        return self.look_seconds + self.seconds_per_million_cells * cells / 1_000_000


DEFAULT_LIMITS = Limits()


class Refusal(Exception):  # noqa: N818
    """Why a file is not read: a code of ``refusals.toml`` and what fills its sentences."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.values = values
