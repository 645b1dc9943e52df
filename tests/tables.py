"""Tables and readers for tests, as if they had come out of a file."""

from datetime import date

from stdnum.cn import ric

from casework.programme import Programme
from geo.areas import Gazetteer
from ledger.columns import canonical_heading
from ledger.reader import Reader
from ledger.tables import Column, Row, Table, TableKind, Value

ON = date(2021, 9, 15)
WANZHOU = "500101"


def reader(**changes: object) -> Reader:
    given = {
        "on": ON,
        "key": b"test key",
        "gazetteer": Gazetteer.on(ON),
        "programme": Programme.from_toml(),
        "unit": WANZHOU,
    }
    return Reader(**{**given, **changes})


def table(
    kind: TableKind,
    *rows: dict[str, Value],
    file: str = "名单.xlsx",
    sheet: str = "Sheet1",
    title: str = "",
) -> Table:
    fields = list(dict.fromkeys(name for row in rows for name in row))
    columns = tuple(Column(n, _heading(kind, f), f) for n, f in enumerate(fields, 1))
    data = tuple(Row(n, tuple(row.get(f) for f in fields)) for n, row in enumerate(rows, 2))
    return Table(file, sheet, kind, columns, data, title)


def resident_id(born: str = "20120305", order: int = 2, region: str = "500101") -> str:
    """A valid number; an even order is a girl's."""
    body = f"{region}{born}{order:03d}"
    return body + ric.calc_check_digit(body + "0")


def child_row(**changes: Value) -> dict[str, Value]:
    row: dict[str, Value] = {
        "township": "太安镇",
        "village": "凤山村",
        "name": "张三",
        "sex": "女",
        "birth_date": "2012-03-05",
        "resident_id": resident_id(),
        "category": "散居孤儿",
    }
    return {**row, **changes}


def caregiver_row(**changes: Value) -> dict[str, Value]:
    row: dict[str, Value] = {
        "township": "太安镇",
        "village": "凤山村",
        "name": "王芳",
        "sex": "女",
        "resident_id": resident_id("19800102"),
        "phone": "13812345678",
        "role": "妇联执委",
        "places": 1,
        "check_result": "合格",
        "check_on": "2021-03-01",
        "commitment": "是",
    }
    return {**row, **changes}


def _heading(kind: TableKind, field: str) -> str:
    try:
        return canonical_heading(kind, field)
    except KeyError:
        return field
