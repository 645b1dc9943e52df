"""Every route x every role x own, sibling and foreign area, against the policy.

A route that is added joins by itself. What is expected is taken from the account and the
second statement of the policy, not from the code under test.
"""

import re

import pytest

from ledger.record.scope import TOLD
from tests.casework.test_access import CELLS, HOMES
from tests.installation import ACCOUNTS, SIBLING, UNIT
from tests.routes import action_of, our_routes

ENDS_THE_SESSION = {"POST /signout", "DELETE /api/v1/sessions", "POST /password"}
"""Asked in ``test_door``."""
ASKED = [r for r in our_routes() if action_of(r) and str(r) not in ENDS_THE_SESSION]
AREAS = (UNIT, SIBLING, "999999")
ROLES = set(HOMES) - {"system"}


@pytest.fixture(scope="module")
def everybody(installation, tmp_path_factory):
    """Give a browser for each account and one for nobody, at one server."""
    data = tmp_path_factory.mktemp("everybody") / "data"
    with installation.client(data) as client:
        browsers = {who: installation.beside(client, who) for who in ACCOUNTS}
        yield browsers | {"": installation.beside(client, "")}


def addresses(route):
    """Give the route's addresses: of each area where it names one, else one."""
    filled = re.sub(r"\{(?!unit)\w+(:\w+)?\}", "x", route.path)
    if "{unit}" not in filled:
        return {UNIT: filled}
    return {unit: filled.replace("{unit}", unit) for unit in AREAS}


def ask(browser, route, address):
    return browser.request(route.method, address, follow_redirects=False)


@pytest.mark.parametrize("route", ASKED, ids=str)
def test_a_route_answers_whom_the_policy_lets_and_nobody_else(everybody, route):
    for address in addresses(route).values():
        assert ask(everybody[""], route, address).status_code == 401
    for who, (role, scope) in ACCOUNTS.items():
        is_given = CELLS[str(action_of(route)), str(role)] != "-"
        for unit, address in addresses(route).items():
            answer = ask(everybody[who], route, address)
            told = answer.text if answer.status_code in (403, 404) else ""
            if not is_given:
                assert answer.status_code == 403, (who, address)
            elif "{unit}" in route.path and len(scope) > 1 and unit != scope[1]:
                missing = ask(everybody[who], route, addresses(route)["999999"])
                assert (answer.status_code, answer.content) == (404, missing.content), (who, unit)
            else:
                assert answer.status_code not in (401, 500), (who, address)
                assert not any(words in told for words in TOLD.values()), (who, address)


def test_the_accounts_here_have_a_role_each():
    assert {str(role) for role, _ in ACCOUNTS.values()} == ROLES
