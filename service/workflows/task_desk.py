"""The store, as whoever asked for a job may use it (任务所用的在案库)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from casework.access import SYSTEM_ACTOR
from ledger.record.key_ring import KeyRing
from ledger.record.sessions import actor_called
from ledger.record.store import Store
from service.keys import key_for
from service.settings import Settings
from service.workflows.ledgers import Terms, open_reader, today
from service.workflows.unit_on_record import Desk

if TYPE_CHECKING:
    from service.worker import Task


@contextmanager
def desk_of(task: "Task") -> Iterator[Desk]:
    """Open the store of a job as its account, with today's areas and rules."""
    store = Store.open(task.store, KeyRing.load(task.keys))
    try:
        actor = SYSTEM_ACTOR
        if task.account_id != SYSTEM_ACTOR.id:
            with store.looking() as connection:
                actor = actor_called(connection, task.account_id, store.clock())
        reader = open_reader(Terms(key_for(Settings.from_environment()), today()))
        yield Desk(store, actor, reader)
    finally:
        store.close()
