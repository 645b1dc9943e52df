"""What the commands on proposals and pairings share: the desk they work at, and its lines."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casework.wording import Language, facts, label
from service.commands.options import Talk, read_day, terms
from service.commands.record_options import opened_record

if TYPE_CHECKING:
    from ledger.record.pairings import OnRecord
    from service.workflows.unit_on_record import Desk

Today = Annotated[
    date | None,
    typer.Option(
        "--on",
        parser=read_day,
        metavar="日期",
        help="哪一天，默认今天 / the day it happens, today by default",
    ),
]
PairingArgument = Annotated[str, typer.Argument(help="结对编号 / the pairing's id")]
Why = Annotated[str, typer.Option("--why", help="原因或经过（加密保存） / why; kept sealed")]


@dataclass(frozen=True, slots=True)
class At:
    """Where and when a command works."""

    data: Path | None
    database: str | None
    on: date | None = None
    rules: Path | None = None


@contextmanager
def opened_desk(at: At) -> Iterator["Desk"]:
    """Open the desk of whoever owns the data folder; what is on record happens today."""
    from casework.actors import SYSTEM_ACTOR
    from service.workflows import ledgers
    from service.workflows.unit_on_record import Desk

    on = at.on or ledgers.today()
    with opened_record(at.data, at.database) as store:
        reader = ledgers.open_reader(terms(on, at.rules, None, None))
        yield Desk(store, SYSTEM_ACTOR, reader)


def spoken(talk: Talk) -> Language:
    """Give the language a command talks."""
    return "en" if talk.words.lang == "en" else "zh"


def pairing_line(talk: Talk, found: "OnRecord") -> str:
    """Say a pairing in a line, by ids."""
    pairing, words, lang = found.pairing, talk.words, spoken(talk)
    unknown = facts(pairing.unknown, lang)
    missing = words("pairing_missing", facts=unknown) if unknown else ""
    line = words(
        "pairing_line",
        id=pairing.id,
        state=label(pairing.state, lang),
        child=pairing.child,
        caregiver=pairing.caregiver,
        since=pairing.started_on or "",
        missing=missing,
    )
    owed = [
        words(f"owes_{name}")
        for name in ("farewell", "hand_over")
        if getattr(pairing, f"owes_{name}")
    ]
    if owed and pairing.closure:
        line += words("pairing_owes", owes="、".join(owed), due=pairing.closure.due_on)
    return line
