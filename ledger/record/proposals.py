"""Proposals on record: made, submitted, read, shown beside what moved since (结对建议的提交).

A proposal is kept with the rules and the state of the ledger it was made from, and never
changes: what changes is its state. Approving it is ``ledger.record.approving``.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, insert, select

from casework.access import Action, Target, area, may_begin
from casework.answers import Difference
from casework.approvals import Proposed
from casework.errors import Conflict, NotFound
from casework.ledger_marks import LedgerMark, MarkDifference, RowMark, difference
from casework.pairings import Override, ProposalId
from casework.people import Caregiver, CaregiverId, Child, ChildId
from casework.proposal_reading import read_proposed
from casework.wishes import WishKind
from ledger.record.book import Book
from ledger.record.deciding import require
from ledger.record.key_ring import PersonErased
from ledger.record.pairing_rows import ERASED, as_json, difference_json
from ledger.record.pairing_tables import overrides, proposals
from ledger.record.pairings import moves
from ledger.record.people_tables import OF_EITHER_KIND
from ledger.record.people_tables import people as on_record
from ledger.record.scope import NOT_THERE, Areas, Scope, acting, refuse
from ledger.record.shown import accounts_called

_WHY = "overrides.why"


class ProposalState(StrEnum):
    """How far a proposal is (建议状态)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PARTLY = "partly"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"

    @property
    def may_be_approved(self) -> bool:
        """Whether somebody may approve it, or more of it."""
        return self in (ProposalState.SUBMITTED, ProposalState.PARTLY)


@dataclass(frozen=True, slots=True)
class Said:
    """What the staff said of a pair, why, and what it cost (人工意见)."""

    child: ChildId
    caregiver: CaregiverId
    kind: WishKind
    override: Override


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposal as it is put on record.

    Attributes
    ----------
    answer
        Its JSON (``nuantong/proposal/1``), as text.
    rules
        The programme's rules it was made by, as JSON can hold them.
    """

    unit: str
    answer: str
    rules: Mapping[str, object]
    on: date
    fingerprint: str
    mark: LedgerMark
    said: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredProposal:
    """A proposal as it stands; ``answer`` is its JSON, read.

    Attributes
    ----------
    turned_by
        The account that brought it into its state; empty for a draft.
    """

    id: ProposalId
    version: int
    unit: str
    state: ProposalState
    author: str
    made_at: datetime
    on: date
    fingerprint: str
    rules: Mapping[str, Any]
    mark: LedgerMark
    answer: Mapping[str, Any]
    turned_by: str

    @property
    def proposed(self) -> Proposed:
        """The lines an approval is about."""
        return read_proposed(self.answer)

    def moved(self, now: LedgerMark) -> MarkDifference:
        """Say what moved since it was made (与现时台账的差别)."""
        return difference(self.mark, now)


def create(book: Book, draft: Draft) -> ProposalId:
    """Put a proposal on record, as a draft of its author's."""
    require(book, Action.PROPOSAL_CREATE, Target("proposal", area(draft.unit)))
    proposal = ProposalId(book.new_id())
    book.connection.execute(
        insert(proposals).values(
            id=proposal,
            version=1,
            unit=draft.unit,
            state=str(ProposalState.DRAFT),
            author=acting(book).id,
            made_at=book.at,
            on_day=draft.on,
            fingerprint=draft.fingerprint,
            rules=as_json(draft.rules),
            mark=as_json(_mark_json(draft.mark)),
            answer=draft.answer,
        )
    )
    rows = [_override_row(book, proposal, said) for said in draft.said]
    if rows:
        book.connection.execute(insert(overrides), rows)
    book.note(
        "proposal_create", "proposal", proposal, fingerprint=draft.fingerprint, overrides=len(rows)
    )
    return proposal


def find_proposal(
    book: Book, proposal: ProposalId, action: Action = Action.PROPOSAL_READ
) -> StoredProposal:
    """Give a proposal that the actor may see for this act.

    Raises
    ------
    NotFound
        When there is none, or it is out of sight.
    """
    row = book.connection.execute(select(proposals).where(proposals.c.id == proposal)).first()
    where = area(row.unit) if row else ("",)
    require(book, action, Target("proposal", where, proposal))
    if row is None:
        raise NotFound(NOT_THERE)
    return stored(row)


