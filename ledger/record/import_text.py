"""Import text: a batch of rows as the text that a kept preview seals, and back (预览编码)."""

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row

from casework.import_diff import Incoming
from ledger.record.person_text import (
    held_of_text,
    record_of_text,
    text_of_cells,
    text_of_held,
    text_of_record,
)

if TYPE_CHECKING:
    from ledger.record.imports import Batch


def text_of_batch(incoming: Incoming[Any], *, in_order: bool = False) -> str:
    """Write a batch; ``in_order`` gives one text for all orders of its rows, without places."""
    if in_order:
        rows = sorted(text_of_record(row) for row in incoming.rows)
        held = sorted(text_of_cells(row) for row in incoming.held)
    else:
        rows = [text_of_record(row, with_place=True) for row in incoming.rows]
        held = [text_of_held(row) for row in incoming.held]
    spoken = sorted(incoming.spoken) if incoming.spoken is not None else None
    covers = sorted(incoming.covers) if incoming.covers is not None and not in_order else None
    said = {"on": incoming.on.isoformat(), "rows": rows, "held": held}
    return json.dumps(said | {"spoken": spoken, "covers": covers}, ensure_ascii=False)


def batch_of_text(row: Row[Any], text: str) -> "Batch":
    """Read a batch of a kept preview."""
    from ledger.record.imports import Batch

    said = json.loads(text)
    spoken, covers = said["spoken"], said["covers"]
    incoming: Incoming[Any] = Incoming(
        rows=tuple(record_of_text(row.kind, line) for line in said["rows"]),
        held=tuple(held_of_text(line) for line in said["held"]),
        on=row.as_of,
        spoken=frozenset(spoken) if spoken is not None else None,
        covers=frozenset(covers) if covers is not None else None,
    )
    return Batch(row.unit, row.kind, incoming, row.file_sha256)
