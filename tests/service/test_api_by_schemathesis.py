"""The API asked by schemathesis with a role's token: whatever is sent, it never fails itself.

Every operation of ``/openapi.json`` is asked with values made from its own description, right
and wrong; an answer is one of ours, in JSON where it is no file, and no fault.
"""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from tests.figures_on_record import put
from tests.installation import HERE, TOWNSHIP, UNIT
from tests.routes import our_routes

pytestmark = pytest.mark.slow

EXAMPLES = 6
ENDS_THE_SESSION = {"DELETE /api/v1/sessions"}
OF_TRANSPORT = ("params", "json", "data", "headers", "files")


@pytest.fixture(scope="module")
def client(installation, tmp_path_factory):
    """Give a server with a few people on record."""
    with installation.client(tmp_path_factory.mktemp("asked") / "data", who="") as client:
        put(client.app.state.store, children=3, township=TOWNSHIP, unit=UNIT)
        yield client


@pytest.fixture(scope="module")
def operations(client):
    """Give every operation that the description names but the end of the session."""
    schema = schemathesis.openapi.from_dict(client.app.openapi())
    found = [result.ok() for result in schema.get_all_operations()]
    return [one for one in found if f"{one.method.upper()} {one.path}" not in ENDS_THE_SESSION]


def test_the_description_names_every_route_of_the_api(operations):
    named = {f"{one.method.upper()} {one.path}" for one in operations} | ENDS_THE_SESSION
    ours = {str(route) for route in our_routes() if route.path.startswith("/api/v1")}
    assert ours <= named


@pytest.mark.parametrize("who", ["unit", "city", "township", "auditor", "caregiver", "team"])
def test_no_answer_is_a_fault_of_ours(installation, client, operations, who):
    token = installation.tokens[who]
    for operation in operations:
        ask_with_anything(client, operation, token)


def ask_with_anything(client, operation, token):
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case):
        asked = case.as_transport_kwargs(base_url=HERE)
        given_here = {name: asked[name] for name in OF_TRANSPORT if asked.get(name) is not None}
        if isinstance(given_here.get("data"), bytes):  # a file is the body
            given_here["content"] = given_here.pop("data")
        headers = {**given_here.pop("headers", {}), "Authorization": f"Bearer {token}"}
        answer = client.request(
            asked["method"], asked["url"], headers=headers, **given_here, follow_redirects=False
        )
        told = f"{asked['method']} {asked['url']}: {answer.status_code} {answer.text[:200]}"
        assert answer.status_code < 500, told
        if answer.status_code >= 400:
            assert answer.headers["content-type"].startswith("application/problem+json"), told

    ask()
