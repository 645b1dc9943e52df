"""Questions on the desk: the proposal that is shown, kept warm to be asked (页面问答).

``pair_desk`` leaves beside a proposal what it was made with and what changed; ``Inquiry``
poses the same problem again, once, and answers from it until there is another proposal.
"""

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casework.errors import Conflict, NotFound
from casework.proposals import Proposal
from casework.wishes import Wish
from casework.wording_use import Speech
from ledger.reader import Reader
from ledger.use_plan_tables import outcome_text
from service.desk import CHECK, LEDGER, PROPOSAL, WISHES, Desk
from service.outputs import write_whole
from service.progress import Progress, silent
from service.wish_book import WishBook, wishes_json
from service.workflows.pairing import Posed, pose_files, with_wishes
from service.workflows.tables_for import PairingFiles
from service.workflows.use import Questions

KEPT, MOVED, NEW, ENDED = "kept", "moved", "new", "ended"


def pose_desk(
    desk: Desk, reader: Reader, wishes: tuple[Wish, ...], progress: Progress = silent
) -> Posed:
    """Pose the problem of the merged ledger, with what the officer has said of single pairs."""
    with (
        desk.opened(CHECK, LEDGER) as ledger,
        desk.staged("pairs") as registers,
        desk.staged("wishes") as sheets,
    ):
        register = next(registers.iterdir(), ledger)
        sheet = next(sheets.iterdir(), None)
        posed = pose_files(PairingFiles(ledger, ledger, register), reader, sheet, progress)
    children = {child.id for child in posed.problem.children}
    caregivers = {caregiver.id for caregiver in posed.problem.caregivers}
    known = tuple(w for w in wishes if w.child in children and w.caregiver in caregivers)
    return with_wishes(posed, known)


def leave_for_questions(
    desk: Desk,
    questions: Questions,
    wishes: tuple[Wish, ...],
    arguments: Mapping[str, Any],
    out: Path,
) -> None:
    """Leave beside a proposal what it was asked by, and what became of that."""
    write_whole(out / WISHES, wishes_json(wishes))
    _write(out / "asked.json", dict(arguments))
    outcomes = questions.wish_outcomes()
    speeches = [Speech(questions.done.dossier, language) for language in ("zh", "en")]
    _write(
        out / "outcomes.json",
        [
            {
                "child": outcome.wish.child,
                "caregiver": outcome.wish.caregiver,
                "child_name": speeches[0].child(outcome.wish.child),
                "caregiver_name": speeches[0].caregiver(outcome.wish.caregiver),
                "is_met": outcome.unmet is None,
                **{speech.language: outcome_text(speech, outcome) for speech in speeches},
            }
            for outcome in outcomes
        ],
    )
    before = desk.read(PROPOSAL, "proposal.json")
    if before:
        touched = {wish.child for wish in {*wishes} ^ {*WishBook(desk).used}}
        is_same = not desk.has_changed_since(desk.read(PROPOSAL, "summary.json"))
        changes = _changes(before, questions.proposal, speeches[0])
        for line in changes["lines"]:
            line["because"] = _because(line["id"] in touched, is_same)
        _write(out / "changes.json", changes)
    WishBook(desk).keep_before()


def _changes(before: Mapping[str, Any], after: Proposal, speech: Speech) -> dict[str, Any]:
    """Lay a proposal beside the one before it, child by child."""
    had = {pair["child"]: pair["caregiver"] for pair in before["pairs"]}
    has = {pair.child: pair.caregiver for pair in after.pairs}
    kinds = {child: _kind(had.get(child), has.get(child)) for child in sorted(had.keys() | has)}
    lines = [
        {
            "id": child,
            "kind": kind,
            "child": speech.child(child),
            "before": speech.caregiver(had[child]) if child in had else "",
            "after": speech.caregiver(has[child]) if child in has else "",
        }
        for child, kind in kinds.items()
        if kind != KEPT
    ]
    counts = {kind: [*kinds.values()].count(kind) for kind in (KEPT, MOVED, NEW, ENDED)}
    return {**counts, "lines": lines}


def _because(is_touched: bool, is_same: bool) -> str:
    """Say why a child has somebody else than last time."""
    if is_touched:
        return "staff"
    return "chain" if is_same else "files"


def _kind(before: str | None, after: str | None) -> str:
    if before == after:
        return KEPT
    if before is None:
        return NEW
    return MOVED if after else ENDED


def _write(path: Path, document: object) -> None:
    write_whole(path, json.dumps(document, ensure_ascii=False).encode())


class Inquiry:
    """The proposal on the desk, to be asked; laid out on the first question after a change."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = threading.Lock()
        self._key: tuple[str, str] | None = None
        self._questions: Questions | None = None

    def questions(self) -> Questions:
        """Give what answers questions about the proposal that is shown.

        Raises
        ------
        NotFound
            When there is no proposal.
        Conflict
            When the files have changed since.
        """
        summary = self._desk.read(PROPOSAL, "summary.json")
        if summary is None:
            raise NotFound("还没有结对建议，请先生成 / there is no proposal yet")
        if self._desk.has_changed_since(summary):
            raise _out_of_date()
        key = (summary["fingerprint"], summary["made_at"])
        with self._lock:
            if key != self._key or self._questions is None:
                self._questions = self._pose(summary)
                self._key = key
            return self._questions

    def _pose(self, summary: Mapping[str, Any]) -> Questions:
        from service.workflows.desk_work import desk_reader

        arguments = self._desk.read(PROPOSAL, "asked.json")
        if arguments is None:
            raise _out_of_date()
        used = WishBook(self._desk).used
        posed = pose_desk(self._desk, desk_reader(self._desk, arguments), used)
        questions = Questions(posed, posed.propose(arguments.get("max_changes")))
        if questions.proposal.fingerprint != summary["fingerprint"]:
            raise _out_of_date()
        return questions


def _out_of_date() -> Conflict:
    return Conflict("名单或规则有变化，请重新生成结对建议 / the files have changed: propose again")
