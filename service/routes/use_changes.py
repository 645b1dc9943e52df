"""Questions about changes over HTTP: what changed, what more would buy, and one's own list."""

from pathlib import Path

from fastapi import APIRouter, UploadFile
from fastapi.responses import Response

from casework.access import Action
from casework.errors import Refused
from casework.plan_answers import Curve
from service.access import authorize
from service.curve_view import curve_view
from service.desk import LARGEST_FILE_BYTES
from service.drawing import Lang
from service.routes.deps import TheDesk
from service.routes.use import TheInquiry, told
from service.settings import LANGUAGES
from service.workflows.changes import changes, curve, judge_list

router = APIRouter(include_in_schema=False, dependencies=[authorize(Action.PROPOSAL_CREATE)])

TOO_LARGE = "文件太大 / the file is too large"
_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".csv", ".tsv", ".txt")


@router.get("/use/curve")
def curve_part(inquiry: TheInquiry, desk: TheDesk, lang: Lang = LANGUAGES[0]) -> Response:
    """Say what more changes would buy, as a chart and a table."""
    answer = curve(inquiry.questions())
    assert isinstance(answer.value, Curve)
    return told(answer, desk, lang, curve=curve_view(answer.value))


@router.get("/use/changes")
def changes_part(inquiry: TheInquiry, desk: TheDesk, lang: Lang = LANGUAGES[0]) -> Response:
    """Lay the proposal beside the pairs on record."""
    return told(changes(inquiry.questions()), desk, lang)


@router.post("/use/judge")
def judge_part(
    file: UploadFile, inquiry: TheInquiry, desk: TheDesk, lang: Lang = LANGUAGES[0]
) -> Response:
    """Judge an officer's own list of pairs; the list is not kept."""
    content = file.file.read(LARGEST_FILE_BYTES + 1)
    if len(content) > LARGEST_FILE_BYTES:
        raise Refused(TOO_LARGE)
    suffix = Path(file.filename or "").suffix.lower()
    with desk.work.folder("list") as folder:
        path = folder / f"list{suffix if suffix in _SUFFIXES else ''}"
        path.write_bytes(content)
        answer = judge_list(inquiry.questions(), path)
    return told(answer, desk, lang, findings=answer.own_findings)
