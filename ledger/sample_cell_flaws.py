"""How cells get damaged on their way through offices: one small function a kind.

Each takes a row's cells by field and gives the cells that change, or nothing where this row
cannot have this flaw. ``NEEDS_PERSON`` kinds lose what stood there, so that a person must put
it right; the others only write it differently.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from casework.sample_draw import Draw
from geo.datum import Datum, from_wgs84
from geo.place import Place
from ledger.record_cells import Cells
from ledger.tables import Value

CellFlaw = Callable[[Mapping[str, Value], Draw], Cells]

FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
EXCEL_EPOCH = date(1899, 12, 30)
BEIJING = {"lon": 116.397128, "lat": 39.916527}


def _number(cells: Mapping[str, Value]) -> str:
    return str(cells.get("resident_id") or "")


def id_numeric(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Keep the number as Excel keeps a number: fifteen digits."""
    number = _number(cells)
    return {"resident_id": float(number[:15] + "000")} if number.isdecimal() else {}


def id_scientific(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Write the number as Excel shows it in a narrow column."""
    number = _number(cells)
    return {"resident_id": f"{number[0]}.{number[1:6]}E+17"} if number.isdecimal() else {}


def id_zeroed(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Turn Excel's number into text again, too late."""
    number = _number(cells)
    return {"resident_id": number[:15] + "000"} if number.isdecimal() else {}


def id_lower_x(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Write a small x."""
    number = _number(cells)
    return {"resident_id": number.lower()} if number.endswith("X") else {}


def id_spaced(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Set the birth date apart."""
    number = _number(cells)
    return {"resident_id": f"{number[:6]} {number[6:14]} {number[14:]}"}


def id_apostrophe(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Keep the apostrophe that was to make it text."""
    return {"resident_id": "'" + _number(cells)}


def id_full_width(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Type it with the Chinese keyboard's wide digits."""
    return {"resident_id": _number(cells).translate(FULL_WIDTH)}


def id_short(cells: Mapping[str, Value], draw: Draw) -> Cells:
    """Leave one digit out."""
    number, at = _number(cells), draw.whole(6, 16)
    return {"resident_id": number[:at] + number[at + 1 :]}


def id_check_digit(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Mistype the last digit."""
    number = _number(cells)
    return {"resident_id": number[:-1] + ("1" if number[-1] != "1" else "2")}


def id_blank(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Leave it out."""
    return {"resident_id": None}


def birth_conflict(cells: Mapping[str, Value], draw: Draw) -> Cells:
    """Give another birth date than the resident ID has."""
    born = _born(cells)
    return {"birth_date": born + timedelta(days=draw.whole(1, 25))} if born else {}


def birth_dotted(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Write the date with points."""
    born = _born(cells)
    return {"birth_date": f"{born.year}.{born.month}.{born.day}"} if born else {}


def birth_in_words(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Write the date with 年月日."""
    born = _born(cells)
    return {"birth_date": f"{born.year}年{born.month}月{born.day}日"} if born else {}


def birth_eight_digits(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Write the date as in the resident ID."""
    born = _born(cells)
    return {"birth_date": f"{born:%Y%m%d}"} if born else {}


def birth_serial(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Keep Excel's number of the day, its format lost."""
    born = _born(cells)
    return {"birth_date": (born - EXCEL_EPOCH).days} if born else {}


def sex_conflict(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Give the other sex than the resident ID has."""
    return {"sex": "女" if cells.get("sex") == "男" else "男"}


def township_short(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Leave the ending off, as people say it."""
    name = str(cells["township"])
    return {"township": name.removesuffix("街道").removesuffix("镇").removesuffix("乡")}


def township_old(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Write what it was before it was raised: 乡 for 镇, 镇 for 街道."""
    name = str(cells["township"])
    if name.endswith("街道"):
        return {"township": name.removesuffix("街道") + "镇"}
    return {"township": name.removesuffix("镇") + "乡"} if name.endswith("镇") else {}


def township_unknown(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Mistype the ending so that no township has the name."""
    return {"township": str(cells["township"])[:-1] + "阵"}


def unit_old(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Write 县 for what has become a 区."""
    name = str(cells.get("unit") or "")
    return {"unit": name[:-1] + "县"} if name.endswith("区") and name in _ONCE_COUNTIES else {}


_ONCE_COUNTIES = (
    "綦江区",
    "大足区",
    "璧山区",
    "铜梁区",
    "潼南区",
    "荣昌区",
    "开州区",
    "梁平区",
    "武隆区",
)


def name_spaced(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Set two characters apart so that they line up with three."""
    name = str(cells["name"])
    return {"name": f"{name[0]}　{name[1]}"} if len(name) == 2 else {}


def name_blank(_: Mapping[str, Value], __: Draw) -> Cells:
    """Leave the name out."""
    return {"name": None}


def village_committee(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Write the committee for the village, with the township before it."""
    name = str(cells.get("village") or "")
    ending = {"村": "民委员会", "区": "居委会"}.get(name[-1:])
    return {"village": f"{cells['township']}{name}{ending}"} if ending else {}


def phone_grouped(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Write the phone in groups."""
    name = _phone_field(cells)
    phone = str(cells.get(name) or "")
    return {name: f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"} if phone else {}


def phone_number(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Keep the phone as a number."""
    name = _phone_field(cells)
    phone = str(cells.get(name) or "")
    return {name: int(phone)} if phone.isdecimal() else {}


def phone_short(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Leave one digit of the phone out."""
    name = _phone_field(cells)
    phone = str(cells.get(name) or "")
    return {name: phone[:-1]} if phone else {}


def category_said(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Say the category in other words that mean the same."""
    said = {"散居孤儿": "社会散居孤儿", "事实无人抚养儿童": "事实无人抚养"}
    word = said.get(str(cells.get("category")))
    return {"category": word} if word else {}


def category_bare(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Write 孤儿 without saying with whom the child lives."""
    return {"category": "孤儿"} if cells.get("category") == "散居孤儿" else {}


def category_unknown(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Write a category that the programme does not have."""
    return {"category": "监测对象"} if "category" in cells else {}


def places_too_many(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Promise more households than anybody may take."""
    return {"places": 12} if "places" in cells else {}


def coordinates_swapped(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Put the latitude under longitude."""
    return {"lon": cells["lat"], "lat": cells["lon"]} if cells.get("lon") else {}


def coordinates_zero(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Fill in (0, 0)."""
    return {"lon": 0, "lat": 0} if cells.get("lon") else {}


def coordinates_missing(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Leave one of the two out."""
    return {"lat": None} if cells.get("lon") else {}


def coordinates_outside(cells: Mapping[str, Value], _: Draw) -> Cells:
    """Leave the map where it opened: in Beijing."""
    return dict(BEIJING) if cells.get("lon") else {}


def coordinates_gcj02(cells: Mapping[str, Value], draw: Draw) -> Cells:
    """Take the point from a map service and say so."""
    shown = gcj02(cells)
    return {**shown, "datum": draw.one(("GCJ-02", "高德地图", "腾讯地图"))} if shown else {}


def gcj02(cells: Mapping[str, Value]) -> Cells:
    """Give the point as a map service shows it."""
    lon, lat = cells.get("lon"), cells.get("lat")
    if not isinstance(lon, float) or not isinstance(lat, float) or lat > lon:
        return {}
    shown = from_wgs84(Place(lon, lat), Datum.GCJ02)
    return {"lon": round(shown.lon, 6), "lat": round(shown.lat, 6)}


def _phone_field(cells: Mapping[str, Value]) -> str:
    return "phone" if "phone" in cells else "guardian_phone"


def _born(cells: Mapping[str, Value]) -> date | None:
    born = cells.get("birth_date")
    return born if isinstance(born, date) else None


LOST = (
    id_numeric,
    id_scientific,
    id_zeroed,
    id_short,
    id_check_digit,
    id_blank,
    birth_conflict,
    sex_conflict,
    township_unknown,
    name_blank,
    phone_short,
    category_bare,
    category_unknown,
    places_too_many,
    coordinates_swapped,
    coordinates_zero,
    coordinates_missing,
    coordinates_outside,
)
"""Flaws after which only a person knows what stood there."""

WRITTEN_OTHERWISE = (
    id_lower_x,
    id_spaced,
    id_apostrophe,
    id_full_width,
    birth_dotted,
    birth_in_words,
    birth_eight_digits,
    birth_serial,
    township_short,
    township_old,
    unit_old,
    name_spaced,
    village_committee,
    phone_grouped,
    phone_number,
    category_said,
    coordinates_gcj02,
)
"""Flaws that leave the meaning: a reader must understand them, or ask."""
