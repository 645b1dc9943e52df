"""Table of the lawful bases that were stated of children's records (合法性基础)."""

from sqlalchemy import Column, Date, Index, String, Table

from ledger.record.schema import ID_LENGTH, Moment, id_column, metadata, sealed, version_column

lawful_bases = Table(
    "lawful_bases",
    metadata,
    id_column(),
    Column("person_id", String(ID_LENGTH), nullable=False),
    Column("unit", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("on_day", Date, nullable=False),
    Column("ended_on", Date),
    Column("made_at", Moment, nullable=False),
    Column("made_by", String(ID_LENGTH), nullable=False),
    version_column(),
    sealed("body"),
    Index("ix_lawful_bases_unit_person_id", "unit", "person_id"),
)
