"""Pairing: ledgers in, a checked proposal out, and the files an officer needs (结对建议)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from casework import households
from casework.dossier import Dossier, held_by_child
from casework.eligibility import ScopeKind, scope_of
from casework.errors import Unreadable
from casework.findings import Finding, Where
from casework.people import ChildId
from casework.proposals import CurrentPair, Ending, Neighbours, Proposal
from casework.records import HeldRow
from casework.solver_view import to_caregiver, to_child
from casework.wishes import Wish, WishKind, bans, with_locks
from ledger.kin import read_kin
from ledger.pairings import current_pairs, disputed_rows, forbidden_pairs
from ledger.people import Ledgers, read_ledgers
from ledger.print_table import PrintTable
from ledger.reader import Reader
from ledger.tables import TableKind
from ledger.wishes import read_wishes
from ledger.workbook import read_tables
from service.logs import record_map
from service.outputs import whole_file, write_whole
from service.progress import Progress, Stage, silent
from service.workflows.locks import contested, lock_findings
from service.workflows.outcomes import Pairing
from service.workflows.tables_for import PairingFiles, as_register, read_files
from solver.problem import PairingProblem

if TYPE_CHECKING:
    from geo.neighbours import NeighbourTable


@dataclass(frozen=True, slots=True)
class Outputs:
    """What to write, and what the map may show; ``sheets`` come after the workbook's own."""

    workbook: Path | None = None
    map: Path | None = None
    with_points: bool = False
    with_names: bool = False
    sheets: tuple[PrintTable, ...] = ()


@dataclass(frozen=True, slots=True)
class Posed:
    """A unit's files, read, and the problem they pose.

    Attributes
    ----------
    problem
        With what the staff lock and forbid.
    current
        The pairs on record, before the staff's wishes.
    unused_pairs
        Current pairs the files hold that were not asked for.
    """

    ledgers: Ledgers
    reader: Reader
    problem: PairingProblem
    current: tuple[CurrentPair, ...]
    wishes: tuple[Wish, ...]
    findings: tuple[Finding, ...]
    unused_pairs: int

    def propose(self, most_changes: int | None = None) -> Proposal:
        """Give the best proposal; with a limit, the best that gives up no more current pairs."""
        return self.in_their_words(_solve(self.problem, most_changes))

    def in_their_words(self, proposal: Proposal) -> Proposal:
        """Call a pair that the staff lock anew new, and one that ends at their word theirs."""
        on_record = {(pair.child, pair.caregiver) for pair in self.current}
        locked = {wish.child for wish in self.wishes if wish.kind is WishKind.LOCK}
        banned = bans(self.wishes)
        return replace(
            proposal,
            pairs=tuple(
                replace(pair, kept=pair.kept and (pair.child, pair.caregiver) in on_record)
                for pair in proposal.pairs
            ),
            ended=tuple(
                replace(line, reason=Ending.STAFF_CHOICE)
                if line.reason is Ending.NOT_PERMITTED
                and (line.child in locked or (line.child, line.caregiver) in banned)
                else line
                for line in proposal.ended
            ),
        )

    def pairing(self, proposal: Proposal) -> Pairing:
        """Lay a proposal beside the rows it speaks of."""
        ledgers = self.ledgers
        dossier = Dossier(
            proposal=proposal,
            children={child.id: child for child in ledgers.children},
            caregivers={caregiver.id: caregiver for caregiver in ledgers.caregivers},
            programme=self.reader.programme,
            on=self.reader.on,
            unit_name=ledgers.unit.name,
            held=waiting_for(ledgers, self.current, self.reader.on)
            | held_by_child(ledgers.held_children),
            contested=contested(proposal, self.problem.current, self.problem.forbidden),
        )
        about_locks = lock_findings(
            proposal, self.problem.current, self.problem.forbidden, ledgers
        )
        findings = (*self.findings, *about_locks)
        return Pairing(dossier, ledgers.unit.code, findings, self.unused_pairs)


