"""How what was reached is told: on the screen, as a table, as JSON."""

import json
import os
import platform
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.accept.rows import Row

Reached = dict[str, Any]


@dataclass
class Run:
    """One run of the rows, and where it was."""

    machine: str
    mode: str
    seed: int
    day: str = field(default_factory=lambda: f"{datetime.now(UTC):%Y-%m-%d}")
    found: dict[str, Reached] = field(default_factory=dict)
    seconds: int = 0

    @property
    def head(self) -> str:
        """Say when, where and how it was run."""
        return f"{self.day} · {self.machine} · {self.mode} · seed {self.seed}"

    @property
    def reached(self) -> int:
        """Count the rows that reached their figures."""
        return sum(bool(each["reached"]) for each in self.found.values())

    def as_json(self) -> str:
        """Give all of it."""
        return json.dumps(vars(self), ensure_ascii=False, indent=1) + "\n"


def machine() -> str:
    """Describe the machine, and what else it is doing."""
    cores, load = os.cpu_count(), os.getloadavg()[0]
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{cores} cores {_processor()}, {memory_gib:.0f} GiB, {system}, load {load:.1f} before"


def _processor() -> str:
    known = Path("/proc/cpuinfo")
    lines = known.read_text().splitlines() if known.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or "of an unknown kind")


def in_words(row: Row, reached: Reached) -> str:
    """Tell a row with all its figures."""
    head = f"{_mark(reached)}  {row.name:<12} {row.promise} — {row.asked} ({reached['seconds']} s)"
    missed = set(reached["missed"])
    below = [f"      {'✗' if told in missed else '·'} {told}" for told in reached["told"]]
    return "\n".join([head, *below])


def as_table(asked: list[Row], run: Run) -> str:
    """Tell a run as a table in Markdown."""
    lines = [
        f"{run.head}, {run.seconds} s in all: {run.reached} of {len(asked)} reached",
        "",
        "| promise | asked | reached | held | seconds |",
        "|---|---|---|---|---|",
    ]
    for row in asked:
        reached = run.found[row.name]
        told = "; ".join(reached["told"]).replace("|", "/")
        cells = (row.promise, row.asked, told, _mark(reached), f"{reached['seconds']:.0f}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _mark(reached: Reached) -> str:
    if not reached["permitted"]:
        return "not permitted"
    return "yes" if reached["reached"] else "NO"
