"""``make accept``: each promise put to the test for real, and what was reached (验收).

    python -m benchmarks.accept [--only ROW]... [--quick] [--seed N] [--out FOLDER]

Each row runs in a process of its own, for a bounded time: rows that measure time one after the
other, the rest two side by side. The exit code is 0 only if every row that was asked reached its
figure. ``--quick`` asks for smaller counts and says so; ``--seed`` draws the same moments again;
``--out`` leaves the table as acceptance.json and acceptance.md.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.accept.frame import ROOT
from benchmarks.accept.rows import ROWS, Row
from benchmarks.accept.telling import Run, as_table, in_words, machine

BESIDE = 2
"""How many rows run at once that do not measure time."""


def main() -> int:
    given = _arguments()
    asked = [row for row in ROWS if not given.only or row.name in given.only]
    unknown = set(given.only) - {row.name for row in ROWS}
    if unknown or not asked:
        print(f"no such row: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    done = Run(machine(), "quick 少量" if given.quick else "full 全量", given.seed)
    print(f"nuantong accept · {done.head} · {len(asked)} rows\n", flush=True)
    begun = time.monotonic()
    for row, reached in _ask_all(asked, given):
        done.found[row.name] = reached
        print(in_words(row, reached), flush=True)
    done.seconds = round(time.monotonic() - begun)
    print(f"\n{as_table(asked, done)}")
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
        (given.out / "acceptance.json").write_text(done.as_json(), "utf-8")
        (given.out / "acceptance.md").write_text(as_table(asked, done), "utf-8")
    return 0 if done.reached == len(asked) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.accept", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="ROW")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--out", type=Path, metavar="FOLDER")
    return parser.parse_args()


def _ask_all(asked: list[Row], given: argparse.Namespace) -> Iterator[tuple[Row, dict[str, Any]]]:
    """Give each row with what it reached: first those side by side, then those alone."""
    with ThreadPoolExecutor(BESIDE) as pool:
        beside = [row for row in asked if not row.is_timed]
        found = pool.map(lambda row: ask(row, given.quick, given.seed), beside)
        yield from zip(beside, found, strict=True)
    for row in asked:
        if row.is_timed:
            yield row, ask(row, given.quick, given.seed)


def ask(row: Row, quick: bool, seed: int) -> dict[str, Any]:
    """Run a row; whatever it started is gone when this returns."""
    words = [sys.executable, "-m", "benchmarks.accept.one", row.name, f"--seed={seed}"]
    begun = time.monotonic()
    process = subprocess.Popen(
        [*words, *(["--quick"] if quick else [])],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        out, _ = process.communicate(timeout=row.seconds)
        return dict(json.loads(out.strip().splitlines()[-1]))
    except subprocess.TimeoutExpired:
        told = f"not done within {row.seconds} s"
    except (ValueError, IndexError):
        told = f"its process ended without a word ({process.returncode})"
    finally:
        _end_group(process)
    missed = {"told": [told], "missed": [told], "permitted": True, "reached": False}
    return missed | {"seconds": round(time.monotonic() - begun, 1)}


def _end_group(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout:
        process.stdout.close()


if __name__ == "__main__":
    sys.exit(main())
