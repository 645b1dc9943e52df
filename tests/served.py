"""A server as `nuantong serve` starts it, with an account of each role signed in."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from service.access import COOKIE
from tests.installation import make_installation


@dataclass(frozen=True)
class Served:
    """Where it is, the tokens of the sessions by account, and its exit code when it has ended."""

    address: str
    tokens: dict[str, str]
    left_with: list[int] = field(default_factory=list)

    @property
    def port(self) -> str:
        """Give the port it listens on, to be started again there."""
        return self.address.rstrip("/").rsplit(":", 1)[1]

    def headers(self, who: str) -> dict[str, str]:
        """Give what a program of an account's sends along."""
        return {"Authorization": f"Bearer {self.tokens[who]}"}

    def sign_in(self, page, who: str) -> None:
        """Let a browser be an account's, and forget whoever it was before."""
        page.context.clear_cookies(name=COOKIE)
        cookie = {"name": COOKIE, "value": self.tokens[who], "url": self.address}
        page.context.add_cookies([cookie])


@contextmanager
def serving(home: Path, *options: str, made: bool = True) -> Iterator[Served]:
    """Run the server, anew over what it left; ``made`` with accounts, else the very first time."""
    tokens = {}
    if made:
        if not (home / "tokens.json").exists():
            make_installation(home)
        tokens = json.loads((home / "tokens.json").read_text())
    command = [sys.executable, "-m", "service.cli", "serve", "--port", "0"]
    server = subprocess.Popen(
        [*command, "--data", home / "data", *options],
        stdout=subprocess.PIPE,
        env=os.environ | {"NUANTONG_CONFIG": str(home / "config")},
        text=True,
    )
    try:
        assert server.stdout is not None
        address = re.search(r"http://\S+", server.stdout.readline())
        assert address
        served = Served(address[0], tokens | ({} if made else {"setup": _link(server.stdout)}))
        yield served
        server.terminate()
        served.left_with.append(server.wait(20))
    finally:
        server.terminate()
        server.wait(20)
        server.stdout.close()


def _link(told) -> str:
    for line in told:
        if "/setup?token=" in line:
            return line.strip()
    raise AssertionError("no set-up link was told")
