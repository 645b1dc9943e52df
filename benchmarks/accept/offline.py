"""Offline: the whole product where there is no way out, every attempt to leave counted.

A network namespace with a loopback alone; each connect and send of the product to anything but a
local socket or this machine is seen by ``strace``. What the pages ask of a browser is listed by
the browser itself: its own look-ups at its start are not the product's.
"""

import json
import re
import shutil
import subprocess
import sys
import time
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
ALONE = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
ON = ("--on", "2021-09-15")
SERVED, LOOKED = "served.json", "looked.json"


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    if subprocess.run([*ALONE, "true"], capture_output=True).returncode != 0:
        tally.not_permitted("a network namespace is not permitted here: not asked")
        return
    if shutil.which("strace") is None:
        tally.not_permitted("strace is not installed: attempts cannot be counted")
        return
    trace = folder / "trace"
    words = [*ALONE, sys.executable, "-c", SCRIPT, "both", folder]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    told = f"commands, server, worker: {done.stdout.strip()}"
    tally.ask(done.returncode == 0, told if done.returncode == 0 else done.stderr.strip()[-200:])
    looked = folder / LOOKED
    pages, asked, beyond = json.loads(looked.read_text()) if looked.exists() else (0, 0, [])
    told = f"{pages} pages and maps in Chromium: {asked} requests, beyond this machine"
    tally.ask(pages > 0 and not beyond, f"{told} {len(beyond)} {beyond[:3] or ''}".strip())
    if not trace.exists():
        tally.ask(False, "nothing was traced")
        return
    tried = [
        found[1]
        for line in trace.read_text("utf-8", "replace").splitlines()
        if (found := OUTSIDE.search(line)) and not found[1].startswith(("127.", "::1"))
    ]
    told = f"{len(tried)} packets tried beyond this machine {sorted(set(tried))[:3] or ''}"
    tally.ask(trace.stat().st_size > 0 and not tried, told.strip())
    seen = subprocess.run([*ALONE, "ip", "-s", "route"], capture_output=True, text=True)
    tally.ask(not seen.stdout.strip(), "no route out of the namespace")


def both(folder: Path) -> None:
    """Let the product work under ``strace``, and a browser look at it beside that."""
    script = [sys.executable, "-c", SCRIPT]
    watched = ["strace", "-f", "-qq", "-e", f"trace={','.join(WAYS)}", "-o", folder / "trace"]
    with subprocess.Popen([*script, "look", folder]) as looking:
        done = subprocess.run([*watched, *script, "work", folder])
        if done.returncode:
            looking.kill()
    sys.exit(done.returncode or looking.returncode)


def work(folder: Path) -> None:
    """Do a day's work with commands, then serve a city in which everything was done once."""
    from benchmarks.accept.city import lived_in
    from benchmarks.accept.frame import run as run_command
    from benchmarks.accept.sweep import Covered, answers_of

    count = 0
    for words in _commands(folder):
        done = run_command(*words)
        assert done.returncode in (0, 3), f"{words[:2]}: {done.stderr[-300:]}"
        count += 1
    covered, good = Covered(), 0
    with lived_in(folder / "city") as city:
        for who in ("unit", "city"):
            good += sum(answer.status == 200 for answer in answers_of(city, who, covered))
        told = {"address": city.served.address, "tokens": city.served.tokens}
        (folder / "draft").write_text(json.dumps(told))
        (folder / "draft").rename(folder / SERVED)
        _wait_for(folder / LOOKED)
    print(f"{count} commands, {good} answers of {len(covered.asked)} reading routes were 200")


def _commands(folder: Path) -> list[tuple[object, ...]]:
    """Give the commands of a day, each with what those before it left."""
    from tests.rounds_files import write_round_files

    unit, data = folder / "unit", ("--data", folder / "record")
    children, caregivers = unit / "困境儿童台账.xlsx", unit / "爱心妈妈台账.xlsx"
    ledgers, backup = (children, caregivers), folder / "a.ntbackup"
    forms, teams = write_round_files(folder / "round")
    outs = ("--out", folder / "p.xlsx", "--map", folder / "p.html", "--json", folder / "p.json")
    forms_out = ("--out", folder / "f.xlsx", "--pdf", folder / "f.pdf")
    papers = ("--out", folder / "r.xlsx", "--pdf", folder / "r.pdf", "--html", folder / "r.html")
    return [
        ("sample", "--out", unit, "--unit", "大渡口区", *ON),
        ("check", "children", children, *ON),
        ("ledger", "merge", unit / "镇街", "--out", folder / "m.xlsx", *ON),
        ("pair", *ledgers, *outs, *ON),
        ("explain", *ledgers, *ON),
        ("declare", "new", "--children", children, "--caregivers", caregivers, *forms_out, *ON),
        ("round", "plan", forms, "--teams", teams, *papers, *ON),
        ("init", *data),
        ("ledger", "import", *ledgers, "--confirm", *data, *ON),
        ("proposal", "create", "--unit", "大渡口区", *data, *ON),
        ("worker", "--once", *data),
        ("backup", *data, "--out", backup),
        ("restore", backup, *data, "--replace"),
        ("audit", "verify", *data),
        ("doctor", *data),
    ]


def look(folder: Path) -> None:
    """Open pages and maps in Chromium; list whatever they ask of another machine."""
    from playwright.sync_api import sync_playwright

    from tests.conftest import QUIET
    from tests.served import Served

    asked: list[str] = []
    path = shutil.which("chromium")
    assert path, "Chromium is not installed"
    _wait_for(folder / SERVED)
    served = Served(**json.loads((folder / SERVED).read_text()))
    unit = ("", "desk", "questions", "declaration", "map", "children", "pairings", "round")
    city = ("round/plan", "round/publish", "supervision", "supervision/map", "declarations")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        for who, addresses in (("unit", unit), ("city", city)):
            served.sign_in(page, who)
            for address in addresses:
                page.goto(f"{served.address.rstrip('/')}/{address}")
        for file in ("p.html", "r.html"):
            page.goto((folder / file).as_uri())
        browser.close()
    beyond = [url for url in asked if not url.startswith((served.address, "file:", "data:"))]
    (folder / LOOKED).write_text(json.dumps([len(unit) + len(city) + 2, len(asked), beyond]))


def _wait_for(file: Path) -> None:
    for _ in range(3000):
        if file.exists():
            return
        time.sleep(0.1)
    raise AssertionError(f"{file.name} never came")
