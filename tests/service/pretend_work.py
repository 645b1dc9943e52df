"""Work that a test can watch and stop; a spawned process imports it by name."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


def steps(kind: str, data: Path, arguments: dict[str, Any], pipe: Any) -> None:
    for done in range(1, 4):
        pipe.send(("progress", "read", done, 3))
    pipe.send(("done",))


def endless(kind: str, data: Path, arguments: dict[str, Any], pipe: Any) -> None:
    """Never end, and start a child that never ends either."""
    os.setsid()
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    (data / "child").write_text(str(child.pid))
    pipe.send(("progress", "solve", 0, 0))
    time.sleep(600)


def dies(kind: str, data: Path, arguments: dict[str, Any], pipe: Any) -> None:
    os._exit(9)


def refuses(kind: str, data: Path, arguments: dict[str, Any], pipe: Any) -> None:
    pipe.send(("failed", "文件打不开"))
