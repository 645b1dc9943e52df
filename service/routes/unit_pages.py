"""The pages and the API of unit and township on the record store, gathered (区县、镇街页面)."""

from fastapi import APIRouter

from service.routes import (
    care,
    grants_api,
    home,
    import_api,
    import_reading,
    imports,
    pairings,
    people,
    proposals,
    roster,
    unit_acts,
    unit_api,
    unit_declarations,
)

pages = APIRouter(include_in_schema=False)
for _router in (
    home.router,
    care.router,
    people.router,
    import_reading.router,
    imports.router,
    roster.router,
    proposals.router,
    pairings.router,
):
    pages.include_router(_router)

api = APIRouter()
for _router in (
    care.api,
    unit_api.api,
    unit_acts.api,
    import_api.api,
    unit_declarations.api,
    grants_api.api,
):
    api.include_router(_router)
