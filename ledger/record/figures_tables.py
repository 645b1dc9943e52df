"""Tables of figures (统计): by township and month, and what was told of them to which audience.

Counts only; nobody is named. A month that has ended keeps its last figures.
"""

from sqlalchemy import Column, Date, Index, String, Table, Text

from ledger.record.schema import Moment, id_column, metadata

AREA_LENGTH = 64
MONTH_LENGTH = 7

monthly_figures = Table(
    "monthly_figures",
    metadata,
    Column("month", String(MONTH_LENGTH), primary_key=True),  # such as 2021-09
    Column("unit", String(AREA_LENGTH), primary_key=True),
    Column("township", String(AREA_LENGTH), primary_key=True),
    Column("counts", Text, nullable=False),  # JSON, a figure by measure
    Column("at", Moment, nullable=False),
    Column("on_day", Date),  # that they were counted on; not known of the first rows
)

recruit_answers = Table(
    "recruit_answers",
    metadata,
    Column("unit", String(AREA_LENGTH), primary_key=True),
    Column("on_day", Date, nullable=False),
    Column("at", Moment, nullable=False),
    Column("answer", Text, nullable=False),  # JSON: villages and counts
)
"""Where a unit should recruit, as it was worked out last."""

releases = Table(
    "releases",
    metadata,
    id_column(),
    Column("audience", String(16), nullable=False),
    Column("unit", String(AREA_LENGTH), nullable=False),
    Column("month", String(MONTH_LENGTH), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("counts", Text, nullable=False),  # JSON, the figures it was made from
    Column("shown", Text, nullable=False),  # JSON, what is told of each
    Index("ix_releases_audience_unit_made_at", "audience", "unit", "made_at"),
)
"""What an audience has been told stays known to it: the next release is audited beside it."""
