"""Scope: the policy against its second statement, and every route by every role in each area."""

import os
from contextlib import ExitStack
from pathlib import Path

from benchmarks.accept.frame import ROOT, Scale, Tally
from casework.access import Action, Role, decide


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    asked, mismatches = _policy()
    tally.ask(mismatches == 0, f"policy: {asked:,} decisions, {mismatches} mismatches")
    asked, leaks = _routes(folder)
    tally.ask(leaks == 0, f"routes x role x own/sibling/foreign: {asked:,} answers, {leaks} leaks")
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


def _described(tally: Tally) -> None:
    """See that what openapi.json describes is among the routes that were asked."""
    from types import SimpleNamespace

    from service.app import create_app
    from tests.routes import our_routes

    app = create_app(Path("unused"), SimpleNamespace())  # type: ignore[arg-type]
    known = {(route.method, route.path) for route in our_routes()}
    told = {
        (method.upper(), path) for path, ways in app.openapi()["paths"].items() for method in ways
    }
    tally.ask(
        not told - known, f"openapi.json: {len(told)} operations, {len(told - known)} unasked"
    )
