"""Sessions: signing in, staying in, going out (登录).

A session is a row here and a random token with whoever signed in; each sign-in makes a new one.
It ends by signing out, when unused for an hour, after half a day in any case, and at once when
the account is disabled or its role, area or password change. After six wrong passwords the name
waits a quarter of an hour, then twice as long for each one more; a try counts before it is
checked, so that a crowd of guesses at once gets no more than six.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, exists, select, update
from sqlalchemy.engine import Row

from casework.access import Action, Actor, Role
from casework.errors import NotFound, Refused
from casework.pairings import PairingState
from ledger.record.accounts import Account, account_from
from ledger.record.accounts_tables import account_sessions, accounts, grants, sign_in_tries
from ledger.record.audit import Outcome
from ledger.record.book import Book
from ledger.record.engine import write_transaction
from ledger.record.pairing_tables import pairings
from ledger.record.passwords import is_right
from ledger.record.schema import Moment
from ledger.record.session_rosters import booked_sessions
from ledger.record.store import Store

IDLE = timedelta(hours=1)
AT_MOST = timedelta(hours=12)
MOST_WRONG = 6
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=15), timedelta(hours=24)
_TOUCH_EVERY = timedelta(seconds=60)
DOOR = Actor("door", Role.SYSTEM, ())
"""In the audit: whoever stands at the door and is not known yet."""
PAGE, PROGRAM = "page", "api"
_AT_WORK = (PairingState.ACTIVE, PairingState.ON_HOLD)


# Asked with every request: made once, so that nothing is worked out of them anew.
_AT = bindparam("at", type_=Moment)
_colleague = accounts.alias()
_RIGHTS = select(
    accounts,
    exists()
    .where(
        _colleague.c.role == accounts.c.role,
        _colleague.c.scope == accounts.c.scope,
        _colleague.c.is_active,
        _colleague.c.id != accounts.c.id,
    )
    .label("has_colleague"),
    grants.c.action.label("granted"),
    grants.c.record_id.label("granted_of"),
).outerjoin_from(
    accounts,
    grants,
    and_(grants.c.account_id == accounts.c.id, grants.c.opens_at <= _AT, grants.c.ends_at > _AT),
)
"""An account, whether another could approve what it makes, and a row for each open grant."""
_BY_ID = _RIGHTS.where(accounts.c.id == bindparam("id"))
_held = account_sessions.c
_HOLDER = (
    _RIGHTS.add_columns(_held.id.label("session_id"), _held.kind, _held.used_at, _held.is_over)
    .join(account_sessions, accounts.c.id == _held.account_id)
    .where(_held.token_hash == bindparam("token"), _held.ends_at > _AT)
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who is signed in now: the account, what it may, and which session it is."""

    account: Account
    actor: Actor
    session_id: str
    kind: str
    used_at: datetime


def wait_after(wrong: int) -> timedelta:
    """Say how long a name waits after so many wrong passwords in a row."""
    if wrong < MOST_WRONG:
        return timedelta(0)
    doublings: int = 2 ** min(wrong - MOST_WRONG, 10)
    return min(_FIRST_WAIT * doublings, _LONGEST_WAIT)


def sign_in(store: Store, name: str, password: str, ending: str = "") -> str:
    """Begin a session and give its token.

    Parameters
    ----------
    ending
        Token the browser came with: that session ends, whoever made it.

    Raises
    ------
    Refused
        When name and password do not fit, the account is disabled, or the name must wait: in
        the same words whether or not there is such an account.
    """
    account, known_hash = _count_try(store, name)
    right = is_right(password, known_hash)
    with store.writing(DOOR, "sign-in") as book:
        now = _as_it_stands(book.connection, account.id) if account else None
        if not right or now is None or not now.is_active or now != account:
            book.note("sign_in", "account", [now.id] if now else [])
            raise Refused("账号或密码不对，或账号已停用 / wrong name or password, or disabled")
        tries = sign_in_tries.c.name_hash == _name_hash(name)
        book.connection.execute(delete(sign_in_tries).where(tries))
        end_session(book.connection, ending)
        _forget_old(book)
        book.note("sign_in", "account", [now.id])
        return begin_session(book, now.id)


