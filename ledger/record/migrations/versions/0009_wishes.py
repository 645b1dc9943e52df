"""Wishes of the staff about single pairs, heeded by the next proposal."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "wishes",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("unit", sa.String(64), nullable=False, index=True),
        sa.Column("child_id", sa.String(32), nullable=False),
        sa.Column("caregiver_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("by", sa.String(32), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("why", sa.LargeBinary),
    )
