"""Pairing rows: a pairing as the database keeps it, and back (结对的存取).

Days, accounts and choices are plain; what somebody wrote in words is sealed for the child. Once
she is erased the words are gone and the row still says that there was a pairing, and how it ran.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Row

from casework.actors import SignedPaper
from casework.answers import Difference
from casework.pairings import (
    Approval,
    Closure,
    EndReason,
    Farewell,
    HandOver,
    Hold,
    HoldReason,
    Override,
    Pairing,
    PairingId,
    PairingState,
    ProposalId,
    Suspension,
)
from casework.people import CaregiverId, ChildId, HouseholdId
from casework.proposals import Unknown
from ledger.record.key_ring import PersonErased
from ledger.record.vault import Vault

WORDS = "pairings.words"
ERASED = "（已删除）"


def to_row(pairing: Pairing, vault: Vault) -> dict[str, Any]:
    """Give the columns of a pairing but its version and its area."""
    closure = pairing.closure
    owes = pairing.owes_farewell or pairing.owes_hand_over
    return {
        "id": pairing.id,
        "child_id": pairing.child,
        "caregiver_id": pairing.caregiver,
        "household": pairing.household,
        "state": str(pairing.state),
        "proposal_id": pairing.proposal,
        "started_on": pairing.started_on,
        "ended_on": closure and closure.on,
        "end_reason": str(closure.reason) if closure else None,
        "due_on": closure.due_on if closure and owes else None,
        "facts": as_json(_facts(pairing)),
        "words": _sealed(pairing, vault),
    }


def from_row(row: Row[Any], vault: Vault) -> Pairing:
    """Give the pairing of a row."""
    facts: dict[str, Any] = json.loads(row.facts)
    words = _Words(_unsealed(row.child_id, row.words, vault))
    return Pairing(
        id=PairingId(row.id),
        child=ChildId(row.child_id),
        caregiver=CaregiverId(row.caregiver_id),
        household=HouseholdId(row.household),
        proposed_by=facts["proposed_by"],
        proposed_on=date.fromisoformat(facts["proposed_on"]),
        proposal=ProposalId(row.proposal_id),
        state=PairingState(row.state),
        locked=facts["locked"],
        unknown=tuple(map(Unknown, facts["unknown"])),
        override=_override(facts["override"], words),
        approval=_approval(facts["approval"], words),
        started_on=row.started_on,
        hold=_hold(facts["hold"]),
        suspension=_suspension(facts["suspension"], words),
        closure=_closure(facts["closure"]),
    )


def as_json(value: object) -> str:
    """Write JSON of one form: the same value, the same text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def difference_json(cost: Difference | None) -> dict[str, int] | None:
    """Give a cost as JSON keeps it."""
    return None if cost is None else asdict(cost)


def _facts(pairing: Pairing) -> dict[str, object]:
    override, approval, closure = pairing.override, pairing.approval, pairing.closure
    return {
        "proposed_by": pairing.proposed_by,
        "proposed_on": pairing.proposed_on.isoformat(),
        "locked": pairing.locked,
        "unknown": [str(fact) for fact in pairing.unknown],
        "override": override and {"by": override.by, "cost": difference_json(override.cost)},
        "approval": approval and _plain(approval, paper=_paper_facts(approval.paper)),
        "hold": pairing.hold and _plain(pairing.hold),
        "suspension": pairing.suspension and _plain(pairing.suspension, reported_to=None),
        "closure": closure
        and _plain(
            closure,
            farewell=closure.farewell and _plain(closure.farewell),
            hand_over=closure.hand_over and _plain(closure.hand_over),
        ),
    }


def _paper_facts(paper: SignedPaper | None) -> dict[str, object] | None:
    if paper is None:
        return None
    return {"on": paper.on.isoformat(), "number": paper.number, "scan": paper.scan}


def _plain(value: Any, **instead: object) -> dict[str, object]:
    """Give the fields of a value, days as text; what is sealed elsewhere is left out."""
    names = [name for name in value.__dataclass_fields__ if name not in instead]
    said = {name: getattr(value, name) for name in names}
    written = {k: v.isoformat() if isinstance(v, date) else v for k, v in said.items()}
    return written | {name: given for name, given in instead.items() if given is not None}


class _Words:
    """What was sealed for a child; nothing where she was erased."""

    def __init__(self, words: Mapping[str, str] | None) -> None:
        self._words = words

    def __getitem__(self, name: str) -> str:
        return ERASED if self._words is None else self._words.get(name, "")


def _sealed(pairing: Pairing, vault: Vault) -> bytes | None:
    paper = pairing.approval.paper if pairing.approval else None
    words = {
        "why": pairing.override.why if pairing.override else "",
        "signed_by": paper.signed_by if paper else "",
        "reported_to": pairing.suspension.reported_to if pairing.suspension else "",
    }
    said = {name: text for name, text in words.items() if text}
    return vault.seal(pairing.child, WORDS, as_json(said)) if said else None


def _unsealed(child: str, words: bytes | None, vault: Vault) -> Mapping[str, str] | None:
    if words is None:
        return {}
    try:
        found: dict[str, str] = json.loads(vault.unseal(child, WORDS, bytes(words)))
    except PersonErased:
        return None
    return found


def _override(facts: dict[str, Any] | None, words: _Words) -> Override | None:
    if facts is None:
        return None
    cost = facts["cost"]
    return Override(facts["by"], words["why"], cost and Difference(**cost))


def _approval(facts: dict[str, Any] | None, words: _Words) -> Approval | None:
    if facts is None:
        return None
    paper = facts.get("paper")
    signed = paper and SignedPaper(
        words["signed_by"], date.fromisoformat(paper["on"]), paper["number"], paper["scan"]
    )
    return Approval(facts["by"], date.fromisoformat(facts["on"]), signed)


def _hold(facts: dict[str, Any] | None) -> Hold | None:
    if facts is None:
        return None
    since = date.fromisoformat(facts["since"])
    return Hold(HoldReason(facts["reason"]), since, facts["by"], _day(facts["until"]))


def _suspension(facts: dict[str, Any] | None, words: _Words) -> Suspension | None:
    if facts is None:
        return None
    since = date.fromisoformat(facts["since"])
    return Suspension(since, facts["by"], words["reported_to"], _day(facts["reported_on"]))


def _closure(facts: dict[str, Any] | None) -> Closure | None:
    if facts is None:
        return None
    farewell, over = facts.get("farewell"), facts.get("hand_over")
    successor = over and over["successor"]
    return Closure(
        EndReason(facts["reason"]),
        date.fromisoformat(facts["on"]),
        facts["by"],
        _day(facts["due_on"]),
        farewell and Farewell(date.fromisoformat(farewell["on"]), farewell["by"]),
        over and HandOver(date.fromisoformat(over["on"]), over["by"], successor),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
