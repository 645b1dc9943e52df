"""Where to recruit, by unit; and the day that a month's figures were counted on."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the table and the column."""
    op.create_table(
        "recruit_answers",
        sa.Column("unit", sa.String(64), primary_key=True),
        sa.Column("on_day", sa.Date, nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
    )
    op.add_column("monthly_figures", sa.Column("on_day", sa.Date))
