"""``nuantong basis``: the lawful basis of each child's record (合法性基础)."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from casework.actors import SYSTEM_ACTOR, BasisKind
from service.commands.options import Lang, OnDay, Talk, leave
from service.commands.record_options import Database, DataFolder, named_area, opened_record
from service.settings import LANGUAGES

if TYPE_CHECKING:
    from casework.programme import Programme

app = typer.Typer(
    help="合法性基础：每份儿童档案一项 / the lawful basis of each child's record",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Child = Annotated[str, typer.Argument(help="儿童在案编号 / the child's id on record")]
By = Annotated[str, typer.Option("--by", help="由谁同意、确认或撤回 / by whom")]


@app.command("list")
def list_lacking(
    unit: Annotated[str, typer.Option("--unit", help="区县名称或代码 / unit")],
    keep: Annotated[bool, typer.Option("--keep", help="列入待办 / make tasks of them")] = False,
    data: DataFolder = None,
    database: Database = None,
    on: OnDay = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """列出没有合法性基础的儿童档案 / List the children whose records have no basis."""
    from ledger.record.bases import keep_lacking, lacking

    talk, made = Talk(lang), 0
    code = named_area(unit, None)[1]
    with opened_record(data, database) as store, store.writing(SYSTEM_ACTOR, "basis list") as book:
        found = lacking(book, code)
        if keep:
            made = keep_lacking(book, code, *_terms(on))
    for child in found:
        talk.say(talk.words("basis_line", id=child.id, township=child.township_name))
    if found:
        talk.line("basis_lacking", n=len(found), tasks=made)
    else:
        talk.line("basis_all")
    leave(bool(found))


@app.command("state")
def state(
    child: Child,
    basis: Annotated[BasisKind, typer.Option("--basis", help="同意或法定职责 / which")],
    by: By,
    paper: Annotated[str, typer.Option("--paper", help="凭哪份文书：文号或存放处 / which paper")],
    own: Annotated[
        bool,
        typer.Option("--own", help="本人同意（须满十四周岁） / her own, from 14"),
    ] = False,
    data: DataFolder = None,
    database: Database = None,
    on: OnDay = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """记录一份档案的合法性基础 / State the lawful basis of a child's record."""
    from casework.actors import ChildBasis
    from ledger.record.bases import state_basis
    from service.workflows.ledgers import today

    given = ChildBasis(basis, by, on or today(), paper, own)
    with opened_record(data, database) as store, store.writing(SYSTEM_ACTOR, "basis") as book:
        state_basis(book, child, given)
    Talk(lang).line("basis_stated")


@app.command("withdraw")
def withdraw(
    child: Child,
    by: By,
    data: DataFolder = None,
    database: Database = None,
    on: OnDay = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """撤回同意：停止法定职责以外的使用，列入待办 / Withdraw consent; a task says what follows."""
    from ledger.record.bases import withdraw_consent

    programme, day = _terms(on)
    with opened_record(data, database) as store, store.writing(SYSTEM_ACTOR, "consent") as book:
        withdraw_consent(book, child, by, day, programme)
    Talk(lang).line("consent_withdrawn_done")


def _terms(on: date | None) -> "tuple[Programme, date]":
    from casework.programme import Programme
    from service.workflows.ledgers import today

    return Programme.from_toml(None), on or today()
