"""Tables of the audit trail (审计日志) and of the installation itself.

Triggers, made in revision 0001, refuse every change of an audit row, and every removal but of
rows whose archive is registered; registered archives never change.
"""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, String, Table, Text

from ledger.record.schema import ID_LENGTH, Moment, metadata

audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("actor", String(ID_LENGTH), nullable=False),
    Column("role", String(16), nullable=False),
    Column("action", String(64), nullable=False),
    Column("why", Text, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("ids", Text, nullable=False),  # a JSON list
    Column("area", Text, nullable=False),  # codes joined by a slash
    Column("outcome", String(16), nullable=False),
    Column("facts", Text, nullable=False),  # JSON, without personal data
    Column("prev", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index("ix_audit_actor_seq", "actor", "seq"),  # somebody's newest rows, without sorting
)

audit_archives = Table(
    "audit_archives",
    metadata,
    Column("last_seq", BigInteger, primary_key=True, autoincrement=False),
    Column("first_seq", BigInteger, nullable=False),
    Column("closing_hash", LargeBinary, nullable=False),
    Column("file_sha256", String(64), nullable=False),
    Column("at", Moment, nullable=False),
)

installation = Table(
    "installation",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("keys_id", String(ID_LENGTH), nullable=False),
    Column("made_at", Moment, nullable=False),
)
