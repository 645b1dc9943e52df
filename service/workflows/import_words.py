"""What an import or its undoing changes, in words: for page, API and command line (变更用语)."""

from typing import Any

from casework import tasks as wording
from casework.wording import Language
from ledger.difference_tables import said
from ledger.record.person_writing import Change


def field_told(
    name: str, before: object, after: object, language: Language
) -> tuple[str, str, str]:
    """Name a field, and say what stands in it before and after."""
    named = wording.field_names([name], language)
    return named, said(name, before, language), said(name, after, language)


def undone(change: Change, language: Language) -> dict[str, Any]:
    """Say who goes off the record, or what each field of hers becomes again."""
    now: Any = change.before.record
    return {
        "name": now.name,
        "township": now.township_name,
        "is_gone": not change.is_on_record,
        "changes": [
            field_told(name, getattr(now, name), getattr(change.record, name), language)
            for name in change.fields
            if change.is_on_record
        ],
    }
