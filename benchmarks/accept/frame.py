"""What all rows share: a tally of what was reached, and where a row works."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Scale:
    """How much is asked: ``of(200, 24)`` is 200, or 24 in quick mode; ``seed`` draws moments."""

    quick: bool = False
    seed: int = 0

    def of(self, full: int, quick: int) -> int:
        """Give the count of this mode."""
        return quick if self.quick else full


@dataclass
class Tally:
    """What a row reached, in words with figures, and what of it falls short.

    ``is_permitted`` is false where this machine does not let the row be asked at all; that is
    no pass either.
    """

    told: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    is_permitted: bool = True

    def ask(self, holds: bool, figure: str) -> None:
        """Tell a figure that must hold."""
        self.told.append(figure)
        if not holds:
            self.missed.append(figure)

    def tell(self, figure: str) -> None:
        """Tell a figure that nothing hangs on."""
        self.told.append(figure)

    def not_permitted(self, why: str) -> None:
        """Say that this machine does not let the row be asked."""
        self.is_permitted = False
        self.told.append(why)

    @property
    def is_reached(self) -> bool:
        """Whether all that was asked held."""
        return self.is_permitted and bool(self.told) and not self.missed


Run = Callable[[Tally, Scale, Path], None]


@contextmanager
def workplace(name: str) -> Iterator[Path]:
    """Give a folder of its own, outside the repository, and take it away after.

    Temporary files and work rooms are there too: no row finds another's.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"accept-{name}-"))
    folder.chmod(0o755)
    os.environ["NUANTONG_CONFIG"] = str(folder / "config")
    (folder / "tmp").mkdir(mode=0o755)
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder / "tmp")
    os.environ["NUANTONG_WORK"] = str(folder / "work")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def command(*words: object) -> list[str]:
    """Give the command line of the product as this Python runs it."""
    return [sys.executable, "-m", "service.cli", *map(str, words)]


def run(*words: object, seconds: float = 300, **more: object) -> subprocess.CompletedProcess[str]:
    """Run a command of the product to its end."""
    return subprocess.run(
        command(*words), cwd=ROOT, capture_output=True, text=True, timeout=seconds, **more
    )


def ask_tests(tally: Tally, what: str, *chosen: str) -> int:
    """Ask tests of the suite that state a part of this row; tell how many held."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        words = ["-q", "-p", "no:cacheprovider", f"--junitxml={report}", *chosen]
        environment = {k: v for k, v in os.environ.items() if k != "NUANTONG_CONFIG"}
        subprocess.run(
            [sys.executable, "-m", "pytest", *words],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        if not report.exists():
            tally.ask(False, f"{what}: the tests did not run")
            return 0
        suite = next(ET.parse(report).getroot().iter("testsuite"))
    asked = int(suite.get("tests", 0))
    bad = sum(int(suite.get(k, 0)) for k in ("failures", "errors", "skipped"))
    tally.ask(asked > 0 and not bad, f"{what}: {asked - bad} of {asked} tests held")
    return asked - bad


def as_json(tally: Tally, seconds: float) -> str:
    """Give a tally as the line a row's process ends with."""
    return json.dumps(
        {
            "told": tally.told,
            "missed": tally.missed,
            "permitted": tally.is_permitted,
            "reached": tally.is_reached,
            "seconds": round(seconds, 1),
        },
        ensure_ascii=False,
    )
