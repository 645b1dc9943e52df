"""Deciding: one record, one act, the policy's answer inside a block of the store (权限判断)."""

from casework.access import UNSEEN, Action, Decision, Target, decide
from casework.errors import NotFound, Refused
from ledger.record.book import Book
from ledger.record.scope import acting

_NOT_FOUND = "没有这条记录，或不在您的范围内 / no such record, or not in your area"
_OWN_WORK = (
    "不能审批自己提出的事项：请另一位工作人员审批；本单位只有一位工作人员的，登记领导签字的审批表"
    " / another hand approves; where an office has one officer, the leader's signed paper"
)


def require(book: Book, action: Action, target: Target) -> Decision:
    """Give the policy's yes, and the fields that go with it.

    Raises
    ------
    NotFound
        When the record is out of sight: told as if there were none.
    Refused
        When it is in sight and not this person's to do.
    """
    decision = decide(acting(book), action, target)
    if decision.allow:
        return decision
    if decision.reason in UNSEEN:
        raise NotFound(_NOT_FOUND)
    if decision.reason == "own_work":
        raise Refused(_OWN_WORK)
    raise Refused("您的账号不能这样做 / your account may not do this")
