"""Audit trail, its archives and the installation; rows that nobody changes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_SQLITE = """
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'an audit row is never changed'); END;
CREATE TRIGGER audit_is_archived_first BEFORE DELETE ON audit
WHEN OLD.seq > COALESCE((SELECT MAX(last_seq) FROM audit_archives), 0)
BEGIN SELECT RAISE(ABORT, 'an audit row is archived before it goes'); END;
CREATE TRIGGER archives_are_never_changed BEFORE UPDATE ON audit_archives
BEGIN SELECT RAISE(ABORT, 'an archive stays registered'); END;
CREATE TRIGGER archives_never_go BEFORE DELETE ON audit_archives
BEGIN SELECT RAISE(ABORT, 'an archive stays registered'); END
"""

_POSTGRESQL = """
CREATE OR REPLACE FUNCTION never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a row of the audit trail is never changed'; END $$;;
CREATE OR REPLACE FUNCTION archived_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.seq > COALESCE((SELECT MAX(last_seq) FROM audit_archives), 0) THEN
    RAISE EXCEPTION 'an audit row is archived before it goes';
  END IF;
  RETURN OLD;
END $$;;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
FOR EACH ROW EXECUTE FUNCTION never_changed();;
CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION never_changed();;
CREATE TRIGGER audit_is_archived_first BEFORE DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION archived_first();;
CREATE TRIGGER archives_are_never_changed BEFORE UPDATE OR DELETE ON audit_archives
FOR EACH ROW EXECUTE FUNCTION never_changed();;
CREATE TRIGGER archives_are_never_emptied BEFORE TRUNCATE ON audit_archives
FOR EACH STATEMENT EXECUTE FUNCTION never_changed()
"""


def upgrade() -> None:
    """Make the tables and the triggers that guard them."""
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("actor", sa.String(32), nullable=False, index=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("ids", sa.Text, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("prev", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "audit_archives",
        sa.Column("last_seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("first_seq", sa.BigInteger, nullable=False),
        sa.Column("closing_hash", sa.LargeBinary, nullable=False),
        sa.Column("file_sha256", sa.String(64), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
    )
    op.create_table(
        "installation",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("keys_id", sa.String(32), nullable=False),
        sa.Column("made_at", sa.String(27), nullable=False),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in (
        _SQLITE.replace("END;\n", "END;;\n").split(";;\n") if sqlite else _POSTGRESQL.split(";;\n")
    ):
        op.get_bind().exec_driver_sql(statement)
