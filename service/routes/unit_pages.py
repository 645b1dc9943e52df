"""The pages and the API of unit and township on the record store, gathered (区县、镇街页面)."""

from fastapi import APIRouter

from service.routes import home, imports, pairings, people, proposals, unit_api

pages = APIRouter(include_in_schema=False)
for _router in (home.router, people.router, imports.router, proposals.router, pairings.router):
    pages.include_router(_router)

api = unit_api.api
