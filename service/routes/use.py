"""Questions over HTTP: why, who else, where to recruit, what if; the officer's wishes.

All are asked of the proposal that is shown, and drawn as parts of its pages.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, UploadFile
from fastapi.responses import FileResponse, HTMLResponse, Response

from casework.answers import HandoverReason
from casework.errors import NotFound, Refused
from casework.people import CaregiverId, ChildId
from casework.wishes import Wish, WishKind
from ledger.use_workbook import write_answers
from service.desk import ANSWERS, LARGEST_FILE_BYTES, PROPOSAL
from service.drawing import Lang, draw, switch_language
from service.gate import MAP_POLICY
from service.outputs import whole_file, write_whole
from service.routes.deps import TheBench, TheDesk
from service.settings import LANGUAGES
from service.use_views import asked_scenarios, child_view, curve_view, wishes_view
from service.wish_book import WishBook
from service.workflows.desk_use import Inquiry
from service.workflows.use import Answer, recruit_page

router = APIRouter(include_in_schema=False)

OTHERS = 10
MAP = "recruit.html"


def _inquiry(request: Request, desk: TheDesk) -> Inquiry:
    state = request.app.state
    if not hasattr(state, "inquiry"):
        state.inquiry = Inquiry(desk)
    inquiry: Inquiry = state.inquiry
    return inquiry


def _book(desk: TheDesk) -> WishBook:
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


@router.get("/use/closed")
def closed_part() -> Response:
    """Close the drawer."""
    return HTMLResponse("")


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
    if bench.job is not None and bench.job.is_running:
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
    stale = summary is not None and summary["mark"] != desk.mark()
    reasons = [str(reason) for reason in HandoverReason]
    return draw("use_questions.html", lang, summary=summary, is_stale=stale, reasons=reasons)


@router.get("/use/recruit")
def recruit_part(
    inquiry: TheInquiry,
    desk: TheDesk,
    most: Annotated[int, Query(ge=1, le=50)] = 10,
    lang: Lang = LANGUAGES[0],
) -> Response:
    """Say where new caregivers would help, with a map."""
    questions = inquiry.questions()
    answer = questions.recruit(most)
    write_whole(desk.root / ANSWERS / MAP, recruit_page(questions, answer).encode())
    return _told(answer, desk, lang, map="/use/map")


@router.get("/use/map")
def recruit_map_frame(desk: TheDesk) -> HTMLResponse:
    """Give the map of the last question about recruits, for its frame."""
    html = desk.find(ANSWERS, MAP).read_text("utf-8")
    return HTMLResponse(html, headers={"Content-Security-Policy": MAP_POLICY})


@router.get("/use/curve")
def curve_part(inquiry: TheInquiry, desk: TheDesk, lang: Lang = LANGUAGES[0]) -> Response:
    """Say what more changes would buy, as a curve and a table."""
    answer = inquiry.questions().curve()
    return _told(answer, desk, lang, curve=curve_view(answer.value))


@router.get("/use/whatif")
def whatif_part(
    request: Request, inquiry: TheInquiry, desk: TheDesk, lang: Lang = LANGUAGES[0]
) -> Response:
    """Lay scenarios side by side."""
    questions = inquiry.questions()
    scenarios = asked_scenarios(request.query_params, questions.villages)
    return _told(questions.whatif(scenarios), desk, lang)


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
    return _told(answer, desk, lang)


@router.get("/use/handover")
def handover_part(
    inquiry: TheInquiry,
    desk: TheDesk,
    who: Somebody,
    why: HandoverReason,
    lang: Lang = LANGUAGES[0],
) -> Response:
    """Say who takes over a caregiver's children."""
    questions = inquiry.questions()
    return _told(questions.handover(questions.caregiver(who.strip()), why), desk, lang)


@router.post("/use/judge")
def judge_part(
    file: UploadFile, inquiry: TheInquiry, desk: TheDesk, lang: Lang = LANGUAGES[0]
) -> Response:
    """Judge an officer's own list of pairs; the list is not kept."""
    content = file.file.read(LARGEST_FILE_BYTES + 1)
    if len(content) > LARGEST_FILE_BYTES:
        raise Refused("文件太大 / the file is too large")
    suffix = Path(file.filename or "").suffix.lower()
    with whole_file(desk.root / ANSWERS / f"list{suffix[:8]}") as draft:
        draft.write_bytes(content)
        answer = inquiry.questions().judge(draft)
    (desk.root / ANSWERS / f"list{suffix[:8]}").unlink(missing_ok=True)
    return _told(answer, desk, lang, findings=answer.own_findings)


@router.get("/use/workbook/{name}")
def workbook(
    name: Literal["explain", "recruit", "curve", "whatif", "rank", "handover", "judgement"],
    desk: TheDesk,
) -> FileResponse:
    """Hand out the workbook of the answer shown last."""
    path = desk.root / ANSWERS / f"{name}.xlsx"
    if not path.is_file():
        raise NotFound("请先提问 / ask first")
    return FileResponse(path, filename=_CALLED[name], media_type="application/octet-stream")


_CALLED = {
    "explain": "未结对原因和办法.xlsx",
    "recruit": "增加爱心妈妈.xlsx",
    "curve": "调整与成效.xlsx",
    "whatif": "方案比较.xlsx",
    "rank": "可选人选.xlsx",
    "handover": "交接表.xlsx",
    "judgement": "名单核对.xlsx",
}


@router.get("/use/explain")
def explain_part(inquiry: TheInquiry, desk: TheDesk, lang: Lang = LANGUAGES[0]) -> Response:
    """Explain every child left over."""
    return _told(inquiry.questions().explain(), desk, lang)


def _told(answer: Answer, desk: TheDesk, lang: str, **values: Any) -> Response:
    """Draw an answer's tables, and leave its workbook to be taken away."""
    with whole_file(desk.root / ANSWERS / f"{answer.name}.xlsx") as draft:
        write_answers(draft, answer.done.dossier, answer.paper())
    known = {"map": "", "curve": None, "findings": (), **values}
    return draw("use_answer.html", lang, name=answer.name, tables=answer.tables_in(lang), **known)
