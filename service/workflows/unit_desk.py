"""The unit's work on record as its pages do it: propose in a job, review, ask why (区县办理)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casework.access import Action, Target, area
from casework.dossier import Dossier
from casework.errors import Conflict, NotFound
from casework.pairings import ProposalId
from casework.people import ChildId
from casework.proposal_reading import read_proposal
from casework.proposals import Proposal
from casework.wishes import Wish
from ledger.record.approving import approved_children
from ledger.record.deciding import require
from ledger.record.paper_scans import Scan, scans_of
from ledger.record.people import unit_of
from ledger.record.proposals import StoredProposal, find_proposal, list_proposals
from ledger.record.scope import NOT_THERE
from ledger.record.shown import accounts_called, names_of
from ledger.record.stamps import stamp_of
from ledger.record.wishes import Noted, wishes_of
from maps.coverage import coverage_map
from service.progress import Progress
from service.proposal_rows import ended_rows, line_rows
from service.workflows.pairing import Posed, with_wishes
from service.workflows.proposals_on_record import Ask, Shown, propose, shown_in
from service.workflows.task_desk import desk_of
from service.workflows.unit_on_record import Desk
from service.workflows.use import Answer, Questions
from service.workflows.warm import kept_warm

if TYPE_CHECKING:
    from service.worker import Task


def propose_as(task: "Task", progress: Progress) -> str:
    """Propose from the store in a job, as whoever asked for it; give the proposal's id."""
    with desk_of(task) as desk:
        return propose(desk, Ask(task.area[1], with_noted=True), progress).id


@dataclass(frozen=True)
class Review:
    """A proposal as an officer looks through it.

    Attributes
    ----------
    posed
        The problem as it is now, with what the staff had said when it was proposed.
    approved
        Children whose lines have been approved.
    before
        The unit's proposal before this one; None for the first.
    scans
        Of the leader's signed papers.
    noted
        What the staff have said for the next one, and the names of whom they said it.
    """

    shown: Shown
    posed: Posed
    proposal: Proposal
    dossier: Dossier
    approved: frozenset[ChildId]
    before: StoredProposal | None
    scans: tuple[Scan, ...]
    noted: tuple[Noted, ...]
    names: Mapping[str, str]
    accounts: Mapping[str, str]

    @property
    def has_moved(self) -> bool:
        """Whether the ledger or the pairings moved since it was made."""
        return bool(self.shown.moved.rows) or self.shown.moved.pairings_moved

    def lines(self) -> list[dict[str, Any]]:
        """Give a line a child, as the workbench shows them, with what holds today."""
        touched = set(self.shown.touched)
        lines = line_rows(self.dossier)
        pairs = {pair.child: pair for pair in self.proposal.pairs}
        proposed = self.shown.proposal.proposed.children
        ends = {line.child: line.caregiver for line in self.proposal.ended}
        for line in lines:
            pair = pairs.get(line["id"])
            line["is_touched"] = line["id"] in touched
            line["is_approved"] = line["id"] in self.approved
            line["may_approve"] = line["id"] in proposed and line["id"] not in self.approved
            line["caregiver_id"] = pair.caregiver if pair else ""
            line["is_on_record"] = line["id"] in self.dossier.children
            before = ends.get(line["id"])
            line["ends"] = self.dossier.caregiver_name(before) if before else ""
        return lines

    def ended(self) -> list[dict[str, Any]]:
        """Give the pairs that end."""
        return ended_rows(self.dossier)

    def questions(self) -> Questions:
        """Give what answers questions about it.

        Raises
        ------
        Conflict
            When the ledger has moved, so that its problem is another one now.
        """
        if self.has_moved:
            raise Conflict("台账或结对有变动，请重新生成建议 / things moved: propose again")
        return Questions(self.posed, self.proposal)

    def changes(self) -> list[dict[str, str]]:
        """Lay it beside the proposal before it: children who get somebody else, by name."""
        if self.before is None:
            return []
        had = {p["child"]: p["caregiver"] for p in self.before.answer["pairs"]}
        has = {str(p.child): str(p.caregiver) for p in self.proposal.pairs}
        name = self.dossier.child_name
        other = self.dossier.caregiver_name
        return [
            {
                "id": child,
                "child": name(ChildId(child)),
                "before": other(had[child]) if child in had else "",
                "after": other(has[child]) if child in has else "",  # type: ignore[arg-type]
            }
            for child in sorted(had.keys() | has.keys())
            if had.get(child) != has.get(child)
        ]


