"""``nuantong curve``, and ``check pairs`` with both ledgers: few changes, and one's own list."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands.asking import Asking, question
from service.commands.options import Talk, existing, leave
from service.commands.telling import tell_findings, tell_rows
from service.commands.telling_tables import tell_table
from service.outputs import refuse_overwriting

if TYPE_CHECKING:
    from ledger.checking import CheckReport
    from service.workflows.ledgers import Terms
    from service.workflows.use import Answer

ONE_LIST = (
    "核查结对名单：check pairs 名单 --children 台账 --caregivers 台账"
    " / one list of pairs, with --children and --caregivers"
)


@question
def curve(
    asking: Asking,
    points: Annotated[
        int,
        typer.Option("--points", min=2, max=60, help="最多列出几个点 / at most so many points"),
    ] = 12,
) -> None:
    """调整多少与成效：多调整几对原结对，能多保障多少儿童 / What more changes would buy."""
    from service.workflows import changes

    asking.answer(changes.curve(asking.questions(), points))


def judge(
    sources: Sequence[Path],
    beside: tuple[Path | None, Path | None, Path | None],
    judged_by: "Terms",
    returned: Mapping[Path, Path],
    talk: Talk,
) -> None:
    """Judge an officer's own list of pairs, mark it, and tell.

    Parameters
    ----------
    sources
        One list.
    beside
        Ledgers of children and of caregivers, and the register of pairs that stand, if any.
    """
    from ledger.tables import TableKind
    from service.workflows import changes, ledgers
    from service.workflows.tables_for import PairingFiles
    from service.workflows.use import Questions

    children, caregivers, current = beside
    if len(sources) != 1 or not children or not caregivers:
        raise typer.BadParameter(ONE_LIST)
    files = existing(filter(None, beside))
    for path in (*returned.values(), talk.json_path):
        refuse_overwriting(path, files)
    reader = ledgers.open_reader(judged_by)
    report = ledgers.check(TableKind.PAIRS, sources, reader, talk.progress)
    asked_of = PairingFiles(children, caregivers, current)
    questions = Questions.of_files(asked_of, reader, None, talk.progress)
    answer = changes.judge_list(questions, sources[0])
    _tell(answer, report, returned, talk)


def _tell(
    answer: "Answer", report: "CheckReport", returned: Mapping[Path, Path], talk: Talk
) -> None:
    from service.workflows import ledgers
    from service.workflows.outcomes import has_errors

    told = {(f.where, f.rule): f for f in (*report.findings, *answer.own_findings)}
    findings = sorted(told.values(), key=lambda f: (f.where, f.rule))
    written = ledgers.write_returned_files(findings, returned, talk.progress)
    talk.finish()
    talk.write_json(
        report.as_json()
        | {"findings": [finding.as_json() for finding in findings]}
        | {
            "judgement": answer.value_json(),
            "fingerprint": answer.done.dossier.proposal.fingerprint,
        }
    )
    tell_rows(talk, [report.counts])
    for table in answer.tables_in(talk.words.lang):
        tell_table(talk, table)
    tell_findings(talk, findings, written[0] if written else talk.json_path)
    for path in written:
        talk.line("written", path=path)
    leave(answer.needs_a_person or has_errors(tuple(findings)))
