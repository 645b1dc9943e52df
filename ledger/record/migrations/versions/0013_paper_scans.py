"""Scans of signed papers, sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "paper_scans",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("proposal_id", sa.String(32), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("byte_count", sa.Integer, nullable=False),
        sa.Column("made_at", sa.String(27), nullable=False),
        sa.Column("made_by", sa.String(32), nullable=False),
        sa.Column("body", sa.LargeBinary),
        sa.UniqueConstraint("proposal_id", "sha256"),
    )
