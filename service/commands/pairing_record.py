"""``nuantong pairing``: pairings on record, from the first day to the farewell."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casework.pairings import EndReason, HoldReason
from casework.wording import label
from service.commands.on_record_options import (
    At,
    PairingArgument,
    Today,
    Why,
    opened_desk,
    pairing_line,
    spoken,
)
from service.commands.options import Lang, Rules, Talk, leave
from service.commands.record_options import Database, DataFolder, named_area
from service.settings import LANGUAGES

if TYPE_CHECKING:
    from ledger.record import pairing_steps
    from ledger.record.book import Book
    from ledger.record.pairings import OnRecord

app = typer.Typer(
    help="在案结对：生效、暂停、停止、结束 / pairings on record: begin, rest, stop, end",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Unit = Annotated[str, typer.Option("--unit", help="区县名称或代码 / unit, by name or code")]
SomeUnit = Annotated[str | None, typer.Option("--unit", help="只列这个区县 / only this unit's")]


@app.command("list")
def list_all(
    unit: SomeUnit = None,
    ended: Annotated[
        bool, typer.Option("--ended", help="连已结束的一起列 / ended ones too")
    ] = False,
    owing: Annotated[
        bool, typer.Option("--owing", help="只列待告别、待交接的 / only what is still owed")
    ] = False,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """列出在案结对（只有编号，没有姓名） / List pairings, by ids."""
    from ledger.record import pairings

    talk = Talk(lang)
    code = named_area(unit, None)[-1] if unit else ""
    with (
        opened_desk(At(data, database)) as desk,
        desk.store.reading(desk.actor, "pairing list") as book,
    ):
        if owing:
            found = pairings.owing(book, code)
        else:
            found = pairings.list_pairings(book, unit=code, in_force=not ended)
    for record in found:
        talk.say(pairing_line(talk, record))
    talk.line("pairings_total", n=len(found))


@app.command("history")
def history(
    pairing: PairingArgument,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """一对结对的全部经过 / Everything that happened to a pairing."""
    from casework.pairings import PairingId
    from ledger.record import pairings

    talk = Talk(lang)
    with (
        opened_desk(At(data, database)) as desk,
        desk.store.reading(desk.actor, "pairing history") as book,
    ):
        events = pairings.history(book, PairingId(pairing))
    for event in events:
        talk.line(
            "event_line",
            on=event.on,
            step=label(event.step, spoken(talk)),
            state=label(event.state, spoken(talk)),
            by=event.by,
            words="；".join(event.words.values()),
        )


@app.command("activate")
def activate(
    unit: Unit,
    pairing: Annotated[
        list[str] | None,
        typer.Argument(help="结对编号；不写为全部齐备的 / ids; none: all that are ready"),
    ] = None,
    on: Today = None,
    rules: Rules = None,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """事项齐备的结对生效 / Let pairings begin whose facts are all known."""
    from casework.pairings import PairingId
    from service.workflows.pairings_on_record import activate_known

    talk = Talk(lang)
    wanted = tuple(map(PairingId, pairing)) if pairing else None
    with opened_desk(At(data, database, on, rules)) as desk:
        begun, waiting = activate_known(desk, named_area(unit, None)[-1], wanted)
    for record in waiting:
        talk.say(pairing_line(talk, record))
    talk.line("pairings_begun", begun=len(begun), waiting=len(waiting))
    leave(bool(waiting))


@app.command("review")
def review(
    unit: Unit,
    on: Today = None,
    rules: Rules = None,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """按现时台账复核：从业查询过期的暂停 / Look again: lapsed checks put pairings on hold."""
    from service.workflows.pairings_on_record import review_facts

    talk = Talk(lang)
    with opened_desk(At(data, database, on, rules)) as desk:
        moved = review_facts(desk, named_area(unit, None)[-1])
    for record in moved:
        talk.say(pairing_line(talk, record))
    talk.line("pairings_reviewed", n=len(moved))
    leave(bool(moved))


@app.command("hold")
def hold(
    pairing: PairingArgument,
    reason: Annotated[HoldReason, typer.Option("--reason", help="原因 / reason")],
    on: Today = None,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """暂停 / Put a pairing on hold."""
    from ledger.record import pairing_steps as steps

    with _writing(At(data, database, on), pairing) as (book, at):
        found = steps.hold(book, at, reason)
    _tell_now(Talk(lang), found)


@app.command("resume")
def resume(
    pairing: PairingArgument,
    on: Today = None,
    rules: Rules = None,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """恢复 / Let a pairing go on."""
    from casework.pairings import PairingId
    from service.workflows.pairings_on_record import resume_known

    with opened_desk(At(data, database, on, rules)) as desk:
        found = resume_known(desk, PairingId(pairing))
    _tell_now(Talk(lang), found)


@app.command("suspend")
def suspend(
    caregiver: Annotated[str, typer.Argument(help="爱心妈妈编号 / the caregiver's id")],
    why: Why = "",
    on: Today = None,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """为保护儿童立即停止她的全部结对 / Suspend a caregiver's pairings at once."""
    from service.workflows.pairings_on_record import suspend_caregiver

    talk = Talk(lang)
    with opened_desk(At(data, database, on)) as desk:
        stopped = suspend_caregiver(desk, caregiver, why)
    talk.line("pairings_stopped", n=len(stopped.pairings))
    for n, to in enumerate(stopped.report_to, 1):
        talk.line("report_step", n=n, to=label(to, spoken(talk)))
    route = "；".join(label(to, spoken(talk)) for to in stopped.complain_to)
    talk.line("complaint_step", to=route)
    leave(True)


