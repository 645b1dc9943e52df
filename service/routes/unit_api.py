"""The API of a unit on record: children, caregivers, proposals, pairings (接口).

The same policy as the pages, the same words for what is not there; ID numbers show masked.
"""

from dataclasses import fields
from datetime import date
from enum import Enum
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, create_model

from casework.access import Action, Role, area
from casework.errors import NotFound
from casework.import_diff import OnRecord
from casework.pairings import PairingId, ProposalId
from casework.people import CaregiverStatus, ChildStatus
from casework.records import CaregiverRecord, ChildRecord
from ledger.record import jobs as queue
from ledger.record.book import Book
from ledger.record.corrections import correct
from ledger.record.pairings import OnRecord as PairingOnRecord
from ledger.record.pairings import find, history, list_pairings
from ledger.record.people import PageAsk, page_of, read_person
from ledger.record.person_writing import Source, SourceKind
from ledger.record.proposals import (
    StoredProposal,
    find_proposal,
    list_proposals,
    proposals_for_township,
)
from ledger.record.scope import NOT_THERE, acting
from service.access import NamedUnit, authorize
from service.person_form import CORRECTABLE
from service.routes.jobs import JobOut
from service.routes.on_record import PAGE, TheRecord, after_of, next_of
from service.workflows.proposals_on_record import shown_json, told_json
from service.workflows.unit_desk import review
from service.workflows.unit_on_record import Desk

api = APIRouter(prefix="/units/{unit}", tags=["units"])
_HIDDEN = ("where", "home")
Reason = Annotated[str, Field(min_length=1, max_length=300)]


class PersonOut(BaseModel):
    """Somebody on record, cut to what the reader may see."""

    id: str
    version: int
    as_of: date
    record: dict[str, Any]


class PeopleOut(BaseModel):
    """A page of people; ``next`` is the ``after`` of the page that follows, if there is one."""

    total: int
    people: list[PersonOut]
    next: str | None


class _Patch(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1)
    reason: Reason


def _patch(name: str, kind: str) -> type[_Patch]:
    """Make the body of a PATCH: the fields that can be put right by hand, and no other."""
    optional: dict[str, Any] = {
        field: (Annotated[of, Field(max_length=500)] | None if of is str else of | None, None)
        for field, of in CORRECTABLE[kind].items()
    }
    return create_model(name, __base__=_Patch, **optional)


ChildPatch = _patch("ChildPatch", "child")
CaregiverPatch = _patch("CaregiverPatch", "caregiver")


def _person(known: OnRecord[Any]) -> PersonOut:
    record = known.record
    given = {f.name: _plain(getattr(record, f.name)) for f in fields(record)}
    home = {"unit": record.home.unit, "township": record.home.township}
    given = {name: value for name, value in given.items() if name not in _HIDDEN}
    return PersonOut(
        id=record.id, version=known.version, as_of=known.as_of, record=given | {"home": home}
    )


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return str(value.value)
    return value.isoformat() if isinstance(value, date) else value


def _people(desk: Desk, ask: PageAsk) -> PeopleOut:
    with desk.store.reading(desk.actor, f"list {ask.kind}") as book:
        page = page_of(book, ask)
    people = [_person(p) for p in page.people]
    return PeopleOut(total=page.total, people=people, next=next_of(page) or None)


Area = Annotated[str, Query(max_length=64)]
After = Annotated[str, Query(max_length=140)]


@api.get("/children", dependencies=[authorize(Action.CHILD_LIST, is_cut=True)])
def list_children(
    unit: NamedUnit,
    desk: TheRecord,
    township: Area = "",
    status: ChildStatus | None = None,
    after: After = "",
) -> PeopleOut:
    """List children, a page at a time."""
    return _people(desk, PageAsk("child", unit, township, status, after_of(after), PAGE))


