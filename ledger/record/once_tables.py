"""Table of what was asked under a key, so that asking again does nothing twice (只办一次)."""

from sqlalchemy import Column, LargeBinary, Table

from ledger.record.schema import Moment, metadata

asked_once = Table(
    "asked_once",
    metadata,
    Column("key_hash", LargeBinary, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
)
"""A key's hash stands here exactly when what was asked under it is on record."""
