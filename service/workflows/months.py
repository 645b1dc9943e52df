"""Months closed (月度存档): once a month is over, a worker counts its last figures and keeps them.

The figures can only be counted as they are, so a month that nobody closed in time is closed when
a worker next starts, and its page says the day they were counted on. The city is told of it then:
months are told in their order, and no page waits for it.
"""

from casework.access import SYSTEM_ACTOR, Action, area
from ledger.record import jobs as queue
from ledger.record.figures import count_now, keep_month, month_to_close
from ledger.record.key_ring import KeyRing
from ledger.record.scope import Scope
from ledger.record.store import Store
from service.worker import Task
from service.workflows.ledgers import today
from service.workflows.supervision import Supervision

KIND = "month"


def ask_to_close(store: Store) -> None:
    """Put the closing of the last month on the queue, while it is to be done; once is enough."""
    on = today()
    with store.looking() as connection:
        month = month_to_close(connection, on)
    if month:
        with store.writing(SYSTEM_ACTOR, "close a month") as book:
            queue.ask(book, KIND, area(), month, {"month": month})


def close_as(task: Task) -> str:
    """Close the month of a job; give it, empty where somebody closed it meanwhile."""
    store = Store.open(task.store, KeyRing.load(task.keys))
    try:
        return close_month(store, str(task.arguments["month"]))
    finally:
        store.close()


def close_month(store: Store, month: str) -> str:
    """Count a month's last figures and keep them, unless that is done already."""
    on = today()
    with store.writing(SYSTEM_ACTOR, "close a month") as book:
        if month_to_close(book.connection, on) != month:
            return ""
        scope = Scope.of(book, Action.MAP_AGGREGATE)
        keep_month(book, month, "", count_now(book.connection, scope, on), on)
    Supervision(store).tell_month(month, on)
    return month
