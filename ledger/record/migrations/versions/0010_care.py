"""Care entries: the lines of the growth handbooks."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "care_entries",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("request_key", sa.String(64), nullable=False, unique=True),
        sa.Column("pairing_id", sa.String(32), sa.ForeignKey("pairings.id"), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("township", sa.String(64), nullable=False),
        sa.Column("village", sa.String(64), nullable=False),
        sa.Column("child_id", sa.String(32), nullable=False),
        sa.Column("on_day", sa.Date, nullable=False),
        sa.Column("kinds", sa.Text, nullable=False),
        sa.Column("place", sa.String(32), nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("is_boarding", sa.Boolean, nullable=False),
        sa.Column("has_concern", sa.Boolean, nullable=False),
        sa.Column("excuse", sa.String(32)),
        sa.Column("written_on", sa.Date, nullable=False),
        sa.Column("written_at", sa.String(27), nullable=False),
        sa.Column("written_by", sa.String(32), nullable=False),
        sa.Column("struck_at", sa.String(27)),
        sa.Column("words", sa.LargeBinary),
        sa.Column("struck_why", sa.LargeBinary),
    )
    op.create_index("ix_care_entries_pairing_day", "care_entries", ["pairing_id", "on_day"])
    op.create_index("ix_care_entries_unit_day", "care_entries", ["unit", "on_day"])
