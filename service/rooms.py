"""Rooms: a desk for each unit and one for the city office, inside one data folder (工作台).

::

    DATA/record.sqlite       the store
    DATA/desks/<unit>/       the desk of a unit, see ``service.desk``
    DATA/desks/city/         the desk of the city office

Which room somebody works in follows from her account's area and from nothing that she sends.
"""

import os
import threading
from functools import cached_property
from pathlib import Path

from casework.access import CITY_CODE, AreaPath
from casework.errors import NotFound
from ledger.record.store import Store
from service.collection_desk import CollectionDesk
from service.desk import Desk
from service.jobs import Bench
from service.unit_form import UnitForm
from service.workflows.desk_use import Inquiry

DESKS = "desks"
CITY = "city"


class Room:
    """One desk with all that works on it."""

    def __init__(self, desk: Desk, bench: Bench) -> None:
        self.desk, self.bench = desk, bench
        if not bench.is_busy:
            self.desk.sweep()

    @cached_property
    def form(self) -> UnitForm:
        """The unit's declaration form."""
        return UnitForm(self.desk)

    @cached_property
    def inquiry(self) -> Inquiry:
        """The questions asked of the proposal that is shown."""
        return Inquiry(self.desk)

    @cached_property
    def collection(self) -> CollectionDesk:
        """The city's collection of hand-ins."""
        return CollectionDesk(self.desk)


def desk_folder(data: Path, scope: AreaPath) -> Path:
    """Say where the desk of an area is: of its unit, or of the city office.

    Raises
    ------
    NotFound
        When the area is no area of this city.
    """
    if scope[:1] != (CITY_CODE,) or not all(code.isalnum() for code in scope):
        raise NotFound("没有这个工作台 / there is no such desk")
    return data / DESKS / (scope[1] if len(scope) > 1 else CITY)


class Rooms:
    """All rooms of an installation; each is opened when somebody first enters it."""

    def __init__(self, data: Path, store: Store) -> None:
        self.data, self._store = data, store
        self._lock = threading.Lock()
        self._rooms: dict[Path, Room] = {}

    def of(self, scope: AreaPath) -> Room:
        """Give the room of an area."""
        folder = desk_folder(self.data, scope)
        with self._lock:
            if folder not in self._rooms:
                desk = Desk(folder, self._store.keys)
                self._rooms[folder] = Room(desk, Bench(self._store, scope[:2]))
            return self._rooms[folder]

    def adopt(self, scope: AreaPath) -> None:
        """Let a desk that an older version left in the data folder itself become this area's."""
        folder = desk_folder(self.data, scope)
        if not (self.data / "inbox").is_dir() or folder.exists():
            return
        folder.mkdir(parents=True, mode=0o700)
        for path in self.data.iterdir():
            if path.name != DESKS and not path.name.startswith("record."):
                os.replace(path, folder / path.name)
