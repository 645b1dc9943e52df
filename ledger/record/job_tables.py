"""Table of jobs: work that outlives the request that asked for it (任务队列)."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, text

from ledger.record.schema import ID_LENGTH, Moment, id_column, metadata, version_column

jobs = Table(
    "jobs",
    metadata,
    id_column(),
    Column("kind", String(32), nullable=False),
    Column("area", String(64), nullable=False),  # codes joined by a slash
    Column("account_id", String(ID_LENGTH), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("arguments", Text, nullable=False),  # JSON: ids and choices, never personal data
    Column("state", String(16), nullable=False),
    Column("stage", String(32), nullable=False, default=""),
    Column("done", Integer, nullable=False, default=0),
    Column("total", Integer, nullable=False, default=0),
    Column("message", Text, nullable=False, default=""),
    Column("result", Text, nullable=False, default=""),  # JSON: where the result is
    Column("attempts", Integer, nullable=False, default=0),
    Column("worker", String(64), nullable=False, default=""),
    Column("leased_until", Moment),
    Column("is_stopping", Boolean, nullable=False, default=False),
    Column("made_at", Moment, nullable=False),
    Column("begun_at", Moment),
    Column("ended_at", Moment),
    Column("news", Text, nullable=False, default=""),  # JSON: what it tells beside its stage
    version_column(),
    Index("ix_jobs_state_made_at", "state", "made_at"),
    # The same work is never waiting or under way twice.
    Index(
        "uq_jobs_under_way",
        "kind",
        "area",
        "fingerprint",
        unique=True,
        sqlite_where=text("state IN ('queued', 'running')"),
        postgresql_where=text("state IN ('queued', 'running')"),
    ),
)