def begin_session(book: Book, account_id: str, kind: str = PAGE, days: int = 0) -> str:
    """Make a session; for a program, one that holds for days."""
    token = secrets.token_urlsafe(32)
    book.connection.execute(
        account_sessions.insert().values(
            id=book.new_id(),
            token_hash=token_hash(token),
            account_id=account_id,
            kind=kind,
            begun_at=book.at,
            used_at=book.at,
            ends_at=book.at + (timedelta(days=days) if days else AT_MOST),
            is_over=False,
        )
    )
    return token


def find_signed_in(connection: Connection, token: str, at: datetime) -> SignedIn | None:
    """Find who holds a token; None where it is not known, over, or unused for too long.

    Raises
    ------
    Refused
        When the account is disabled.
    """
    rows = connection.execute(_HOLDER, {"token": token_hash(token), "at": at}).all()
    if not rows:
        return None
    row, account = rows[0], account_from(rows[0])
    if not account.is_active:
        raise Refused("账号已停用，请联系管理员 / this account is disabled")
    if row.is_over or (row.kind == PAGE and row.used_at + IDLE <= at):
        return None
    actor = _actor_from(connection, account, rows)
    return SignedIn(account, actor, row.session_id, row.kind, row.used_at)


def is_unseen(store: Store, signed: SignedIn) -> bool:
    """Whether a session's use was not remembered for a while; once a minute is enough."""
    return signed.used_at < store.clock() - _TOUCH_EVERY


def touch(store: Store, signed: SignedIn) -> None:
    """Remember that a session is in use."""
    at = store.clock()
    stale = account_sessions.c.used_at < at - _TOUCH_EVERY
    # Not the store's own writing: that a page is open is no act, and leaves no row in the audit.
    with write_transaction(store.engine) as connection:
        connection.execute(
            update(account_sessions)
            .where(account_sessions.c.id == signed.session_id, stale)
            .values(used_at=at)
        )


def actor_of(connection: Connection, account: Account, at: datetime) -> Actor:
    """Give what an account may act as, at this moment."""
    rows = connection.execute(_BY_ID, {"id": account.id, "at": at}).all()
    return _actor_from(connection, account, rows)


def actor_called(connection: Connection, account_id: str, at: datetime) -> Actor:
    """Give what the account of an id may act as; raises NotFound where there is none."""
    rows = connection.execute(_BY_ID, {"id": account_id, "at": at}).all()
    if not rows:
        raise NotFound("没有这个账号 / there is no such account")
    return _actor_from(connection, account_from(rows[0]), rows)


def _actor_from(connection: Connection, account: Account, rows: Sequence[Row[Any]]) -> Actor:
    """Read an actor from the rows of her account, one for each grant that is open."""
    return Actor(
        account.id,
        account.role,
        account.scope,
        account.is_active,
        own_pairs=_own_pairs(connection, account),
        booked_sessions=_booked(connection, account),
        open_grants=frozenset(
            (Action(row.granted), row.granted_of) for row in rows if row.granted
        ),
        is_only_officer=account.role is Role.UNIT and not rows[0].has_colleague,
    )


def _own_pairs(connection: Connection, account: Account) -> frozenset[str]:
    """Give a caregiver's pairings that she works in; one that waits or is suspended is none."""
    if account.role is not Role.CAREGIVER or not account.person:
        return frozenset()
    mine = select(pairings.c.id).where(
        pairings.c.caregiver_id == account.person, pairings.c.state.in_(_AT_WORK)
    )
    return frozenset(connection.scalars(mine))


def _booked(connection: Connection, account: Account) -> frozenset[str]:
    """Give the sessions that the team of an account is booked for."""
    is_team = account.role is Role.TEAM
    return booked_sessions(connection, account.team) if is_team else frozenset()


def end_session(connection: Connection, token: str) -> None:
    """End the session of a token; one that is not known is ended already."""
    connection.execute(
        update(account_sessions)
        .where(account_sessions.c.token_hash == token_hash(token))
        .values(is_over=True)
    )


def sign_out(store: Store, signed: SignedIn) -> None:
    """End this session, here and wherever else its token is held."""
    with store.writing(signed.actor, "sign-out") as book:
        book.connection.execute(
            update(account_sessions)
            .where(account_sessions.c.id == signed.session_id)
            .values(is_over=True)
        )
        book.note("sign_out", "account", [signed.account.id])


