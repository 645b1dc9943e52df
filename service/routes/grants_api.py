"""The API of grants: ask, approve, close; an ID number or a locked ledger while one is open."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from casework.access import Action, BasisKind, LawfulBasis, SignedPaper
from casework.errors import NotFound
from ledger.record.book import Book
from ledger.record.grants import (
    Grant,
    approve_grant,
    ask_grant,
    end_grant,
    find_grant,
    ledger_target,
    list_grants,
)
from ledger.record.numbers import person_target, read_number
from ledger.record.scope import NOT_THERE
from service.access import NamedUnit, authorize
from service.routes.downloads import attachment
from service.routes.on_record import TheRecord
from service.workflows.exports import export_package, package_password

api = APIRouter(prefix="/units/{unit}", tags=["grants"])
Short = Annotated[str, Field(min_length=1, max_length=120)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class GrantIn(_In):
    """What is asked: somebody's ID number, or the unit's ledger."""

    action: Literal["id_number_read", "ledger_export"]
    person: str = Field(default="", max_length=32)
    reason: str = Field(min_length=1, max_length=300)
    basis: BasisKind
    by: Short
    on: date


class GrantApproval(_In):
    """For how long, and the leader's signed paper where there is one officer."""

    hours: int = Field(ge=1, le=24)
    signed_by: str = Field(default="", max_length=120)
    signed_on: date | None = None
    number: str = Field(default="", max_length=120)


class GrantOut(BaseModel):
    """A grant as it stands: ``waits``, ``open`` or ``over``."""

    id: str
    action: str
    record: str
    state: str
    asked_by: str
    approver: str
    reason: str
    basis: BasisKind
    ends_at: datetime | None

    @classmethod
    def of(cls, grant: Grant, at: datetime) -> "GrantOut":
        """Give a grant at a moment."""
        return cls(
            id=grant.id,
            action=str(grant.action),
            record=grant.record_id,
            state=str(grant.state(at)),
            asked_by=grant.account_id,
            approver=grant.approver,
            reason=grant.reason,
            basis=grant.basis.kind,
            ends_at=grant.ends_at,
        )


class NumberOut(BaseModel):
    """Somebody's whole ID number; empty where none is on record."""

    number: str


class PasswordOut(BaseModel):
    """What opens the export; tell it by another way than the file."""

    password: str


@api.get("/grants", dependencies=[authorize(Action.GRANT_ASK)])
def grants(unit: NamedUnit, desk: TheRecord) -> list[GrantOut]:
    """List the unit's grants, the newest first."""
    with desk.store.reading(desk.actor, "list grants") as book:
        found = [grant for grant in list_grants(book) if unit in grant.area]
        book.note(Action.GRANT_ASK, "grant", [grant.id for grant in found])
        return [GrantOut.of(grant, book.at) for grant in found]


@api.post("/grants", status_code=201, dependencies=[authorize(Action.GRANT_ASK)])
def ask(unit: NamedUnit, given: GrantIn, desk: TheRecord) -> GrantOut:
    """Ask to see one person's ID number, or to take out the unit's ledger."""
    action = Action(given.action)
    basis = LawfulBasis(given.basis, given.by, given.on)
    with desk.store.writing(desk.actor, "ask for a grant") as book:
        is_ledger = action is Action.LEDGER_EXPORT
        record = ledger_target(unit) if is_ledger else person_target(book, given.person)
        grant = ask_grant(book, action, record, given.reason, basis)
        return GrantOut.of(grant, book.at)


@api.post("/grants/{grant}/approve", dependencies=[authorize(Action.GRANT_APPROVE)])
def approve(unit: NamedUnit, grant: str, given: GrantApproval, desk: TheRecord) -> GrantOut:
    """Open a grant for some hours: another hand's, or with the leader's signed paper."""
    paper = None
    if given.signed_by and given.signed_on:
        paper = SignedPaper(given.signed_by, given.signed_on, given.number)
    with desk.store.writing(desk.actor, "approve a grant") as book:
        _see(book, unit, grant)
        return GrantOut.of(approve_grant(book, grant, given.hours, paper), book.at)


@api.post("/grants/{grant}/end", dependencies=[authorize(Action.GRANT_ASK)])
def end(unit: NamedUnit, grant: str, desk: TheRecord) -> GrantOut:
    """Close a grant before its time."""
    with desk.store.writing(desk.actor, "end a grant") as book:
        _see(book, unit, grant)
        end_grant(book, grant)
        return GrantOut.of(find_grant(book, grant), book.at)


@api.post("/people/{person}/number", dependencies=[authorize(Action.ID_NUMBER_READ)])
def show_number(unit: NamedUnit, person: str, desk: TheRecord) -> NumberOut:
    """Give a whole ID number while a grant for it is open."""
    with desk.store.reading(desk.actor, "read an ID number") as book:
        if unit not in person_target(book, person).area:
            raise NotFound(NOT_THERE)
        return NumberOut(number=read_number(book, person))


@api.post("/export/password", dependencies=[authorize(Action.LEDGER_EXPORT)])
def show_password(unit: NamedUnit, desk: TheRecord) -> PasswordOut:
    """Give the password of the unit's export while a grant for it is open."""
    password, _ = package_password(desk.store, desk.actor, unit)
    return PasswordOut(password=password)


@api.post(
    "/export", dependencies=[authorize(Action.LEDGER_EXPORT)], response_class=Response
)  # fmt: skip
def export(unit: NamedUnit, desk: TheRecord) -> Response:
    """Give the unit's ledger as a locked workbook while a grant for it is open."""
    package = export_package(desk.store, desk.actor, unit)
    return attachment(package.content, package.name)


def _see(book: Book, unit: str, grant: str) -> None:
    if unit not in find_grant(book, grant).area:
        raise NotFound(NOT_THERE)
