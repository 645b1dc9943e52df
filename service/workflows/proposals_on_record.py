"""Proposals on record: propose from the store, submit, show, approve (提出、提交、审批).

One function a use case, each at most two blocks of the store: nothing is held open while the
solver works. What moved meanwhile shows when the proposal is approved.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import Enum
from pathlib import Path

from casework.answers import Difference
from casework.errors import Refused
from casework.findings import Finding
from casework.ledger_marks import MarkDifference
from casework.pairings import Override, ProposalId
from casework.people import ChildId
from casework.programme import Programme
from casework.proposals import CurrentPair, Proposal
from casework.wishes import Wish, WishKind
from casework.wording_use import difference
from ledger.pairings import current_pairs
from ledger.people import read_ledgers
from ledger.record.approving import Approved, Request, approve, asked
from ledger.record.book import Book
from ledger.record.pairing_tasks import keep_tasks
from ledger.record.pairings import find
from ledger.record.paper_scans import keep_scan
from ledger.record.proposals import (
    Draft,
    Said,
    StoredProposal,
    create,
    find_proposal,
    said_of,
    submit,
)
from ledger.record.wishes import Noted, wishes_of
from service.progress import Progress, Stage, silent
from service.words import Words
from service.workflows.outcomes import Pairing
from service.workflows.pairing import Posed, read_wish_file, with_wishes
from service.workflows.recruits import ask_for_recruits
from service.workflows.unit_on_record import Desk, UnitOnRecord, unit_on_record
from service.workflows.warm import unit_now


@dataclass(frozen=True, slots=True)
class Ask:
    """What a proposal is to heed besides the store.

    Attributes
    ----------
    register
        A register from before the store: its pairs stand, and are approved like any other.
    wishes, why
        The staff's sheet of wishes, and their reason for it.
    with_noted
        Heed what the staff noted on record of single pairs, each with its own reason.
    """

    unit: str
    register: Path | None = None
    wishes: Path | None = None
    neighbours: Path | None = None
    why: str = ""
    with_noted: bool = False


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal put on record, and all that was said on the way to it."""

    id: ProposalId
    done: Pairing


@dataclass(frozen=True, slots=True)
class Shown:
    """A proposal as it stands beside the unit as it is now.

    Attributes
    ----------
    moved
        What moved since it was made.
    touched
        Children whose proposed line rests on a row that moved.
    """

    proposal: StoredProposal
    said: tuple[Said, ...]
    moved: MarkDifference
    touched: tuple[ChildId, ...]
    unit: UnitOnRecord


def propose(desk: Desk, ask: Ask, progress: Progress = silent) -> Proposed:
    """Propose pairs from the store and put the proposal on record as a draft (提出建议).

    Raises
    ------
    Refused
        When the staff's wishes come without a reason.
    """
    if ask.wishes and not ask.why.strip():
        raise Refused("请写明人工意见的原因（--why） / say why: --why")
    progress(Stage.READ, 0, 0)
    with desk.store.reading(desk.actor, "propose") as book:
        unit = unit_on_record(book, ask.unit, desk.reader, ask.neighbours)
        noted = wishes_of(book, ask.unit) if ask.with_noted else ()
    base = _with_register(unit.posed, ask.register)
    wishes, about_wishes = read_wish_file(ask.wishes, base.ledgers)
    why = dict.fromkeys(wishes, ask.why) | _known(noted, base)
    wishes = tuple(why)
    posed = with_wishes(replace(base, findings=(*base.findings, *about_wishes)), wishes)
    progress(Stage.SOLVE, 0, 0)
    proposal = posed.propose()
    done = posed.pairing(proposal)
    said = _said(desk, base, why) if wishes else ()
    draft = Draft(
        ask.unit,
        done.json_bytes.decode(),
        rules_json(desk.reader.programme),
        desk.reader.on,
        proposal.fingerprint,
        unit.now.mark,
        said,
    )
    with desk.store.writing(desk.actor, "propose") as book:
        return Proposed(create(book, draft), done)


def show(desk: Desk, proposal: ProposalId) -> Shown:
    """Show a proposal beside what moved since it was made (查看建议)."""
    with desk.store.reading(desk.actor, "show a proposal") as book:
        return shown_in(desk, book, proposal)


def hand_in(desk: Desk, proposal: ProposalId) -> StoredProposal:
    """Hand a proposal in for approval (提交审批)."""
    with desk.store.writing(desk.actor, "submit a proposal") as book:
        return submit(book, proposal)


def approve_proposal(desk: Desk, request: Request, scan: bytes = b"") -> Approved:
    """Approve a proposal or a part of it, by the ledger as it is now (审批).

    ``scan`` is the leader's signed paper, to be kept with the approval.
    Where to recruit is then worked out anew by a worker.
    """
    with desk.store.writing(desk.actor, "approve a proposal") as book:
        found = asked(book, request)
        if isinstance(found, Approved):
            return found
        unit = unit_on_record(book, found.unit, desk.reader)
        done = approve(book, request, unit.now)
        if request.paper and scan:
            keep_scan(book, found, request.paper, scan)
        moved = (find(book, pairing) for pairing in (*done.ended, *done.stopped))
        keep_tasks(book, moved, desk.reader.programme, desk.reader.on)
        ask_for_recruits(book, found.unit)
        return done