def token_hash(token: str) -> bytes:
    """Give what is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def _count_try(store: Store, name: str) -> tuple[Account | None, str]:
    """Count a try before it is checked; give the account of the name and its password's hash.

    The name is found whatever becomes of it, so that a name that nobody bears waits as long.
    """
    key = _name_hash(name)
    with store.writing(DOOR, "sign-in") as book:
        seen = sign_in_tries.c
        known = book.connection.execute(select(sign_in_tries).where(seen.name_hash == key)).first()
        if known is not None and known.free_at > book.at:
            minutes = ceil((known.free_at - book.at) / timedelta(minutes=1))
            book.note("sign_in", "account", outcome=Outcome.REFUSED, locked=True)
            waits = (
                f"密码错误次数过多，请 {minutes} 分钟后再试 / too many tries: wait {minutes} min"
            )
            raise Refused(waits)
        wrong = (known.wrong if known else 0) + 1
        book.connection.execute(delete(sign_in_tries).where(seen.name_hash == key))
        free_at = book.at + wait_after(wrong)
        row = {"name_hash": key, "wrong": wrong, "free_at": free_at}
        book.connection.execute(sign_in_tries.insert().values(row))
        book.note("sign_in_try", "account")
        found = book.connection.execute(
            select(accounts).where(accounts.c.name == name.strip().casefold())
        ).first()
    return (account_from(found), found.password) if found else (None, "")


def _as_it_stands(connection: Connection, account_id: str) -> Account | None:
    row = connection.execute(select(accounts).where(accounts.c.id == account_id)).first()
    return account_from(row) if row else None


def _name_hash(name: str) -> bytes:
    return hashlib.sha256(f"name {name.strip().casefold()}".encode()).digest()


def _forget_old(book: Book) -> None:
    """Forget sessions that ended, and tries of names that are free for a day."""
    book.connection.execute(delete(account_sessions).where(account_sessions.c.ends_at < book.at))
    book.connection.execute(
        delete(sign_in_tries).where(sign_in_tries.c.free_at < book.at - _LONGEST_WAIT)
    )


@dataclass(frozen=True, slots=True)
class Session:
    """A session as an administrator sees it."""

    id: str
    kind: str
    begun_at: datetime
    used_at: datetime


def list_sessions(book: Book, account: Account) -> tuple[Session, ...]:
    """List the sessions of an account that go on, newest first."""
    held = account_sessions.c
    going_on = select(account_sessions).where(
        held.account_id == account.id, held.is_over.is_(False), held.ends_at > book.at
    )
    rows = book.connection.execute(going_on.order_by(held.begun_at.desc()))
    book.note("sessions_list", "account", [account.id])
    return tuple(Session(row.id, row.kind, row.begun_at, row.used_at) for row in rows)


def end_sessions(book: Book, account: Account) -> None:
    """End every session of an account."""
    over = update(account_sessions).where(account_sessions.c.account_id == account.id)
    book.connection.execute(over.values(is_over=True))
    book.note("sessions_end", "account", [account.id])


def end_one_session(book: Book, account: Account, session_id: str) -> None:
    """End one session of an account, or take back one of its tokens.

    Raises
    ------
    NotFound
        When the account has no such session.
    """
    held = account_sessions.c
    this = update(account_sessions).where(held.account_id == account.id, held.id == session_id)
    if not book.connection.execute(this.values(is_over=True)).rowcount:
        raise NotFound("没有这次登录 / there is no such session")
    book.note("session_end", "account", [account.id])


def make_token(book: Book, account: Account, days: int) -> str:
    """Make a token for a program of an account; it holds for days and is told once.

    Raises
    ------
    Refused
        While the password is one that others made: changing it would end the token.
    """
    if account.must_change:
        raise Refused(
            "这个账号还没有换掉初始密码：请先登录修改密码，再做令牌"
            " / sign in and change the made password first: until then a token opens nothing"
        )
    book.note("token_make", "account", [account.id], days=days)
    return begin_session(book, account.id, PROGRAM, days)


def forget_tries(book: Book, name: str) -> None:
    """Let a name try again at once."""
    tries = sign_in_tries.c.name_hash == _name_hash(name)
    book.connection.execute(delete(sign_in_tries).where(tries))


def confirm_password(store: Store, account: Account, password: str) -> None:
    """See that whoever holds a session also knows its password; tries count as at the door.

    Raises
    ------
    Refused
        When it is wrong, or the name must wait.
    """
    _, known_hash = _count_try(store, account.name)
    if not is_right(password, known_hash):
        raise Refused("原密码不对 / the old password is wrong")
    with store.writing(DOOR, "password") as book:
        forget_tries(book, account.name)