def list_proposals(
    book: Book, unit: str = "", before: datetime | None = None, most: int | None = None
) -> tuple[StoredProposal, ...]:
    """List the proposals of the units in sight, or of one, the newest first.

    Parameters
    ----------
    before
        Only those made before that moment.
    most
        At most so many; None for all: each is read whole.
    """
    scope = Scope.of(book, Action.PROPOSAL_READ).where(Areas(proposals.c.unit))
    rows = book.connection.execute(_newest_first([scope], unit, before, most))
    return tuple(map(stored, rows))


def proposals_for_township(
    book: Book,
    unit: str = "",
    before: datetime | None = None,
    most: int | None = None,
    only: ProposalId | None = None,
) -> tuple[StoredProposal, ...]:
    """List what was handed in, each cut to the lines of the reader's own township's children.

    ``unit``, ``before`` and ``most`` cut the list as in ``list_proposals``.
    """
    actor = acting(book)
    refuse(may_begin(actor, Action.PROPOSAL_READ, actor.scope))
    if len(actor.scope) < 3:
        raise NotFound(NOT_THERE)
    _, own_unit, township, *_ = actor.scope
    children = select(on_record.c.id).where(
        on_record.c.kind == "child", on_record.c.unit == own_unit, on_record.c.township == township
    )
    own = frozenset(book.connection.scalars(children))
    handed_in = (ProposalState.SUBMITTED, ProposalState.PARTLY, ProposalState.APPROVED)
    clauses = [proposals.c.unit == own_unit, proposals.c.state.in_(handed_in)]
    clauses += [proposals.c.id == only] if only else []
    rows = book.connection.execute(_newest_first(clauses, unit, before, most))
    return tuple(_cut(stored(row), own) for row in rows)


def _newest_first(
    clauses: list[ColumnElement[bool]], unit: str, before: datetime | None, most: int | None
) -> Select[Any]:
    columns = proposals.c
    clauses += [columns.unit == unit] if unit else []
    clauses += [columns.made_at < before] if before else []
    order = (columns.made_at.desc(), columns.id)
    return select(proposals).where(*clauses).order_by(*order).limit(most)


def _cut(found: StoredProposal, own: frozenset[str]) -> StoredProposal:
    lines = {
        name: [line for line in found.answer[name] if line["child"] in own]
        for name in ("pairs", "ended", "unpaired")
    }
    answer = {"on": found.answer.get("on", ""), **lines}
    return replace(found, answer=answer, mark=LedgerMark({}), rules={})


def submit(book: Book, proposal: ProposalId, seen: int | None = None) -> StoredProposal:
    """Hand a draft in for approval (提交审批); twice is once."""
    found = find_proposal(book, proposal, Action.PROPOSAL_CREATE)
    if found.state is ProposalState.SUBMITTED:
        return found
    if found.state is not ProposalState.DRAFT:
        raise dealt_with(book, found)
    return turn(book, found, ProposalState.SUBMITTED, seen, submitted_at=book.at)


def withdraw(book: Book, proposal: ProposalId, seen: int | None = None) -> StoredProposal:
    """Take a proposal back before anything of it is approved (撤回)."""
    found = find_proposal(book, proposal, Action.PROPOSAL_CREATE)
    if found.state not in (ProposalState.DRAFT, ProposalState.SUBMITTED):
        raise dealt_with(book, found)
    return turn(book, found, ProposalState.WITHDRAWN, seen)


def turn(
    book: Book, found: StoredProposal, state: ProposalState, seen: int | None, **values: object
) -> StoredProposal:
    """Bring a proposal into a state, at the version somebody saw."""
    if seen not in (None, found.version):
        raise dealt_with(book, found)
    who = acting(book).id
    book.update(proposals, found.id, found.version, state=str(state), turned_by=who, **values)
    book.note(f"proposal_{state}", "proposal", found.id, unit=found.unit)
    row = book.connection.execute(select(proposals).where(proposals.c.id == found.id)).one()
    return stored(row)


