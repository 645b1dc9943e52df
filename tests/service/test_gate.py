import pytest
from starlette.datastructures import Headers

from service.gate import is_ours

HERE = "127.0.0.1:8021"


@pytest.mark.parametrize("host", [HERE, "localhost:8021", "[::1]:8021", "localhost"])
def test_this_machine_is_served_under_its_own_names(host):
    assert is_ours("GET", Headers({"host": host}))


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8021", "127.0.0.1.evil.example", "", "a@127.0.0.1", "[x"],
)
def test_a_name_from_elsewhere_that_points_here_is_refused(host):
    assert not is_ours("GET", Headers({"host": host}))


def test_our_own_page_may_act():
    assert is_ours("POST", Headers({"host": HERE, "origin": f"http://{HERE}"}))


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:9999"])
def test_a_page_from_elsewhere_may_not_act(origin):
    assert not is_ours("POST", Headers({"host": HERE, "origin": origin}))


def test_a_browser_that_sends_no_origin_is_judged_by_its_fetch_site():
    assert is_ours("DELETE", Headers({"host": HERE, "sec-fetch-site": "same-origin"}))
    assert not is_ours("DELETE", Headers({"host": HERE, "sec-fetch-site": "cross-site"}))


def test_a_script_of_the_officer_without_a_browser_may_act():
    assert is_ours("POST", Headers({"host": HERE}))
