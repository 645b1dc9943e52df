"""Approving a proposal, all of it or a part, in one transaction (审批).

The request carries a key of its own: sent twice it is done once and answered alike. Everything
is judged by the ledger and the pairings of the moment: who approves, what has moved under the
pairs, who may be paired, how many places there are. Then pairings end, stop and begin together.
"""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy import insert, select

from casework import pairing_life as life
from casework.access import Action, SignedPaper, Target, area
from casework.approvals import Effects, effects, part_of, refuse_moved
from casework.errors import Conflict
from casework.office_time import OFFICE_ZONE
from casework.pairing_life import Step
from casework.pairings import (
    Approval,
    Closure,
    EndReason,
    Override,
    Pairing,
    PairingId,
    PairingState,
    ProposalId,
    Suspension,
)
from casework.people import ChildId
from casework.proposals import Pair
from casework.unit_now import UnitNow
from ledger.record.book import Book
from ledger.record.deciding import require
from ledger.record.pairing_rows import as_json
from ledger.record.pairing_tables import approvals
from ledger.record.pairings import OnRecord, Seat, add, standing, take_step
from ledger.record.proposals import (
    ProposalState,
    StoredProposal,
    dealt_with,
    find_proposal,
    said_of,
    turn,
)
from ledger.record.scope import acting


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked to be approved.

    Attributes
    ----------
    key
        Made by whoever asks, once for one act: the same key again is the same act.
    part
        Children; None is all that is left.
    seen
        The version of the proposal somebody looked at; None takes it as it stands.
    """

    proposal: ProposalId
    key: str
    part: frozenset[ChildId] | None = None
    paper: SignedPaper | None = None
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Approved:
    """What an approval did; ids of pairings.

    Attributes
    ----------
    waiting
        Those of ``made`` that wait for a fact.
    """

    id: str
    made: tuple[PairingId, ...]
    waiting: tuple[PairingId, ...]
    kept: tuple[PairingId, ...]
    ended: tuple[PairingId, ...]
    stopped: tuple[PairingId, ...]


def approve(book: Book, request: Request, now: UnitNow) -> Approved:
    """Approve a proposal or a part of it.

    Raises
    ------
    Refused
        When it is the author's own and no signed paper stands in.
    Conflict
        When somebody was first, the ledger moved under a pair, or a pair cannot be today.
    """
    found = asked(book, request)
    if isinstance(found, Approved):
        return found
    earlier = approved_children(book, found.id)
    part = _part(found, request, earlier)
    proposed = found.proposed
    refuse_moved(proposed, part, found.moved(now.mark))
    records = {r.pairing.id: r for r in standing(book, found.unit)}
    what = effects(proposed, part, [r.pairing for r in records.values()], now)
    approved = _do(book, found, request, what, records, now)
    is_whole = earlier | part == proposed.children
    turn(book, found, ProposalState.APPROVED if is_whole else ProposalState.PARTLY, None)
    _keep(book, request, part, approved)
    return approved


def asked(book: Book, request: Request) -> Approved | StoredProposal:
    """Give the answer that this very request got before, else the proposal it may approve.

    Raises as ``approve`` does of what is known without the ledger: a second press of the button,
    or one that comes too late, need not wait until a whole unit is read.
    """
    done = _done_before(book, request)
    if done is not None:
        return done
    found = find_proposal(book, request.proposal, Action.PROPOSAL_READ)
    target = Target(
        "proposal", area(found.unit), found.id, author=found.author, paper=request.paper
    )
    require(book, Action.PROPOSAL_APPROVE, target)
    if request.seen not in (None, found.version):
        raise dealt_with(book, found)
    if not found.state.may_be_approved:
        raise _not_now(book, found)
    return found


def approved_children(book: Book, proposal: ProposalId) -> frozenset[ChildId]:
    """Give the children whose lines of a proposal have been approved."""
    told = book.connection.scalars(
        select(approvals.c.asked).where(approvals.c.proposal_id == proposal)
    )
    return frozenset(ChildId(child) for text in told for child in json.loads(text)["part"])


def _not_now(book: Book, found: StoredProposal) -> Conflict:
    if found.state is ProposalState.DRAFT:
        return Conflict("先提交，再审批 / it is to be submitted first")
    return dealt_with(book, found)


def _done_before(book: Book, request: Request) -> Approved | None:
    row = book.connection.execute(
        select(approvals).where(approvals.c.request_key == request.key)
    ).first()
    if row is None:
        return None
    wanted = json.loads(row.asked)
    part = None if request.part is None else sorted(request.part)
    paper = request.paper.number if request.paper else None
    theirs = (request.proposal, acting(book).id, part, paper)
    if theirs != (row.proposal_id, row.by, wanted["wanted"], wanted["paper"]):
        raise Conflict("这个请求编号已用于另一次审批 / this key was used for another approval")
    outcome = {name: tuple(ids) for name, ids in json.loads(row.outcome).items()}
    return Approved(row.id, **outcome)


def _part(
    found: StoredProposal, request: Request, earlier: frozenset[ChildId]
) -> frozenset[ChildId]:
    part = part_of(found.proposed, request.part)
    if request.part is None:
        return part - earlier
    if part & earlier:
        raise Conflict("其中有儿童已经审批 / some of these children have been approved already")
    return part


def _do(
    book: Book,
    found: StoredProposal,
    request: Request,
    what: Effects,
    records: dict[PairingId, OnRecord],
    now: UnitNow,
) -> Approved:
    """End and stop first, so that each child is free when her new pairing begins."""
    by = acting(book).id
    why = Suspension(now.on, by)
    for pairing in what.stopped:
        record = records[pairing.id]
        take_step(book, record, Step.SUSPEND, lambda p: life.suspend(p, why), now.on)
    for pairing, reason in what.ended:
        _end(book, records[pairing.id], reason, now)
    approval = Approval(by, now.on, request.paper)
    overridden = {said.child: said.override for said in said_of(book, found.id)}
    made = [_make(book, found, pair, approval, overridden, now) for pair in what.new]
    waits = [pairing.id for pairing in made if pairing.state is PairingState.CONDITIONAL]
    return Approved(
        id=book.new_id(),
        made=tuple(pairing.id for pairing in made),
        waiting=tuple(waits),
        kept=tuple(pairing.id for pairing in what.kept),
        ended=tuple(pairing.id for pairing, _ in what.ended),
        stopped=tuple(pairing.id for pairing in what.stopped),
    )


def _end(book: Book, record: OnRecord, reason: EndReason, now: UnitNow) -> None:
    due = now.on + timedelta(now.programme.due_days)
    closure = Closure(reason, now.on, acting(book).id, due)
    take_step(book, record, Step.CLOSE, lambda p: life.close(p, closure), now.on)


def _make(
    book: Book,
    found: StoredProposal,
    pair: Pair,
    approval: Approval,
    overridden: dict[ChildId, Override],
    now: UnitNow,
) -> Pairing:
    home, hers = now.children[pair.child].home, now.caregivers[pair.caregiver].home
    proposed = Pairing(
        id=PairingId(book.new_id()),
        child=pair.child,
        caregiver=pair.caregiver,
        household=now.household(pair.child, pair.household),
        proposed_by=found.author,
        proposed_on=found.made_at.astimezone(OFFICE_ZONE).date(),
        proposal=found.id,
        locked=pair.locked,
        override=overridden.get(pair.child),
    )
    pairing = life.approve(proposed, approval, now.unknown(pair.child, pair.caregiver))
    seat = Seat(found.unit, home.township, home.village or "", hers.township)
    add(book, pairing, seat, now.on)
    return pairing


def _keep(book: Book, request: Request, part: Collection[ChildId], approved: Approved) -> None:
    outcome = {name: ids for name, ids in asdict(approved).items() if name != "id"}
    wanted = None if request.part is None else sorted(request.part)
    paper = request.paper
    asked = {"part": sorted(part), "wanted": wanted, "paper": paper and paper.number}
    book.connection.execute(
        insert(approvals).values(
            id=approved.id,
            request_key=request.key,
            proposal_id=request.proposal,
            by=acting(book).id,
            at=book.at,
            asked=as_json(asked),
            outcome=as_json(outcome),
        )
    )
    book.note(
        "proposal_approve",
        "proposal",
        request.proposal,
        made=len(approved.made),
        ended=len(approved.ended),
        paper=paper.number if paper else None,
    )
