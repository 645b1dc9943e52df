"""Drawing: templates to pages, in the language the officer chose."""

from collections.abc import Callable
from functools import cache
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Cookie, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import AfterValidator

from casework.office_time import local_time
from casework.wording import Language
from service.access import now_signed_in
from service.assets import marked
from service.chinese_parts import mark_chinese
from service.kept import drawings
from service.menu import menu_of
from service.settings import LANGUAGES, Settings
from service.words import Words
from service.workflows.ledgers import today


class _Marked(PackageLoader):
    """Templates whose assets stand below the mark of their content."""

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool] | None]:
        source, name, is_current = super().get_source(environment, template)
        return marked(source), name, is_current


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=_Marked("service"),
        auto_reload=False,
        cache_size=-1,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["local"] = local_time
    return templates


def language_of(lang: str) -> Language:
    """Give one of our languages: Chinese unless English is asked for."""
    return "en" if lang == "en" else "zh"


Lang = Annotated[str, Cookie(alias="lang"), AfterValidator(language_of)]
"""The language of the page; a cookie that names none of ours is as good as none."""


def draw(template: str, lang: str, **values: Any) -> HTMLResponse:
    """Draw a template, or a part of a page."""
    words = Words(lang if lang in LANGUAGES else LANGUAGES[0])
    signed = now_signed_in.get()
    me = signed.account if signed else None
    around = {
        "t": words,
        "lang": words.lang,
        "me": me,
        "menu": menu_of(me.role if me else None),
        "assumed_today": lambda: Settings.from_environment().today,
    }
    html = _templates().get_template(template).render(**around, **values)
    if words.lang == "en":
        html = mark_chinese(html)
    return HTMLResponse(html, headers={"Vary": "Cookie"})


def draw_kept(
    state: tuple[object, ...], template: str, lang: str, values: Callable[[], dict[str, Any]]
) -> HTMLResponse:
    """Draw a template, or give it as it was drawn: ``state`` changes with all that it shows."""
    signed = now_signed_in.get()
    me = (signed.account.id, signed.account.version) if signed else None
    key = (template, lang, me, today(), state)
    html = drawings.get(key, lambda: bytes(draw(template, lang, **values()).body))
    return HTMLResponse(html, headers={"Vary": "Cookie"})


def switch_language(request: Request) -> Response | None:
    """Remember the language that ``?lang=`` asks for; None where it asks for none."""
    asked = request.query_params.get("lang")
    if asked not in LANGUAGES:
        return None
    rest = urlencode([pair for pair in request.query_params.multi_items() if pair[0] != "lang"])
    response = RedirectResponse(request.url.path + (f"?{rest}" if rest else ""), 303)
    response.set_cookie("lang", asked, max_age=31_536_000, samesite="strict", httponly=True)
    return response
