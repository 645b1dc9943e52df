"""Questions over HTTP: why, who else; and the officer's wishes.

All are asked of the proposal that is shown, and drawn as parts of its pages.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from casework.access import Action
from casework.errors import NotFound, Refused
from casework.people import CaregiverId, ChildId
from casework.plan_answers import HandoverReason
from casework.wishes import Wish, WishKind
from ledger.use_workbook import write_answers
from service.access import authorize
from service.desk import ANSWERS, PROPOSAL
from service.drawing import Lang, draw, switch_language
from service.routes.deps import TheBench, TheDesk, TheRoom
from service.routes.downloads import attachment
from service.settings import LANGUAGES
from service.use_views import child_view, wishes_view
from service.wish_book import WishBook
from service.workflows.desk_use import Inquiry
from service.workflows.use import Answer

router = APIRouter(include_in_schema=False, dependencies=[authorize(Action.PROPOSAL_CREATE)])

OTHERS = 10


async def _inquiry(room: TheRoom) -> Inquiry:
    return room.inquiry


async def _book(desk: TheDesk) -> WishBook:
    return WishBook(desk)


TheInquiry = Annotated[Inquiry, Depends(_inquiry)]
TheBook = Annotated[WishBook, Depends(_book)]
Somebody = Annotated[str, Query(min_length=1, max_length=200)]


# --- one child: why, who else, what the officer says ----------------------------------------


@router.get("/use/child")
def child_part(child: Somebody, inquiry: TheInquiry, lang: Lang = LANGUAGES[0]) -> Response:
    """Say why a child has this caregiver, or none."""
    return draw("use_child.html", lang, **child_view(inquiry.questions(), ChildId(child), lang))


@router.get("/use/others")
def others_part(child: Somebody, inquiry: TheInquiry, lang: Lang = LANGUAGES[0]) -> Response:
    """Rank the caregivers the child could have."""
    questions = inquiry.questions()
    answer = questions.rank_caregivers(ChildId(child), OTHERS)
    (table,) = answer.tables_in(lang)
    ids = [line.caregiver for line in answer.value.caregivers]  # type: ignore[attr-defined]
    rows = [*zip(ids, table.rows, strict=True)]
    return draw("use_others.html", lang, child=child, table=table, rows=rows)


@router.get("/use/wishes")
def wishes_part(
    desk: TheDesk, book: TheBook, inquiry: TheInquiry, lang: Lang = LANGUAGES[0]
) -> Response:
    """Draw what the officer has said, and what became of it."""
    return draw("use_wishes.html", lang, **wishes_view(desk, book, inquiry))


@router.post("/use/wishes")
def wish(
    child: Somebody,
    caregiver: Somebody,
    kind: Literal["lock", "forbid", "prefer"],
    inquiry: TheInquiry,
    book: TheBook,
    lang: Lang = LANGUAGES[0],
) -> Response:
    """Note what the officer says of a pair; it holds from the next proposal on."""
    problem = inquiry.questions().posed.problem
    if child not in {c.id for c in problem.children} or caregiver not in {
        c.id for c in problem.caregivers
    }:
        raise NotFound("没有这一对 / there is no such pair")
    book.add(Wish(ChildId(child), CaregiverId(caregiver), WishKind(kind)))
    return _noted(draw("use_noted.html", lang, kind=kind))


@router.delete("/use/wishes")
def unwish(child: Somebody, caregiver: Somebody, book: TheBook) -> Response:
    """Take back what was said of a pair."""
    book.remove(ChildId(child), CaregiverId(caregiver))
    return _noted(HTMLResponse(""))


@router.post("/use/undo")
def undo(book: TheBook, bench: TheBench) -> Response:
    """Go back to the proposal before this one."""
    if bench.is_busy:
        raise Refused("请等正在进行的工作完成 / wait until the work at hand is done")
    book.undo()
    return HTMLResponse("", headers={"HX-Trigger": "desk-changed"})


def _noted(answer: Response) -> Response:
    answer.headers["HX-Trigger"] = "wishes-changed"
    return answer


# --- the whole unit ------------------------------------------------------------------------


@router.get("/questions")
def questions_page(request: Request, desk: TheDesk, lang: Lang = LANGUAGES[0]) -> Response:
    """Show the questions one can ask of the proposal."""
    switched = switch_language(request)
    if switched:
        return switched
    summary = desk.read(PROPOSAL, "summary.json")
    stale = desk.has_changed_since(summary)
    reasons = [str(reason) for reason in HandoverReason]
    return draw("use_questions.html", lang, summary=summary, is_stale=stale, reasons=reasons)


@router.get("/use/rank")
def rank_part(
    inquiry: TheInquiry,
    desk: TheDesk,
    who: Somebody,
    of: Literal["child", "caregiver"],
    lang: Lang = LANGUAGES[0],
) -> Response:
    """Rank caregivers for a child, or children for a caregiver."""
    questions = inquiry.questions()
    if of == "child":
        answer = questions.rank_caregivers(questions.child(who.strip()), OTHERS)
    else:
        answer = questions.rank_children(questions.caregiver(who.strip()), OTHERS)
    return told(answer, desk, lang)


@router.get("/use/workbook/{name}")
def workbook(
    name: Literal[
        "explain", "rank", "recruit", "handover", "whatif", "curve", "changes", "judgement"
    ],
    desk: TheDesk,
) -> Response:
    """Hand out the workbook of the answer shown last."""
    return attachment(desk.content(ANSWERS, f"{name}.xlsx"), _CALLED[name])


_CALLED = {
    "explain": "未结对原因和办法.xlsx",
    "rank": "可选人选.xlsx",
    "recruit": "增加爱心妈妈.xlsx",
    "handover": "交接表.xlsx",
    "whatif": "方案比较.xlsx",
    "curve": "调整与成效.xlsx",
    "changes": "变更对照.xlsx",
    "judgement": "名单核查.xlsx",
}


@router.get("/use/explain")
def explain_part(inquiry: TheInquiry, desk: TheDesk, lang: Lang = LANGUAGES[0]) -> Response:
    """Explain every child left over."""
    return told(inquiry.questions().explain(), desk, lang)


def told(answer: Answer, desk: TheDesk, lang: str, **more: Any) -> Response:
    """Draw an answer's tables and what goes with them; leave its workbook to be taken away."""
    name = f"{answer.name}.xlsx"
    with desk.work.folder("answer") as folder:
        write_answers(folder / name, answer.done.dossier, answer.paper())
        desk.safe.write(desk.root / ANSWERS / name, (folder / name).read_bytes())
    beside = {"map": "", "curve": None, "findings": ()}
    shown = {"name": answer.name, "tables": answer.tables_in(lang), **beside, **more}
    return draw("use_answer.html", lang, **shown)