@api.get("/caregivers", dependencies=[authorize(Action.CAREGIVER_LIST, is_cut=True)])
def list_caregivers(
    unit: NamedUnit,
    desk: TheRecord,
    township: Area = "",
    status: CaregiverStatus | None = None,
    after: After = "",
) -> PeopleOut:
    """List caregivers, a page at a time."""
    return _people(desk, PageAsk("caregiver", unit, township, status, after_of(after), PAGE))


@api.get("/children/{person}", dependencies=[authorize(Action.CHILD_READ, is_cut=True)])
def read_child(unit: NamedUnit, person: str, desk: TheRecord) -> PersonOut:
    """Give one child."""
    return _person(_read(desk, unit, person, ChildRecord))


@api.get("/caregivers/{person}", dependencies=[authorize(Action.CAREGIVER_READ, is_cut=True)])
def read_caregiver(unit: NamedUnit, person: str, desk: TheRecord) -> PersonOut:
    """Give one caregiver."""
    return _person(_read(desk, unit, person, CaregiverRecord))


@api.patch("/children/{person}", dependencies=[authorize(Action.PERSON_WRITE)])
def correct_child(unit: NamedUnit, person: str, given: ChildPatch, desk: TheRecord) -> PersonOut:  # type: ignore[valid-type]
    """Put fields of a child's record right; whatever else is sent is refused."""
    return _correct(desk, unit, person, given, ChildRecord)


@api.patch("/caregivers/{person}", dependencies=[authorize(Action.PERSON_WRITE)])
def correct_caregiver(
    unit: NamedUnit,
    person: str,
    given: CaregiverPatch,  # type: ignore[valid-type]
    desk: TheRecord,
) -> PersonOut:
    """Put fields of a caregiver's record right; whatever else is sent is refused."""
    return _correct(desk, unit, person, given, CaregiverRecord)


def _read(desk: Desk, unit: NamedUnit, person: str, kind: type) -> OnRecord[Any]:
    with desk.store.reading(desk.actor, "read a record") as book:
        known = read_person(book, person)
    if known.record.home.unit != unit or not isinstance(known.record, kind):
        raise NotFound(NOT_THERE)
    return known


def _correct(desk: Desk, unit: NamedUnit, person: str, given: _Patch, kind: type) -> PersonOut:
    from service.person_form import changed_values

    values = given.model_dump(exclude={"version", "reason"}, exclude_unset=True, mode="json")
    texts = {name: _text(value) for name, value in values.items()}
    known = _read(desk, unit, person, kind)
    source = Source(SourceKind.HAND, "", desk.reader.on, given.reason)
    changed = changed_values(known.record, texts)
    with desk.store.writing(desk.actor, "correct a record") as book:
        correct(book, person, given.version, changed, source)
        return _person(read_person(book, person))


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


# --- proposals and pairings ------------------------------------------------------------------


class ProposalLine(BaseModel):
    """A proposal in a line; its answer is at its own address."""

    id: str
    version: int
    state: str
    made_at: str
    author: str
    fingerprint: str
    pairs: int
    ended: int
    unpaired: int


@api.get("/proposals", dependencies=[authorize(Action.PROPOSAL_READ, is_cut=True)])
def proposals(unit: NamedUnit, desk: TheRecord) -> list[ProposalLine]:
    """List a unit's proposals, the newest first; counts only."""
    with desk.store.reading(desk.actor, "list proposals") as book:
        is_town = desk.actor.role is Role.TOWNSHIP
        found = (proposals_for_township if is_town else list_proposals)(book, unit)
    return [proposal_line(p) for p in found]


def seen_proposal(book: Book, unit: str, proposal: str) -> StoredProposal:
    """Give a proposal of this unit as far as the reader may see it.

    Raises
    ------
    NotFound
        When the unit has none of this id, or none that is handed in, for a township.
    """
    if acting(book).role is Role.TOWNSHIP:
        found = next((p for p in proposals_for_township(book) if p.id == proposal), None)
    else:
        found = find_proposal(book, ProposalId(proposal))
    if found is None or found.unit != unit:
        raise NotFound(NOT_THERE)
    return found


