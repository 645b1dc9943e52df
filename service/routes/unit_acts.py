"""The API of what is done on record: proposals handed in and approved, pairings moved (接口操作).

Each act names the version somebody saw; the same key again is the same approval.
"""

import hashlib
import secrets
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field

from casework.access import Action, Role, SignedPaper
from casework.errors import NotFound
from casework.pairings import PairingId, ProposalId
from casework.people import ChildId
from casework.wording import label
from ledger.record.approving import Request as ApprovalRequest
from ledger.record.pairings import find
from ledger.record.paper_scans import LARGEST_SCAN_BYTES
from ledger.record.proposals import submit, withdraw
from ledger.record.scope import NOT_THERE
from service.access import NamedUnit, authorize
from service.routes.on_record import TheRecord
from service.routes.unit_api import (
    PairingOut,
    ProposalLine,
    pairing_line,
    proposal_line,
    seen_proposal,
)
from service.workflows import pairings_on_record as work
from service.workflows.proposals_on_record import approve_proposal
from service.workflows.unit_on_record import Desk

api = APIRouter(prefix="/units/{unit}", tags=["units"])
MAKE = [authorize(Action.PROPOSAL_CREATE)]
SUSPEND = [authorize(Action.CAREGIVER_SUSPEND, is_cut=True)]
Words = Annotated[str, Field(max_length=2_000)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SeenIn(_In):
    """The version somebody looked at."""

    version: int = Field(ge=1)


class PaperIn(_In):
    """The leader's signed paper, where an office has one officer (领导签字); scan: base64."""

    signed_by: str = Field(min_length=1, max_length=200)
    on: date
    number: str = Field(min_length=1, max_length=200)
    scan: Base64Bytes = Field(min_length=1, max_length=LARGEST_SCAN_BYTES)


class ApproveIn(SeenIn):
    """What is approved: some children's lines, or all that are left.

    ``key`` is the program's own for one approval: sent again it is answered as the first time.
    """

    key: str = Field(default="", pattern=r"^[\x21-\x7e]{0,64}$")
    children: list[str] | None = Field(default=None, min_length=1, max_length=10_000)
    paper: PaperIn | None = None


class ApprovedOut(BaseModel):
    """What an approval did; ids of pairings."""

    made: list[str]
    waiting: list[str]
    kept: list[str]
    ended: list[str]
    stopped: list[str]


class StepIn(SeenIn):
    """What is said with a step of a pairing's life."""

    reason: Annotated[str, Field(max_length=64)] = ""
    words: Words = ""
    until: date | None = None


class SuspendIn(_In):
    """Why a caregiver's pairings are stopped at once."""

    why: str = Field(min_length=1, max_length=2_000)


class SuspendedOut(BaseModel):
    """What was stopped, and whom to tell now."""

    pairings: list[PairingOut]
    report_to: list[str]
    complain_to: list[str]


# --- proposals -------------------------------------------------------------------------------


@api.post("/proposals/{proposal}/submit", dependencies=MAKE)
def submit_proposal(
    unit: NamedUnit, proposal: str, given: SeenIn, desk: TheRecord
) -> ProposalLine:
    """Hand a draft in for approval."""
    return _turned(desk, unit, proposal, submit, given.version)


@api.post("/proposals/{proposal}/withdraw", dependencies=MAKE)
def withdraw_proposal(
    unit: NamedUnit, proposal: str, given: SeenIn, desk: TheRecord
) -> ProposalLine:
    """Take a proposal back before anything of it is approved."""
    return _turned(desk, unit, proposal, withdraw, given.version)


def _turned(desk: Desk, unit: str, proposal: str, turn: Any, seen: int) -> ProposalLine:
    with desk.store.writing(desk.actor, f"{turn.__name__} a proposal") as book:
        found = seen_proposal(book, unit, proposal)
        return proposal_line(turn(book, found.id, seen))


@api.post("/proposals/{proposal}/approve", dependencies=[authorize(Action.PROPOSAL_APPROVE)])
def approve(unit: NamedUnit, proposal: str, given: ApproveIn, desk: TheRecord) -> ApprovedOut:
    """Approve a proposal, or the lines of some children; with one key it is done once."""
    with desk.store.reading(desk.actor, "approve a proposal") as book:
        seen_proposal(book, unit, proposal)
    paper = given.paper
    scan = paper.scan if paper else b""
    digest = hashlib.sha256(scan).hexdigest()
    signed = SignedPaper(paper.signed_by, paper.on, paper.number, digest) if paper else None
    part = None if given.children is None else frozenset(map(ChildId, given.children))
    wanted = ApprovalRequest(
        ProposalId(proposal), given.key or secrets.token_hex(16), part, signed, given.version
    )
    done = approve_proposal(desk, wanted, scan)
    names = ApprovedOut.model_fields
    return ApprovedOut(**{name: list(getattr(done, name)) for name in names})


# --- pairings --------------------------------------------------------------------------------


@api.post("/pairings/{pairing}/{step}", dependencies=[authorize(Action.PAIRING_WRITE)])
def take(
    unit: NamedUnit,
    pairing: str,
    step: Literal["activate", "hold", "resume", "lift", "close", "farewell", "hand_over"],
    given: StepIn,
    desk: TheRecord,
) -> PairingOut:
    """Take one step of a pairing's life."""
    with desk.store.reading(desk.actor, "move a pairing") as book:
        if find(book, PairingId(pairing)).seat.unit != unit:
            raise NotFound(NOT_THERE)
    said = work.Said(given.version, given.reason, given.words, given.until)
    return pairing_line(work.take(desk, PairingId(pairing), step, said), is_town=False)


@api.post("/caregivers/{person}/suspend", dependencies=SUSPEND)
def suspend(unit: NamedUnit, person: str, given: SuspendIn, desk: TheRecord) -> SuspendedOut:
    """Stop every pairing of a caregiver at once, and say whom to tell now."""
    done = work.suspend_caregiver(desk, person, given.why.strip())
    is_town = desk.actor.role is Role.TOWNSHIP
    return SuspendedOut(
        pairings=[pairing_line(record, is_town) for record in done.pairings],
        report_to=[label(to) for to in done.report_to],
        complain_to=[label(to) for to in done.complain_to],
    )
