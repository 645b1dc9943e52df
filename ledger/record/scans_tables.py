"""Table of the scans of signed papers (审批表扫描件): sealed, in the database and its backups."""

from sqlalchemy import Column, Integer, String, Table, UniqueConstraint

from ledger.record.schema import ID_LENGTH, Moment, id_column, metadata, sealed

paper_scans = Table(
    "paper_scans",
    metadata,
    id_column(),
    Column("unit", String(64), nullable=False),
    Column("proposal_id", String(ID_LENGTH), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("byte_count", Integer, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", String(ID_LENGTH), nullable=False),
    sealed("body", "id"),
    UniqueConstraint("proposal_id", "sha256"),
)
