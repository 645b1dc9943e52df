"""``nuantong serve``: the pages, on this machine or behind a TLS proxy."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casework.errors import Refused
from service.commands.options import Lang, Talk
from service.commands.record_options import (
    Database,
    DataFolder,
    opened_record,
    places_told,
    record_place,
)
from service.settings import LANGUAGES, Settings

if TYPE_CHECKING:
    from service.workman import Workman

DEFAULT_PORT = 8021


def serve(
    data: DataFolder = None,
    database: Database = None,
    host: Annotated[
        str,
        typer.Option("--host", help="在哪个地址上听，默认只有本机 / address to listen on"),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="端口，0 为任选 / port, 0 for any")
    ] = DEFAULT_PORT,
    behind_tls: Annotated[
        str,
        typer.Option(
            "--behind-tls",
            metavar="NAME",
            help="由 TLS 代理以此域名对外提供 / name under which a TLS proxy serves this",
        ),
    ] = "",
    worker: Annotated[
        bool,
        typer.Option("--worker/--no-worker", help="是否由本进程执行任务 / do the jobs as well"),
    ] = True,
    processes: Annotated[
        int,
        typer.Option("--processes", min=1, max=64, help="网页进程数 / processes that serve pages"),
    ] = 1,
    lang: Lang = LANGUAGES[0],
) -> None:
    """打开网页工作台；首次给出设置链接 / Serve the pages; the first time, with a set-up link."""
    from ledger.record.first_account import invite, is_set_up
    from service import serving
    from service.app import create_app
    from service.gate import LOOPBACK
    from service.workman import Workman

    settings, talk = Settings.from_environment(), Talk(lang)
    folder = data or settings.data
    _take_demo_day(folder)
    if host not in LOOPBACK and not behind_tls:
        raise Refused(
            "对外提供须经 TLS 代理：请用 --behind-tls 写明域名，否则只能在本机打开（127.0.0.1）"
            " / to serve other machines name the TLS proxy in front by --behind-tls"
        )
    with opened_record(data, database, make=True) as store:
        with store.looking() as connection:
            has_accounts = is_set_up(connection)
        if behind_tls and not has_accounts:
            raise Refused(
                "请先在本机建立账号（nuantong serve 或 user add），再对外提供"
                " / make an account on this machine first"
            )
        token = None if has_accounts else invite(store)
        workman = Workman(store, folder) if worker else None
        with serving.listen(host, port) as first, ExitStack() as stack:
            sockets = [stack.enter_context(one) for one in serving.sockets_for(processes, first)]
            _tell(talk, serving.address_of(sockets[0]), places_told(data, database), token)
            if processes == 1:
                serving.warm_maps()
                serving.serve_alone(create_app(folder, store, behind_tls, workman), first)
                return
            web = serving.Web(folder, record_place(data, database), behind_tls)
            serving.serve_many(web, sockets, lambda: _begin_work(workman))


def _begin_work(workman: "Workman | None") -> Callable[[], None]:
    """Let jobs be done beside the pages; give how to stop that."""
    if workman is None:
        return lambda: None
    workman.start()
    return workman.stop


def _take_demo_day(folder: Path) -> None:
    """Let a demo, and the jobs it starts, live on the day that its people are made for."""
    from service.workflows.demo_accounts import DAY

    if (folder / DAY).is_file():
        os.environ.setdefault("NUANTONG_TODAY", (folder / DAY).read_text("utf-8").strip())


def _tell(talk: Talk, address: str, data: str, token: str | None) -> None:
    talk.line("serving", address=address, data=data)
    if token:
        talk.line("serving_setup", address=f"{address}setup?token={token}")