@app.command("report")
def report(
    pairing: PairingArgument,
    to: Annotated[str, typer.Option("--to", help="报告给谁（加密保存） / to whom; kept sealed")],
    on: Today = None,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """登记强制报告 / Record the mandatory report."""
    from casework.pairings import PairingId
    from service.workflows.pairings_on_record import record_report

    with opened_desk(At(data, database, on)) as desk:
        found = record_report(desk, PairingId(pairing), to)
    _tell_now(Talk(lang), found)


@app.command("lift")
def lift(
    pairing: PairingArgument,
    finding: Annotated[str, typer.Option("--finding", help="核查结论（加密保存） / the finding")],
    on: Today = None,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """核查后解除停止（另一位工作人员） / Lift a suspension; not by who suspended."""
    from ledger.record import pairing_steps as steps

    with _writing(At(data, database, on), pairing) as (book, at):
        found = steps.lift(book, at, finding)
    _tell_now(Talk(lang), found)


@app.command("close")
def close(
    pairing: PairingArgument,
    reason: Annotated[EndReason, typer.Option("--reason", help="结束原因 / reason")],
    why: Why = "",
    on: Today = None,
    rules: Rules = None,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """结束一对结对 / End a pairing."""
    from casework.pairings import PairingId
    from service.workflows.pairings_on_record import close_one

    talk = Talk(lang)
    with opened_desk(At(data, database, on, rules)) as desk:
        found = close_one(desk, PairingId(pairing), reason, why)
    talk.say(pairing_line(talk, found))


@app.command("election")
def election(
    unit: Unit,
    caregiver: Annotated[list[str], typer.Argument(help="离任的爱心妈妈 / who left office")],
    on: Today = None,
    rules: Rules = None,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """换届：一次结束多位爱心妈妈的结对 / Village election: end the pairings of many."""
    from service.workflows.pairings_on_record import close_those_of
    from service.workflows.unit_on_record import caregiver_called

    talk = Talk(lang)
    code = named_area(unit, None)[-1]
    with opened_desk(At(data, database, on, rules)) as desk:
        here = desk.look(code, "election")
        leaving = [caregiver_called(here, called) for called in caregiver]
        closed = close_those_of(desk, code, leaving, EndReason.ELECTION)
    for record in closed:
        talk.say(pairing_line(talk, record))
    talk.line("pairings_closed", n=len(closed))


@app.command("farewell")
def farewell(
    pairing: PairingArgument,
    words: Annotated[str, typer.Option("--words", help="告别情况（加密保存） / how it went")],
    on: Today = None,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """登记告别 / Write down the farewell."""
    from casework.pairings import PairingId
    from service.workflows.pairings_on_record import record_farewell

    with opened_desk(At(data, database, on)) as desk:
        found = record_farewell(desk, PairingId(pairing), words)
    _tell_now(Talk(lang), found)


@app.command("handover")
def handover(
    pairing: PairingArgument,
    by_whom: Annotated[str, typer.Option("--by", help="由谁交接（加密保存） / by whom")],
    on: Today = None,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """登记交接 / Write down that the child was handed over."""
    from casework.pairings import PairingId
    from service.workflows.pairings_on_record import record_hand_over

    with opened_desk(At(data, database, on)) as desk:
        found = record_hand_over(desk, PairingId(pairing), by_whom)
    _tell_now(Talk(lang), found)


@app.command("notices")
def notices(
    unit: Unit,
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件夹 / folder to write to")],
    pairing: Annotated[
        list[str] | None,
        typer.Argument(help="结对编号；不写为结对中的全部 / ids; none: all that are active"),
    ] = None,
    on: Today = None,
    rules: Rules = None,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """打印给监护人和爱心妈妈的通知单（内有姓名） / Notices for guardians and caregivers."""
    from service.workflows.pairing_papers import write_notices

    talk = Talk(lang)
    with opened_desk(At(data, database, on, rules)) as desk:
        for path in write_notices(desk, named_area(unit, None)[-1], pairing or (), out):
            talk.line("written", path=path)


@contextmanager
def _writing(at: At, pairing: str) -> "Iterator[tuple[Book, pairing_steps.At]]":
    from casework.pairings import PairingId
    from ledger.record.pairing_steps import At as Meant

    with opened_desk(at) as desk, desk.store.writing(desk.actor, "pairing") as book:
        yield book, Meant(PairingId(pairing), desk.reader.on)


def _tell_now(talk: Talk, found: "OnRecord") -> None:
    talk.line("pairing_now", id=found.pairing.id, state=label(found.pairing.state, spoken(talk)))
