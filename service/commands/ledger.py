"""``nuantong ledger``: one ledger out to the townships, and back."""

from pathlib import Path
from typing import Annotated

import typer

from service.commands.options import (
    Datum,
    DatumHint,
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
from service.commands.telling import tell_findings, tell_rows, tell_townships
from service.outputs import refuse_overwriting
from service.settings import LANGUAGES

app = typer.Typer(
    help="台账：分发到镇街，收回合并 / ledgers: split for the townships, merge what returns",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("split")
def split(
    ledger: Annotated[Path, typer.Argument(help="全区县台账 / the unit's ledger")],
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件夹 / folder to write to")],
    on: OnDay = None,
    rules: Rules = None,
    unit: UnitName = None,
    datum: DatumHint = Datum.WGS84,
    key_file: KeyFile = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """把台账分成各镇街的填报表 / Write a prefilled workbook for each township to return."""
    from service.workflows import ledgers
    from service.workflows.outcomes import has_errors

    talk = Talk(lang)
    (source,) = existing([ledger])
    reader = ledgers.open_reader(terms(on, rules, unit, key_file, datum))
    read, written = ledgers.split(source, out, reader, talk.progress)
    talk.finish()
    tell_findings(talk, read.findings, None)
    talk.line("split_done", n=len(written), out=out)
    leave(has_errors(read.findings))


@app.command("merge")
def merge(
    folder: Annotated[Path, typer.Argument(help="各镇街交回名单的文件夹 / folder of workbooks")],
    out: Annotated[
        Path,
        typer.Option("--out", callback=workbook, help="合并台账 LEDGER.xlsx / the merged ledger"),
    ],
    on: OnDay = None,
    rules: Rules = None,
    unit: UnitName = None,
    datum: DatumHint = Datum.WGS84,
    key_file: KeyFile = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """把镇街交回的名单合并成一本台账 / Merge what the townships returned into one ledger."""
    from service.workflows import ledgers
    from service.workflows.outcomes import has_errors

    talk = Talk(lang)
    existing([folder])
    refuse_overwriting(out, ledgers.workbooks_in(folder))
    reader = ledgers.open_reader(terms(on, rules, unit, key_file, datum))
    merged = ledgers.merge(folder, out, reader, talk.progress)
    talk.finish()
    tell_rows(talk, merged.ledgers.counts.values())
    tell_townships(talk, ledgers.returns(merged, reader))
    tell_findings(talk, merged.findings, out)
    talk.line("written", path=out)
    leave(has_errors(merged.findings) or bool(merged.missing))
