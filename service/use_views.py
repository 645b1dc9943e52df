"""What the pages of questions show: one child, the wishes, the curve, the scenarios asked for."""

from collections.abc import Iterable
from typing import Any

from casework import left_over, wording
from casework.errors import CaseworkError, NotFound
from casework.people import ChildId
from casework.proposals import Pair, Unpaired
from casework.wording_use import Speech
from ledger.record.scope import NOT_THERE
from ledger.use_tables import child_home
from service.desk import PROPOSAL, Desk
from service.drawing import language_of
from service.wish_book import WishBook
from service.workflows.desk_use import Inquiry
from service.workflows.unit_desk import Review
from service.workflows.use import Explanation, Questions

MOST_SCENARIOS = 3
_WIDTH, _HEIGHT, _LEFT, _TOP = 640, 240, 56, 16


def child_view(questions: Questions, child: ChildId, lang: str) -> dict[str, Any]:
    """Give what the drawer says of a child."""
    answer = questions.explain([child])
    assert isinstance(answer.value, Explanation)
    speech = Speech(answer.done.dossier, language_of(lang))
    pair = next((p for p in questions.proposal.pairs if p.child == child), None)
    view: dict[str, Any] = {
        "child": child,
        "name": speech.child(child),
        "home": child_home(speech, child),
        "caregiver": pair.caregiver if pair else None,
    }
    if pair:
        (why,) = answer.value.pairs
        return view | _pair(speech, pair) | {"why": speech.why_pair(why), "locked": why.locked}
    (unpaired,) = answer.value.unpaired
    line = Unpaired(child, unpaired.reason)
    return view | {
        "cause": left_over.cause(line, speech.dossier, speech.language),
        "shortage": speech.shortage(unpaired.shortage),
        "remedies": speech.remedies(unpaired),
        "can_choose": child in {c.id for c in questions.posed.problem.children},
    }


def said_then(found: Review, child: str, lang: str) -> dict[str, Any]:
    """Give what a proposal said of a child when it was made; things moved since.

    Raises
    ------
    NotFound
        When it says nothing of her.
    """
    line = next((line for line in found.lines() if line["id"] == child), None)
    if line is None:
        raise NotFound(NOT_THERE)
    language = language_of(lang)
    said = {key: text[language] for key, text in line.items() if isinstance(text, dict)}
    view = {"child": child, "name": line["child"], "is_approved": line["is_approved"]}
    view |= {"home": line["township"] + line["village"], "is_then": True}
    if "cause" in line:
        left = {"caregiver": None, "shortage": "", "can_choose": False}
        return view | left | {"cause": said["cause"], "remedies": [said["remedy"]]}
    return view | {
        "caregiver": line["caregiver_id"],
        "caregiver_name": line["caregiver"],
        "caregiver_home": line["caregiver_township"] + line["caregiver_village"],
        "rung": line["rung"],
        "said_rung": said["rung_name"],
        "said_distance": said["distance"],
        "missing": said["missing"],
        "why": said["reason"],
        "locked": line["locked"],
    }


def _pair(speech: Speech, pair: Pair) -> dict[str, Any]:
    return {
        "caregiver_name": speech.caregiver(pair.caregiver),
        "caregiver_home": speech.caregiver_home(pair.caregiver),
        "rung": int(pair.rung),
        **{f"said_{key}": text for key, text in speech.near(pair.rung, pair.metres).items()},
        "missing": wording.facts(pair.conditional, speech.language),
    }


def wishes_view(desk: Desk, book: WishBook, inquiry: Inquiry) -> dict[str, Any]:
    """Give what the officer has said, by name, and what became of what was used."""
    outcomes = desk.read(PROPOSAL, "outcomes.json") or []
    known = {(line["child"], line["caregiver"]): line for line in outcomes}
    used = set(book.used)
    wishes = [
        {
            "child": wish.child,
            "caregiver": wish.caregiver,
            "kind": str(wish.kind),
            "child_name": "",
            "caregiver_name": "",
            "outcome": known.get((wish.child, wish.caregiver)) if wish in used else None,
        }
        for wish in book.wishes
    ]
    if any(wish["outcome"] is None for wish in wishes):
        name_pending(wishes, inquiry)
    return {
        "wishes": wishes,
        "is_pending": set(book.wishes) != used,
        "can_undo": book.can_undo,
        "changes": desk.read(PROPOSAL, "changes.json"),
    }


def name_pending(wishes: Iterable[dict[str, Any]], inquiry: Inquiry) -> None:
    """Name the people of wishes that no proposal has met yet; by id where that cannot be."""
    try:
        dossier = inquiry.questions().done.dossier
    except CaseworkError:
        return
    for wish in wishes:
        wish["child_name"] = dossier.child_name(wish["child"])
        wish["caregiver_name"] = dossier.caregiver_name(wish["caregiver"])
