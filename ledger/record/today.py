"""Today: what waits for whoever looks, counted in the database (今日要办).

Every count is cut by the reader's scope; nothing here names anybody.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Table, and_, exists, func, select

from casework.access import Action, Role
from casework.pairings import PairingState
from casework.people import CaregiverStatus, ChildStatus
from ledger.record.book import Book
from ledger.record.imports import ImportState
from ledger.record.pairing_tables import pairings, proposals
from ledger.record.people import AREAS as PEOPLE
from ledger.record.people_tables import imports, people, rosters
from ledger.record.proposals import ProposalState
from ledger.record.scope import Areas, Scope, acting

_PAIRINGS = Areas(pairings.c.unit, pairings.c.township, pairings.c.village, pairings.c.id)
_S = PairingState
_HOLDS_CHILD = (_S.APPROVED, _S.CONDITIONAL, _S.ACTIVE, _S.ON_HOLD)


@dataclass(frozen=True, slots=True)
class Today:
    """What waits.

    Attributes
    ----------
    children
        In the programme and to be paired (孤儿、事实无人抚养); ``unpaired`` of them have nobody.
    ready
        Approved pairs that may begin; ``waiting`` still wait for a fact.
    to_approve
        Proposals that were handed in; ``own_to_approve`` of them by the reader herself.
    stale
        Rows no source has spoken of since the day given.
    last_roster
        The day of the last roster that was compared; None before the first.
    """

    children: int
    unpaired: int
    ready: int
    waiting: int
    resting: int
    stopped: int
    owing: int
    to_approve: int
    own_to_approve: int
    drafts: int
    imports: int
    stale: int
    last_roster: date | None
    last_import: datetime | None


def today_of(book: Book, unit: str, on: date, stale_before: date) -> Today:
    """Count what waits in a unit, as far as the reader may see it."""
    states = _by_state(book, unit)
    children = _of_kind(book, Action.CHILD_LIST, unit, "child", ChildStatus.ACTIVE)
    caregivers = _of_kind(book, Action.CAREGIVER_LIST, unit, "caregiver", CaregiverStatus.ACTIVE)
    owed = and_(children, people.c.in_mandatory_scope)
    held = exists().where(pairings.c.child_id == people.c.id, pairings.c.state.in_(_HOLDS_CHILD))
    is_stale = people.c.as_of < stale_before
    owing = _scope(book, unit), pairings.c.due_on.is_not(None)
    handed_in = _handed_in(book, unit)
    may_import = acting(book).role is not Role.TOWNSHIP
    return Today(
        children=_count(book, people, owed),
        unpaired=_count(book, people, owed, ~held),
        ready=states.get(_S.APPROVED, 0),
        waiting=states.get(_S.CONDITIONAL, 0),
        resting=states.get(_S.ON_HOLD, 0),
        stopped=states.get(_S.SUSPENDED, 0),
        owing=_count(book, pairings, *owing),
        to_approve=len(handed_in),
        own_to_approve=sum(author == acting(book).id for author in handed_in),
        drafts=_drafts(book, unit),
        imports=_count(book, imports, *_imports(book, unit)),
        stale=_count(book, people, children, is_stale)
        + _count(book, people, caregivers, is_stale),
        last_roster=_last_roster(book, unit) if may_import else None,
        last_import=_last_import(book, unit) if may_import else None,
    )


def _count(book: Book, table: Table, *where: ColumnElement[bool]) -> int:
    return book.connection.scalar(select(func.count()).select_from(table).where(*where)) or 0


def _of_kind(
    book: Book, action: Action, unit: str, kind: str, status: ChildStatus | CaregiverStatus
) -> ColumnElement[bool]:
    return and_(
        Scope.of(book, action).where(PEOPLE),
        people.c.unit == unit,
        people.c.kind == kind,
        people.c.is_on_record,
        people.c.status == str(status),
    )


def _scope(book: Book, unit: str) -> ColumnElement[bool]:
    return and_(Scope.of(book, Action.PAIRING_READ).where(_PAIRINGS), pairings.c.unit == unit)


def _by_state(book: Book, unit: str) -> dict[PairingState, int]:
    counted = (
        select(pairings.c.state, func.count()).where(_scope(book, unit)).group_by(pairings.c.state)
    )
    return {PairingState(state): n for state, n in book.connection.execute(counted)}


def _handed_in(book: Book, unit: str) -> list[str]:
    """Give the authors of the proposals that wait for approval."""
    scope = Scope.of(book, Action.PROPOSAL_READ)
    states = (ProposalState.SUBMITTED, ProposalState.PARTLY)
    if acting(book).role is Role.TOWNSHIP:
        return []
    found = select(proposals.c.author).where(
        scope.where(Areas(proposals.c.unit)),
        proposals.c.unit == unit,
        proposals.c.state.in_(states),
    )
    return list(book.connection.scalars(found))


def _drafts(book: Book, unit: str) -> int:
    if acting(book).role is Role.TOWNSHIP:
        return 0
    scope = Scope.of(book, Action.PROPOSAL_READ).where(Areas(proposals.c.unit))
    mine = proposals.c.author == acting(book).id
    is_draft = proposals.c.state == str(ProposalState.DRAFT)
    return _count(book, proposals, scope, proposals.c.unit == unit, mine, is_draft)


def _imports(book: Book, unit: str) -> tuple[ColumnElement[bool], ...]:
    is_town = acting(book).role is Role.TOWNSHIP
    action = Action.ROWS_PROPOSE if is_town else Action.LEDGER_IMPORT
    scope = Scope.of(book, action).where(Areas(imports.c.unit, imports.c.township))
    waits = (ImportState.PREVIEWED, ImportState.PROPOSED)
    return scope, imports.c.unit == unit, imports.c.state.in_(waits)


def _last_roster(book: Book, unit: str) -> date | None:
    last: date | None = book.connection.scalar(
        select(func.max(rosters.c.as_of)).where(rosters.c.unit == unit)
    )
    return last


def _last_import(book: Book, unit: str) -> datetime | None:
    confirmed = imports.c.state == str(ImportState.CONFIRMED)
    found = select(func.max(imports.c.settled_at)).where(imports.c.unit == unit, confirmed)
    last: datetime | None = book.connection.scalar(found)
    return last
