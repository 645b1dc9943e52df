"""Tables of proposals, approvals and pairings (结对建议、审批、结对登记).

What people wrote in their own words is sealed under the child's key; the rest names ids, days
and choices only. A pairing's events are its history: they are only ever added.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from ledger.record.schema import ID_LENGTH, Moment, id_column, metadata, sealed, version_column

AREA_LENGTH = 64
CHOICE_LENGTH = 32


def _area() -> tuple[Column[str], ...]:
    return (
        Column("unit", String(AREA_LENGTH), nullable=False, index=True),
        Column("township", String(AREA_LENGTH), nullable=False),
        Column("village", String(AREA_LENGTH), nullable=False),
    )


proposals = Table(
    "proposals",
    metadata,
    id_column(),
    version_column(),
    Column("unit", String(AREA_LENGTH), nullable=False, index=True),
    Column("state", String(CHOICE_LENGTH), nullable=False),
    Column("author", String(ID_LENGTH), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("submitted_at", Moment),
    Column("turned_by", String(ID_LENGTH)),
    Column("on_day", Date, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("rules", Text, nullable=False),  # JSON
    Column("mark", Text, nullable=False),  # JSON: versions and digests of the rows
    Column("answer", Text, nullable=False),  # nuantong/proposal/1
)

overrides = Table(
    "overrides",
    metadata,
    id_column(),
    Column(
        "proposal_id", String(ID_LENGTH), ForeignKey("proposals.id"), nullable=False, index=True
    ),
    Column("child_id", String(ID_LENGTH), nullable=False),
    Column("caregiver_id", String(ID_LENGTH), nullable=False),
    Column("by", String(ID_LENGTH), nullable=False),
    Column("kind", String(CHOICE_LENGTH), nullable=False),
    Column("cost", Text, nullable=False),  # JSON, null where nothing could be told
    sealed("why", "child_id"),
)

approvals = Table(
    "approvals",
    metadata,
    id_column(),
    Column("request_key", String(64), nullable=False),
    Column(
        "proposal_id", String(ID_LENGTH), ForeignKey("proposals.id"), nullable=False, index=True
    ),
    Column("by", String(ID_LENGTH), nullable=False),
    Column("at", Moment, nullable=False),
    Column("asked", Text, nullable=False),  # JSON: the part, the paper's number
    Column("outcome", Text, nullable=False),  # JSON: what it did
    UniqueConstraint("request_key"),
)

pairings = Table(
    "pairings",
    metadata,
    id_column(),
    version_column(),
    *_area(),
    Column("caregiver_township", String(AREA_LENGTH), nullable=False),
    Column("child_id", String(ID_LENGTH), nullable=False, index=True),
    Column("caregiver_id", String(ID_LENGTH), nullable=False, index=True),
    Column("household", String(ID_LENGTH + 2), nullable=False),
    Column("state", String(CHOICE_LENGTH), nullable=False),
    Column("proposal_id", String(ID_LENGTH), nullable=False),
    Column("started_on", Date),
    Column("ended_on", Date),
    Column("end_reason", String(CHOICE_LENGTH)),
    Column("due_on", Date),  # farewell or hand-over still owed by this day
    Column("facts", Text, nullable=False),  # JSON
    sealed("words", "child_id"),
)

_HOLDS_CHILD = pairings.c.state.in_(("approved", "conditional", "active", "on_hold"))
Index(
    "one_caregiver_a_child",
    pairings.c.child_id,
    unique=True,
    sqlite_where=_HOLDS_CHILD,
    postgresql_where=_HOLDS_CHILD,
)

pairing_events = Table(
    "pairing_events",
    metadata,
    id_column(),
    Column("pairing_id", String(ID_LENGTH), ForeignKey("pairings.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("unit", String(AREA_LENGTH), nullable=False, index=True),
    Column("child_id", String(ID_LENGTH), nullable=False),
    Column("at", Moment, nullable=False),
    Column("on_day", Date, nullable=False),
    Column("by", String(ID_LENGTH), nullable=False),
    Column("step", String(CHOICE_LENGTH), nullable=False),
    Column("state", String(CHOICE_LENGTH), nullable=False),
    Column("moves", Boolean, nullable=False),  # whether it makes or frees a place
    sealed("words", "child_id"),
    UniqueConstraint("pairing_id", "number"),
)

wishes = Table(
    "wishes",
    metadata,
    id_column(),
    Column("unit", String(AREA_LENGTH), nullable=False, index=True),
    Column("child_id", String(ID_LENGTH), nullable=False),
    Column("caregiver_id", String(ID_LENGTH), nullable=False),
    Column("kind", String(CHOICE_LENGTH), nullable=False),
    Column("by", String(ID_LENGTH), nullable=False),
    Column("at", Moment, nullable=False),
    sealed("why", "child_id"),
)
"""What the staff say of single pairs: heeded from the next proposal on, until taken back."""
