"""The door: signing in and out, the own password, and the very first account (登录、首次设置)."""

from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from casework.access import Action, Role, area
from casework.errors import NotFound, Refused
from geo.areas import Gazetteer
from ledger.record import first_account
from ledger.record.accounts import Account, change_password
from ledger.record.engine import read_transaction
from ledger.record.sessions import (
    AT_MOST,
    SignedIn,
    begin_session,
    confirm_password,
    sign_in,
    sign_out,
)
from ledger.record.store import Store
from service.access import COOKIE, Visit, authorize, open_to_all
from service.drawing import Lang, draw, switch_language
from service.settings import LANGUAGES
from service.workflows.ledgers import today

router = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/sessions", tags=["sessions"])

HOME = "/"
_NOT_AFTER = ("/signin", "/signout", "/setup", "/api/", "/parts/", "/use/")
OPEN = [Depends(open_to_all)]
Whoever = Annotated[Visit, authorize(Action.OWN_ACCOUNT, with_made_password=True)]


def own_path(wanted: str) -> str:
    """Give the page to go to after signing in: one of ours, else the first page."""
    parts = urlsplit(wanted)
    is_ours = (
        wanted.startswith("/")
        and not wanted.startswith(("//", "/\\"))
        and wanted.isprintable()
        and not parts.scheme
        and not parts.netloc
        and not wanted.startswith(_NOT_AFTER)
    )
    return wanted if is_ours else HOME


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def _with_cookie(request: Request, token: str, address: str) -> Response:
    response = RedirectResponse(address, 303)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(AT_MOST.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=bool(request.app.state.public),
    )
    return response


async def _typed(request: Request, *fields: str) -> list[str]:
    async with request.form(max_files=0, max_fields=12) as typed:
        return [str(typed.get(field, ""))[:400] for field in fields]


@router.get("/signin", dependencies=OPEN)
def signin_page(
    request: Request,
    after: Annotated[str, Query(alias="next")] = HOME,
    lang: Lang = LANGUAGES[0],
) -> Response:
    """Show the page to sign in on."""
    with read_transaction(_store(request).engine) as connection:
        is_new = not first_account.is_set_up(connection)
    return switch_language(request) or _signin(lang, own_path(after), is_new=is_new)


def _signin(lang: str, after: str, name: str = "", **values: Any) -> Response:
    told = {"error": "", "is_new": False} | values
    return draw("signin.html", lang, after=after, name=name, **told)


@router.post("/signin", dependencies=OPEN)
async def enter(request: Request, lang: Lang = LANGUAGES[0]) -> Response:
    """Sign in: a new session, whatever the browser came with."""
    name, password, after = await _typed(request, "name", "password", "next")
    store, old = _store(request), request.cookies.get(COOKIE, "")
    try:
        token = await run_in_threadpool(sign_in, store, name, password, old)
    except Refused as error:
        page = _signin(lang, own_path(after), name, error=str(error))
        page.status_code = 403
        return page
    return _with_cookie(request, token, own_path(after))


@router.post("/signout")
def leave(request: Request, visit: Whoever) -> Response:
    """Sign out: the session ends wherever its token is held."""
    sign_out(_store(request), visit.signed)
    response = RedirectResponse("/signin", 303)
    response.delete_cookie(COOKIE)
    return response


class SignInIn(BaseModel):
    """Name and password of an account."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=400)
    password: str = Field(max_length=400)


class TokenOut(BaseModel):
    """A token for ``Authorization: Bearer``."""

    token: str


@api.post("", status_code=201, dependencies=OPEN)
def enter_by_program(given: SignInIn, request: Request) -> TokenOut:
    """Sign in a program: a session as on the pages, its token in the answer."""
    return TokenOut(token=sign_in(_store(request), given.name, given.password))


@api.delete("", status_code=204)
def leave_by_program(request: Request, visit: Whoever) -> Response:
    """Sign out the session whose token asks."""
    sign_out(_store(request), visit.signed)
    return Response(status_code=204)


# --- the own password -----------------------------------------------------------------------


@router.get("/password")
def password_page(
    request: Request,
    visit: Whoever,
    lang: Lang = LANGUAGES[0],
) -> Response:
    """Show the page on which to choose another password."""
    return switch_language(request) or _password(lang, visit.signed)


def _password(lang: str, signed: SignedIn, error: str = "") -> Response:
    must = signed.account.must_change
    return draw("password.html", lang, name=signed.account.name, must=must, error=error)


@router.post("/password")
async def choose_password(
    request: Request,
    visit: Whoever,
    lang: Lang = LANGUAGES[0],
) -> Response:
    """Change the own password; every session ends and a new one begins here."""
    old, new, again = await _typed(request, "old", "new", "again")
    try:
        token = await run_in_threadpool(_choose, _store(request), visit.signed, old, new, again)
    except Refused as error:
        page = _password(lang, visit.signed, str(error))
        page.status_code = 403
        return page
    return _with_cookie(request, token, HOME)


def _choose(store: Store, signed: SignedIn, old: str, new: str, again: str) -> str:
    if new != again:
        raise Refused("两次输入的新密码不一样 / the two new passwords differ")
    if new == old:
        raise Refused("新密码不能与原密码相同 / choose another password than the old one")
    confirm_password(store, signed.account, old)
    with store.writing(signed.actor, "own password") as book:
        change_password(book, signed.account, new, must_change=False)
        return begin_session(book, signed.account.id)


# --- the first account ----------------------------------------------------------------------


@router.get("/setup", dependencies=OPEN)
def setup_page(request: Request, token: str = "", lang: Lang = LANGUAGES[0]) -> Response:
    """Show the page that makes the first account; its link holds once."""
    first_account.check_invitation(_store(request), token)
    return switch_language(request) or _setup(lang, token)


def _setup(lang: str, token: str, error: str = "", **typed: str) -> Response:
    units = Gazetteer.on(today()).units
    values = {"office": "", "name": ""} | typed
    return draw("setup.html", lang, token=token, units=units, error=error, **values)


@router.post("/setup", dependencies=OPEN)
async def set_up(request: Request, lang: Lang = LANGUAGES[0]) -> Response:
    """Make the first account and sign it in."""
    typed = await _typed(request, "token", "office", "name", "password", "again")
    token, office, name, password, again = typed
    try:
        if password != again:
            raise Refused("两次输入的密码不一样 / the two passwords differ")
        made = await run_in_threadpool(
            first_account.accept_invitation,
            _store(request),
            token,
            _wanted(office, name),
            password,
        )
    except NotFound:
        raise
    except Refused as error:
        page = _setup(lang, token, str(error), office=office, name=name)
        page.status_code = 403
        return page
    request.app.state.rooms.adopt(area(office) if office != "city" else area())
    return _with_cookie(request, made, HOME)


def _wanted(office: str, name: str) -> Account:
    if office == "city":
        return Account("", name, Role.CITY, area())
    if not Gazetteer.on(today()).has_unit(office):
        raise Refused("请选择单位 / choose your office")
    return Account("", name, Role.UNIT, area(office))
