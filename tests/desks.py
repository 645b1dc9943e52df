"""Desks of tests, each with the keys of one house."""

from pathlib import Path

from ledger.record.key_ring import KeyRing
from service.desk import Desk


def desk_at(root: Path) -> Desk:
    """Give a desk; its keys are beside it, as another process would open them."""
    return Desk(root, KeyRing.load(root.parent / f"{root.name}-keys"))
