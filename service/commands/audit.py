"""``nuantong audit``: is the trail whole, and old rows put away."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from casework.actors import SYSTEM_ACTOR
from service.commands.options import Lang, Talk, existing, leave, read_day, workbook
from service.commands.record_options import Database, DataFolder, opened_record
from service.settings import LANGUAGES

_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]

app = typer.Typer(
    help="审计日志：核对、归档 / the audit trail: verify, put away",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list")
def list_rows(
    before: Annotated[
        int | None, typer.Option("--before", min=1, help="从此号以前 / rows before this number")
    ] = None,
    who: Annotated[str, typer.Option("--who", help="只看此账号 / one account only")] = "",
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """列出审计记录，新的在前，每次一百条 / List the trail, newest first, a hundred at a time."""
    from ledger.record.trail_pages import list_trail

    talk = Talk(lang)
    with opened_record(data, database) as store, store.reading(SYSTEM_ACTOR, "audit") as book:
        for row in list_trail(book, before, who):
            when = f"{row.at:%Y-%m-%dT%H:%M:%SZ}"
            told = (row.seq, when, row.who, row.role, row.action, row.why, row.kind, row.ids)
            talk.say("\t".join(map(str, (*told, row.area, row.outcome))))


@app.command("verify")
def verify(
    archive: Annotated[
        Path | None, typer.Option("--archive", help="核对一个归档文件 / an archive instead")
    ] = None,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """逐行核对审计日志 / Check every row of the trail."""
    from ledger.record.trail import check_archive, check_trail

    talk = Talk(lang)
    with opened_record(data, database) as store:
        if archive is not None:
            existing([archive])
        found = check_archive(store, archive) if archive else check_trail(store)
    if found.broken_at is None:
        talk.line("trail_holds", rows=found.rows)
    else:
        talk.line("trail_broken", row=found.broken_at)
    leave(found.broken_at is not None)


@app.command("archive")
def archive(
    before: Annotated[
        date,
        typer.Option(
            "--before", parser=read_day, metavar="日期", help="此日以前，至少六个月前 / older than"
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="归档文件夹 / folder of archives")],
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """归档六个月以前的记录 / Put rows older than six months into a file."""
    from ledger.record.trail import archive_trail

    talk = Talk(lang)
    moment = datetime(before.year, before.month, before.day, tzinfo=UTC)
    with opened_record(data, database) as store:
        made = archive_trail(store, SYSTEM_ACTOR, out, moment)
    if made is None:
        talk.line("trail_nothing_old")
    else:
        talk.line("trail_archived", first=made.first, last=made.last, path=made.path)


@app.command("breach")
def breach(
    since: Annotated[
        datetime, typer.Option("--since", formats=_FORMATS, help="从何时 / from when, local time")
    ],
    until: Annotated[
        datetime, typer.Option("--until", formats=_FORMATS, help="到何时 / until when, local time")
    ],
    out: Annotated[
        Path, typer.Option("--out", callback=workbook, help="写出工作簿 X.xlsx / the workbook")
    ],
    account: Annotated[str, typer.Option("--account", help="只查此账号 / one account only")] = "",
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """泄露排查：谁看过、改过什么，涉及哪些人，附告知书样稿 / Who saw what, whom it concerns."""
    from service.workflows.ledgers import today
    from service.workflows.own_data import report_breach

    talk = Talk(lang)
    span = (since.astimezone(UTC), until.astimezone(UTC))
    if span[0] >= span[1]:
        raise typer.BadParameter("--since 要早于 --until / --since comes before --until")
    with opened_record(data, database) as store:
        found = report_breach(store, SYSTEM_ACTOR, span, account, today(), out)
    talk.line("breach_found", rows=len(found.rows), people=len(found.people))
    talk.line("written", path=out)
