"""Uploads: hostile workbooks through the door of a running server, and odd but honest ones."""

import time
from pathlib import Path
from urllib.parse import quote

import httpx2

from benchmarks.accept.frame import Scale, Tally, ask_tests
from tests.served import serving

MOST_SECONDS = 5


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    hostile = _hostile(folder / "hostile", scale)
    with serving(folder / "home") as served:
        client = httpx2.Client(
            base_url=served.address, headers=served.headers("unit"), timeout=60, trust_env=False
        )
        slowest, bad, alive = 0.0, [], 0
        for path in hostile:
            seconds, refused = _check_alone(client, path)
            slowest = max(slowest, seconds)
            if not refused or seconds > MOST_SECONDS:
                bad.append(f"{path.name} {seconds:.1f} s")
            alive += client.get("/healthz").status_code == 200
        told = f"{len(hostile)} hostile files told as unreadable, slowest {slowest:.1f} s {bad}"
        tally.ask(not bad, told.removesuffix(" []"))
        tally.ask(alive == len(hostile), f"parent alive, next request served: {alive} times")
        odd = _odd(folder / "odd")
        read = sum(_reads_right(client, path) for path in odd)
        tally.ask(read == len(odd), f"odd but honest (strict, 1904, macros): {read} of {len(odd)}")
    ask_tests(tally, "what cannot be read safely, at the fence", "tests/ledger/test_fence.py")


def _hostile(folder: Path, scale: Scale) -> list[Path]:
    from tests.ledger import test_fence as fence

    folder.mkdir()
    makers = [make for make, _ in fence.REFUSED]
    made = []
    for number, make in enumerate(makers[: scale.of(len(makers), 8)]):
        name = getattr(make, "__name__", "write")
        made.append(make(folder / f"{number:02}-{name}.xlsx"))
    return made


def _check_alone(client: httpx2.Client, path: Path) -> tuple[float, bool]:
    """Put one file on an empty desk and check it; give the seconds, and whether it is refused."""
    client.delete("/api/v1/files")
    content = path.read_bytes()
    begun = time.monotonic()
    answer = client.post(f"/api/v1/files?name={quote(path.name)}", content=content)
    if answer.status_code >= 400:
        return time.monotonic() - begun, answer.status_code in (403, 422)
    state, message, seconds = _do(client, "check")
    report = client.get("/api/v1/check")
    rules = {f["rule"] for f in report.json()["findings"]} if report.status_code == 200 else set()
    return seconds, "file_unreadable" in rules or (state == "failed" and "编号" not in message)


def _do(client: httpx2.Client, kind: str) -> tuple[str, str, float]:
    """Start a job and wait for its end; the seconds are those that it worked."""
    body = {"kind": kind, "on": "2021-09-15"}
    job = client.post("/api/v1/jobs", json=body).json()
    begun: float | None = None
    for _ in range(1200):
        now = client.get(f"/api/v1/jobs/{job['id']}").json()
        if begun is None and now["stage"]:
            begun = time.monotonic()
        if now["state"] != "running":
            since = time.monotonic() - begun if begun is not None else 0.0
            return now["state"], now["message"], since
        time.sleep(0.05)
    raise AssertionError("the job never ended")


def _odd(folder: Path) -> list[Path]:
    import zipfile

    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    from tests.ledger import test_workbook as books

    folder.mkdir()
    plain = books.book_of(books.HEADINGS, books.ROW)
    made = {name: folder / name for name in ("strict.xlsx", "1904.xlsx", "macros.xlsm")}
    plain.save(made["strict.xlsx"])
    books.strict(made["strict.xlsx"])
    plain.save(made["macros.xlsm"])
    with zipfile.ZipFile(made["macros.xlsm"], "a") as package:
        package.writestr("xl/vbaProject.bin", b"\xcc\x61Auto_Open" + bytes(500))
    plain.epoch = CALENDAR_MAC_1904
    plain.save(made["1904.xlsx"])
    return list(made.values())


def _reads_right(client: httpx2.Client, path: Path) -> bool:
    client.delete("/api/v1/files")
    client.post(f"/api/v1/files?name={quote(path.name)}", content=path.read_bytes())
    state, _, _ = _do(client, "check")
    report = client.get("/api/v1/check").json()
    rows = sum(sum(kind.values()) for kind in report["kinds"].values())
    unreadable = [f for f in report["findings"] if f["rule"] in ("file_unreadable", "birth_date")]
    return state == "done" and rows == 1 and not unreadable
