"""Offline: the whole product where there is no way out, every attempt to leave counted.

A network namespace with a loopback alone; each connect and send of the product to anything but a
local socket or this machine is seen by ``strace``. What the pages ask of a browser is listed by
the browser itself: its own look-ups at its start are not the product's.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.accept.frame import ROOT, Scale, Tally

SCRIPT = """
import sys
from pathlib import Path
from benchmarks.accept import offline
getattr(offline, sys.argv[1])(Path(sys.argv[2]))
"""
OUTSIDE = re.compile(
    r"(?:sin_addr=inet_addr\(\"|sin6_addr[^\"]*\"|inet_pton\(AF_INET6, \")([^\"]+)"
)
WAYS = ("connect", "sendto", "sendmsg", "sendmmsg")


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    alone = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    if subprocess.run([*alone, "true"], capture_output=True).returncode != 0:
        tally.not_permitted("a network namespace is not permitted here: not asked")
        return
    if shutil.which("strace") is None:
        tally.not_permitted("strace is not installed: attempts cannot be counted")
        return
    trace = folder / "trace"
    watched = ["strace", "-f", "-qq", "-e", f"trace={','.join(WAYS)}", "-o", trace]
    script = [sys.executable, "-c", SCRIPT]
    work = [*alone, *watched, *script, "work", folder]
    done = subprocess.run(work, cwd=ROOT, capture_output=True, text=True)
    told = f"sample, check, pair, record, backup, server: {done.stdout.strip()}"
    tally.ask(done.returncode == 0, told if done.returncode == 0 else done.stderr.strip()[-200:])
    tried = [
        found[1]
        for line in trace.read_text("utf-8", "replace").splitlines()
        if (found := OUTSIDE.search(line)) and not found[1].startswith(("127.", "::1"))
    ]
    told = f"{len(tried)} packets tried beyond this machine {sorted(set(tried))[:3] or ''}"
    tally.ask(not tried, told.strip())
    look = [*alone, *script, "look", folder]
    done = subprocess.run(look, cwd=ROOT, capture_output=True, text=True)
    told = f"pages and map in Chromium: {done.stdout.strip()}"
    tally.ask(done.returncode == 0, told if done.returncode == 0 else done.stderr.strip()[-200:])
    seen = subprocess.run([*alone, "ip", "-s", "route"], capture_output=True, text=True)
    tally.ask(not seen.stdout.strip(), "no route out of the namespace")


def work(folder: Path) -> None:
    """Do a day's work: made-up data, check, pair, record, backup, and every page of two roles."""
    from benchmarks.accept.frame import run as run_command
    from benchmarks.accept.sweep import answers_of, full_unit

    unit, on = folder / "unit", ("--on", "2021-09-15")
    _done(run_command("sample", "--out", unit, "--unit", "大渡口区", *on))
    ledgers = [unit / "困境儿童台账.xlsx", unit / "爱心妈妈台账.xlsx"]
    _done(run_command("check", "children", ledgers[0], *on))
    outs = ("--out", folder / "p.xlsx", "--map", folder / "p.html", "--json", folder / "p.json")
    _done(run_command("pair", *ledgers, *outs, *on))
    data = ("--data", folder / "record")
    _done(run_command("ledger", "import", *ledgers, "--confirm", *data, *on))
    _done(run_command("backup", *data, "--out", folder / "a.ntbackup"))
    with full_unit(folder / "served") as served:
        good = [a.status == 200 for who in ("unit", "city") for a in answers_of(served, who)]
    assert any(good)
    print(f"{sum(good)} answers of {len(good)} were 200")


def look(folder: Path) -> None:
    """Open pages and a map in Chromium; whatever they ask of another machine is an error."""
    from playwright.sync_api import sync_playwright

    from benchmarks.accept.sweep import full_unit
    from tests.conftest import QUIET

    asked: list[str] = []
    path = shutil.which("chromium")
    assert path, "Chromium is not installed"
    with full_unit(folder / "looked") as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        served.sign_in(page, "unit")
        for address in ("", "questions", "declaration", "map"):
            page.goto(served.address + address)
        page.goto((folder / "p.html").as_uri())
        browser.close()
    beyond = [url for url in asked if not url.startswith((served.address, "file:", "data:"))]
    assert not beyond, beyond[:3]
    print(f"{len(asked)} requests, {len(beyond)} beyond this machine")


def _done(process) -> None:
    assert process.returncode in (0, 3), process.stderr[-300:]
