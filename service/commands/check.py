"""``nuantong check``: every problem in the files, all at once, with how to mend it."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from casework.errors import Refused
from service.commands.options import (
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
)
from service.commands.telling import tell_findings, tell_rows
from service.outputs import refuse_overwriting
from service.settings import LANGUAGES


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
            "--out", help="标注好问题的核查表；多个文件时各写一份 / marked copy to return"
        ),
    ] = None,
    json_out: JsonOut = None,
    on: OnDay = None,
    rules: Rules = None,
    unit: UnitName = None,
    key_file: KeyFile = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """核查台账或申报表 / Check ledgers or declarations."""
    from ledger.tables import TableKind
    from service.workflows import ledgers
    from service.workflows.outcomes import has_errors

    if kind is Kind.DECLARATIONS:
        raise Refused("申报表核查尚不提供 / checking declarations is not in this version yet")
    talk = Talk(lang, json_out)
    sources = existing(files)
    returned = ledgers.returned_names(sources, out)
    for path in (*returned.values(), talk.json_path):
        refuse_overwriting(path, sources)
    reader = ledgers.open_reader(terms(on, rules, unit, key_file))
    report = ledgers.check(TableKind(kind), sources, reader, talk.progress)
    written = ledgers.write_returned_files(report, returned, talk.progress)
    talk.finish()
    talk.write_json(report.as_json())
    tell_rows(talk, [report.counts])
    tell_findings(talk, report.findings, written[0] if written else talk.json_path)
    for path in written:
        talk.line("written", path=path)
    leave(has_errors(report.findings))