def pose_files(
    files: PairingFiles, reader: Reader, wishes: Path | None = None, progress: Progress = silent
) -> Posed:
    """Read the ledgers and what the staff wish, and pose the problem.

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
    wished, about_wishes = read_wish_file(wishes, ledgers)
    unused = 0 if files.pairs else read.unused_pairs + len(ledgers.noted_pairs)
    findings = (*read.findings, *ledgers.findings, *about_pairs, *about_problem, *about_wishes)
    posed = Posed(ledgers, reader, problem, current, (), findings, unused)
    return with_wishes(posed, wished)


def with_wishes(posed: Posed, wishes: tuple[Wish, ...]) -> Posed:
    """Lock and forbid what the staff say, besides what they have said already."""
    problem = replace(
        posed.problem,
        current=with_locks(posed.problem.current, wishes),
        forbidden=posed.problem.forbidden | bans(wishes),
    )
    return replace(posed, problem=problem, wishes=(*posed.wishes, *wishes))


def read_wish_file(
    path: Path | None, ledgers: Ledgers
) -> tuple[tuple[Wish, ...], tuple[Finding, ...]]:
    """Read the staff's sheet of wishes; None is none."""
    if path is None:
        return (), ()
    reading = read_tables(path, kinds=(TableKind.PAIRS,))
    tables = [as_register(table) for table in reading.tables]
    if not tables:
        raise Unreadable(
            f"{path.name} 里没有意见表；表头请用：儿童编号、爱心妈妈编号、意见"
            " / no table of wishes was found in it"
        )
    wishes, findings = read_wishes(tables, ledgers)
    return wishes, (*reading.findings, *findings)


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
    waiting = {together[c] for c in waiting_for(ledgers, current, on) if c in together}
    waits = {child for child, household in together.items() if household in waiting}
    forbidden, about_kin = forbidden_pairs(ledgers, programme)
    unclear = read_kin(ledgers).unclear
    neighbours, approximate, about_table = _neighbours(ledgers, neighbour_table, reader)
    area = ledgers.unit.area
    problem = PairingProblem(
        children=tuple(
            to_child(c, together[c.id], programme, on) for c in in_scope if c.id not in waits
        ),
        caregivers=tuple(
            to_caregiver(c, programme, kin_unclear=c.id in unclear) for c in ledgers.caregivers
        ),
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
            write_proposal_workbook(draft, done.dossier, outputs.sheets)
    if outputs.map:
        from maps.coverage import MapOptions, coverage_map

        points = outputs.with_points or outputs.with_names  # a name needs a point to stand at
        options = MapOptions(with_points=points, with_names=outputs.with_names)
        html = coverage_map(done.dossier, reader.gazetteer, done.unit_code, options)
        fingerprint = done.dossier.proposal.fingerprint
        record_map(fingerprint, with_points=points, with_names=outputs.with_names)
        write_whole(outputs.map, html.encode())


def _solve(problem: PairingProblem, most_changes: int | None) -> Proposal:
    if most_changes is not None:
        from solver.stability import propose_with_few_changes

        return propose_with_few_changes(problem, most_changes)
    from solver.pairing import propose_pairings

    return propose_pairings(problem)


def waiting_for(
    ledgers: Ledgers, current: tuple[CurrentPair, ...], on: date
) -> dict[ChildId, tuple[HeldRow, ...]]:
    """Map children whose pair cannot be relied on to the rows that are to be mended.

    A typing error in her caregiver's row, or two caregivers in the register, are no reason to
    give a child somebody else (稳定性): she waits, and is looked at again once it is mended.
    """
    rows = held_by_child(ledgers.held_caregivers)
    theirs = ((p.child, rows.get(ChildId(p.caregiver))) for p in current)
    waiting = {child: row for child, row in theirs if row}
    paired = {pair.child for pair in current}
    disputed = disputed_rows(ledgers, on) if len(paired) < len(current) else {}
    return waiting | {child: rows for child, rows in disputed.items() if child in paired}


def _neighbours(
    ledgers: Ledgers, table: Path | None, reader: Reader
) -> tuple[Neighbours, bool, tuple[Finding, ...]]:
    """Give the neighbours: the staff's table first, centres for the rest."""
    if ledgers.unit.area is None:
        return {}, True, ()
    from geo.neighbours import read_neighbours

    code, gazetteer = ledgers.unit.code, reader.gazetteer
    written = read_neighbours(table, gazetteer, code) if table else None
    if table and written and not written.neighbours:
        raise Unreadable(
            f"{table.name} 里没有一行能用的相邻镇街，请存为两列的 csv：镇街,相邻镇街"
            " / no row of it names two townships of the unit: a csv of two columns is expected"
        )
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
