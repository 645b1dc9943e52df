"""The trail of one account, newest first, by an index."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Put the order of the trail into the index by actor."""
    op.drop_index("ix_audit_actor", "audit")
    op.create_index("ix_audit_actor_seq", "audit", ["actor", "seq"])
