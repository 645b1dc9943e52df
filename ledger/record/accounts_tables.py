"""Tables of accounts, their sessions and what is granted them for a while (账号).

Neither a password nor a token stands here: of a password there is its argon2 hash, of a token
its SHA-256.
"""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, LargeBinary, String, Table, Text

from ledger.record.schema import ID_LENGTH, Moment, id_column, metadata, sealed, version_column

LONGEST_NAME = 40

accounts = Table(
    "accounts",
    metadata,
    id_column(),
    Column("name", String(LONGEST_NAME), nullable=False, unique=True),  # as typed, casefolded
    Column("role", String(16), nullable=False),
    Column("scope", String(64), nullable=False),  # codes joined by a slash
    Column("team", String(ID_LENGTH), nullable=False, default=""),
    Column("person", String(ID_LENGTH), nullable=False, default="", index=True),
    Column("password", Text, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", String(ID_LENGTH), nullable=False),
    version_column(),
)

account_sessions = Table(
    "account_sessions",
    metadata,
    id_column(),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("account_id", String(ID_LENGTH), ForeignKey(accounts.c.id), nullable=False, index=True),
    Column("kind", String(8), nullable=False),  # page, or api for a token made for a program
    Column("begun_at", Moment, nullable=False),
    Column("used_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("is_over", Boolean, nullable=False),
)

sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    Column("name_hash", LargeBinary, primary_key=True),
    Column("wrong", Integer, nullable=False),
    Column("free_at", Moment, nullable=False),
)
"""Wrong passwords in a row for a name, whether or not anybody bears it."""

invitations = Table(
    "invitations",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("made_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
)
"""One-time links to make the first account with."""

grants = Table(
    "grants",
    metadata,
    id_column(),
    Column("account_id", String(ID_LENGTH), nullable=False, index=True),  # or ``system``
    Column("action", String(32), nullable=False),
    Column("record_id", String(ID_LENGTH), nullable=False),
    Column("area", String(64), nullable=False),
    Column("about", String(ID_LENGTH), nullable=False),
    sealed("reason", "about"),
    Column("basis", String(16), nullable=False),
    Column("basis_by", String(120), nullable=False),
    Column("basis_on", Date, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("approver", String(ID_LENGTH), nullable=False, default=""),
    Column("paper", Text, nullable=False, default=""),  # JSON of the leader's signed paper
    Column("opens_at", Moment),
    Column("ends_at", Moment),
    version_column(),
)
"""Who may see an ID number or take an export, why, approved by whom, until when.

A reason may name a child: it is sealed under the person it is about, or, for a ledger, under the
grant itself.
"""
