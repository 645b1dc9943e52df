"""Grants: an ID number or an export, for a while, for a reason, approved by another (授权).

Who asks states the reason and the lawful basis; another officer of the unit approves, or, where
there is one officer, the leader's signed paper is recorded. A grant is for one person's number or
one unit's ledger and opens for hours, never for good.
"""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Row

from casework.access import (
    Action,
    AreaPath,
    BasisKind,
    Field,
    LawfulBasis,
    SignedPaper,
    Target,
    area,
    decide,
    may_begin,
)
from casework.errors import Conflict, NotFound, Refused
from ledger.record.accounts_tables import grants
from ledger.record.book import Book
from ledger.record.key_ring import PersonErased
from ledger.record.pairing_rows import ERASED
from ledger.record.scope import Scope, acting, refuse

LONGEST_HOURS = {Action.ID_NUMBER_READ: 8, Action.LEDGER_EXPORT: 24}
"""What can be granted at all, and for how long at most."""
_LONGEST_REASON = 300
_REASON = "grants.reason"
_NONE_OPEN = (
    "现在没有有效的授权：请先申请，由另一人批准 / no grant is open: ask first, another approves"
)


class GrantState(StrEnum):
    """How a grant stands: a waiting one opens nothing yet."""

    WAITS = "waits"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant, asked for or open.

    Attributes
    ----------
    record_id
        The record it is for.
    approver
        Empty until somebody approves.
    """

    id: str
    account_id: str
    action: Action
    record_id: str
    area: AreaPath
    reason: str
    basis: LawfulBasis
    approver: str
    opens_at: datetime | None
    ends_at: datetime | None
    version: int

    def state(self, at: datetime) -> "GrantState":
        """Say how it stands at a moment."""
        if not self.approver and self.ends_at is None:
            return GrantState.WAITS
        is_open = self.opens_at and self.ends_at and self.opens_at <= at < self.ends_at
        return GrantState.OPEN if is_open else GrantState.OVER


def ask_grant(
    book: Book, action: Action, record: Target, reason: str, basis: LawfulBasis
) -> Grant:
    """Ask to see or take out one record; it opens nothing yet."""
    actor = acting(book)
    refuse(decide(actor, Action.GRANT_ASK, record))
    if action not in LONGEST_HOURS:
        raise Refused("这项操作不需要授权 / this needs no grant")
    if not reason.strip() or len(reason) > _LONGEST_REASON:
        raise Refused("请写明事由（300 字以内） / state the reason, in at most 300 characters")
    grant = Grant(
        book.new_id(), actor.id, action, record.id, record.area, reason.strip(), basis, "",
        None, None, 1,
    )  # fmt: skip
    book.connection.execute(
        grants.insert().values(
            id=grant.id,
            account_id=actor.id,
            action=str(action),
            record_id=record.id,
            area="/".join(record.area),
            about=(about := grant.id if record.kind == "ledger" else record.id),
            reason=book.vault.seal(about, _REASON, grant.reason),
            basis=str(basis.kind),
            basis_by=basis.by,
            basis_on=basis.on,
            asked_at=book.at,
            approver="",
            paper="",
            version=1,
        )
    )
    book.note("grant_ask", record.kind, [record.id], grant=grant.id, asked=str(action))
    return grant


def approve_grant(
    book: Book, grant_id: str, hours: int, paper: SignedPaper | None = None
) -> Grant:
    """Open a grant for some hours, by another hand or by the leader's paper.

    Raises
    ------
    Conflict
        When it was approved already.
    """
    actor, grant = acting(book), find_grant(book, grant_id)
    target = Target("grant", grant.area, grant.id, author=grant.account_id, paper=paper)
    decision = decide(actor, Action.GRANT_APPROVE, target)
    refuse(decision)
    if grant.approver:
        raise Conflict("这项授权已经批过 / this grant is approved already")
    if not 1 <= hours <= LONGEST_HOURS[grant.action]:
        most = LONGEST_HOURS[grant.action]
        raise Refused(f"最长 {most} 小时 / at most {most} hours")
    book.update(
        grants,
        grant.id,
        grant.version,
        approver=actor.id,
        paper=json.dumps(asdict(paper), default=str, ensure_ascii=False) if paper else "",
        opens_at=book.at,
        ends_at=book.at + timedelta(hours=hours),
    )
    reason = str(decision.reason)
    book.note("grant_approve", "grant", [grant.id], hours=hours, reason=reason)
    return find_grant(book, grant_id)


def ledger_target(unit: str) -> Target:
    """Give a unit's whole ledger, as a grant and the policy name it."""
    return Target("ledger", area(unit), unit)


def granted(book: Book, action: Action, record: Target) -> tuple[frozenset[Field], Grant]:
    """Give the actor's grant for a record that is open now, and the fields that go with it.

    Raises
    ------
    NotFound
        When the record is not in the actor's area.
    Refused
        When no grant is open.
    """
    actor = acting(book)
    refuse(may_begin(actor, action, record.area))
    row = book.connection.execute(
        select(grants)
        .where(
            grants.c.account_id == actor.id,
            grants.c.record_id == record.id,
            grants.c.action == str(action),
            grants.c.opens_at <= book.at,
            grants.c.ends_at > book.at,
        )
        .order_by(grants.c.opens_at.desc(), grants.c.id)
    ).first()
    if row is None:
        raise Refused(_NONE_OPEN)
    grant = _from_row(book, row)
    opened = replace(actor, open_grants=frozenset({(action, record.id)}))
    decision = decide(opened, action, replace(record, basis=grant.basis))
    refuse(decision)
    return decision.fields, grant


def end_grant(book: Book, grant_id: str) -> None:
    """Close a grant before its time."""
    grant = find_grant(book, grant_id)
    book.update(grants, grant.id, grant.version, ends_at=book.at, opens_at=None)
    book.note("grant_end", "grant", [grant.id])


def find_grant(book: Book, grant_id: str) -> Grant:
    """Find a grant of the actor's area."""
    for grant in list_grants(book):
        if grant.id == grant_id:
            return grant
    raise NotFound("没有这项授权 / there is no such grant")


def list_grants(book: Book) -> tuple[Grant, ...]:
    """List the grants of the actor's area, newest first."""
    scope = Scope.of(book, Action.GRANT_ASK)
    query = select(grants).where(scope.below(grants.c.area)).order_by(grants.c.asked_at.desc())
    return tuple(_from_row(book, row) for row in book.connection.execute(query))


def _from_row(book: Book, row: Row[Any]) -> Grant:
    reason = ERASED
    if row.reason is not None:
        with suppress(PersonErased):  # the person was erased: the reason with her
            reason = book.vault.unseal(row.about, _REASON, bytes(row.reason))
    return Grant(
        row.id,
        row.account_id,
        Action(row.action),
        row.record_id,
        tuple(row.area.split("/")),
        reason,
        LawfulBasis(BasisKind(row.basis), row.basis_by, row.basis_on),
        row.approver,
        row.opens_at,
        row.ends_at,
        row.version,
    )
