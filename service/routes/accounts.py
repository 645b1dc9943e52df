"""Accounts pages (账号管理): who may sign in, under those who stand above them; own tokens.

A token acts as its account, so everybody makes her own and nobody makes another's; those above
may see how many there are and end them.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from casework.access import Action, Actor, AreaPath, Role, area
from casework.access_rules import APPOINTS, DEPTHS
from casework.errors import Conflict, NotFound, Refused
from geo.areas import Gazetteer
from ledger.record.accounts import (
    Account,
    account_of,
    add_account,
    change_password,
    change_role,
    list_accounts,
    set_active,
)
from ledger.record.book import Book
from ledger.record.passwords import made_password
from ledger.record.sessions import (
    PROGRAM,
    end_one_session,
    end_sessions,
    forget_tries,
    list_sessions,
    make_token,
)
from ledger.record.store import Store
from service.access import Visit, authorize
from service.area_words import area_name
from service.drawing import Lang, draw, language_of, switch_language
from service.routes.forms import number, typed
from service.settings import LANGUAGES
from service.words import Words
from service.workflows.ledgers import today

router = APIRouter(include_in_schema=False)

Manager = Annotated[Visit, authorize(Action.USER_MANAGE)]
Self = Annotated[Visit, authorize(Action.OWN_ACCOUNT)]
DAYS = (7, 30, 90, 365)


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


@router.get("/accounts")
def accounts_page(request: Request, visit: Manager, lang: Lang = LANGUAGES[0]) -> Response:
    """List the accounts of one's area, with a form for another one."""
    return switch_language(request) or _list(request, visit.signed.actor, lang)


def _list(request: Request, actor: Actor, lang: str, **told: Any) -> Response:
    with _store(request).reading(actor, "GET /accounts") as book:
        accounts = list_accounts(book)
        book.note(Action.USER_MANAGE, "account", [one.id for one in accounts])
    places = Gazetteer.on(today())
    blank = dict.fromkeys(("name", "role", "unit", "township", "whose"), "")
    values = {"error": "", "made": "", "password": "", "typed": blank} | told
    return draw(
        "accounts.html",
        lang,
        accounts=[
            (one, area_name(one.scope, places, Words(language_of(lang)))) for one in accounts
        ],
        **_seats(actor, places),
        **values,
    )


def _seats(actor: Actor, places: Gazetteer) -> dict[str, Any]:
    """Give the roles and areas somebody may appoint to."""
    own = actor.scope[1] if len(actor.scope) > 1 else ""
    units = [places.unit(own)] if own and places.has_unit(own) else [] if own else places.units
    return {
        "roles": [role for role in Role if role in APPOINTS[actor.role]],
        "units": units,
        "townships": places.townships(own) if units and own else (),
        "own": own,
    }


@router.post("/accounts")
async def add(request: Request, visit: Manager, lang: Lang = LANGUAGES[0]) -> Response:
    """Make an account; its password is shown once and must be changed."""
    given = await typed(request, "name", "role", "unit", "township", "whose")
    return await run_in_threadpool(_add, request, visit.signed.actor, given, lang)


def _add(request: Request, actor: Actor, given: dict[str, str], lang: str) -> Response:
    password = made_password()
    try:
        role, scope = _seat(given)
        with _store(request).writing(actor, "account add") as book:
            whose = given["whose"].strip()
            team = whose if role is Role.TEAM else ""
            person = whose if role is Role.CAREGIVER else ""
            wanted = Account("", given["name"], role, scope, team, person, must_change=True)
            made = add_account(book, wanted, password)
    except (Refused, NotFound) as error:
        page = _list(request, actor, lang, error=str(error), typed=given)
        page.status_code = 403
        return page
    return _list(request, actor, lang, made=made.name, password=password)


def _seat(given: dict[str, str]) -> tuple[Role, AreaPath]:
    """Read role and area from the form: as many codes as the role goes deep."""
    if given["role"] not in set(Role):
        raise Refused("请选择角色 / choose a role")
    role, places = Role(given["role"]), Gazetteer.on(today())
    unit, township = given["unit"], given["township"]
    if unit and not places.has_unit(unit):
        raise Refused("请选择单位 / choose a unit")
    scope = area(unit, _township(township, unit, places) if township else "")
    return role, scope[: max(DEPTHS[role])]


def _township(called: str, unit: str, places: Gazetteer) -> str:
    """Give the code of a township that is called by name or code (the city types it)."""
    if unit:
        found = places.find_township(called, unit).township
        for one in places.roster_townships(unit):
            if called == one.code or (found and found.code == one.code):
                return one.code
    raise Refused("请填本单位的镇街 / name a township of the unit")


