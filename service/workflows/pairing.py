"""Pairing: ledgers in, a checked proposal out, and the files an officer needs (结对建议)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from casework import households
from casework.dossier import Dossier, held_by_child
from casework.eligibility import ScopeKind, scope_of
from casework.findings import Finding, Where
from casework.people import ChildId
from casework.proposals import CurrentPair, Neighbours, Proposal
from casework.records import HeldRow
from casework.solver_view import to_caregiver, to_child
from ledger.pairings import current_pairs, forbidden_pairs
from ledger.people import Ledgers, read_ledgers
from ledger.reader import Reader
from service.logs import record_map
from service.outputs import whole_file, write_whole
from service.progress import Progress, Stage, silent
from service.workflows.outcomes import Pairing
from service.workflows.tables_for import PairingFiles, read_files
from solver.problem import PairingProblem

if TYPE_CHECKING:
    from geo.neighbours import NeighbourTable


@dataclass(frozen=True, slots=True)
class Outputs:
    """What to write, and what the map may show."""

    workbook: Path | None = None
    map: Path | None = None
    with_points: bool = False
    with_names: bool = False


def pair_files(files: PairingFiles, reader: Reader, progress: Progress = silent) -> Pairing:
    """Read the ledgers, propose pairs and check the proposal.

    Raises
    ------
    Unreadable
        When a file cannot be read, or holds no table of what it was given for.
    """
    read = read_files(files, progress)
    progress(Stage.MERGE, 0, 0)
    ledgers = read_ledgers(read.tables, reader)
    progress(Stage.PROBLEM, 0, 0)
    current, about_pairs = current_pairs(ledgers, reader.on) if files.pairs else ((), ())
    problem, about_problem = pose(ledgers, current, files.neighbours, reader)
    progress(Stage.SOLVE, 0, 0)
    proposal = _solve(problem)
    dossier = Dossier(
        proposal=proposal,
        children={child.id: child for child in ledgers.children},
        caregivers={caregiver.id: caregiver for caregiver in ledgers.caregivers},
        programme=reader.programme,
        on=reader.on,
        unit_name=ledgers.unit.name,
        held=held_by_child(ledgers.held_children) | _waiting_for(ledgers, current),
    )
    findings = (*read.findings, *ledgers.findings, *about_pairs, *about_problem)
    unused = 0 if files.pairs else read.unused_pairs + len(ledgers.noted_pairs)
    return Pairing(dossier, ledgers.unit.code, findings, unused)


def pose(
    ledgers: Ledgers,
    current: tuple[CurrentPair, ...],
    neighbour_table: Path | None,
    reader: Reader,
) -> tuple[PairingProblem, tuple[Finding, ...]]:
    """Pose the unit's problem: who is in scope, who may not be together, who lives beside whom."""
    programme, on = reader.programme, reader.on
    in_scope = [
        child
        for child in ledgers.children
        if scope_of(child, programme, on).kind is not ScopeKind.OUT
    ]
    together = households.group(in_scope)
    waiting = {together[c] for c in _waiting_for(ledgers, current) if c in together}
    waits = {child for child, household in together.items() if household in waiting}
    forbidden, about_kin = forbidden_pairs(ledgers, programme)
    neighbours, approximate, about_table = _neighbours(ledgers, neighbour_table, reader)
    area = ledgers.unit.area
    problem = PairingProblem(
        children=tuple(
            to_child(c, together[c.id], programme, on) for c in in_scope if c.id not in waits
        ),
        caregivers=tuple(to_caregiver(c, programme) for c in ledgers.caregivers),
        programme=programme,
        on=on,
        reach_m=programme.reach_m(area.group if area else "other"),
        current=current,
        forbidden=forbidden,
        needs_data=tuple(sorted({ChildId(row.id) for row in ledgers.held_children} | waits)),
        neighbours=neighbours,
        neighbours_approximate=approximate,
    )
    return problem, (*about_kin, *about_table)


def write_outputs(done: Pairing, outputs: Outputs, reader: Reader, progress: Progress) -> None:
    """Write the workbook and the map, each whole or not at all."""
    progress(Stage.WRITE, 0, 0)
    if outputs.workbook:
        from ledger.proposal_workbook import write_proposal_workbook

        with whole_file(outputs.workbook) as draft:
            write_proposal_workbook(draft, done.dossier)
    if outputs.map:
        from maps.coverage import MapOptions, coverage_map

        points = outputs.with_points or outputs.with_names  # a name needs a point to stand at
        options = MapOptions(with_points=points, with_names=outputs.with_names)
        html = coverage_map(done.dossier, reader.gazetteer, done.unit_code, options)
        fingerprint = done.dossier.proposal.fingerprint
        record_map(fingerprint, with_points=points, with_names=outputs.with_names)
        write_whole(outputs.map, html.encode())


def _solve(problem: PairingProblem) -> Proposal:
    from solver.pairing import propose_pairings

    return propose_pairings(problem)


def _waiting_for(
    ledgers: Ledgers, current: tuple[CurrentPair, ...]
) -> dict[ChildId, tuple[HeldRow, ...]]:
    """Map children whose caregiver's row waits to that row.

    A typing error in her row is no reason to give the child somebody else (稳定性): the child
    waits with her, and the pair is looked at again once the row is mended.
    """
    rows: dict[str, tuple[HeldRow, ...]] = {}
    for row in ledgers.held_caregivers:
        rows[row.id] = (*rows.get(row.id, ()), row)
    return {p.child: rows[p.caregiver] for p in current if p.caregiver in rows}


def _neighbours(
    ledgers: Ledgers, table: Path | None, reader: Reader
) -> tuple[Neighbours, bool, tuple[Finding, ...]]:
    """Give the neighbours: the staff's table first, centres for the rest."""
    if ledgers.unit.area is None:
        return {}, True, ()
    from geo.neighbours import read_neighbours

    code, gazetteer = ledgers.unit.code, reader.gazetteer
    written = read_neighbours(table, gazetteer, code) if table else None
    neighbours, approximate = gazetteer.neighbours(code, written.neighbours if written else None)
    findings = _bad_rows(table, written) if table and written else ()
    return neighbours, approximate, tuple(findings)


def _bad_rows(path: Path, table: "NeighbourTable") -> Iterator[Finding]:
    for row in table.bad_rows:
        zh, en = _ROW_PROBLEMS[row.problem]
        values = {"problem_zh": zh, "problem_en": en}
        yield Finding("neighbour_row", Where(path.name, row=row.line), values=values)


_ROW_PROBLEMS = {
    "short_row": ("不足两列", "fewer than two cells"),
    "unknown_township": ("不是本区县的镇街", "no township of this district"),
    "same_township": ("两个镇街相同", "the same township twice"),
}