def proposal_line(found: StoredProposal) -> ProposalLine:
    """Give a proposal in a line."""
    return ProposalLine(
        id=found.id,
        version=found.version,
        state=str(found.state),
        made_at=found.made_at.isoformat(),
        author=found.author,
        fingerprint=found.fingerprint,
        pairs=len(found.answer["pairs"]),
        ended=len(found.answer["ended"]),
        unpaired=len(found.answer["unpaired"]),
    )


@api.post("/proposals", status_code=202, dependencies=[authorize(Action.PROPOSAL_CREATE)])
def propose(unit: NamedUnit, request: Request, desk: TheRecord) -> JobOut:
    """Begin to propose pairs from the ledger on record; watch it at ``/jobs/{id}``."""
    desk.look(unit, "propose")
    with desk.store.writing(desk.actor, "ask for a proposal") as book:
        return JobOut.of(queue.ask(book, "propose", area(unit), f"propose {unit}", {}))


@api.get("/proposals/{proposal}", dependencies=[authorize(Action.PROPOSAL_READ, is_cut=True)])
def proposal(unit: NamedUnit, proposal: str, desk: TheRecord) -> dict[str, object]:
    """Give a proposal as ``nuantong/stored_proposal/1``: ids only; to others, what is theirs.

    The unit sees all of it. A township sees its own children's lines, the city office all
    lines; both without what is known of checks, kin and conflicts.
    """
    with desk.store.reading(desk.actor, "read a proposal") as book:
        found = seen_proposal(book, unit, proposal)
    if desk.actor.role is Role.UNIT:
        return shown_json(review(desk, found.id).shown)
    return told_json(found)


class PairingOut(BaseModel):
    """A pairing as it stands: ids, state and days."""

    id: str
    version: int
    child: str
    caregiver: str
    township: str
    state: str
    started_on: date | None
    ended_on: date | None
    unknown: list[str]


def pairing_line(found: PairingOnRecord, is_town: bool) -> PairingOut:
    """Give a pairing as it stands; what it waits for is the unit's alone to know."""
    pairing = found.pairing
    return PairingOut(
        id=pairing.id,
        version=found.version,
        child=pairing.child,
        caregiver=pairing.caregiver,
        township=found.seat.township,
        state=str(pairing.state),
        started_on=pairing.started_on,
        ended_on=pairing.closure.on if pairing.closure else None,
        unknown=[] if is_town else [str(fact) for fact in pairing.unknown],
    )


@api.get("/pairings", dependencies=[authorize(Action.PAIRING_READ, is_cut=True)])
def pairings(unit: NamedUnit, desk: TheRecord, ended: bool = False) -> list[PairingOut]:
    """List pairings in force; with ``ended`` those that ended too."""
    is_town = desk.actor.role is not Role.UNIT
    with desk.store.reading(desk.actor, "list pairings") as book:
        found = list_pairings(book, unit=unit, in_force=not ended)
        book.note(Action.PAIRING_READ, "pairing", [r.pairing.id for r in found], unit=unit)
    return [pairing_line(record, is_town) for record in found]


class EventOut(BaseModel):
    """One step of a pairing's life."""

    step: str
    state: str
    on: date
    by: str


class PairingHistory(PairingOut):
    """A pairing with its history, the first step first."""

    history: list[EventOut]


@api.get("/pairings/{pairing}", dependencies=[authorize(Action.PAIRING_READ, is_cut=True)])
def read_pairing(unit: NamedUnit, pairing: str, desk: TheRecord) -> PairingHistory:
    """Give one pairing with its history."""
    with desk.store.reading(desk.actor, "read a pairing") as book:
        found = find(book, PairingId(pairing))
        if found.seat.unit != unit:
            raise NotFound(NOT_THERE)
        events = history(book, PairingId(pairing))
        book.note(Action.PAIRING_READ, "pairing", pairing, history=True)
    line = pairing_line(found, desk.actor.role is not Role.UNIT)
    told = [EventOut(step=str(e.step), state=str(e.state), on=e.on, by=e.by) for e in events]
    return PairingHistory(**line.model_dump(), history=told)
