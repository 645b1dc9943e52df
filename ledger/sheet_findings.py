"""Sheet findings: what a whole column's absence means, told once (缺列提示)."""

from casework.findings import Finding
from ledger.rows import Sheet, heading
from ledger.tables import TableKind

_OPTIONAL = {
    TableKind.CHILDREN: ("village", "consent", "coordinates"),
    TableKind.CAREGIVERS: ("village", "check_result", "commitment", "places", "coordinates"),
}


def tell_absent_columns(sheet: Sheet, titled_township: str, findings: list[Finding]) -> None:
    """Tell which facts a ledger cannot hold, and what is done without them."""
    if not sheet.table.rows:
        return
    _tell_identity(sheet, findings)
    if sheet.kind is TableKind.CHILDREN and "category" not in sheet.present:
        _tell(sheet, findings, "category_column_absent", "category")
    if titled_township and "township" not in sheet.present:
        _tell(sheet, findings, "township_from_title", "township", township=titled_township)
    if _has(sheet, "coordinates") and "datum" not in sheet.present:
        _tell(sheet, findings, "datum_column_absent", "datum")
    absent = [name for name in _OPTIONAL[sheet.kind] if not _has(sheet, name)]
    if absent:
        named = "、".join(_named(sheet, name) for name in absent)
        _tell(sheet, findings, "columns_absent", "", columns=named)


def _tell_identity(sheet: Sheet, findings: list[Finding]) -> None:
    if "resident_id" in sheet.present:
        return
    rule = "ids_by_number" if "number" in sheet.present else "ids_by_name"
    _tell(sheet, findings, rule, "resident_id")


def _has(sheet: Sheet, name: str) -> bool:
    if name == "coordinates":
        return not sheet.present.isdisjoint(("lon", "lat", "coordinates"))
    return name in sheet.present


def _named(sheet: Sheet, name: str) -> str:
    return "经纬度" if name == "coordinates" else heading(sheet.kind, name)


def _tell(sheet: Sheet, findings: list[Finding], rule: str, name: str, **values: object) -> None:
    people = "儿童" if sheet.kind is TableKind.CHILDREN else "爱心妈妈"
    findings.append(Finding(rule, sheet.where(0, name), values={"people": people, **values}))
