"""The client of the load: an open loop over kept connections, on this machine only.

Requests start when they are due, whether or not earlier ones were answered, and a request's time
runs from when it was due: a server that falls behind cannot hide it.
"""

import asyncio
import random
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

COOKIE = "nuantong_session"


@dataclass(frozen=True)
class Ask:
    """One kind of request."""

    share: int
    who: str
    address: str
    method: str = "GET"
    body: bytes = b""


FORM = urlencode({"unit": "武隆区", "officer": "李芳 13800000000", "children": "20"}).encode()
MIX = (
    Ask(10, "unit", "/"),
    Ask(8, "unit", "/desk"),
    Ask(6, "unit", "/children"),
    Ask(3, "unit", "/tasks"),
    Ask(8, "unit", "/parts/rows?start=0"),
    Ask(5, "unit", "/parts/findings?start=0"),
    Ask(6, "unit", "/parts/proposal"),
    Ask(6, "unit", "/parts/files"),
    Ask(10, "unit", "/declaration"),
    Ask(8, "unit", "/declaration/check", "POST", FORM),
    Ask(10, "unit", "/api/v1/files"),
    Ask(3, "unit", "/api/v1/proposal"),
    Ask(3, "township", "/"),
    Ask(1, "township", "/township"),
    Ask(2, "city", "/declarations"),
    Ask(1, "auditor", "/audit"),
    Ask(1, "", "/signin"),
    Ask(10, "", "/static/desk.css"),
    Ask(4, "", "/healthz"),
)


@dataclass
class Measured:
    """Milliseconds of each answer by address, and what was no answer."""

    times: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def all(self) -> list[float]:
        """Give all times, shortest first."""
        return sorted(time for times in self.times.values() for time in times)


def share_of(times: list[float], share: float) -> float:
    """Give the time that a share of the answers did not take longer than."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("inf")


class _Line:
    """A kept connection."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._pipe: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, ask: Ask, token: str) -> int:
        if self._pipe is None:
            self._pipe = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._pipe
        writer.write(_head(ask, token, f"{self._host}:{self._port}") + ask.body)
        try:
            return await _answer(reader)
        except BaseException:
            writer.close()
            self._pipe = None
            raise

    def close(self) -> None:
        if self._pipe:
            self._pipe[1].close()


def _head(ask: Ask, token: str, host: str) -> bytes:
    lines = [f"{ask.method} {ask.address} HTTP/1.1", f"Host: {host}", "Accept: text/html"]
    if token:
        lines.append(f"Cookie: {COOKIE}={token}")
    if ask.body:
        lines += [f"Origin: http://{host}", f"Content-Length: {len(ask.body)}"]
        lines.append("Content-Type: application/x-www-form-urlencoded")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(" ", 2)[1])
    fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
    if fields.get("transfer-encoding") == "chunked":
        while size := int((await reader.readline()).split(b";")[0], 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    else:
        await reader.readexactly(int(fields.get("content-length", 0)))
    return status


async def _load(
    host: str, port: int, tokens: dict[str, str], rate: int, seconds: float, most: int
) -> Measured:
    dice, measured = random.Random(5), Measured()
    people = {
        "unit": [t for name, t in tokens.items() if name.startswith("u5")],
        "township": [t for name, t in tokens.items() if name.startswith("t5")],
        "city": [tokens["city"]],
        "auditor": [tokens["auditor"]],
        "": [""],
    }
    lines: asyncio.LifoQueue[_Line] = asyncio.LifoQueue()
    for _ in range(most):
        lines.put_nowait(_Line(host, port))

    async def one(ask: Ask, due: float) -> None:
        line = await lines.get()
        try:
            async with asyncio.timeout(30):
                status = await line.ask(ask, dice.choice(people[ask.who]))
            if status >= 400:
                measured.errors.append(f"{status} {ask.address}")
        except (OSError, EOFError, ValueError, TimeoutError) as error:
            measured.errors.append(f"{type(error).__name__} {ask.address}")
        else:
            taken = (time.perf_counter() - due) * 1000
            measured.times.setdefault(ask.address, []).append(taken)
        finally:
            lines.put_nowait(line)

    begun, asked = time.perf_counter(), []
    for number in range(int(rate * seconds)):
        due = begun + number / rate
        wait = due - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        ask = dice.choices(MIX, [each.share for each in MIX])[0]
        asked.append(asyncio.create_task(one(ask, due)))
    await asyncio.gather(*asked)
    while not lines.empty():
        lines.get_nowait().close()
    return measured


def load(
    host: str, port: int, tokens: dict[str, str], rate: int, seconds: float, most: int = 120
) -> Measured:
    """Ask ``rate`` mixed requests a second over at most ``most`` connections."""
    return asyncio.run(_load(host, port, tokens, rate, seconds, most))
