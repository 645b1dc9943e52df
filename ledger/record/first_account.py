"""The first account: an installation without any is set up by a link that holds once (首次设置).

Whoever starts the server reads the link in its window; that is all that makes her the first.
"""

import secrets
from datetime import timedelta

from sqlalchemy import Connection, delete, select

from casework.errors import NotFound
from ledger.record.accounts import Account, add_account, count_accounts
from ledger.record.accounts_tables import invitations
from ledger.record.engine import read_transaction
from ledger.record.sessions import DOOR, begin_session, token_hash
from ledger.record.store import Store

HOLDS = timedelta(hours=24)
_GONE = (
    "设置链接已失效：已有账号，或链接过期，请重新启动程序取得新链接"
    " / this link holds no more: start the program again for a new one"
)


def is_set_up(connection: Connection) -> bool:
    """Whether there is any account."""
    return count_accounts(connection) > 0


def invite(store: Store) -> str | None:
    """Make the link's token, in place of any before; None where there is an account."""
    with store.writing(DOOR, "set-up") as book:
        if is_set_up(book.connection):
            return None
        token = secrets.token_urlsafe(24)
        book.connection.execute(delete(invitations))
        row = {"token_hash": token_hash(token), "made_at": book.at, "ends_at": book.at + HOLDS}
        book.connection.execute(invitations.insert().values(row))
        book.note("invitation_make", "account")
        return token


def check_invitation(store: Store, token: str) -> None:
    """Raise NotFound where a link holds no more."""
    with read_transaction(store.engine) as connection:
        good = select(invitations.c.ends_at).where(
            invitations.c.token_hash == token_hash(token), invitations.c.ends_at > store.clock()
        )
        if is_set_up(connection) or connection.execute(good).first() is None:
            raise NotFound(_GONE)


def accept_invitation(store: Store, token: str, account: Account, password: str) -> str:
    """Make the first account and begin its session; of two at once, one finds the link gone."""
    check_invitation(store, token)
    with store.writing(DOOR, "set-up") as book:
        if is_set_up(book.connection):
            raise NotFound(_GONE)
        made = add_account(book, account, password)
        book.connection.execute(delete(invitations))
        return begin_session(book, made.id)
