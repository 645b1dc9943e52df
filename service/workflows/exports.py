"""Exports (导出): a unit's ledger leaves it as a locked workbook, while a grant is open.

The password belongs to the grant: it can be shown again while the grant is open, and is told to
who receives the workbook by another way than the workbook.
"""

from dataclasses import dataclass

from casework.actors import Action, Actor
from casework.office_time import local_time
from ledger.ledger_book import Layout, write_ledgers
from ledger.ledger_rows import rows_of
from ledger.locked_workbook import lock_workbook, made_password
from ledger.record.exporting import exported
from ledger.record.grants import Grant, granted, ledger_target
from ledger.record.store import Store
from ledger.safe_text import new_workbook
from service.workroom import scratch


@dataclass(frozen=True, slots=True)
class Package:
    """A locked workbook, and what opens it.

    Attributes
    ----------
    name
        What to call the file.
    left_out
        Children whose records have no lawful basis for it.
    """

    name: str
    content: bytes
    password: str
    children: int
    caregivers: int
    left_out: int


def export_package(store: Store, actor: Actor, unit: str) -> Package:
    """Give a unit's ledgers, without ID numbers, as a locked workbook.

    Raises
    ------
    NotFound
        When the unit is not the actor's.
    Refused
        When no grant is open.
    """
    with store.writing(actor, "ledger export") as book:
        done = exported(book, unit)
        ledgers, password = done.ledgers, _password(store, done.grant)
        with scratch() as folder:
            path = folder / "ledger.xlsx"
            with new_workbook(path, f"{ledgers.unit.name}台账") as sheets:
                write_ledgers(sheets, rows_of(ledgers), {}, Layout())
            content = lock_workbook(path, password)
    name = f"{ledgers.unit.name}台账（加密）{local_time(book.at, '%Y%m%d')}.xlsx"
    counts = (len(ledgers.children), len(ledgers.caregivers), done.left_out)
    return Package(name, content, password, *counts)


def package_password(store: Store, actor: Actor, unit: str) -> tuple[str, Grant]:
    """Give the password of a unit's export, and the grant it belongs to; each look is noted."""
    with store.writing(actor, "export password") as book:
        _, grant = granted(book, Action.LEDGER_EXPORT, ledger_target(unit))
        book.note("export_password", "grant", [grant.id], unit=unit)
    return _password(store, grant), grant


def _password(store: Store, grant: Grant) -> str:
    return made_password(store.keys.roots.backup, grant.id)
