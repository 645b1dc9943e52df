"""``nuantong user``: accounts, by whoever owns the data folder."""

from typing import TYPE_CHECKING, Annotated

import typer

from casework.actors import SYSTEM_ACTOR, Role
from service.commands.options import AreaUnit, Lang, Talk
from service.commands.record_options import (
    Database,
    DataFolder,
    Township,
    named_area,
    opened_record,
)
from service.settings import LANGUAGES

if TYPE_CHECKING:
    from ledger.record.accounts import Account

app = typer.Typer(
    help="账号：建立、停用、改密码 / accounts: make, disable, change passwords",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Name = Annotated[str, typer.Argument(help="账号名 / the account's name")]
_OF_PEOPLE = [str(role) for role in Role if role is not Role.SYSTEM]
Chosen = Annotated[
    Role,
    typer.Option("--role", help="角色 / role", parser=Role, metavar="|".join(_OF_PEOPLE)),
]
Team = Annotated[str, typer.Option("--team", help="团队编号（团队账号） / the team's id")]
Person = Annotated[
    str, typer.Option("--person", help="爱心妈妈编号（爱心妈妈账号） / the caregiver's id")
]


@app.command("add")
def add(
    name: Name,
    role: Chosen,
    unit: AreaUnit = None,
    township: Township = None,
    team: Team = "",
    person: Person = "",
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """建立账号，密码随机生成，登录后须改 / Make an account; its password must be changed."""
    from ledger.record.accounts import Account, add_account
    from ledger.record.passwords import made_password

    scope = named_area(unit, township)
    wanted = Account("", name, role, scope, team, person, must_change=True)
    password = made_password()
    with (
        opened_record(data, database, make=True) as store,
        store.writing(SYSTEM_ACTOR, "user add") as book,
    ):
        made = add_account(book, wanted, password)
    Talk(lang).line("user_made", name=made.name, role=made.role, password=password)


@app.command("list")
def list_all(
    data: DataFolder = None, database: Database = None, lang: Lang = LANGUAGES[0]
) -> None:
    """列出账号 / List the accounts."""
    from ledger.record.accounts import list_accounts

    talk = Talk(lang)
    with opened_record(data, database) as store, store.reading(SYSTEM_ACTOR, "user list") as book:
        for account in list_accounts(book):
            talk.say(_line(account, talk))


@app.command("disable")
def disable(
    name: Name,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """停用账号，立即生效 / Disable an account, at once."""
    from ledger.record.accounts import named_account, set_active

    with (
        opened_record(data, database) as store,
        store.writing(SYSTEM_ACTOR, "user disable") as book,
    ):
        set_active(book, named_account(book, name), is_active=False)
    Talk(lang).line("user_disabled", name=name)


@app.command("enable")
def enable(
    name: Name,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """重新启用账号 / Let a disabled account in again."""
    from ledger.record.accounts import named_account, set_active

    with (
        opened_record(data, database) as store,
        store.writing(SYSTEM_ACTOR, "user enable") as book,
    ):
        set_active(book, named_account(book, name), is_active=True)
    Talk(lang).line("user_enabled", name=name)


@app.command("password")
def password(
    name: Name,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """重设密码（随机），并解除锁定 / Give a new password and end a wait."""
    from ledger.record.accounts import change_password, named_account
    from ledger.record.passwords import made_password
    from ledger.record.sessions import forget_tries

    fresh = made_password()
    with (
        opened_record(data, database) as store,
        store.writing(SYSTEM_ACTOR, "user password") as book,
    ):
        account = named_account(book, name)
        change_password(book, account, fresh, must_change=True)
        forget_tries(book, account.name)
    Talk(lang).line("user_password", name=name, password=fresh)


@app.command("role")
def role_of(
    name: Name,
    role: Chosen,
    unit: AreaUnit = None,
    township: Township = None,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """改角色和范围，立即生效 / Change an account's role and area, at once."""
    from ledger.record.accounts import change_role, named_account

    scope = named_area(unit, township)
    with opened_record(data, database) as store, store.writing(SYSTEM_ACTOR, "user role") as book:
        change_role(book, named_account(book, name), role, scope)
    Talk(lang).line("user_role", name=name, role=role)


@app.command("sessions")
def sessions(
    name: Name,
    end: Annotated[bool, typer.Option("--end", help="全部退出 / end them all")] = False,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """列出账号现在的登录，或全部退出 / List an account's sessions, or end them all."""
    from ledger.record.accounts import named_account
    from ledger.record.sessions import end_sessions, list_sessions

    talk = Talk(lang)
    with (
        opened_record(data, database) as store,
        store.writing(SYSTEM_ACTOR, "user sessions") as book,
    ):
        account = named_account(book, name)
        found = list_sessions(book, account)
        for session in found:
            when = f"{session.begun_at:%Y-%m-%d %H:%M} – {session.used_at:%H:%M} UTC"
            talk.say(f"{session.kind}  {when}")
        if end:
            end_sessions(book, account)
    if end or not found:
        talk.line("user_sessions_ended" if end else "user_sessions_none", name=name)


@app.command("token")
def token(
    name: Name,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="天数 / days")] = 30,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """给程序用的令牌，只显示一次 / Make a token for a program; it is shown once."""
    from ledger.record.accounts import named_account
    from ledger.record.sessions import make_token

    with opened_record(data, database) as store, store.writing(SYSTEM_ACTOR, "user token") as book:
        made = make_token(book, named_account(book, name), days)
    Talk(lang).line("user_token", token=made, days=days)


def _line(account: "Account", talk: Talk) -> str:
    state = talk.words("user_is_active" if account.is_active else "user_is_disabled")
    return f"{account.name}\t{account.role}\t{'/'.join(account.scope)}\t{state}"
