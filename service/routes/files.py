"""Files on the desk: received one a request, listed, taken away."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from casework.access import Action
from casework.errors import Refused
from service.access import authorize
from service.describing import FILE_BODY
from service.desk import LARGEST_FILE_BYTES, Desk, InboxFile
from service.routes.deps import TheActor, TheBench, TheDesk

router = APIRouter(prefix="/files", tags=["files"], dependencies=[authorize(Action.LEDGER_IMPORT)])

TOO_LARGE = f"文件超过 {LARGEST_FILE_BYTES // 2**20} MB / the file is too large"


class FileOut(BaseModel):
    """A file on the desk."""

    id: str
    name: str
    role: str
    byte_count: int
    received_at: str

    @classmethod
    def of(cls, file: InboxFile) -> "FileOut":
        """Give what the page may know of a file."""
        return cls(
            id=file.id,
            name=file.name,
            role=file.role,
            byte_count=file.byte_count,
            received_at=file.received_at,
        )


@router.get("")
def list_files(desk: TheDesk) -> list[FileOut]:
    """List the files on the desk."""
    return [FileOut.of(file) for file in desk.files]


@router.post("", status_code=201, openapi_extra=FILE_BODY)
async def receive(
    request: Request,
    desk: TheDesk,
    name: Annotated[str, Query(min_length=1, max_length=400)],
    role: Literal["ledger", "pairs", "wishes", "rules"] = "ledger",
) -> FileOut:
    """Receive a file: its bytes are the request's body, its name stands in the address.

    The body is written to the data folder as it comes, and to nowhere else.
    """
    if int(request.headers.get("content-length") or 0) > LARGEST_FILE_BYTES:
        raise Refused(TOO_LARGE)
    return FileOut.of(await _receive(request, desk, name, role))


async def _receive(request: Request, desk: Desk, name: str, role: str) -> InboxFile:
    file_id, path = desk.draft(name, role)
    arrived = False
    try:
        count = 0
        with path.open("xb") as file:
            async for chunk in request.stream():
                count += len(chunk)
                if count > LARGEST_FILE_BYTES:
                    raise Refused(TOO_LARGE)
                file.write(chunk)
        if count == 0:
            raise Refused("文件是空的 / the file is empty")
        arrived = True
    finally:
        if not arrived:
            path.unlink(missing_ok=True)
    return await run_in_threadpool(desk.accept, file_id, name, role)


@router.delete("/{file_id}", status_code=204)
def remove(file_id: str, desk: TheDesk) -> Response:
    """Take a file off the desk for good."""
    desk.remove(file_id)
    return Response(status_code=204, headers={"HX-Trigger": "desk-changed"})


@router.delete("", status_code=204)
def clear(desk: TheDesk, bench: TheBench, actor: TheActor) -> Response:
    """Take everything off the desk: files and results."""
    bench.forget(actor)
    desk.clear()
    return Response(status_code=204, headers={"HX-Trigger": "desk-changed"})
