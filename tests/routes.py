"""Every route of the application, with what it carries: new ones join the tests by themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Mount

from casework.access import Action
from service.app import create_app

OF_THE_FRAMEWORK = {"/openapi.json", "/static"}
"""The description of the API and the files of the pages: no data."""


@dataclass(frozen=True)
class OneRoute:
    """A route with one of its methods."""

    method: str
    path: str
    dependant: Any

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def our_routes() -> list[OneRoute]:
    """List them, and see that there is nothing but them."""
    found: list[OneRoute] = []
    others = set()
    for route in iter_route_contexts(create_app(Path("unused"), SimpleNamespace()).routes):
        if not isinstance(route.original_route, APIRoute):
            assert isinstance(route.original_route, Mount) or route.methods == {"GET", "HEAD"}
            others.add(route.path)
            continue
        methods = sorted(route.methods or ())
        found += [OneRoute(method, route.path, route.dependant) for method in methods]
    assert others == OF_THE_FRAMEWORK
    return found


def calls(dependant: Any) -> Iterator[Any]:
    """Give everything that a route depends on."""
    yield dependant.call
    for below in dependant.dependencies:
        yield from calls(below)


def action_of(route: OneRoute) -> Action | None:
    """Give the action a route authorizes; a route has one."""
    actions = {call.action for call in calls(route.dependant) if hasattr(call, "action")}
    assert len(actions) <= 1
    return actions.pop() if actions else None
