"""Proposals, approvals, pairings and their history; history is only ever added to."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"

_HOLDS_CHILD = sa.text("state IN ('approved', 'conditional', 'active', 'on_hold')")


def upgrade() -> None:
    """Make the tables."""
    _proposals()
    _pairings()
    op.create_table(
        "pairing_events",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("pairing_id", sa.String(32), sa.ForeignKey("pairings.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("unit", sa.String(64), nullable=False, index=True),
        sa.Column("child_id", sa.String(32), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("on_day", sa.Date, nullable=False),
        sa.Column("by", sa.String(32), nullable=False),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("moves", sa.Boolean, nullable=False),
        sa.Column("words", sa.LargeBinary),
        sa.UniqueConstraint("pairing_id", "number"),
    )


def _proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("unit", sa.String(64), nullable=False, index=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("author", sa.String(32), nullable=False),
        sa.Column("made_at", sa.String(27), nullable=False),
        sa.Column("submitted_at", sa.String(27)),
        sa.Column("on_day", sa.Date, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("rules", sa.Text, nullable=False),
        sa.Column("mark", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
    )
    op.create_table(
        "overrides",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column(
            "proposal_id", sa.String(32), sa.ForeignKey("proposals.id"), nullable=False, index=True
        ),
        sa.Column("child_id", sa.String(32), nullable=False),
        sa.Column("caregiver_id", sa.String(32), nullable=False),
        sa.Column("by", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("cost", sa.Text, nullable=False),
        sa.Column("why", sa.LargeBinary),
    )
    op.create_table(
        "approvals",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("request_key", sa.String(64), nullable=False, unique=True),
        sa.Column(
            "proposal_id", sa.String(32), sa.ForeignKey("proposals.id"), nullable=False, index=True
        ),
        sa.Column("by", sa.String(32), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("asked", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
    )


def _pairings() -> None:
    op.create_table(
        "pairings",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("unit", sa.String(64), nullable=False, index=True),
        sa.Column("township", sa.String(64), nullable=False),
        sa.Column("village", sa.String(64), nullable=False),
        sa.Column("caregiver_township", sa.String(64), nullable=False),
        sa.Column("child_id", sa.String(32), nullable=False, index=True),
        sa.Column("caregiver_id", sa.String(32), nullable=False, index=True),
        sa.Column("household", sa.String(34), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("proposal_id", sa.String(32), nullable=False),
        sa.Column("started_on", sa.Date),
        sa.Column("ended_on", sa.Date),
        sa.Column("end_reason", sa.String(32)),
        sa.Column("due_on", sa.Date),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("words", sa.LargeBinary),
    )
    op.create_index(
        "one_caregiver_a_child",
        "pairings",
        ["child_id"],
        unique=True,
        sqlite_where=_HOLDS_CHILD,
        postgresql_where=_HOLDS_CHILD,
    )
