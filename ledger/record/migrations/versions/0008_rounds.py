"""Rounds: what they are planned from, their timetables, answers and feeds; and news of jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables, and give jobs a place for what they tell beside their stage."""
    op.create_table(
        "rounds",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("setup", sa.Text, nullable=False),
        sa.Column("current", sa.String(32), nullable=False),
        sa.Column("choices", sa.Text, nullable=False),
        sa.Column("made_at", sa.String(27), nullable=False),
        sa.Column("made_by", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("ix_rounds_made_at", "rounds", ["made_at"])
    _make_revisions()
    op.create_table(
        "round_answers",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("round_id", sa.String(32), sa.ForeignKey("rounds.id"), nullable=False),
        sa.Column("revision_id", sa.String(32), nullable=False),
        sa.Column("unit", sa.String(16), nullable=False),
        sa.Column("answer", sa.String(16), nullable=False),
        sa.Column("dates", sa.Text, nullable=False),
        sa.Column("remark", sa.Text, nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("made_at", sa.String(27), nullable=False),
    )
    op.create_index("ix_round_answers_round_id", "round_answers", ["round_id"])
    op.create_table(
        "round_feeds",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("audience", sa.String(8), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("is_over", sa.Boolean, nullable=False),
        sa.Column("made_at", sa.String(27), nullable=False),
        sa.Column("made_by", sa.String(32), nullable=False),
    )
    op.add_column("jobs", sa.Column("news", sa.Text, nullable=False, server_default=""))


def _make_revisions() -> None:
    op.create_table(
        "round_revisions",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("round_id", sa.String(32), sa.ForeignKey("rounds.id"), nullable=False),
        sa.Column("before", sa.String(32), nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("unit", sa.String(16), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("author", sa.String(32), nullable=False),
        sa.Column("made_at", sa.String(27), nullable=False),
        sa.Column("number", sa.Integer),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("published_at", sa.String(27)),
        sa.Column("published_by", sa.String(32), nullable=False),
    )
    by_age, by_number = ["round_id", "made_at"], ["round_id", "number"]
    op.create_index("ix_round_revisions_round_id_made_at", "round_revisions", by_age)
    op.create_index(
        "uq_round_revisions_round_id_number", "round_revisions", by_number, unique=True
    )
