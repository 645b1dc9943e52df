"""Options of the commands that work on the store, and how they open it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casework.errors import NotFound
from service.settings import Settings

if TYPE_CHECKING:
    from casework.access import AreaPath
    from ledger.record.store import Store

DataFolder = Annotated[
    Path | None, typer.Option("--data", help="数据文件夹 / data folder (nuantong-data)")
]
Database = Annotated[
    str | None,
    typer.Option("--database", help="数据库地址，代替数据文件夹 / database URL (postgresql://…)"),
]
Township = Annotated[
    str | None, typer.Option("--township", help="镇街名称或代码 / township, by name or code")
]


def record_place(data: Path | None, database: str | None) -> Path | str:
    """Say where the store is: as given, else as the environment says, else the usual folder."""
    settings = Settings.from_environment()
    address = database or ("" if data else settings.database)
    if address and "://" not in address:
        raise typer.BadParameter(
            "应是 postgresql://… 这样的地址；文件夹请用 --data / a URL; a folder by --data",
            param_hint="--database",
        )
    return address or data or settings.data


def shown(where: Path | str) -> str:
    """Name a database without its password."""
    text = str(where)
    if "://" not in text or "@" not in text:
        return text
    scheme, rest = text.split("://", 1)
    return f"{scheme}://…@{rest.rsplit('@', 1)[1]}"


def places_told(data: Path | None, database: str | None) -> str:
    """Name all places where data lies: a database of its own keeps the record, not the desks."""
    where, folder = record_place(data, database), data or Settings.from_environment().data
    return str(folder) if isinstance(where, Path) else f"{shown(where)}、{folder}"


@contextmanager
def opened_record(
    data: Path | None, database: str | None, make: bool = False
) -> Iterator["Store"]:
    """Open the store for one command and close it after."""
    from service.on_record import open_record

    store = open_record(record_place(data, database), make)
    try:
        yield store
    finally:
        store.close()


def named_area(unit: str | None, township: str | None) -> "AreaPath":
    """Give the path of an area named by people, or by its codes.

    Raises
    ------
    NotFound
        When no area, or more than one, is called so.
    """
    from casework.access import area
    from geo.areas import Gazetteer
    from service.workflows.ledgers import today

    if unit is None:
        return area()
    places = Gazetteer.on(today())
    found = places.unit(unit) if places.has_unit(unit) else places.find_unit(unit)
    if found is None:
        raise NotFound(f"没有叫“{unit}”的区县 / no such unit")
    if township is None:
        return area(found.code)
    if places.has_township(township):
        return area(found.code, township)
    match = places.find_township(township, found.code)
    if match.township is None:
        raise NotFound(f"{found.name}没有叫“{township}”的镇街 / no such township")
    return area(found.code, match.township.code)
