"""Jobs: work that outlives the request that asked for it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_UNDER_WAY = sa.text("state IN ('queued', 'running')")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("area", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("arguments", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("result", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("worker", sa.String(64), nullable=False),
        sa.Column("leased_until", sa.String(27)),
        sa.Column("is_stopping", sa.Boolean, nullable=False),
        sa.Column("made_at", sa.String(27), nullable=False),
        sa.Column("begun_at", sa.String(27)),
        sa.Column("ended_at", sa.String(27)),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("ix_jobs_state_made_at", "jobs", ["state", "made_at"])
    op.create_index(
        "uq_jobs_under_way",
        "jobs",
        ["kind", "area", "fingerprint"],
        unique=True,
        sqlite_where=_UNDER_WAY,
        postgresql_where=_UNDER_WAY,
    )