def review(desk: Desk, proposal: ProposalId) -> Review:
    """Give a proposal to look through, as it stands beside the ledger now."""
    with desk.store.reading(desk.actor, "GET /proposals/{proposal}") as book:
        shown = shown_in(desk, book, proposal)
        found = shown.proposal
        noted = wishes_of(book, found.unit)
        people = [who for line in noted for who in (line.wish.child, line.wish.caregiver)]
        names = names_of(book, people)
        accounts = accounts_called(
            book, [found.author, found.turned_by, *(line.by for line in noted)]
        )
        approved = approved_children(book, proposal)
        scans = scans_of(book, found)
        older = list_proposals(book, found.unit, before=found.made_at, most=1)
        book.note("proposal_read", "proposal", proposal, unit=found.unit)
    said = tuple(Wish(line.child, line.caregiver, line.kind) for line in shown.said)
    posed = with_wishes(shown.unit.posed, said)
    answer = read_proposal(found.answer)
    return Review(
        shown,
        posed,
        answer,
        posed.pairing(answer).dossier,
        approved,
        older[0] if older else None,
        scans,
        noted,
        names,
        accounts,
    )


def questions_about(desk: Desk, proposal: ProposalId) -> Questions:
    """Give what answers questions about a proposal; raises as ``Review.questions``."""
    found = asked_about(desk, proposal)
    return found.questions() if isinstance(found, Review) else found


def asked_about(desk: Desk, proposal: ProposalId) -> Questions | Review:
    """Give what answers questions about a proposal, kept warm until anything changes.

    Of one that ledger or pairings moved away from, as by its own approval, what was said then.
    """

    def look() -> Questions | Review:
        found = review(desk, proposal)
        return found if found.has_moved else found.questions()

    with desk.store.reading(desk.actor, "GET /proposals/{proposal}/why") as book:
        found = find_proposal(book, proposal, Action.PROPOSAL_CREATE)
        stamp = stamp_of(book, found.unit)
        book.note("proposal_read", "proposal", proposal, unit=found.unit)
    what = ("questions", proposal)
    return kept_warm(desk, what, stamp, look)


def map_of(desk: Desk, proposal: ProposalId) -> str:
    """Draw a proposal by township, without a name; kept warm until anything changes."""
    with desk.store.reading(desk.actor, "GET /proposals/{proposal}/map") as book:
        found = find_proposal(book, proposal, Action.PROPOSAL_CREATE)
        stamp = stamp_of(book, found.unit)
        book.note("proposal_map", "proposal", proposal, unit=found.unit)

    def make() -> str:
        looked = review(desk, proposal)
        return coverage_map(looked.dossier, desk.reader.gazetteer, found.unit)

    return kept_warm(desk, ("map", proposal), stamp, make)


def suggestions(desk: Desk, unit: str, child: ChildId, most: int) -> Answer:
    """Rank caregivers for a child, with every pairing on record standing (新增儿童推荐人选)."""
    with desk.store.reading(desk.actor, "GET /suggestions") as book:
        require(book, Action.PROPOSAL_CREATE, Target("unit", area(unit)))
        if unit_of(book.connection, child) != unit:  # what somebody typed does not enter the trail
            raise NotFound(NOT_THERE)
        stamp = stamp_of(book, unit)
        book.note("suggest", "child", child, unit=unit)

    def make() -> Questions:
        return Questions(desk.look(unit, "GET /suggestions").posed)

    questions = kept_warm(desk, ("unit", unit), stamp, make)
    if child not in {c.id for c in questions.posed.problem.children}:
        raise NotFound(NOT_THERE)
    return questions.rank_caregivers(child, most)
