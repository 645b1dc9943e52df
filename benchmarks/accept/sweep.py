"""All that reads, asked by everybody: the addresses come from the application's own routes.

A new route joins by itself. Where no real value is known for a gap in its address, or nobody is
answered, ``ask_everywhere`` says so and the row is missed: add it to ``city``.
"""

import enum
import io
import itertools
import re
import subprocess
import typing
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from benchmarks.accept.city import City
from benchmarks.accept.frame import Tally
from tests.routes import OneRoute, our_routes

READERS = ("unit", "city", "unit2", "township", "caregiver", "team", "team1", "auditor", "")
"""Accounts of all roles; the team's, once without and once with sessions; "" is nobody."""
NOT_ASKED = {"/setup": "open only until the first account is made: it shows nobody"}
OF_A_QUERY = {
    "why": "leaves", "of": "caregiver", "first": "2021-11-20", "team": "T1",
    "kinds": "check,pair", "next": "/", "text": "a",
}  # fmt: skip
"""What to ask with, by the name of a query's field, where it is not the id of a record."""
UNNAMED = {"/use/whatif": ["places1=3"]}
"""What must be asked with, where the route does not say so."""


@dataclass(frozen=True)
class Answer:
    """What one account was answered."""

    who: str
    path: str
    address: str
    status: int
    kind: str
    content: bytes
    policy: str = ""
    name: str = ""

    @property
    def asked(self) -> str:
        """Name the request."""
        return f"GET {self.address}"

    @property
    def is_page(self) -> bool:
        """Whether a browser shows it as a page."""
        return self.status == 200 and self.kind == "text/html"


@dataclass
class Covered:
    """Which reading routes were asked, and which of them answered anybody."""

    asked: set[str] = field(default_factory=set)
    given: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)

    def note(self, answer: Answer) -> None:
        """Note one answer."""
        self.asked.add(answer.path)
        self.addresses.add(answer.address)
        if answer.status == 200 or (answer.status == 303 and answer.who):
            self.given.add(answer.path)

    def tell(self, tally: Tally) -> None:
        """Ask that each route answered somebody with what it is for."""
        silent = sorted((self.asked - self.given) | (set(reading_paths()) - self.asked))
        told = f"{len(self.addresses)} addresses of {len(self.asked)} reading routes, answered"
        tally.ask(not silent, f"{told} {len(self.given)} {silent or ''}".strip())


def reading_paths() -> list[str]:
    """Give the paths that read, as the application has them."""
    return [r.path for r in our_routes() if r.method == "GET" and r.path not in NOT_ASKED]


def answers_of(city: City, who: str, covered: Covered | None = None) -> Iterator[Answer]:
    """Ask every address that reads, as one account."""
    with city.client(who) as client:
        for route in our_routes():
            if route.method != "GET" or route.path in NOT_ASKED:
                continue
            for address in addresses(route, city):
                given = client.get(address, headers={"accept": "text/html"})
                head = given.headers
                answer = Answer(
                    who, route.path, address, given.status_code,
                    head.get("content-type", "").partition(";")[0], given.content,
                    head.get("content-security-policy", ""), head.get("content-disposition", ""),
                )  # fmt: skip
                if covered is not None:
                    covered.note(answer)
                yield answer


def addresses(route: OneRoute, city: City) -> list[str]:
    """Give a route's addresses with real values, once bare and once with all that may be asked."""
    gaps = gaps_of(route)
    found = []
    for chosen in itertools.product(*(_values(route.path, *gap, city) for gap in gaps)):
        filled = route.path
        for (gap, _), value in zip(gaps, chosen, strict=True):
            filled = re.sub(rf"\{{{gap}(:\w+)?\}}", value, filled)
        found += [f"{filled}{query}" for query in _queries(route, city)]
    return found


def gaps_of(route: OneRoute) -> list[tuple[str, Any]]:
    """Give the gaps in a route's address, each with what may fill it."""
    kinds = {p.name: p.field_info.annotation for p in route.dependant.path_params}
    return [(gap, kinds.get(gap)) for gap in re.findall(r"\{(\w+)(?::\w+)?\}", route.path)]


def choices_of(kind: Any) -> tuple[str, ...]:
    """Give all that may fill a gap, where the route itself says so."""
    if typing.get_origin(kind) is typing.Literal:
        return tuple(map(str, typing.get_args(kind)))
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return tuple(str(each.value) for each in kind)
    return ()


def body_of(route: OneRoute) -> dict[str, object] | None:
    """Give the least JSON that a route takes; None where it takes a form, a file or nothing."""
    kinds = [p.field_info.annotation for d in _with_below(route.dependant) for p in d.body_params]
    models = [kind for kind in kinds if hasattr(kind, "model_fields")]
    if not models:
        return None
    fields = [(name, of) for model in models for name, of in model.model_fields.items()]
    return {name: 1 if of.annotation is int else "a" for name, of in fields if of.is_required()}


def _values(path: str, gap: str, kind: Any, city: City) -> tuple[str, ...]:
    if choices := choices_of(kind):
        return choices
    for end, values in city.real.items():
        if path.endswith(end) and f"{{{gap}}}" in end:
            return values
    if gap not in city.real:
        raise AssertionError(f"no real value is known for {gap} of {path}: add it to city.py")
    return city.real[gap]


def _queries(route: OneRoute, city: City) -> list[str]:
    """Give the shortest query of a route, and the one that fills in everything."""
    needed = list(UNNAMED.get(route.path, ()))
    known = list(needed)
    for name, kind, must in _fields(route):
        real = city.real.get(f"{route.path}?{name}") or city.real.get(name)
        value = "1" if kind is int else (real or (OF_A_QUERY.get(name, ""),))[0]
        if must and not value:
            raise AssertionError(f"no value is known for {name} of {route.path}: sweep.py")
        needed += [f"{name}={value}"] if must else []
        known += [f"{name}={value}"] if value else []
    shortest, longest = ("&".join(fields) for fields in (needed, known))
    return [f"?{query}" if query else "" for query in dict.fromkeys((shortest, longest))]


def _fields(route: OneRoute) -> Iterator[tuple[str, Any, bool]]:
    """Give the names of a query's fields, what each is, and whether it must be there."""
    for dependant in _with_below(route.dependant):
        for param in dependant.query_params:
            model = param.field_info.annotation
            if hasattr(model, "model_fields"):
                for name, of in model.model_fields.items():
                    yield name, of.annotation, of.is_required()
            else:
                yield param.alias, model, param.field_info.is_required()


def _with_below(dependant: Any) -> Iterator[Any]:
    yield dependant
    for below in dependant.dependencies:
        yield from _with_below(below)


def text_of(answer: Answer) -> str:
    """Give all text in an answer: of a page, a workbook, a PDF or a package of these."""
    return text_in(answer.content)


def text_in(content: bytes) -> str:
    """Give all text in bytes, opening packages and papers."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return "\n".join(text_in(package.read(name)) for name in package.namelist())
    if content.startswith(b"%PDF"):
        done = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True)
        return done.stdout.decode("utf-8", "replace")
    return content.decode("utf-8", "replace")


def packed(content: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    """Give the files that bytes are or hold: a workbook is one file, a package many."""
    if not content.startswith(b"PK"):
        return
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if "[Content_Types].xml" in package.namelist():
            yield name, content
            return
        for inner in package.namelist():
            yield inner, package.read(inner)
