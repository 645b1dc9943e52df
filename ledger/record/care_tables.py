"""Table of care entries: the lines of the children's growth handbooks (关爱记录).

What the caregiver wrote is sealed under the child's key; a line is struck out, never changed.
"""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from ledger.record.pairing_tables import AREA_LENGTH, CHOICE_LENGTH
from ledger.record.schema import ID_LENGTH, Moment, id_column, metadata, sealed

care_entries = Table(
    "care_entries",
    metadata,
    id_column(),
    Column("request_key", String(64), nullable=False, unique=True),
    Column("pairing_id", String(ID_LENGTH), ForeignKey("pairings.id"), nullable=False),
    Column("unit", String(AREA_LENGTH), nullable=False),
    Column("township", String(AREA_LENGTH), nullable=False),
    Column("village", String(AREA_LENGTH), nullable=False),
    Column("child_id", String(ID_LENGTH), nullable=False),
    Column("on_day", Date, nullable=False),
    Column("kinds", Text, nullable=False),  # names of CareKind, joined by commas
    Column("place", String(CHOICE_LENGTH), nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("is_boarding", Boolean, nullable=False),
    Column("has_concern", Boolean, nullable=False),
    Column("excuse", String(CHOICE_LENGTH)),
    Column("written_on", Date, nullable=False),
    Column("written_at", Moment, nullable=False),
    Column("written_by", String(ID_LENGTH), nullable=False),
    Column("struck_at", Moment),
    sealed("words", "child_id"),
    sealed("struck_why", "child_id"),
)
Index("ix_care_entries_pairing_day", care_entries.c.pairing_id, care_entries.c.on_day)
Index("ix_care_entries_unit_day", care_entries.c.unit, care_entries.c.on_day)
