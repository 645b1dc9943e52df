"""Tables of people on record (在案人员): who they are now, every version of them, and imports.

Plain columns hold only what lists and counts are cut by; everything else of a person is one
sealed text a version. A person's id is random and says nothing (INTERFACES 2).
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

from ledger.record.schema import (
    ID_LENGTH,
    Moment,
    id_column,
    lookup,
    metadata,
    of_person,
    sealed,
    version_column,
)

AREA_LENGTH = 64

people = Table(
    "people",
    metadata,
    id_column(),
    Column("kind", String(16), nullable=False),
    Column("unit", String(AREA_LENGTH), nullable=False),
    Column("township", String(AREA_LENGTH), nullable=False),
    of_person(Column("village", String(AREA_LENGTH)), "id"),
    Column("status", String(16), nullable=False),
    of_person(Column("category", String(32)), "id"),
    Column("in_mandatory_scope", Boolean, nullable=False),
    of_person(Column("sex", String(8)), "id"),
    of_person(Column("birth_date", Date), "id"),
    Column("places", Integer),  # of a caregiver; free places are counted by it
    version_column(),
    Column("as_of", Date, nullable=False),
    Column("is_on_record", Boolean, nullable=False),
    lookup("id_lookup", "id"),
    UniqueConstraint("kind", "unit", "id_lookup"),
    Index("ix_people_kind_unit_township_id", "kind", "unit", "township", "id"),
    Index("ix_people_id_lookup", "id_lookup"),
)

OF_EITHER_KIND = people.c.kind.in_(("child", "caregiver"))
"""Says nothing of anybody: it lets the index serve that begins with the kind."""

person_versions = Table(
    "person_versions",
    metadata,
    Column("person_id", String(ID_LENGTH), ForeignKey("people.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("actor", String(ID_LENGTH), nullable=False),
    Column("source", String(16), nullable=False),
    Column("source_id", String(ID_LENGTH), nullable=False, index=True),
    Column("as_of", Date, nullable=False),
    Column("changed", Text, nullable=False),  # names of fields, joined by a comma
    sealed("body"),
    sealed("reason"),
)

imports = Table(
    "imports",
    metadata,
    id_column(),
    Column("unit", String(AREA_LENGTH), nullable=False),
    Column("township", String(AREA_LENGTH), nullable=False),  # empty: the whole unit's
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("file_sha256", String(64), nullable=False, index=True),
    Column("made_at", Moment, nullable=False),
    Column("made_by", String(ID_LENGTH), nullable=False),
    Column("settled_at", Moment),
    Column("settled_by", String(ID_LENGTH)),
    Column("counts", Text, nullable=False),  # JSON, numbers only
    Column("seen", Text, nullable=False),  # JSON, ids and versions the preview was made from
    sealed("body", "id"),
    Index("ix_imports_unit_kind_digest", "unit", "kind", "digest"),
)

held_rows = Table(
    "held_rows",
    metadata,
    id_column(),
    Column("unit", String(AREA_LENGTH), nullable=False),
    Column("township", String(AREA_LENGTH), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("import_id", String(ID_LENGTH), ForeignKey("imports.id"), nullable=False, index=True),
    Column("closed_by", String(ID_LENGTH), nullable=False),  # an import's id; empty: it waits
    Column("person_id", String(ID_LENGTH)),  # whom on record it speaks of
    lookup("key_lookup", "id"),  # of the person the row may be
    lookup("row_lookup", "id"),  # of what the row says
    sealed("body", "id"),
    Index("ix_held_rows_unit_kind", "unit", "kind"),
)

rosters = Table(
    "rosters",
    metadata,
    id_column(),
    Column("unit", String(AREA_LENGTH), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", String(ID_LENGTH), nullable=False),
    Column("counts", Text, nullable=False),
    UniqueConstraint("unit", "digest", "as_of"),
)

tasks = Table(
    "tasks",
    metadata,
    id_column(),
    Column("unit", String(AREA_LENGTH), nullable=False),
    Column("township", String(AREA_LENGTH), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("about", String(ID_LENGTH), nullable=False),  # a person, or the task itself
    Column("due", Date, nullable=False),
    Column("responsible", String(128), nullable=False),
    Column("state", String(16), nullable=False),
    version_column(),
    Column("made_at", Moment, nullable=False),
    Column("made_by", String(ID_LENGTH), nullable=False),
    Column("settled_at", Moment),
    Column("settled_by", String(ID_LENGTH)),
    lookup("key_lookup", "about"),
    sealed("body", "about"),
    sealed("outcome", "about"),
    UniqueConstraint("unit", "key_lookup"),
    Index("ix_tasks_unit_state_due", "unit", "state", "due"),
)
