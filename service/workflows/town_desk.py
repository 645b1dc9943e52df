"""A township's view of its unit's proposals: its own children and nobody else (镇街查看建议)."""

from typing import Any

from casework.access import Action
from casework.errors import NotFound
from casework.office_time import local_time
from casework.pairings import ProposalId
from casework.wording import label
from ledger.record.approving import approved_children
from ledger.record.people import whole
from ledger.record.proposals import proposals_for_township
from ledger.record.scope import NOT_THERE, acting
from ledger.record.shown import names_of
from service.drawing import language_of
from service.workflows.unit_on_record import Desk


def town_lines(desk: Desk, proposal: ProposalId, lang: str) -> dict[str, Any]:
    """Give the township's lines of a proposal that was handed in.

    Of background checks, kin and conflicts it learns only that something waits.
    """
    language = language_of(lang)
    with desk.store.reading(desk.actor, "GET /proposals/{proposal}") as book:
        found = next(iter(proposals_for_township(book, only=proposal)), None)
        if found is None:
            raise NotFound(NOT_THERE)
        here = whole(book, "child", found.unit, acting(book).scope[2:3])
        own = {p.record.id: p.record for p in here}
        pairs = [p for p in found.proposed.pairs if p.child in own]
        approved = approved_children(book, proposal)
        names = names_of(book, [p.caregiver for p in pairs])
        left = [line for line in found.answer["unpaired"] if line["child"] in own]
        ids = [p.child for p in pairs] + [line["child"] for line in left]
        book.note(Action.PROPOSAL_READ, "proposal", [proposal, *ids], unit=found.unit)
    return {
        "id": found.id,
        "state_name": label(found.state, language),
        "made": local_time(found.made_at),
        "pairs": [
            {
                **_child(own[p.child]),
                "caregiver": names[p.caregiver],
                "rung": int(p.rung),
                "rung_name": label(p.rung, language),
                "kept": p.kept,
                "waits": bool(p.conditional),
                "is_approved": p.child in approved,
            }
            for p in pairs
        ],
        "left": [
            _child(own[line["child"]]) | {n: line[n] for n in ("responsible", "due")}
            for line in left
        ],
    }


def _child(record: Any) -> dict[str, Any]:
    """Give whom a line is about."""
    return {"child": record.name, "child_id": record.id, "village": record.village_name}
