"""Grants may be asked by whoever owns the data folder, who has no account."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Let the asker be no account."""
    with op.batch_alter_table("grants") as batch:
        batch.drop_constraint("fk_grants_account_id", type_="foreignkey")
