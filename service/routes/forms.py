"""Forms: what somebody typed into a page, as text no longer than it may be (表单)."""

from datetime import date, datetime

from fastapi import Request

from casework.errors import Refused

LONGEST = 2_000
MOST_FIELDS = 4_000
MOST_ROWS = 40_000
"""Fields of a form with one a row; with scripts only those that say something are sent."""


async def typed(request: Request, *fields: str) -> dict[str, str]:
    """Give the fields of a form that are named; what is missing is empty."""
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
        return {field: str(form.get(field, ""))[:LONGEST] for field in fields}


async def all_typed(request: Request, most: int = MOST_FIELDS) -> dict[str, list[str]]:
    """Give every field of a form with all its values."""
    async with request.form(max_files=0, max_fields=most) as form:
        found: dict[str, list[str]] = {}
        for name, value in form.multi_items():
            found.setdefault(name, []).append(str(value)[:LONGEST])
        return found


def number(text: str) -> int:
    """Read the version a page was drawn from.

    Raises
    ------
    Refused
        When the form was not one of ours.
    """
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Refused("表单不完整，请刷新页面再试 / the form is incomplete: reload the page")
    return int(text)


def day(text: str, zh: str) -> date:
    """Read a day from a date field.

    Raises
    ------
    Refused
        When it is none; ``zh`` names the field.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"请填写{zh}，如 2026-03-05 / give the day, as 2026-03-05") from None


def moment(text: str) -> datetime | None:
    """Read the moment a list goes on from; None where it is none."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo else None
