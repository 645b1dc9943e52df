"""Tables of counselling rounds: setup, timetables, answers of units, feeds (团辅轮次).

Nobody's name stands here: a timetable's document holds units, teams and numbers.
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from ledger.record.schema import ID_LENGTH, Moment, id_column, metadata, version_column

rounds = Table(
    "rounds",
    metadata,
    id_column(),
    Column("setup", Text, nullable=False),  # JSON of the frame without wishes
    Column("current", String(ID_LENGTH), nullable=False, default=""),  # the revision at hand
    Column("choices", Text, nullable=False, default=""),  # JSON of the last replanning
    Column("made_at", Moment, nullable=False, index=True),
    Column("made_by", String(ID_LENGTH), nullable=False),
    version_column(),
)

round_revisions = Table(
    "round_revisions",
    metadata,
    id_column(),
    Column("round_id", String(ID_LENGTH), ForeignKey(rounds.c.id), nullable=False),
    Column("before", String(ID_LENGTH), nullable=False, default=""),  # the one it was made from
    Column("what", String(16), nullable=False),
    Column("unit", String(16), nullable=False, default=""),  # whose sessions were moved or pinned
    Column("document", Text, nullable=False),  # nuantong/timetable/1
    Column("fingerprint", String(64), nullable=False),
    Column("author", String(ID_LENGTH), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("number", Integer),  # from 1, once it is published
    Column("note", Text, nullable=False, default=""),
    Column("published_at", Moment),
    Column("published_by", String(ID_LENGTH), nullable=False, default=""),
    Index("ix_round_revisions_round_id_made_at", "round_id", "made_at"),
    Index("uq_round_revisions_round_id_number", "round_id", "number", unique=True),
)

round_answers = Table(
    "round_answers",
    metadata,
    id_column(),
    Column("round_id", String(ID_LENGTH), ForeignKey(rounds.c.id), nullable=False, index=True),
    Column("revision_id", String(ID_LENGTH), nullable=False),
    Column("unit", String(16), nullable=False),
    Column("answer", String(16), nullable=False),
    Column("dates", Text, nullable=False, default=""),  # the dates asked for, as typed
    Column("remark", Text, nullable=False, default=""),
    Column("account_id", String(ID_LENGTH), nullable=False),
    Column("made_at", Moment, nullable=False),
)
"""What units say to their dates; the last answer of a unit counts."""

round_feeds = Table(
    "round_feeds",
    metadata,
    id_column(),
    Column("audience", String(8), nullable=False),
    Column("owner", String(64), nullable=False),  # code of the team or unit
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("is_over", Boolean, nullable=False, default=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", String(ID_LENGTH), nullable=False),
)
"""Calendar feeds: whoever has the token reads one team's or unit's dates, and nothing else."""
