"""``nuantong round roster``: sign-in sheets of a published session, made at the unit."""

from pathlib import Path
from typing import Annotated

import typer

from casework.findings import Severity
from service.commands.options import (
    KeyFile,
    Lang,
    OnDay,
    Talk,
    ends_in,
    existing,
    leave,
    terms,
    workbook,
)
from service.commands.telling import tell_findings
from service.outputs import refuse_overwriting
from service.settings import LANGUAGES


def roster(
    session: Annotated[
        str,
        typer.Argument(metavar="SESSION", help="区县-场次，如 武隆区-1；不写场次为全部 / session"),
    ],
    published: Annotated[
        Path, typer.Option("--published", help="市级公布的排期 JSON / what was published")
    ],
    children: Annotated[Path, typer.Option("--children", help="本区县困境儿童台账 / children")],
    caregivers: Annotated[
        Path | None, typer.Option("--caregivers", help="爱心妈妈台账 / caregivers")
    ] = None,
    pairs: Annotated[Path | None, typer.Option("--pairs", help="结对台账 / pairs")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", callback=workbook, help="签到表 X.xlsx / sheets")
    ] = None,
    pdf: Annotated[
        Path | None,
        typer.Option("--pdf", callback=ends_in(".pdf"), help="签到表 X.pdf / for print"),
    ] = None,
    on: OnDay = None,
    key_file: KeyFile = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """签到表：在本区县用自己的台账为公布的场次制作 / Sign-in sheets, made at the unit."""
    from service.workflows import ledgers, rounds_judged, sign_in

    talk = Talk(lang)
    if not out and not pdf:
        raise typer.BadParameter("请给 --out 或 --pdf / give --out or --pdf")
    sources = existing(filter(None, (children, caregivers, pairs)))
    for path in (out, pdf):
        refuse_overwriting(path, [published, *sources])
    before = rounds_judged.read_published(existing([published])[0])
    reader = ledgers.open_reader(terms(on, None, None, key_file))
    made = sign_in.make_rosters(
        session, before, sources, sign_in.reader_on(reader, before), talk.progress
    )
    sign_in.write_roster_files(made, reader.on, out, pdf)
    talk.finish()
    for each in made.rosters:
        talk.line(
            "sign_in_done",
            unit=each.unit_name,
            n=each.number,
            children=len(each.children),
            caregivers=len(each.caregivers),
            townships=len(each.townships),
        )
    tell_findings(talk, made.findings, None)
    for path in filter(None, (out, pdf)):
        talk.line("written", path=path)
    leave(any(finding.severity is Severity.ERROR for finding in made.findings))
