"""The API of a unit's declaration: what it typed, and what the city received (申报接口)."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, create_model

from casework.access import Action, Role, area
from casework.errors import NotFound
from casework.rollup_json import rollup_json
from ledger.record.scope import NOT_THERE
from service.access import NamedUnit, authorize
from service.rooms import Rooms
from service.routes.declarations import form_on_record
from service.routes.deps import TheActor
from service.routes.on_record import TheRecord
from service.unit_form import FIELDS, LONGEST, UnitForm

api = APIRouter(prefix="/units/{unit}/declarations", tags=["units"])

DeclarationIn: type[BaseModel] = create_model(
    "DeclarationIn",
    __config__=ConfigDict(extra="forbid"),
    **{  # type: ignore[call-overload]
        field: (Annotated[str | int | None, Field()], None) for field in FIELDS if field != "unit"
    },
)


class FormOut(BaseModel):
    """The unit's form as typed, else as its ledgers fill it, with what does not fit."""

    fields: dict[str, str]
    findings: list[dict[str, Any]]
    may_hand_in: bool


class DeclarationsOut(BaseModel):
    """The unit's own form, and what the city office has received of it.

    ``form`` is the unit's alone. ``received`` is the unit's line of the ``nuantong/rollup/1``.
    """

    unit: str
    form: FormOut | None
    received: dict[str, Any]


@api.get("", dependencies=[authorize(Action.DECLARATION_READ)])
def declarations(
    unit: NamedUnit, request: Request, actor: TheActor, desk: TheRecord
) -> DeclarationsOut:
    """Give a unit's declaration: the form to the unit, what was received to it and the city."""
    rooms: Rooms = request.app.state.rooms
    collection = rooms.of(area()).collection
    rolled = rollup_json(collection.rollup(collection.today, collection.terms.rules.due_on))
    lines: Any = rolled["units"]
    received = next((line for line in lines if line["unit"] == unit), None)
    if received is None:
        raise NotFound(NOT_THERE)
    form = rooms.of(area(unit)).form
    told = _told(form_on_record(form, desk, unit)) if actor.role is Role.UNIT else None
    return DeclarationsOut(unit=unit, form=told, received=received)


@api.put("", dependencies=[authorize(Action.DECLARATION_WRITE)])
def declare(
    unit: NamedUnit,
    given: DeclarationIn,  # type: ignore[valid-type]
    request: Request,
    desk: TheRecord,
) -> FormOut:
    """Type fields of the unit's form; those that are not sent stay. The hand-in is made of it."""
    rooms: Rooms = request.app.state.rooms
    form = form_on_record(rooms.of(area(unit)).form, desk, unit)
    sent = given.model_dump(exclude_unset=True)  # type: ignore[attr-defined]
    typed = {name: "" if value is None else str(value)[:LONGEST] for name, value in sent.items()}
    form.save(form.fields() | typed)
    return _told(form)


def _told(form: UnitForm) -> FormOut:
    fields = form.fields()
    judged = form.judge(fields)
    return FormOut(
        fields=fields,
        findings=[finding.as_json() for finding in judged.findings],
        may_hand_in=judged.may_pack,
    )
