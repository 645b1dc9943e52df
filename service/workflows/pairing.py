"""Pairing: ledgers in, a checked proposal out, and the files an officer needs (结对建议)."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from casework.dossier import Dossier
from casework.findings import Finding
from casework.proposals import CurrentPair, Neighbours
from ledger.people import Ledgers, read_ledgers
from ledger.reader import Reader
from ledger.tables import Table, TableKind
from ledger.workbook import read_many
from service.audit import record_map
from service.outputs import whole_file
from service.progress import Progress, Stage, silent
from service.workflows.outcomes import Pairing
from solver.problem import PairingProblem


@dataclass(frozen=True, slots=True)
class PairingFiles:
    """The files a proposal is made from; one file may hold several ledgers.

    Attributes
    ----------
    pairs
        The register whose pairs stand now; None: nobody is paired yet.
    neighbours
        A table of neighbouring townships; None computes them from centres.
    """

    children: Path
    caregivers: Path
    pairs: Path | None = None
    neighbours: Path | None = None

    @property
    def all(self) -> tuple[Path, ...]:
        """Every file, once."""
        given = (self.children, self.caregivers, self.pairs, self.neighbours)
        return tuple(dict.fromkeys(path for path in given if path is not None))


@dataclass(frozen=True, slots=True)
class Outputs:
    """What to write, and what the map may show."""

    workbook: Path | None = None
    map: Path | None = None
    with_points: bool = False
    with_names: bool = False
