"""Scope: the policy against its second statement, and every route by every role in each area."""

import os
from contextlib import ExitStack
from pathlib import Path

import httpx2

from benchmarks.accept.city import lived_in
from benchmarks.accept.frame import ROOT, Scale, Tally
from benchmarks.accept.sweep import NOT_ASKED, addresses, body_of
from casework.access import Action, Role, decide
from tests.routes import OneRoute, our_routes


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    asked, mismatches = _policy()
    tally.ask(mismatches == 0, f"policy: {asked:,} decisions, {mismatches} mismatches")
    asked, leaks = _routes(folder)
    tally.ask(leaks == 0, f"routes x role x own/sibling/foreign: {asked:,} answers, {leaks} leaks")
    _real_ids(tally, folder)
    _described(tally)


def _policy() -> tuple[int, int]:
    from tests.casework.test_access import actors, stated, targets

    asked = mismatches = 0
    everything = tuple(targets())
    for action in Action:
        for role in Role:
            for actor in actors(str(role), action):
                for target in everything:
                    decision = decide(actor, action, target)
                    given = {str(f) for f in decision.fields} if decision.allow else None
                    mismatches += given != stated(str(action), actor, target)
                    asked += 1
    return asked, mismatches


def _routes(folder: Path) -> tuple[int, int]:
    from ledger.record.scope import TOLD
    from tests.installation import ACCOUNTS, Installation, make_installation
    from tests.service.test_who_may_ask_what import ASKED, CELLS, action_of, addresses, ask

    os.chdir(ROOT)
    make_installation(folder / "made")
    made, asked, leaks = Installation(folder / "made"), 0, 0
    with ExitStack() as stack:
        client = stack.enter_context(made.client(folder / "served" / "data"))
        browsers = {who: made.beside(client, who) for who in ACCOUNTS} | {
            "": made.beside(client, "")
        }
        for route in ASKED:
            for unit, address in addresses(route).items():
                asked += 1
                leaks += ask(browsers[""], route, address).status_code != 401
                for who, (role, scope) in ACCOUNTS.items():
                    answer = ask(browsers[who], route, address)
                    asked += 1
                    if CELLS[str(action_of(route)), str(role)] == "-":
                        leaks += answer.status_code != 403
                    elif "{unit}" in route.path and len(scope) > 1 and unit != scope[1]:
                        missing = ask(browsers[who], route, addresses(route)["999999"])
                        same = (404, missing.content) == (answer.status_code, answer.content)
                        leaks += not same
                    else:
                        refused = any(words in answer.text for words in TOLD.values())
                        leaks += answer.status_code in (401, 500) or (
                            refused and answer.status_code in (403, 404)
                        )
    return asked, leaks


UNKNOWN = "0123456789abcdef"
OWN = (
    "person",
    "proposal",
    "pairing",
    "preview",
    "task",
    "grant",
    "file_id",
    "job_id",
    "account_id",
)
"""The gaps of an address that a record of one unit fills."""
FORM = {
    "version": "1", "reason": "a", "words": "a", "why": "a", "hours": "1", "key": "a", "to": "1",
    "by": "a", "on": "2021-09-15", "state": "done", "outcome": "a", "number": "1", "act": "a",
}  # fmt: skip
"""What forms may ask for, so that a request comes as far as the record it is about."""


def _real_ids(tally: Tally, folder: Path) -> None:
    """Let another unit's officer ask for records by their real ids: as if there were none."""
    asked, leaks = 0, set()
    with lived_in(folder / "lived") as city, city.client("unit2") as client:
        ids = [value for gap in OWN for value in city.real[gap] if len(value) > 7]
        for route in our_routes():
            if route.method != "GET" and not any(f"{{{gap}}}" in route.path for gap in OWN):
                continue
            for address in addresses(route, city) if route.path not in NOT_ASKED else ():
                unknown = _without(address, ids)
                if unknown != address:
                    real, none = (_as_stranger(client, route, one) for one in (address, unknown))
                    asked += 1
                    same = (real.status_code, _without(real.text, ids))
                    if same != (none.status_code, none.text):
                        leaks.add(f"{route} {real.status_code}")
    told = f"real ids of another unit: {asked} requests, told more than of no such id {len(leaks)}"
    tally.ask(asked > 0 and not leaks, f"{told} {sorted(leaks)[:3] or ''}".strip())


def _without(text: str, ids: list[str]) -> str:
    for each in ids:
        text = text.replace(each, UNKNOWN)
    return text


def _as_stranger(client: httpx2.Client, route: OneRoute, address: str) -> httpx2.Response:
    """Ask with what the route needs, as far as can be told from it."""
    if route.method == "GET":
        return client.get(address, headers={"accept": "text/html"})
    needed = body_of(route)
    more = {"json": needed} if needed is not None else {"data": FORM}
    return client.request(route.method, address, **more)


def _described(tally: Tally) -> None:
    """See that what openapi.json describes is among the routes that were asked."""
    from types import SimpleNamespace

    from service.app import create_app

    app = create_app(Path("unused"), SimpleNamespace())  # type: ignore[arg-type]
    known = {(route.method, route.path) for route in our_routes()}
    told = {
        (method.upper(), path) for path, ways in app.openapi()["paths"].items() for method in ways
    }
    tally.ask(
        not told - known, f"openapi.json: {len(told)} operations, {len(told - known)} unasked"
    )