def dealt_with(book: Book, found: StoredProposal) -> Conflict:
    """Say who brought a proposal into its state before somebody else could do something."""
    who = accounts_called(book, [found.turned_by]).get(found.turned_by, "")
    zh, en = _DONE.get(found.state, ("处理", "dealt with"))
    by_zh, by_en = (f"由 {who} ", f" by {who}") if who else ("", "")
    is_gone = found.state is ProposalState.WITHDRAWN
    do_zh, do_en = ("重新生成", "propose again") if is_gone else ("刷新后看", "reload")
    return Conflict(
        f"这份建议已{by_zh}{zh}，这次没有再办，请{do_zh}"
        f" / it was {en}{by_en} meanwhile; nothing more was done: {do_en}"
    )


_DONE = {
    ProposalState.SUBMITTED: ("提交", "submitted"),
    ProposalState.PARTLY: ("审批了一部分", "partly approved"),
    ProposalState.APPROVED: ("审批", "approved"),
    ProposalState.WITHDRAWN: ("撤回", "withdrawn"),
}


def said_of(book: Book, proposal: ProposalId) -> tuple[Said, ...]:
    """Give what the staff said of its pairs, by child."""
    rows = book.connection.execute(
        select(overrides)
        .where(overrides.c.proposal_id == proposal)
        .order_by(overrides.c.child_id, overrides.c.id)
    )
    return tuple(_said(book, row) for row in rows)


def mark_of(
    book: Book,
    unit: str,
    people: Iterable[Child | Caregiver],
    forbidden: Iterable[tuple[ChildId, CaregiverId]],
) -> LedgerMark:
    """Give the mark of a unit's ledger as the solver sees it now."""
    stored_rows = book.connection.execute(
        select(on_record.c.id, on_record.c.version).where(OF_EITHER_KIND, on_record.c.unit == unit)
    )
    versions: dict[str, int] = {row.id: row.version for row in stored_rows}
    kept_apart: dict[str, list[str]] = {}
    for child, caregiver in sorted(forbidden):
        kept_apart.setdefault(child, []).append(caregiver)
    rows = {}
    for person in people:
        said = f"{person!r} {kept_apart.get(person.id, [])}"
        seen = book.vault.lookup("ledger_mark", said).hex()
        rows[str(person.id)] = RowMark(versions.get(person.id, 0), seen)
    return LedgerMark(rows, moves(book, unit))


def stored(row: Row[tuple[object, ...]]) -> StoredProposal:
    """Give the proposal of a row."""
    mark = json.loads(row.mark)
    return StoredProposal(
        id=ProposalId(row.id),
        version=row.version,
        unit=row.unit,
        state=ProposalState(row.state),
        author=row.author,
        made_at=row.made_at,
        on=row.on_day,
        fingerprint=row.fingerprint,
        rules=json.loads(row.rules),
        mark=LedgerMark({k: RowMark(*v) for k, v in mark["rows"].items()}, mark["pairings"]),
        answer=json.loads(row.answer),
        turned_by=row.turned_by or "",
    )


def _mark_json(mark: LedgerMark) -> dict[str, object]:
    rows = {who: [row.version, row.seen] for who, row in mark.rows.items()}
    return {"rows": rows, "pairings": mark.pairings}


def _override_row(book: Book, proposal: ProposalId, said: Said) -> dict[str, object]:
    return {
        "id": book.new_id(),
        "proposal_id": proposal,
        "child_id": said.child,
        "caregiver_id": said.caregiver,
        "by": said.override.by,
        "kind": str(said.kind),
        "cost": as_json(difference_json(said.override.cost)),
        "why": book.vault.seal(said.child, _WHY, said.override.why),
    }


def _said(book: Book, row: Row[tuple[object, ...]]) -> Said:
    cost = json.loads(row.cost)
    try:
        why = book.vault.unseal(row.child_id, _WHY, bytes(row.why)) if row.why else ERASED
    except PersonErased:
        why = ERASED
    override = Override(row.by, why, cost and Difference(**cost))
    child, caregiver = ChildId(row.child_id), CaregiverId(row.caregiver_id)
    return Said(child, caregiver, WishKind(row.kind), override)