def cost_in_words(cost: Difference | None, words: Words | None = None) -> str:
    """Say what an override cost, level by level; in Chinese unless told otherwise."""
    words = words or Words("zh")
    if cost is None:
        return words("cost_unknown")
    if cost.decisive is None:
        return words("cost_none")
    return difference(cost, "en" if words.lang == "en" else "zh")


def shown_json(shown: Shown) -> dict[str, object]:
    """Give a shown proposal as ``nuantong/stored_proposal/1``; ids only, no word of the staff."""
    proposal = shown.proposal
    return {
        "schema": "nuantong/stored_proposal/1",
        "id": proposal.id,
        "version": proposal.version,
        "unit": proposal.unit,
        "state": str(proposal.state),
        "on": proposal.on.isoformat(),
        "fingerprint": proposal.fingerprint,
        "moved": {who: str(how) for who, how in shown.moved.rows.items()},
        "pairings_moved": shown.moved.pairings_moved,
        "touched": list(shown.touched),
        "overrides": [
            {
                "child": said.child,
                "caregiver": said.caregiver,
                "kind": str(said.kind),
                "cost": asdict(said.override.cost) if said.override.cost else None,
            }
            for said in shown.said
        ],
        "proposal": proposal.answer,
    }


def told_json(found: StoredProposal) -> dict[str, object]:
    """Give a proposal to who may not know of checks, kin and conflicts: who with whom, who waits.

    The same document with fewer fields; ids only.
    """
    kept = {
        "pairs": ("child", "caregiver", "household", "rung", "kept"),
        "ended": ("child", "caregiver"),
        "unpaired": ("child", "responsible", "due"),
    }
    lines = {
        name: [{field: line[field] for field in fields} for line in found.answer[name]]
        for name, fields in kept.items()
    }
    for told, line in zip(lines["pairs"], found.answer["pairs"], strict=True):
        told["waits"] = bool(line["conditional"])
    return {
        "schema": "nuantong/stored_proposal/1",
        "id": found.id,
        "version": found.version,
        "unit": found.unit,
        "state": str(found.state),
        "on": found.on.isoformat(),
        "fingerprint": found.fingerprint,
        "proposal": lines,
    }


def rules_json(programme: Programme) -> dict[str, object]:
    """Give the rules a proposal was made by, as JSON holds them."""
    return {name: _plain(value) for name, value in asdict(programme).items()}


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    if isinstance(value, date | Enum):
        return str(value)
    return dict(value) if isinstance(value, dict) else value


def shown_in(desk: Desk, book: Book, proposal: ProposalId) -> Shown:
    """Give a proposal beside what moved since, in an open block."""
    found = find_proposal(book, proposal)
    unit = unit_now(desk, book, found.unit)
    moved = found.moved(unit.now.mark)
    rows = set(moved.rows)
    lines = found.proposed.lines
    touched = {line.child for line in lines if rows & {line.child, line.caregiver}}
    return Shown(found, said_of(book, proposal), moved, tuple(sorted(touched)), unit)


def _with_register(posed: Posed, register: Path | None) -> Posed:
    """Let the pairs of an older register stand too, where the store knows of none."""
    if register is None:
        return posed
    from ledger.tables import TableKind
    from ledger.workbook import read_tables

    tables = read_tables(register, kinds=(TableKind.PAIRS,)).tables
    read = read_ledgers(tables, posed.reader)
    before, findings = current_pairs(
        replace(posed.ledgers, pairs=read.pairs, noted_pairs=read.noted_pairs), posed.reader.on
    )
    known = {pair.child for pair in posed.current}
    current = (*posed.current, *(pair for pair in before if pair.child not in known))
    current = tuple(sorted(current, key=lambda pair: (pair.child, pair.caregiver)))
    return _standing_so(posed, current, findings)


def _standing_so(
    posed: Posed, current: tuple[CurrentPair, ...], findings: tuple[Finding, ...]
) -> Posed:
    problem = replace(posed.problem, current=current)
    return replace(posed, problem=problem, current=current, findings=(*posed.findings, *findings))


def _known(noted: tuple[Noted, ...], base: Posed) -> dict[Wish, str]:
    """Give the wishes about people who can still be paired."""
    children = {child.id for child in base.problem.children}
    caregivers = {caregiver.id for caregiver in base.problem.caregivers}
    return {
        line.wish: line.why
        for line in noted
        if line.wish.child in children and line.wish.caregiver in caregivers
    }


def _said(desk: Desk, base: Posed, why: Mapping[Wish, str]) -> tuple[Said, ...]:
    """Price each wish alone, against the best proposal without any."""
    best = base.propose()
    return tuple(
        Said(
            wish.child,
            wish.caregiver,
            wish.kind,
            Override(desk.actor.id, said.strip(), _cost(base, best, wish)),
        )
        for wish, said in why.items()
    )


def _cost(base: Posed, best: Proposal, wish: Wish) -> Difference | None:
    from solver.pairs.explain import explain_pair
    from solver.pairs.ranking import rank_caregivers

    problem = base.problem
    if wish.child not in {child.id for child in problem.children}:
        return None
    now = {pair.child: pair.caregiver for pair in best.pairs}.get(wish.child)
    if (now == wish.caregiver) is not (wish.kind is WishKind.FORBID):
        return Difference()
    if wish.kind is WishKind.FORBID:
        instead = explain_pair(problem, best, wish.child).next_best
        return instead.difference if instead else None
    ranking = rank_caregivers(problem, best, wish.child, len(problem.caregivers))
    found = (r.difference for r in ranking.caregivers if r.caregiver == wish.caregiver)
    return next(found, None)
