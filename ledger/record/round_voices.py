"""What units say to their dates, and feeds of calendars on record (区县答复、日历订阅)."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, select, update

from casework.access import Action, Role, Target, area
from casework.errors import NotFound, Refused
from ledger.record.book import Book
from ledger.record.deciding import require
from ledger.record.round_tables import round_answers, round_feeds
from ledger.record.rounds import CITY, Revision
from ledger.record.scope import NOT_THERE, acting
from ledger.record.sessions import token_hash

LONGEST_REMARK = 300


class Answer(StrEnum):
    """What a unit says to its dates."""

    ACCEPT = "accept"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Said:
    """A unit's answer."""

    unit: str
    answer: Answer
    dates: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """A unit's answer as it was given, to which published timetable."""

    said: Said
    revision: str
    made_at: datetime


def give_answer(book: Book, revision: Revision, said: Said) -> None:
    """Keep what a unit says of its published dates."""
    require(book, Action.DECLARATION_WRITE, Target("round_answer", area(said.unit)))
    if said.answer is Answer.OTHER and not (said.dates or said.remark).strip():
        raise Refused("请写希望的日期或原因 / say which dates you ask for, or why")
    if len(said.remark) > LONGEST_REMARK or len(said.dates) > LONGEST_REMARK:
        raise Refused("说明请在 300 字以内 / at most 300 characters")
    book.connection.execute(
        round_answers.insert().values(
            id=book.new_id(),
            round_id=revision.round,
            revision_id=revision.id,
            unit=said.unit,
            answer=str(said.answer),
            dates=said.dates,
            remark=said.remark,
            account_id=acting(book).id,
            made_at=book.at,
        )
    )
    book.note("round.answer", "round", revision.round, unit=said.unit, answer=str(said.answer))


def answers_of(book: Book, round_id: str) -> dict[str, StoredAnswer]:
    """Give each unit's last answer, by unit: all for the city, her own for a unit."""
    actor = acting(book)
    require(book, Action.DECLARATION_READ, Target("round_answer", actor.scope))
    kept = round_answers.c
    query = select(round_answers).where(kept.round_id == round_id).order_by(kept.made_at, kept.id)
    if actor.role is Role.UNIT:
        query = query.where(kept.unit == actor.scope[1])
    return {
        row.unit: StoredAnswer(
            Said(row.unit, Answer(row.answer), row.dates, row.remark),
            row.revision_id,
            row.made_at,
        )
        for row in book.connection.execute(query)
    }


@dataclass(frozen=True, slots=True)
class Feed:
    """Whose calendar a feed is: ``audience`` team or unit, ``owner`` its code."""

    audience: str
    owner: str


def new_feed(book: Book, feed: Feed) -> str:
    """Make the address of a feed anew; the one before stops. Give its token, told only now."""
    actor = acting(book)
    where = area(feed.owner) if feed.audience == "unit" else CITY
    require(book, Action.ROUND_READ, Target("round_feed", where))
    if actor.role is Role.UNIT and feed != Feed("unit", actor.scope[1]):
        raise NotFound(NOT_THERE)
    kept = round_feeds.c
    this = (kept.audience == feed.audience, kept.owner == feed.owner)
    book.connection.execute(update(round_feeds).where(*this).values(is_over=True))
    token = secrets.token_urlsafe(24)
    book.connection.execute(
        round_feeds.insert().values(
            id=book.new_id(),
            audience=feed.audience,
            owner=feed.owner,
            token_hash=token_hash(token),
            is_over=False,
            made_at=book.at,
            made_by=actor.id,
        )
    )
    book.note("round.feed", "round_feed", [feed.owner], audience=feed.audience)
    return token


def feed_of(connection: Connection, token: str) -> Feed:
    """Say whose calendar a token opens.

    Raises
    ------
    NotFound
        When it opens none, or none any more.
    """
    kept = round_feeds.c
    row = connection.execute(
        select(round_feeds).where(kept.token_hash == token_hash(token), kept.is_over.is_(False))
    ).first()
    if row is None:
        raise NotFound(NOT_THERE)
    return Feed(row.audience, row.owner)
