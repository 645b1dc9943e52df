"""``nuantong check``: every problem in the files, all at once, with how to mend it."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

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
    from service.workflows import ledgers

    talk = Talk(lang, json_out)
    sources = existing(files)
    returned = ledgers.returned_names(sources, out)
    for path in (*returned.values(), talk.json_path):
        refuse_overwriting(path, sources)
    reader = ledgers.open_reader(terms(on, rules, unit, key_file))
    report = ledgers.check(kind, sources, reader, talk.progress)
    ledgers.write_returned_files(report, returned, talk.progress)
    talk.finish()
    talk.write_json(report.as_json())
    tell_rows(talk, report.accepted, report.rejected, report.collapsed)
    tell_findings(talk, report.findings, out)
    for path in returned.values():
        talk.line("written", path=path)
    leave(report.needs_a_person)
