"""Keys of what pages asked for, so that asking again does nothing twice."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "asked_once",
        sa.Column("key_hash", sa.LargeBinary, primary_key=True),
        sa.Column("at", sa.String(27), nullable=False, index=True),
    )
