"""Today: what waits for whoever looks, counted in the database (今日要办).

Every count is cut by the reader's scope; nothing here names anybody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
)

from casework.access import Action, Actor, Role
from casework.pairings import PairingState
from casework.people import CaregiverStatus, ChildStatus
from ledger.record.book import Book
from ledger.record.imports import ImportState
from ledger.record.pairing_tables import pairings, proposals
from ledger.record.people import AREAS as PEOPLE
from ledger.record.people_tables import OF_EITHER_KIND, imports, people, rosters
from ledger.record.proposals import ProposalState
from ledger.record.scope import Areas, Scope, acting

_PAIRINGS = Areas(pairings.c.unit, pairings.c.township, pairings.c.village, pairings.c.id)
_S = PairingState
MOST_KEPT = 256
"""Questions kept as they were put for one actor: to write one takes longer than to ask it."""
_ACTIVE = {str(ChildStatus.ACTIVE), str(CaregiverStatus.ACTIVE)}
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
        Proposals that were handed in, and not overtaken by one approved since;
        ``own_to_approve`` of them by the reader herself. ``next_to_approve`` is the one to open,
        a colleague's before her own.
    drafts
        Her own that she has not handed in, but for those she made anew; ``draft`` is the last.
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
    next_to_approve: str | None
    drafts: int
    draft: str | None
    imports: int
    stale: int
    last_roster: date | None
    last_import: datetime | None


def today_of(book: Book, unit: str, on: date, stale_before: date) -> Today:
    """Count what waits in a unit, as far as the reader may see it."""
    actor, ask = acting(book), book.connection.execute
    states = {PairingState(state): (n, owing) for state, n, owing in ask(_by_state(actor, unit))}
    papers = ask(_papers(actor, unit)).one()
    children, unpaired, stale = ask(_people(actor, unit, stale_before)).one()
    return Today(
        children=children,
        unpaired=unpaired,
        ready=states.get(_S.APPROVED, (0, 0))[0],
        waiting=states.get(_S.CONDITIONAL, (0, 0))[0],
        resting=states.get(_S.ON_HOLD, (0, 0))[0],
        stopped=states.get(_S.SUSPENDED, (0, 0))[0],
        owing=sum(owing for _, owing in states.values()),
        stale=stale,
        **papers._asdict(),
    )


@lru_cache(maxsize=MOST_KEPT)
def _people(actor: Actor, unit: str, stale_before: date) -> Select[int, int, int]:
    """Ask in one pass for those to be paired, those of them who have nobody, stale rows."""
    children, caregivers = (_list(actor, a) for a in (Action.CHILD_LIST, Action.CAREGIVER_LIST))
    both = children if children.compare(caregivers) else or_(children, caregivers)
    child = and_(children, people.c.kind == "child")
    caregiver = and_(caregivers, people.c.kind == "caregiver")
    owed = and_(child, people.c.in_mandatory_scope)
    held = exists().where(pairings.c.child_id == people.c.id, pairings.c.state.in_(_HOLDS_CHILD))
    is_stale = and_(or_(child, caregiver), people.c.as_of < stale_before)
    return select(_those(owed), _those(and_(owed, ~held)), _those(is_stale)).where(
        both,
        OF_EITHER_KIND,
        people.c.unit == unit,
        people.c.is_on_record,
        people.c.status.in_(_ACTIVE),
    )


def _those(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((which, 1), else_=0)), 0)


def _list(actor: Actor, action: Action) -> ColumnElement[bool]:
    return Scope.for_actor(actor, action).where(PEOPLE)


@lru_cache(maxsize=MOST_KEPT)
def _by_state(actor: Actor, unit: str) -> Select[Any]:
    """Ask how many pairings each state has, and how many owe a farewell or hand-over."""
    state, due = pairings.c.state, pairings.c.due_on
    scope = Scope.for_actor(actor, Action.PAIRING_READ).where(_PAIRINGS)
    counted = select(state, func.count(), func.count(due)).where(scope, pairings.c.unit == unit)
    return counted.group_by(state)


@lru_cache(maxsize=MOST_KEPT)
def _papers(actor: Actor, unit: str) -> Select[Any]:
    """Ask for proposals, imports and rosters; a township sees none but its own imports."""
    is_unit = actor.role is not Role.TOWNSHIP
    reads = Scope.for_actor(actor, Action.PROPOSAL_READ)
    ours, imported, rostered = (
        and_(reads.where(Areas(table.c.unit)), table.c.unit == unit)
        for table in (proposals, imports, rosters)
    )
    mine = proposals.c.author == actor.id
    handed_in = and_(
        proposals.c.state.in_((ProposalState.SUBMITTED, ProposalState.PARTLY)),
        ~_newer(lambda newer: newer.c.state.in_((ProposalState.APPROVED, ProposalState.PARTLY))),
    )
    is_draft = and_(
        mine,
        proposals.c.state == str(ProposalState.DRAFT),
        ~_newer(lambda newer: newer.c.author == actor.id),
    )
    latest = (proposals.c.made_at.desc(), proposals.c.id)
    confirmed = and_(imported, imports.c.state == str(ImportState.CONFIRMED))
    lines = {
        "to_approve": _how_many(proposals.c.id, ours, handed_in),
        "own_to_approve": _how_many(proposals.c.id, ours, mine, handed_in),
        "next_to_approve": _first(and_(ours, handed_in), mine, *latest),
        "drafts": _how_many(proposals.c.id, ours, is_draft),
        "draft": _first(and_(ours, is_draft), *latest),
        "last_roster": select(func.max(rosters.c.as_of)).where(rostered),
        "last_import": select(func.max(imports.c.settled_at)).where(confirmed),
    }
    nothing = dict.fromkeys(("last_roster", "last_import", "next_to_approve", "draft"), null())
    asked = {
        name: line.scalar_subquery() if is_unit else nothing.get(name, literal(0))
        for name, line in lines.items()
    }
    asked["imports"] = _how_many(imports.c.id, *_imports(actor, unit)).scalar_subquery()
    return select(*(column.label(name) for name, column in asked.items()))


def _newer(which: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    """Whether the unit made a proposal of some kind after this one."""
    newer = proposals.alias()
    is_later = and_(newer.c.unit == proposals.c.unit, newer.c.made_at > proposals.c.made_at)
    return exists().where(is_later, which(newer))


def _first(where: ColumnElement[bool], *order: ColumnElement[Any]) -> Select[Any]:
    return select(proposals.c.id).where(where).order_by(*order).limit(1)


def _how_many(of: ColumnElement[str], *where: ColumnElement[bool]) -> Select[Any]:
    return select(func.count(of)).where(*where)


def _imports(actor: Actor, unit: str) -> tuple[ColumnElement[bool], ...]:
    is_town = actor.role is Role.TOWNSHIP
    action = Action.ROWS_PROPOSE if is_town else Action.LEDGER_IMPORT
    scope = Scope.for_actor(actor, action).where(Areas(imports.c.unit, imports.c.township))
    waits = (ImportState.PREVIEWED, ImportState.PROPOSED)
    return scope, imports.c.unit == unit, imports.c.state.in_(waits)
