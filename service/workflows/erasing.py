"""Erasing: one person leaves the store and the desk of her unit (删除)."""

from pathlib import Path

from casework.access import SYSTEM_ACTOR
from ledger.record.erasure import Erased, erase_person
from ledger.record.people import unit_of
from ledger.record.store import Store
from service.desk_keeping import clear_desk, is_desk_clear


def erase_everywhere(store: Store, data: Path, person: str, why: str) -> tuple[Erased, bool]:
    """Erase a person; say what was done, and whether her unit's desk is clear of workbooks."""
    with store.looking() as connection:
        unit = unit_of(connection, person)
    erased = erase_person(store, SYSTEM_ACTOR, person, why)
    if not unit:
        return erased, True
    clear_desk(store, data, unit)
    return erased, is_desk_clear(data, unit)
