"""Questions: what an officer asks of a unit's pairing week by week (日常问答).

A question is asked of a unit's problem and a proposal for it. Its answer is a value of
``casework.answers``, which every door shows in its way: JSON, paper, page.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from casework.answer_json import answer_json
from casework.answers import RankedCaregiver, WhyPair, WhyUnpaired
from casework.dossier import reading_order
from casework.eligibility import scope_of
from casework.errors import Conflict, NotFound
from casework.findings import Finding
from casework.people import CaregiverId, ChildId
from casework.proposals import Proposal
from casework.wishes import Unmet, Wish, WishKind, WishOutcome
from casework.wording import label
from casework.wording_use import Speech
from ledger import use_plan_tables as plans
from ledger import use_tables as people
from ledger.pairings import Directory, Known
from ledger.print_table import PrintTable
from ledger.reader import Reader
from service.progress import Progress, Stage, silent
from service.workflows.outcomes import Pairing
from service.workflows.pairing import Posed, pose_files
from service.workflows.scenarios import VillageFinder
from service.workflows.tables_for import PairingFiles

Tables = Callable[[Speech], tuple[PrintTable, ...]]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, ready for every door.

    Attributes
    ----------
    name
        Of its JSON: ``nuantong/<name>/1``.
    tables
        Lays it out in the language of a ``Speech``.
    own_findings
        What is wrong with the question's own file.
    """

    name: str
    value: object
    done: Pairing
    tables: Tables
    needs_a_person: bool = False
    own_findings: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the files it was asked of."""
        return (*self.done.findings, *self.own_findings)

    def as_json(self) -> dict[str, object]:
        """Give the answer with the day and the fingerprint of what it was asked of."""
        dossier = self.done.dossier
        asked_of = {"on": dossier.on.isoformat(), "fingerprint": dossier.proposal.fingerprint}
        return answer_json(self.name, self.value) | asked_of

    def value_json(self) -> object:
        """Give the value alone, to stand in another document."""
        fields = answer_json(self.name, self.value)
        del fields["schema"]
        return fields.get("answers", fields)

    def tables_in(self, language: str) -> tuple[PrintTable, ...]:
        """Lay it out in one of our languages."""
        return self.tables(Speech(self.done.dossier, "en" if language == "en" else "zh"))

    def paper(self) -> tuple[PrintTable, ...]:
        """Lay it out in Chinese, to print."""
        return self.tables(Speech(self.done.dossier, on_paper=True))


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why pairs are as they are, and why children are left over."""

    pairs: tuple[WhyPair, ...]
    unpaired: tuple[WhyUnpaired, ...]


