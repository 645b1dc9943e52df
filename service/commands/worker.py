"""``nuantong worker``: one more process that does the jobs of the queue."""

import signal
from typing import Annotated

import typer

from service.commands.options import Lang, Talk
from service.commands.record_options import Database, DataFolder, opened_record, places_told
from service.settings import LANGUAGES, Settings


def worker(
    data: DataFolder = None,
    database: Database = None,
    once: Annotated[
        bool, typer.Option("--once", help="做完排队的任务就结束 / end when nothing waits")
    ] = False,
    lang: Lang = LANGUAGES[0],
) -> None:
    """执行排队的任务，可开多个 / Do the jobs that wait; any number may run."""
    from service.workman import Workman

    folder = data or Settings.from_environment().data
    with opened_record(data, database) as store:
        workman = Workman(store, folder)
        if once:
            while workman.do_one():
                pass
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: workman.stop())
        Talk(lang).line("working", data=places_told(data, database))
        workman.work()
