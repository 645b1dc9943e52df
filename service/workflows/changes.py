"""Changes: what a proposal changes, what more would buy, and an officer's own list (少调整)."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from casework.errors import Unreadable
from casework.findings import Finding
from casework.people import ChildId
from casework.plan_answers import Judgement, ListRule
from ledger import use_plan_tables as plans
from ledger.named_pairs import Listed, read_list
from ledger.tables import TableKind
from ledger.workbook import read_tables
from service.workflows.tables_for import as_register
from service.workflows.use import Answer, Questions

_OF_THE_CHILD = (ListRule.CHILD_TWICE, ListRule.UNKNOWN_CHILD, ListRule.NEEDS_DATA)


def curve(questions: Questions, points: int = 12) -> Answer:
    """Say what more changes would buy."""
    from solver.stability import curve as draw_curve

    answer = draw_curve(questions.posed.problem, points)
    return Answer(
        "curve", answer, questions.done, lambda speech: (plans.curve_table(speech, answer),)
    )


UNJUDGED = {
    f"pair_{person}_{why}" for person in ("child", "caregiver") for why in ("unknown", "ambiguous")
}
"""Findings of a line of a list that names nobody of the ledgers: no rule could be tried on it."""


def changes(questions: Questions) -> Answer:
    """Lay the proposal beside the pairs on record."""
    from solver.stability import compare

    on_record = replace(questions.posed.problem, current=questions.posed.current)
    answer = compare(on_record, questions.proposal)
    return Answer(
        "changes", answer, questions.done, lambda speech: (plans.diff_table(speech, answer),)
    )


def judge_list(questions: Questions, path: Path) -> Answer:
    """Judge an officer's own list of pairs against the rules and the best proposal.

    Every line that breaks a rule is a finding at its row.

    Raises
    ------
    Unreadable
        When the file holds no list of pairs.
    """
    from solver.judge import judge

    reading = read_tables(path, kinds=(TableKind.PAIRS,))
    if not reading.tables:
        raise Unreadable(f"{path.name} 里没有结对名单 / no list of pairs was found in it")
    tables = [as_register(table) for table in reading.tables]
    listed, findings = read_list(tables, questions.posed.ledgers, questions.posed.reader.on)
    answer = judge(questions.posed.problem, ((line.child, line.caregiver) for line in listed))
    unjudged = len({finding.where.row for finding in findings if finding.rule in UNJUDGED})
    return Answer(
        "judgement",
        answer,
        questions.done,
        lambda speech: (
            plans.broken_table(speech, answer, unjudged),
            plans.levels_table(speech, answer),
        ),
        bool(answer.broken or answer.left_out or unjudged),
        (*reading.findings, *findings, *marks(listed, answer)),
    )


def marks(listed: tuple[Listed, ...], answer: Judgement) -> tuple[Finding, ...]:
    """Give a finding for each line of a list whose child a broken rule concerns."""
    rules: dict[ChildId, list[ListRule]] = {}
    for broken in answer.broken:
        for child in broken.children:
            rules.setdefault(child, []).append(broken.rule)
    return tuple(
        Finding(f"list_{rule}", line.child_at if rule in _OF_THE_CHILD else line.caregiver_at)
        for line in listed
        for rule in rules.get(line.child, ())
    )


def with_answers(
    proposal: bytes, answers: Sequence[Answer], max_changes: int | None = None
) -> bytes:
    """Put answers beside a proposal's JSON; without any its bytes stay as they are."""
    beside = {answer.name: answer.value_json() for answer in answers}
    if max_changes is not None:
        beside["max_changes"] = max_changes
    if not beside:
        return proposal
    document = json.loads(proposal) | beside
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
