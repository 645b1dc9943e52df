"""People on record, their versions, imports, rows that wait, rosters and tasks."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables."""
    _people()
    _person_versions()
    _imports()
    _held_rows()
    _rosters()
    _tasks()


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("township", sa.String(64), nullable=False),
        sa.Column("village", sa.String(64)),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("category", sa.String(32)),
        sa.Column("in_mandatory_scope", sa.Boolean, nullable=False),
        sa.Column("sex", sa.String(8)),
        sa.Column("birth_date", sa.Date),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("is_on_record", sa.Boolean, nullable=False),
        sa.Column("id_lookup", sa.LargeBinary),
        sa.UniqueConstraint("kind", "unit", "id_lookup"),
    )
    op.create_index("ix_people_id_lookup", "people", ["id_lookup"])
    op.create_index(
        "ix_people_kind_unit_township_id", "people", ["kind", "unit", "township", "id"]
    )


def _person_versions() -> None:
    op.create_table(
        "person_versions",
        sa.Column("person_id", sa.String(32), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("actor", sa.String(32), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("source_id", sa.String(32), nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("changed", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary),
        sa.Column("reason", sa.LargeBinary),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"]),
    )
    op.create_index("ix_person_versions_source_id", "person_versions", ["source_id"])


def _imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("township", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("file_sha256", sa.String(64), nullable=False),
        sa.Column("made_at", sa.String(27), nullable=False),
        sa.Column("made_by", sa.String(32), nullable=False),
        sa.Column("settled_at", sa.String(27)),
        sa.Column("settled_by", sa.String(32)),
        sa.Column("counts", sa.Text, nullable=False),
        sa.Column("seen", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary),
    )
    op.create_index("ix_imports_file_sha256", "imports", ["file_sha256"])
    op.create_index("ix_imports_unit_kind_digest", "imports", ["unit", "kind", "digest"])


def _held_rows() -> None:
    op.create_table(
        "held_rows",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("township", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("import_id", sa.String(32), nullable=False),
        sa.Column("closed_by", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(32)),
        sa.Column("key_lookup", sa.LargeBinary),
        sa.Column("row_lookup", sa.LargeBinary),
        sa.Column("body", sa.LargeBinary),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"]),
    )
    op.create_index("ix_held_rows_import_id", "held_rows", ["import_id"])
    op.create_index("ix_held_rows_unit_kind", "held_rows", ["unit", "kind"])


def _rosters() -> None:
    op.create_table(
        "rosters",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("made_at", sa.String(27), nullable=False),
        sa.Column("made_by", sa.String(32), nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
        sa.UniqueConstraint("unit", "digest", "as_of"),
    )


def _tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("township", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("about", sa.String(32), nullable=False),
        sa.Column("due", sa.Date, nullable=False),
        sa.Column("responsible", sa.String(128), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("made_at", sa.String(27), nullable=False),
        sa.Column("made_by", sa.String(32), nullable=False),
        sa.Column("settled_at", sa.String(27)),
        sa.Column("settled_by", sa.String(32)),
        sa.Column("key_lookup", sa.LargeBinary),
        sa.Column("body", sa.LargeBinary),
        sa.Column("outcome", sa.LargeBinary),
        sa.UniqueConstraint("unit", "key_lookup"),
    )
    op.create_index("ix_tasks_unit_state_due", "tasks", ["unit", "state", "due"])
