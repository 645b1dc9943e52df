"""Accounts: who may sign in, as what, over which area (账号).

Whoever makes or changes an account stands above it (``may_appoint``); a change of role, area or
password, and a disabling, end its sessions in the same transaction.
"""

import re
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.engine import Row

from casework.access import Action, Actor, AreaPath, Reason, Role, Target, decide
from casework.access_rules import DEPTHS, may_appoint
from casework.errors import Conflict, NotFound, Refused
from ledger.record.accounts_tables import LONGEST_NAME, account_sessions, accounts
from ledger.record.book import Book
from ledger.record.passwords import hash_password, refuse_weak
from ledger.record.people_tables import people
from ledger.record.scope import Scope, acting

_NO_SUCH = "没有这个账号 / there is no such account"


@dataclass(frozen=True, slots=True)
class Account:
    """An account.

    Attributes
    ----------
    name
        What is typed to sign in.
    team, person
        The team a TEAM account signs in for; the caregiver's id of a CAREGIVER account.
    must_change
        Whether a new password must be chosen before anything else.
    """

    id: str
    name: str
    role: Role
    scope: AreaPath
    team: str = ""
    person: str = ""
    is_active: bool = True
    must_change: bool = False
    version: int = 1


def clean_account_name(name: str) -> str:
    """Give a name as it is kept: casefolded, without spaces around it.

    Raises
    ------
    Refused
        When it is empty, too long, or holds more than letters, digits and ``._-``.
    """
    kept = name.strip().casefold()
    if not re.fullmatch(r"[\w.-]+", kept) or len(kept) > LONGEST_NAME:
        raise Refused(
            f"账号名用 1–{LONGEST_NAME} 个字母、汉字、数字或 . _ -"
            " / a name has letters, digits and . _ - only"
        )
    return kept


def add_account(book: Book, account: Account, password: str) -> Account:
    """Make an account; ``id`` and ``version`` of what is given do not count.

    Raises
    ------
    Refused
        When it is not the actor's to make, or the password is weak.
    Conflict
        When the name is taken.
    NotFound
        When whom it is of is no caregiver on record in its area.
    """
    name = clean_account_name(account.name)
    _refuse_unless_above(acting(book), account.role, account.scope)
    refuse_weak(password, name)
    _see_caregiver(book, account.person, account.scope)
    if book.connection.execute(select(accounts.c.id).where(accounts.c.name == name)).first():
        raise Conflict("已有同名账号 / an account of this name is there already")
    made = replace(account, id=book.new_id(), name=name, is_active=True, version=1)
    values = asdict(made) | {"role": str(made.role), "scope": "/".join(made.scope)}
    values |= {"password": hash_password(password), "made_at": book.at, "made_by": book.actor.id}
    book.connection.execute(accounts.insert().values(values))
    book.note("account_add", "account", [made.id], role=str(made.role))
    return made


def _see_caregiver(book: Book, person: str, scope: AreaPath) -> None:
    """See that an account is of a caregiver who is on record in its area, if of anybody."""
    if not person:
        return
    columns = (people.c.unit, people.c.township, people.c.village)
    here = [c == code for c, code in zip(columns, scope[1:], strict=False)]
    hers = (people.c.id == person, people.c.kind == "caregiver", people.c.is_on_record, *here)
    if book.connection.execute(select(people.c.id).where(*hers)).first() is None:
        raise NotFound("这个范围内没有这位爱心妈妈 / no such caregiver on record in this area")


def change_password(book: Book, account: Account, password: str, must_change: bool) -> None:
    """Give an account another password; all its sessions end."""
    if book.actor.id != account.id:
        _refuse_unless_above(acting(book), account.role, account.scope)
    refuse_weak(password, account.name)
    _change(book, account, password=hash_password(password), must_change=must_change)
    book.note("account_password", "account", [account.id])


def change_role(book: Book, account: Account, role: Role, scope: AreaPath) -> None:
    """Give an account another role or area; all its sessions end."""
    _refuse_unless_above(acting(book), account.role, account.scope)
    _refuse_unless_above(acting(book), role, scope)
    _change(book, account, role=str(role), scope="/".join(scope))
    book.note("account_role", "account", [account.id], role=str(role))


def set_person(book: Book, account: Account, person: str) -> None:
    """Say which caregiver an account is of; all its sessions end."""
    _refuse_unless_above(acting(book), account.role, account.scope)
    _see_caregiver(book, person, account.scope)
    _change(book, account, person=person)
    book.note("account_person", "account", [account.id, person])


def set_active(book: Book, account: Account, is_active: bool) -> None:
    """Disable an account, or let it in again; all its sessions end."""
    _refuse_unless_above(acting(book), account.role, account.scope)
    _change(book, account, is_active=is_active)
    book.note("account_enable" if is_active else "account_disable", "account", [account.id])


def list_accounts(book: Book) -> tuple[Account, ...]:
    """List the accounts inside the actor's area, by name."""
    scope = Scope.of(book, Action.USER_MANAGE)
    query = select(accounts).where(scope.below(accounts.c.scope)).order_by(accounts.c.name)
    rows = book.connection.execute(query)
    return tuple(account_from(row) for row in rows)


def named_account(book: Book, name: str) -> Account:
    """Find an account of the actor's area by its name; outside it there is none."""
    for account in list_accounts(book):
        if account.name == name.strip().casefold():
            return account
    raise NotFound(_NO_SUCH)


def find_account(connection: Connection, account_id: str) -> Account:
    """Give an account by its id: for work that somebody asked for earlier.

    Raises
    ------
    Refused
        When there is none any more, or it is disabled.
    """
    row = connection.execute(select(accounts).where(accounts.c.id == account_id)).first()
    if row is None or not row.is_active:
        raise Refused("账号已停用，请联系管理员 / this account is disabled")
    return account_from(row)


def account_of(book: Book, account_id: str) -> Account:
    """Find an account of the actor's area by its id; outside it there is none."""
    for account in list_accounts(book):
        if account.id == account_id:
            return account
    raise NotFound(_NO_SUCH)


def count_accounts(connection: Connection) -> int:
    """Count all accounts: none means that the installation is not set up yet."""
    return connection.execute(select(func.count()).select_from(accounts)).scalar_one()


def account_from(row: Row[Any]) -> Account:
    """Read an account from its row."""
    return Account(
        row.id,
        row.name,
        Role(row.role),
        tuple(filter(None, row.scope.split("/"))),
        row.team,
        row.person,
        row.is_active,
        row.must_change,
        row.version,
    )


def _change(book: Book, account: Account, **values: object) -> None:
    """Change an account that is as it was read, and end its sessions."""
    book.update(accounts, account.id, account.version, **values)
    book.connection.execute(
        update(account_sessions)
        .where(account_sessions.c.account_id == account.id)
        .values(is_over=True)
    )


def _refuse_unless_above(actor: Actor, role: Role, scope: AreaPath) -> None:
    """Refuse to touch an account that is not below the actor; outside her area there is none."""
    decision = decide(actor, Action.USER_MANAGE, Target("account", scope))
    if decision.reason is Reason.OUTSIDE:
        raise NotFound(_NO_SUCH)
    if len(scope) not in DEPTHS[role]:
        raise Refused("角色与范围不符 / the area does not fit the role")
    if not decision.allow or not may_appoint(actor.role, actor.scope, role, scope):
        raise Refused("这个角色的账号要由上级建立或更改 / such an account is made by those above")
