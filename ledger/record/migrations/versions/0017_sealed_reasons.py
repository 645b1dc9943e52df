"""Reasons of grants are sealed; those kept in plain until now are taken away."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Take the plain column away, and make the sealed one."""
    with op.batch_alter_table("grants") as batch:
        batch.drop_column("reason")
    with op.batch_alter_table("grants") as batch:
        batch.add_column(sa.Column("about", sa.String(32), nullable=False, server_default=""))
        batch.add_column(sa.Column("reason", sa.LargeBinary))
    op.execute("UPDATE grants SET about = id")
    with op.batch_alter_table("grants") as batch:
        batch.alter_column("about", server_default=None)
