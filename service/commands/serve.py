"""``nuantong serve``: the page, for one officer on this machine."""

from pathlib import Path
from typing import Annotated

import typer

from casework.errors import Busy, Refused
from service.commands.options import Lang, Talk
from service.settings import LANGUAGES, Settings

DEFAULT_PORT = 8021


def serve(
    data: Annotated[
        Path | None, typer.Option("--data", help="数据文件夹 / data folder (nuantong-data)")
    ] = None,
    host: Annotated[
        str, typer.Option("--host", help="只能是本机 / this machine only")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="端口，0 为任选 / port, 0 for any")
    ] = DEFAULT_PORT,
    lang: Lang = LANGUAGES[0],
) -> None:
    """打开网页工作台（只在本机，单人使用） / Serve the page, on this machine only."""
    from service.gate import LOOPBACK

    if host not in LOOPBACK:
        raise Refused(
            "尚无账号，页面只能在本机打开（127.0.0.1），不能对外提供"
            " / without accounts the page is served on this machine only"
        )
    _run(data or Settings.from_environment().data, host, port, Talk(lang))


def _run(data: Path, host: str, port: int, talk: Talk) -> None:
    import socket

    import uvicorn

    from service.app import create_app

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
        except OSError as error:
            raise Busy(
                f"端口 {port} 已被占用，可能已经打开；否则用 --port 换一个 / port {port} is taken"
            ) from error
        shown = f"[{host}]" if ":" in host else host
        app = create_app(data)
        listening.listen()  # whoever reads the address may go there at once
        talk.line("serving", address=f"http://{shown}:{listening.getsockname()[1]}/", data=data)
        config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
        uvicorn.Server(config).run(sockets=[listening])
