"""Serving: the application at an address, by one process or by several (网页进程).

Each has a socket and the store for itself. The process that began
them does the jobs, begins one anew that died, and they end with it, however it ends.
"""

import gc
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casework.errors import Busy
from service.errors import DONE

if TYPE_CHECKING:
    from fastapi import FastAPI

LOOK_SECONDS = 0.5
GRACE_SECONDS = 10
FRESH_OBJECTS = 10_000
"""After so many new objects rubbish is looked for: about once in two requests."""
KEEP_SECONDS = 75
"""How long a connection stays open unused: longer than a proxy in front keeps its own (60 s), so
that it is never closed under a request that is on its way."""
LAST_WORDS_SECONDS = 2
"""How long answers that are being given may take when we are told to stop: a watched job's never
end by themselves, and browsers come back for them."""


@dataclass(frozen=True, slots=True)
class Web:
    """What a serving process is told.

    Attributes
    ----------
    where
        Data folder or database of the store.
    public
        Name under which a TLS proxy serves us; empty where only this machine does.
    """

    data: Path
    where: Path | str
    public: str


def listen(host: str, port: int) -> socket.socket:
    """Begin to listen: whoever reads the address may go there at once.

    Raises
    ------
    Busy
        When the port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With its protocol named, asyncio sends small answers at once instead of gathering them, which
    # a browser that acknowledges late would wait 40 ms for.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise Busy(
            f"端口 {port} 已被占用，可能已经打开；否则用 --port 换一个 / port {port} is taken"
        ) from error
    listening.listen(512)
    return listening


def address_of(listening: socket.socket) -> str:
    """Give the address for a browser."""
    host, port, *_ = listening.getsockname()
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def serve_alone(app: "FastAPI", listening: socket.socket) -> None:
    """Serve until told to stop; what is open is then closed by whoever opened it."""
    import uvicorn

    # The server passes the signal on once it has ended; unheard, that would end us there.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(DONE))
    # What was loaded stays; to walk through it again and again would stop every request for long.
    gc.freeze()
    gc.set_threshold(FRESH_OBJECTS)
    config = uvicorn.Config(
        app,
        log_level="critical",  # what ends with us is no fault, and faults have their own log
        access_log=False,
        loop="asyncio",
        server_header=False,
        timeout_keep_alive=KEEP_SECONDS,
        timeout_graceful_shutdown=LAST_WORDS_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[listening])


def warm_maps() -> None:
    """Work out the shapes of maps beside the first requests, so that nobody waits for them."""
    from service.workflows.ledgers import today
    from service.workflows.supervision_papers import warm

    # Not a daemon: ended in the middle of drawing, it would take the process down with a fault.
    threading.Thread(target=warm, args=(today(),)).start()


def sockets_for(count: int, listening: socket.socket) -> list[socket.socket]:
    """Give each process a socket at the one address, so that the system deals connections out.

    Whoever accepts from a shared socket takes all that wait, and keeps them: with two processes
    one stood at its limit while the other idled. Where sockets cannot share an address, processes
    share the socket.
    """
    if count == 1 or not sys.platform.startswith("linux"):
        return [listening] * count
    name = listening.getsockname()
    listening.close()  # it said that nobody else has the address; sockets that share cannot
    shared = []
    for _ in range(count):
        one = socket.socket(listening.family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        one.bind(name)
        one.listen(512)
        shared.append(one)
    return shared


def serve_many(web: Web, sockets: list[socket.socket], work: Callable[[], Any]) -> None:
    """Serve by a process a socket until told to stop; ``work`` runs beside, in this one."""
    from service.telemetry import SHARED

    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    # Whichever process is asked for the measures tells those of all.
    measures = tempfile.TemporaryDirectory(prefix="nuantong-measures-", ignore_cleanup_errors=True)
    os.environ[SHARED] = measures.name
    processes = [_begin(web, one) for one in sockets]
    stop_work = work()
    try:
        while not stopping.wait(LOOK_SECONDS):
            processes = [
                p if p.is_alive() else _begin(web, one)
                for p, one in zip(processes, sockets, strict=True)
            ]
    finally:
        for process in processes:
            process.terminate()
        stop_work()
        for process in processes:
            process.join(GRACE_SECONDS)
            process.kill()
            process.join()
        measures.cleanup()


def _begin(web: Web, listening: socket.socket) -> Any:
    process = multiprocessing.get_context("spawn").Process(
        target=serve_one, args=(web, listening), name="nuantong-web"
    )
    process.start()
    return process


def serve_one(web: Web, listening: socket.socket) -> None:
    """Serve in this process, which somebody began, and end with it."""
    from service.app import create_app
    from service.on_record import open_record

    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    warm_maps()
    store = open_record(web.where)
    try:
        serve_alone(create_app(web.data, store, web.public), listening)
    except KeyboardInterrupt:
        return
    finally:
        store.close()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