@router.get("/accounts/{account_id}")
def account_page(
    request: Request, visit: Manager, account_id: str, lang: Lang = LANGUAGES[0]
) -> Response:
    """Show one account: where it is signed in, its tokens, and what can be done."""
    return switch_language(request) or _one(request, visit.signed.actor, account_id, lang)


def _one(request: Request, actor: Actor, account_id: str, lang: str, **told: Any) -> Response:
    with _store(request).reading(actor, "GET /accounts/{account_id}") as book:
        account = account_of(book, account_id)
        sessions = list_sessions(book, account)
    values = {"error": "", "password": ""} | told
    places = Gazetteer.on(today())
    _, unit, township = (*account.scope, "", "")[:3]
    where = area_name(account.scope, places, Words(language_of(lang)))
    return draw(
        "account.html",
        lang,
        account=account,
        where=where,
        sessions=sessions,
        is_self=account.id == actor.id,
        typed={"role": str(account.role), "unit": unit, "township": township},
        **_seats(actor, places),
        **values,
    )


@router.post("/accounts/{account_id}")
async def change(
    request: Request, visit: Manager, account_id: str, lang: Lang = LANGUAGES[0]
) -> Response:
    """Disable, let in again, give a new password or another role, or end sessions and tokens."""
    given = await typed(request, "act", "session", "version", "role", "unit", "township")
    actor = visit.signed.actor
    return await run_in_threadpool(_change, request, actor, account_id, given, lang)


def _change(
    request: Request, actor: Actor, account_id: str, given: dict[str, str], lang: str
) -> Response:
    password = made_password() if given["act"] == "password" else ""
    with _store(request).writing(actor, "account change") as book:
        account = account_of(book, account_id)
        if account.id == actor.id and given["act"] in ("disable", "password", "role"):
            raise Refused(
                "不能停用自己、重设自己的密码或改自己的角色 / not your own account: another's hand"
            )
        _act(book, account, given, password)
    if password:
        return _one(request, actor, account_id, lang, password=password)
    return RedirectResponse(f"/accounts/{account_id}", 303)


def _act(book: Book, account: Account, given: dict[str, str], password: str) -> None:
    match given["act"]:
        case "disable" | "enable" | "role" if account.version != number(given["version"]):
            raise Conflict("账号刚被别人改过，请刷新 / changed meanwhile: reload")
        case "disable" | "enable":
            set_active(book, account, is_active=given["act"] == "enable")
        case "role":
            change_role(book, account, *_seat(given))
        case "password":
            change_password(book, account, password, must_change=True)
            forget_tries(book, account.name)
        case "end_all":
            end_sessions(book, account)
        case "end":
            end_one_session(book, account, given["session"])
        case _:
            raise Refused("没有这项操作 / there is no such act")


# --- one's own tokens ---------------------------------------------------------------------------


@router.get("/tokens")
def tokens_page(request: Request, visit: Self, lang: Lang = LANGUAGES[0]) -> Response:
    """List one's own tokens for programs."""
    return switch_language(request) or _tokens(request, visit, lang)


def _tokens(request: Request, visit: Visit, lang: str, made: str = "") -> Response:
    with _store(request).reading(visit.signed.actor, "GET /tokens") as book:
        sessions = list_sessions(book, visit.signed.account)
    tokens = [session for session in sessions if session.kind == PROGRAM]
    return draw("tokens.html", lang, tokens=tokens, made=made, days=DAYS)


@router.post("/tokens")
async def change_tokens(request: Request, visit: Self, lang: Lang = LANGUAGES[0]) -> Response:
    """Make a token, shown once, or take one back; a token makes no other."""
    given = await typed(request, "act", "days", "session")
    return await run_in_threadpool(_change_tokens, request, visit, given, lang)


def _change_tokens(request: Request, visit: Visit, given: dict[str, str], lang: str) -> Response:
    if visit.signed.kind == PROGRAM:
        raise Refused("令牌只能在网页上登录后管理 / sign in on the page to manage tokens")
    if given["act"] == "make" and given["days"] not in map(str, DAYS):
        raise Refused("请选择天数 / choose how many days")
    made = ""
    with _store(request).writing(visit.signed.actor, "own tokens") as book:
        if given["act"] == "make":
            made = make_token(book, visit.signed.account, int(given["days"]))
        else:
            end_one_session(book, visit.signed.account, given["session"])
    return _tokens(request, visit, lang, made)
