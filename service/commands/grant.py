"""``nuantong grant``: an ID number or a ledger's export, for hours, approved by another (授权)."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from casework.actors import SYSTEM_ACTOR, Action, BasisKind, LawfulBasis, SignedPaper
from casework.errors import Refused
from casework.office_time import local_time
from service.commands.options import AreaUnit, Lang, OnDay, Talk, read_day
from service.commands.record_options import Database, DataFolder, named_area, opened_record
from service.settings import LANGUAGES

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.record.grants import Grant

app = typer.Typer(
    help="授权：限时查看身份证号、导出台账 / grants: an ID number or an export, for hours",
    no_args_is_help=True,
    rich_markup_mode=None,
)
GrantArgument = Annotated[str, typer.Argument(help="授权编号 / the grant's id")]
Someone = Annotated[
    str, typer.Option("--person", help="看谁的身份证号：在案编号 / whose number, by her id")
]


@app.command("ask")
def ask(
    why: Annotated[str, typer.Option("--why", help="事由；导出的写明交给谁 / the reason")],
    basis: Annotated[BasisKind, typer.Option("--basis", help="合法性基础 / lawful basis")],
    by: Annotated[str, typer.Option("--by", help="由谁确认 / stated or given by whom")],
    person: Someone = "",
    unit: AreaUnit = None,
    on: OnDay = None,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """申请：--person 看一人的身份证号，或 --unit 导出全区县台账 / Ask; it opens nothing yet."""
    from ledger.record.grants import ask_grant, ledger_target
    from ledger.record.numbers import person_target
    from service.workflows.ledgers import today

    if bool(person) == bool(unit):
        raise Refused("请写 --person 或 --unit 之一 / give either --person or --unit")
    given = LawfulBasis(basis, by, on or today())
    with opened_record(data, database) as store, store.writing(SYSTEM_ACTOR, "grant ask") as book:
        if person:
            what, record = Action.ID_NUMBER_READ, person_target(book, person)
        else:
            what, record = Action.LEDGER_EXPORT, ledger_target(named_area(unit, None)[1])
        grant = ask_grant(book, what, record, why, given)
    Talk(lang).line("grant_asked_for", id=grant.id)


@app.command("list")
def list_all(
    data: DataFolder = None, database: Database = None, lang: Lang = LANGUAGES[0]
) -> None:
    """列出授权，最近的在前 / List the grants, newest first."""
    from ledger.record.grants import list_grants
    from ledger.record.shown import accounts_called

    talk = Talk(lang)
    with opened_record(data, database) as store, store.reading(SYSTEM_ACTOR, "grant list") as book:
        found = list_grants(book)
        who = accounts_called(book, [grant.account_id for grant in found])
        for grant in found:
            by = who.get(grant.account_id, grant.account_id)
            talk.say(_line(talk, grant, by, book.at))


@app.command("approve")
def approve(
    grant: GrantArgument,
    hours: Annotated[int, typer.Option("--hours", min=1, help="几小时 / hours")] = 1,
    signed_by: Annotated[str, typer.Option("--signed-by", help="签字领导 / leader")] = "",
    signed_on: Annotated[
        date | None,
        typer.Option("--signed-on", parser=read_day, metavar="日期", help="签字日期 / signed on"),
    ] = None,
    number: Annotated[str, typer.Option("--number", help="文号 / number of the paper")] = "",
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """批准别人的申请；自己申请的须附领导签字 / Approve; one's own needs the leader's paper."""
    from ledger.record.grants import approve_grant
    from service.workflows.ledgers import today

    paper = SignedPaper(signed_by, signed_on or today(), number) if signed_by else None
    with (
        opened_record(data, database) as store,
        store.writing(SYSTEM_ACTOR, "grant approve") as book,
    ):
        approve_grant(book, grant, hours, paper)
    Talk(lang).line("grant_is_open", id=grant, hours=hours)


@app.command("end")
def end(
    grant: GrantArgument,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """收回授权，立即生效 / Close a grant, at once."""
    from ledger.record.grants import end_grant

    with opened_record(data, database) as store, store.writing(SYSTEM_ACTOR, "grant end") as book:
        end_grant(book, grant)
    Talk(lang).line("grant_is_ended", id=grant)


@app.command("number")
def number(
    person: Annotated[str, typer.Argument(help="在案编号 / the person's id on record")],
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """授权有效时显示身份证号 / Show an ID number while a grant for it is open."""
    from ledger.record.numbers import read_number

    with opened_record(data, database) as store, store.reading(SYSTEM_ACTOR, "number") as book:
        whole = read_number(book, person)
    Talk(lang).say(whole or "—")


def _line(talk: Talk, grant: "Grant", by: str, at: "datetime") -> str:
    state = str(grant.state(at))
    until = local_time(grant.ends_at, "%m-%d %H:%M") if grant.ends_at else ""
    return talk.words(
        "grant_line",
        id=grant.id,
        what=talk.words(f"grant_what_{grant.action}"),
        record=grant.record_id,
        state=talk.words(f"grant_state_{state}", until=until),
        by=by,
        reason=grant.reason,
    )
