"""``make accept``: each promise put to the test for real, and what was reached (验收).

    python -m benchmarks.accept [--only ROW]... [--quick] [--json FILE] [--markdown FILE]

Each row runs in a process of its own, for a bounded time. The exit code is 0 only if every row
that was asked reached its figure. ``--quick`` asks for smaller counts and says so.
"""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.accept.frame import ROOT
from benchmarks.accept.rows import ROWS, Row


def main() -> int:
    given = _arguments()
    asked = [row for row in ROWS if not given.only or row.name in given.only]
    unknown = set(given.only) - {row.name for row in ROWS}
    if unknown or not asked:
        print(f"no such row: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    begun, found = time.monotonic(), {}
    mode = "quick: smaller counts 少量" if given.quick else "full 全量"
    print(f"nuantong accept · {mode} · {len(asked)} rows · {os.cpu_count()} cores\n", flush=True)
    for row in asked:
        found[row.name] = reached = ask(row, given.quick)
        print(_lines(row, reached), flush=True)
    passed = sum(each["reached"] for each in found.values())
    print(f"\n{passed} of {len(asked)} reached, {time.monotonic() - begun:.0f} s, {mode}")
    if given.json:
        given.json.write_text(json.dumps(found, ensure_ascii=False, indent=1), "utf-8")
    if given.markdown:
        given.markdown.write_text(_table(asked, found), "utf-8")
    return 0 if passed == len(asked) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.accept", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="ROW")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    return parser.parse_args()


def ask(row: Row, quick: bool) -> dict[str, Any]:
    """Run a row; whatever it started is gone when this returns."""
    words = [sys.executable, "-m", "benchmarks.accept.one", row.name]
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
    return {"told": [told], "missed": [told], "permitted": True, "reached": False, "seconds": 0}


def _end_group(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout:
        process.stdout.close()


def _lines(row: Row, reached: dict[str, Any]) -> str:
    head = f"{_mark(reached)}  {row.name:<12} {row.promise} — {row.asked} ({reached['seconds']} s)"
    missed = set(reached["missed"])
    below = [f"      {'✗' if told in missed else '·'} {told}" for told in reached["told"]]
    return "\n".join([head, *below])


def _mark(reached: dict[str, Any]) -> str:
    if not reached["permitted"]:
        return "not permitted"
    return "pass" if reached["reached"] else "FAIL"


def _table(asked: list[Row], found: dict[str, Any]) -> str:
    lines = ["| promise | asked | reached | |", "|---|---|---|---|"]
    for row in asked:
        reached = "; ".join(found[row.name]["told"]).replace("|", "/")
        lines.append(f"| {row.promise} | {row.asked} | {reached} | {_mark(found[row.name])} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
