"""``nuantong person``: one person on record, for herself or her guardian."""

from pathlib import Path
from typing import Annotated

import typer

from casework.actors import SYSTEM_ACTOR, BasisKind, LawfulBasis
from service.commands.options import Lang, OnDay, Talk, workbook
from service.commands.record_options import Database, DataFolder, opened_record
from service.settings import LANGUAGES

app = typer.Typer(
    help="在案的一个人：本人资料 / one person on record: her own data",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("export")
def export(
    person: Annotated[str, typer.Argument(help="在案编号 / the person's id on record")],
    out: Annotated[
        Path, typer.Option("--out", callback=workbook, help="写出工作簿 X.xlsx / the workbook")
    ],
    basis: Annotated[BasisKind, typer.Option("--basis", help="合法性基础 / lawful basis")],
    by: Annotated[str, typer.Option("--by", help="由谁提出或确认 / asked or stated by whom")],
    data: DataFolder = None,
    database: Database = None,
    on: OnDay = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """导出本人资料：现在、历史、结对、待办、谁看过 / Everything on record of one person."""
    from service.workflows.ledgers import today
    from service.workflows.own_data import export_person

    talk = Talk(lang)
    with opened_record(data, database) as store:
        given = LawfulBasis(basis, by, on or today())
        told = export_person(store, SYSTEM_ACTOR, person, given, out)
    counts = {"versions": len(told.versions), "pairings": len(told.pairings)}
    talk.line("person_exported", **counts, readings=len(told.readings))
    talk.line("written", path=out)
