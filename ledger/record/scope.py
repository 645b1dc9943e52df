"""Scope: what a list may hold for whom, as the WHERE clause of its query (可见范围).

No list is asked without one. ``Scope.of(book, action)`` is refused where the role is not given
the action; ``where(columns)`` cuts a query to the records that ``decide`` would allow one by one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, or_, true

from casework.access import (
    CITY_CODE,
    UNSEEN,
    Action,
    Actor,
    Decision,
    Field,
    Reason,
    may_begin,
)
from casework.access_rules import RULES, Need
from casework.errors import NotFound, Refused
from ledger.record.book import Book

NOT_THERE = "没有这条记录，或不在您的范围内 / no such record, or not in your area"
TOLD: Mapping[Reason, str] = {
    Reason.INACTIVE: "账号已停用，请联系管理员 / this account is disabled",
    Reason.SCOPE_DOES_NOT_FIT: "账号的范围与角色不符 / the account's area does not fit its role",
    Reason.NOT_FOR_THIS_ROLE: "您的账号不能这样做 / your account may not do this",
    Reason.OWN_WORK: "不能审批自己提出的，请由另一人审批，只有一名工作人员的附领导签字"
    " / another hand must approve, or the leader's signed paper where there is one officer",
    Reason.NO_BASIS: "请先写明合法性基础（监护人同意或法定职责） / state the lawful basis first",
    Reason.NO_GRANT: "请先申请授权 / ask for a grant first",
}


def acting(book: Book) -> Actor:
    """Give the actor of a book, whom the policy knows."""
    if not isinstance(book.actor, Actor):
        raise TypeError("a book for people is opened by an actor of the policy")
    return book.actor


def refuse(decision: Decision) -> None:
    """Raise for a no: outside her area in the very words of "does not exist".

    Raises
    ------
    NotFound
        When the record is none of hers to know of.
    Refused
        When she may know of it and this act is not hers.
    """
    if decision.allow:
        return
    if decision.reason in UNSEEN:
        raise NotFound(NOT_THERE)
    raise Refused(TOLD[decision.reason])


@dataclass(frozen=True, slots=True)
class Areas:
    """The columns in which a table keeps where its records belong, as deep as it goes.

    Attributes
    ----------
    pairing
        Where a caregiver may see what is of her own pair: the column of the pairing's id.
    """

    unit: ColumnElement[str]
    township: ColumnElement[str] | None = None
    village: ColumnElement[str] | None = None
    pairing: ColumnElement[str] | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What one actor may see of one kind of list, and which fields of it."""

    actor: Actor
    action: Action
    fields: frozenset[Field]

    @classmethod
    def of(cls, book: Book, action: Action) -> "Scope":
        """Give the scope of whoever opened the book.

        Raises
        ------
        Refused
            When her role is not given the action, or her account is not active.
        """
        return cls.for_actor(acting(book), action)

    @classmethod
    def for_actor(cls, actor: Actor, action: Action) -> "Scope":
        """Give the scope of an actor; see ``of``."""
        decision = may_begin(actor, action, actor.scope)
        refuse(decision)
        return cls(actor, action, decision.fields)

    def where(self, areas: Areas) -> ColumnElement[bool]:
        """Give the clause that a query of these columns must carry."""
        city, *codes = self.actor.scope or (CITY_CODE,)
        if city != CITY_CODE:
            return false()
        columns = (areas.unit, areas.township, areas.village)
        clauses: list[ColumnElement[bool]] = [true()]
        for code, column in zip(codes, columns, strict=False):
            clauses.append(false() if column is None else column == code)
        if Need.OWN_PAIR in _needs(self.actor, self.action):
            clauses.append(self._own(areas))
        return and_(*clauses)

    def below(self, area: ColumnElement[str]) -> ColumnElement[bool]:
        """Give the clause for a column that holds a whole path, its codes joined by a slash."""
        path = "/".join(self.actor.scope)
        return or_(area == path, area.startswith(f"{path}/")) if path else true()

    def _own(self, areas: Areas) -> ColumnElement[bool]:
        if areas.pairing is None or not self.actor.own_pairs:
            return false()
        return areas.pairing.in_(sorted(self.actor.own_pairs))


def _needs(actor: Actor, action: Action) -> Iterable[Need]:
    rule = RULES[action].get(actor.role)
    return rule.needs if rule else ()
