"""``nuantong check``: every problem in the files, all at once, with how to mend it."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casework.errors import Unreadable
from service.commands.few_changes import judge
from service.commands.options import (
    Datum,
    DatumHint,
    JsonOut,
    KeyFile,
    Lang,
    OnDay,
    Rules,
    Talk,
    UnitName,
    existing,
    leave,
    terms,
    workbook,
)
from service.commands.telling import tell_findings, tell_rows
from service.errors import ANSWERS
from service.outputs import refuse_overwriting
from service.settings import LANGUAGES

if TYPE_CHECKING:
    from ledger.checking import CheckReport
    from service.workflows.declaration_check import DeclarationReport
    from service.workflows.ledgers import Terms


class Kind(StrEnum):
    """What the files hold."""

    CHILDREN = "children"
    CAREGIVERS = "caregivers"
    PAIRS = "pairs"
    DECLARATIONS = "declarations"


def check(
    kind: Annotated[Kind, typer.Argument(help="文件是哪种台账 / what the files hold")],
    files: Annotated[list[Path], typer.Argument(help="一个或多个文件 / one or more files")],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            callback=workbook,
            help="标注好问题的核查表；多个文件时各写一份 / marked copy to return",
        ),
    ] = None,
    json_out: JsonOut = None,
    on: OnDay = None,
    rules: Rules = None,
    unit: UnitName = None,
    datum: DatumHint = Datum.WGS84,
    key_file: KeyFile = None,
    beside: Annotated[
        list[Path] | None,
        typer.Option("--ledger", help="申报表：与这些台账核对 / declarations: ledgers (A14)"),
    ] = None,
    last_round: Annotated[
        Path | None,
        typer.Option("--last-round", help="申报表：与上一轮核对 / declarations: last round (A16)"),
    ] = None,
    children: Annotated[
        Path | None,
        typer.Option("--children", help="结对名单：按这份儿童台账核对规则 / pairs: judge against"),
    ] = None,
    caregivers: Annotated[
        Path | None,
        typer.Option("--caregivers", help="结对名单：爱心妈妈台账 / pairs: caregivers"),
    ] = None,
    current: Annotated[
        Path | None,
        typer.Option("--pairs", help="结对名单：现有结对台账 / pairs: those that stand now"),
    ] = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """核查台账或申报表 / Check ledgers or declarations.

    With --children and --caregivers a list of pairs is judged by every rule of pairing, and laid
    beside the best proposal level by level.
    Exits with 7 when any of the files could not be read, also when the others could.
    """
    from ledger.tables import TableKind
    from service.workflows import ledgers
    from service.workflows.outcomes import has_errors

    talk = Talk(lang, json_out)
    sources = existing(files)
    returned = ledgers.returned_names(sources, out)
    for path in (*returned.values(), talk.json_path):
        refuse_overwriting(path, sources)
    judged_by = terms(on, rules, unit, key_file, datum)
    report: CheckReport | DeclarationReport
    if children or caregivers or current:
        one_list = sources if kind is Kind.PAIRS else []
        judge(one_list, (children, caregivers, current), judged_by, returned, talk)
        return
    if kind is Kind.DECLARATIONS:
        report = _declarations(sources, judged_by, beside or [], last_round, talk)
    else:
        reader = ledgers.open_reader(judged_by)
        report = ledgers.check(TableKind(kind), sources, reader, talk.progress)
    written = ledgers.write_returned_files(report.findings, returned, talk.progress)
    talk.finish()
    talk.write_json(report.as_json())
    tell_rows(talk, [report.counts])
    tell_findings(talk, report.findings, written[0] if written else talk.json_path)
    for path in written:
        talk.line("written", path=path)
    if any(finding.rule == "file_unreadable" for finding in report.findings):
        raise typer.Exit(ANSWERS[Unreadable].exit_code)
    leave(has_errors(report.findings))


def _declarations(
    sources: list[Path], judged_by: "Terms", beside: list[Path], before: Path | None, talk: Talk
) -> "DeclarationReport":
    """Check forms against the ledgers and the last round that are given; ``--on`` is their day."""
    from service.workflows import declaration_check as work
    from service.workflows import declarations

    earlier = [before] if before else []
    existing([*beside, *earlier])
    round_terms = declarations.open_terms(judged_by)
    counts = declarations.count_ledgers(beside, round_terms)
    known = declarations.ledger_of(counts, round_terms.rules)
    known = work.with_last_round(known, work.last_round(earlier, round_terms))
    return work.check_declarations(sources, round_terms, known, judged_by.on, talk.progress)
