"""Who brought a proposal into its state; of those before nobody knows but the audit."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Add the column, empty."""
    op.add_column("proposals", sa.Column("turned_by", sa.String(32)))
