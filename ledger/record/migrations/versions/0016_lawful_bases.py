"""Lawful bases of children's records."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "lawful_bases",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("on_day", sa.Date, nullable=False),
        sa.Column("ended_on", sa.Date),
        sa.Column("made_at", sa.String(27), nullable=False),
        sa.Column("made_by", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary),
    )
    op.create_index("ix_lawful_bases_unit_person_id", "lawful_bases", ["unit", "person_id"])
