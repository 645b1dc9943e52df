"""What undoing an import gives back, in words: for the page and the command line (撤销预览)."""

from typing import Any

from casework import tasks as wording
from casework.wording import Language
from ledger.difference_tables import said
from ledger.record.person_writing import Change


def undone(change: Change, language: Language) -> dict[str, Any]:
    """Say who goes off the record, or what each field of hers becomes again."""
    now: Any = change.before.record
    return {
        "name": now.name,
        "township": now.township_name,
        "is_gone": not change.is_on_record,
        "changes": [
            (
                wording.field_names([name], language),
                said(name, getattr(now, name), language),
                said(name, getattr(change.record, name), language),
            )
            for name in change.fields
            if change.is_on_record
        ],
    }
