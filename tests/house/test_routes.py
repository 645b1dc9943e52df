"""Every route says who may ask it: ``authorize(action)``, or ``open_to_all`` and why here."""

import pytest

from casework.access import Action
from service.access import open_to_all
from tests.routes import action_of, calls, our_routes

OPEN = {
    "/healthz": "tells nothing but that the server answers",
    "/metrics": "counts of requests and jobs; to this machine, or with a token",
    "/signin": "the door",
    "/setup": "the first account, by a link that holds once",
    "/api/v1/sessions": "the door, for programs",
    "/calendars/{token}.ics": "a secret address, for calendar programs; dates and places only",
}


@pytest.mark.parametrize("route", our_routes(), ids=str)
def test_a_route_carries_authorize_or_is_open_for_a_reason(route):
    action = action_of(route)
    if open_to_all in calls(route.dependant):
        assert route.path in OPEN
        assert action is None
        return
    told = f"{route.path}: add dependencies=[authorize(Action.…)] (service/access.py)"
    assert isinstance(action, Action), told
