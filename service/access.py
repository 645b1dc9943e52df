"""Access at the door: who is asking, and ``authorize(action)``, which every route carries (权限).

A session is looked up anew with each request, so that signing out, disabling and another role
act at once. What holds personal data leaves its row in the audit, one a request, before the answer
leaves; a desk's row is there before anything is written on the desk.
"""

from asyncio import wrap_future
from collections.abc import AsyncIterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic import AfterValidator
from starlette.concurrency import run_in_threadpool

from casework.access import Action, Field, area, lies_in, may_begin
from casework.errors import CaseworkError, Refused
from geo.areas import Gazetteer
from ledger.record.asked import Asked, asked_by
from ledger.record.audit import outcome_of
from ledger.record.engine import is_sqlite, read_transaction
from ledger.record.once import ask_once
from ledger.record.scope import refuse
from ledger.record.sessions import SignedIn, find_signed_in, is_unseen, touch
from ledger.record.store import Store
from service.workflows.ledgers import today

COOKIE = "nuantong_session"
API = "/api/v1"
HARMLESS = frozenset({Field.AREA, Field.COUNTS})
"""Fields that tell of nobody: to see these alone leaves no row in the audit."""

now_signed_in: ContextVar[SignedIn | None] = ContextVar("now_signed_in", default=None)
"""Who asks in this request: for the head of the page, never for a decision."""


class NotSignedInError(Exception):
    """Nobody is signed in: 401, or the way to the sign-in page."""


class MustChangePasswordError(Refused):
    """Somebody has a password that was made for her, and chooses her own before all else."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request by somebody who is signed in and may begin what she asks for."""

    signed: SignedIn
    action: Action
    fields: frozenset[Field]


def token_of(request: Request) -> str:
    """Give the token of a request: ``Authorization: Bearer``, else the cookie."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    return request.cookies.get(COOKIE, "")


def look_up(request: Request) -> SignedIn:
    """Find who is signed in.

    Raises
    ------
    NotSignedInError
        When nobody is.
    Refused
        When the account is disabled.
    """
    store: Store = request.app.state.store
    token = token_of(request)
    if token:
        with read_transaction(store.engine) as connection:
            signed = find_signed_in(connection, token, store.clock())
        if signed is not None:
            return signed
    raise NotSignedInError


async def _enter(request: Request) -> SignedIn:
    """Find who is signed in, and remember that she was here."""
    store: Store = request.app.state.store
    if is_sqlite(store.engine):  # is in this machine's memory: sooner read than a thread is asked
        signed = look_up(request)
    else:
        signed = await run_in_threadpool(look_up, request)
    if is_unseen(store, signed):
        await run_in_threadpool(touch, store, signed)
    request.state.signed = signed
    now_signed_in.set(signed)
    return signed


def is_signed_in(request: Request) -> bool:
    """Whether whoever asked is signed in still: for answers that go on for long."""
    try:
        look_up(request)
    except (NotSignedInError, Refused):
        return False
    return True


def authorize(action: Action, with_made_password: bool = False, is_cut: bool = False) -> Any:
    """Give the dependency that lets a request begin, or refuses it; it yields the ``Visit``.

    The area asked for is that of the address (``{unit}``, ``{township}``), else the account's
    own. Rules about single records follow when the record is found: ``refuse(decide(…))``.

    Parameters
    ----------
    with_made_password
        Whether somebody may ask who has not yet chosen her own password.
    is_cut
        Whether the route cuts all it gives to the reader's own area, so that a township may ask
        for what is of its unit and gets its own part.
    """

    async def allowed(request: Request) -> AsyncIterator[Visit]:
        signed = await _enter(request)
        ask_once(signed.account.id, request.headers.get("idempotency-key", "")[:64])
        if signed.account.must_change and not with_made_password:
            raise MustChangePasswordError("请先修改密码 / change your password first")
        with asked_by(signed.actor) as request.state.asked:
            try:
                yield _begin(request, signed, action, is_cut)
            except CaseworkError as error:
                request.state.asked.ended = outcome_of(error)
                raise
            finally:
                await put_on_record(request)

    allowed.action = action  # type: ignore[attr-defined]
    # Within "function" its end comes before the answer leaves.
    return Depends(allowed, scope="function")


async def put_on_record(request: Request) -> None:
    """Return when it is on disk that this request was made, and what it has read so far."""
    asked: Asked = request.state.asked
    if rows := asked.due():
        store: Store = request.app.state.store
        await wrap_future(store.hand_in(rows))


async def open_to_all() -> None:
    """Mark a route that anybody may ask: health, and the door itself."""


def _begin(request: Request, signed: SignedIn, action: Action, is_cut: bool) -> Visit:
    where = asked_area(request, signed)
    if is_cut and lies_in(signed.actor.scope, where):
        where = signed.actor.scope
    decision = may_begin(signed.actor, action, where)
    if not decision.allow or decision.fields - HARMLESS:
        leave_row(request, signed, action)
    refuse(decision)
    return Visit(signed, action, decision.fields)


def unit_code(called: str) -> str:
    """Give the code of a unit that an address calls by code or by name (区县)."""
    places = Gazetteer.on(today())
    found = None if places.has_unit(called) else places.find_unit(called)
    return found.code if found else called


NamedUnit = Annotated[str, AfterValidator(unit_code)]


def asked_area(request: Request, signed: SignedIn) -> tuple[str, ...]:
    """Give the area a request is about."""
    codes = request.path_params
    if "unit" in codes:
        return area(unit_code(codes["unit"]), codes.get("township", ""))
    return signed.actor.scope


def leave_row(request: Request, signed: SignedIn, action: Action) -> None:
    """Let this request leave a row in the audit, whatever it reads."""
    store: Store = request.app.state.store
    where = "/".join(asked_area(request, signed))
    store.leave_row(signed.actor, f"{request.method} {_address(request)}", action, where)


def _address(request: Request) -> str:
    """Give the address as the route writes it: never with what somebody typed into it."""
    route = request.scope.get("route")
    above = API if request.url.path.startswith(f"{API}/") else ""
    return above + str(getattr(route, "path", ""))
