"""Deciding: one record, one act, the policy's answer inside a block of the store (权限判断)."""

from casework.access import Action, Decision, Target, decide
from ledger.record.book import Book
from ledger.record.scope import acting, refuse


def require(book: Book, action: Action, target: Target) -> Decision:
    """Give the policy's yes, and the fields that go with it; raises as ``scope.refuse``."""
    decision = decide(acting(book), action, target)
    refuse(decision)
    return decision
