"""Figures by month, what was told of them to whom, and how many places a caregiver has."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables."""
    op.add_column("people", sa.Column("places", sa.Integer))
    op.create_table(
        "monthly_figures",
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("unit", sa.String(64), primary_key=True),
        sa.Column("township", sa.String(64), primary_key=True),
        sa.Column("counts", sa.Text, nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
    )
    op.create_table(
        "releases",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("audience", sa.String(16), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("made_at", sa.String(27), nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
        sa.Column("shown", sa.Text, nullable=False),
    )
    op.create_index(
        "ix_releases_audience_unit_made_at", "releases", ["audience", "unit", "made_at"]
    )