class Questions:
    """A unit's problem and a proposal for it, to be asked."""

    def __init__(self, posed: Posed, proposal: Proposal | None = None) -> None:
        self.posed = posed
        self.proposal = proposal or posed.propose()

    @classmethod
    def of_files(
        cls,
        files: PairingFiles,
        reader: Reader,
        wishes: Path | None = None,
        progress: Progress = silent,
    ) -> "Questions":
        """Read the files and propose; raises as ``pose_files``."""
        posed = pose_files(files, reader, wishes, progress)
        progress(Stage.SOLVE, 0, 0)
        return cls(posed)

    @cached_property
    def done(self) -> Pairing:
        """The proposal beside the rows it speaks of."""
        return self.posed.pairing(self.proposal)

    @cached_property
    def villages(self) -> VillageFinder:
        """Finds villages by what people call them."""
        return VillageFinder(self.posed.ledgers, self.posed.reader)

    def child(self, text: str) -> ChildId:
        """Find a child by 编号, resident ID or, where it is hers alone, by name.

        Raises
        ------
        NotFound
            When there is no such child, or the programme is not for her.
        Conflict
            When several children are called so.
        """
        ledgers, problem = self.posed.ledgers, self.posed.problem
        known = _only(Directory(ledgers.children, ledgers.held_children).find(text), "儿童")
        child = ChildId(known.id)
        if child in {c.id for c in problem.children} | set(problem.needs_data):
            return child
        reader = self.posed.reader
        record = next(record for record in ledgers.children if record.id == child)
        reason = label(scope_of(record, reader.programme, reader.on).reason)
        raise NotFound(f"这名儿童不在结对范围：{reason} / this child is not to be paired")

    def caregiver(self, text: str) -> CaregiverId:
        """Find a caregiver by 编号, resident ID or, where it is hers alone, by name.

        Raises
        ------
        NotFound
            When there is no such caregiver whose row can be used.
        Conflict
            When several are called so.
        """
        ledgers = self.posed.ledgers
        found = Directory(ledgers.caregivers, ledgers.held_caregivers).find(text)
        caregiver = CaregiverId(_only(found, "爱心妈妈").id)
        if caregiver not in {c.id for c in self.posed.problem.caregivers}:
            raise NotFound("她的台账行待更正，请先更正 / her row waits for a correction")
        return caregiver

    def explain(self, children: Iterable[ChildId] = (), everybody: bool = False) -> Answer:
        """Say why: of some children, else of all who are left over, or of everybody."""
        from solver.pairs.explain import explain_all, explain_pair, explain_unpaired

        wanted = tuple(dict.fromkeys(children))
        problem, proposal = self.posed.problem, self.proposal
        pairs = {pair.child: pair for pair in proposal.pairs}
        if wanted:
            unpaired = tuple(
                explain_unpaired(problem, proposal, c) for c in wanted if c not in pairs
            )
            asked = tuple(child for child in wanted if child in pairs)
            why = tuple(explain_pair(problem, proposal, child) for child in asked)
        else:
            unpaired = explain_all(problem, proposal)
            why = self._every_pair() if everybody else ()
        order = reading_order(self.done.dossier)
        answer = Explanation(
            tuple(sorted(why, key=lambda line: order[line.child])),
            tuple(sorted(unpaired, key=lambda line: order[line.child])),
        )

        def tables(speech: Speech) -> tuple[PrintTable, ...]:
            about_left = people.unpaired_table(speech, answer.unpaired)
            about_pairs = people.pairs_table(speech, answer.pairs, pairs)
            if not answer.pairs:
                return (about_left,)
            return (about_left, about_pairs) if answer.unpaired else (about_pairs,)

        return self.answer("explain", answer, tables, bool(answer.unpaired))

    def rank_caregivers(self, child: ChildId, most: int) -> Answer:
        """Rank the caregivers a child could have."""
        from solver.pairs.ranking import rank_caregivers

        answer = rank_caregivers(self.posed.problem, self.proposal, child, most)
        return self.answer(
            "rank",
            answer,
            lambda speech: (people.caregivers_table(speech, answer),),
            not answer.caregivers,
        )

    def rank_children(self, caregiver: CaregiverId, most: int) -> Answer:
        """Rank the households a caregiver could take."""
        from solver.pairs.ranking import rank_children

        answer = rank_children(self.posed.problem, self.proposal, caregiver, most)
        return self.answer("rank", answer, lambda speech: (people.children_table(speech, answer),))

    def wish_outcomes(self) -> tuple[WishOutcome, ...]:
        """Say of each wish whether it is met, and what it would cost."""
        return tuple(self._outcome(wish) for wish in self.posed.wishes)

    def wishes(self) -> Answer:
        """Say what became of the staff's wishes."""
        answer = self.wish_outcomes()
        return self.answer(
            "wishes",
            answer,
            lambda speech: (plans.wishes_table(speech, answer),),
            any(outcome.unmet for outcome in answer),
        )

    def answer(
        self,
        name: str,
        value: object,
        tables: Tables,
        needs_a_person: bool = False,
        findings: tuple[Finding, ...] = (),
    ) -> Answer:
        """Make an answer about this unit."""
        return Answer(name, value, self.done, tables, needs_a_person, findings)

    def _every_pair(self) -> tuple[WhyPair, ...]:
        """Explain every pair from one warm unit; a locked one from a unit that frees it."""
        from solver.pairs.explain import explain_pair, explained_pair
        from solver.pairs.warm import WarmUnit

        unit = WarmUnit(self.posed.problem, self.proposal)
        return tuple(
            explained_pair(unit, pair)
            if pair.child in unit.group_of
            else explain_pair(self.posed.problem, self.proposal, pair.child)
            for pair in self.proposal.pairs
        )

    def _outcome(self, wish: Wish) -> WishOutcome:
        now = {pair.child: pair.caregiver for pair in self.proposal.pairs}.get(wish.child)
        if (now == wish.caregiver) is not (wish.kind is WishKind.FORBID):
            return WishOutcome(wish, now, None)
        problem = self.posed.problem
        if wish.child in problem.needs_data:
            return WishOutcome(wish, now, Unmet.CHILD_WAITS)
        if wish.child not in {child.id for child in problem.children}:
            return WishOutcome(wish, now, Unmet.CHILD_OUT)
        instead = self._price(wish) if wish.kind is WishKind.PREFER else None
        if instead is None:
            return WishOutcome(wish, now, Unmet.NOT_PERMITTED)
        unmet = Unmet.COSTS if instead.difference.decisive else Unmet.AS_GOOD
        return WishOutcome(wish, now, unmet, instead)

    def _price(self, wish: Wish) -> RankedCaregiver | None:
        from solver.pairs.ranking import rank_caregivers

        everybody = len(self.posed.problem.caregivers)
        ranking = rank_caregivers(self.posed.problem, self.proposal, wish.child, everybody)
        return next((r for r in ranking.caregivers if r.caregiver == wish.caregiver), None)


def _only(found: Sequence[Known], people_zh: str) -> Known:
    if not found:
        raise NotFound(
            f"台账中没有这名{people_zh}，请用编号，或核对姓名 / nobody of that number or name"
        )
    if len(found) > 1:
        listed = "、".join(f"{known.id}（{known.township}{known.village}）" for known in found)
        raise Conflict(
            f"有 {len(found)} 名{people_zh}同名，请改用编号：{listed} / several: use the number"
        )
    return found[0]
