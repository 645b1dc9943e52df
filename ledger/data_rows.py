"""Which rows under a heading are people, and which are totals, notes or blanks (合计行、落款)."""

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto
from functools import partial

from ledger.tables import Value


class RowKind(Enum):
    """What a row under a heading is."""

    DATA = auto()
    BLANK = auto()
    NOTE = auto()


_SPACE = re.compile(r"[\s\u3000\ufeff\u200b]+")
_UNSEEN = " \t\r\n\f\v\u00a0\u3000\ufeff\u200b"
_LONGEST_NOTE = 100
_TOTAL = re.compile(
    r".{0,12}(合计|小计|总计|累计|共计|总数)[:：]?[^一-鿿]{0,12}[人名户对条个位]?[。]?"
    r"|[（(]?(合计|小计|总计|共计|总共|共|以上共)[:：]?.{0,8}\d+.{0,3}[人名户对条个位].{0,30}"
)
_FOOTER = re.compile(
    r"[（(]?(填表|填报|制表|审核|审批|复核|经办|核实|负责|分管|主要)(人|领导|单位|日期|时间|说明)?.{0,20}[:：].*"
    r"|(联系人|联系电话|单位|日期|时间|备注|注|说明|附注|注释|盖章|签字|签名|附件)[:：].*"
    r"|注\d.*|(填表|填写|填报|有关|特别)?说明|注意事项.*|[（(]?(单位)?[（(]?(盖章|公章|签章)[)）]?[:：]?"
    r"|[（(]?(以下空白|以下无正文|此页无正文|本表一式).*|[（(【]?第.{1,5}页.*"
)
_EXAMPLE = re.compile(r"[（(【]?(示例|样例|范例|例如|举例|填写示例|填表示例|例\d?)[)）】]?[:：]?")
# Names that begin like none of the words above need no closer look.
_WORD_STARTS = frozenset(
    ["", *" 　（(【〔合小总累共全本填制审复经核负分主联单日时备注说附盖签有特第以此示样范例举表"]
)
_ORDINALS = "甲乙丙丁戊己庚辛壬癸"
_IDENTITY = ("name", "resident_id", "number")
# Offices prefill these on empty lines; alone they are nobody.
_PREFILLED = frozenset({
    "row_number", "unit", "township", "village", "village_group", "datum", "status",
})  # fmt: skip
_FEWEST_ID_DIGITS = 12
_LONGEST_NAME = 30


def is_identity(field: str | None) -> bool:
    """Whether a field names a person: name, resident ID or 编号, anybody's."""
    return field is not None and field.rpartition("child_")[2].rpartition("caregiver_")[2] in (
        _IDENTITY
    )


def is_blank(value: Value) -> bool:
    """Whether a cell holds nothing one could see."""
    return value is None or (isinstance(value, str) and not value.strip(_UNSEEN))


def row_judge(fields: Sequence[str | None]) -> Callable[[Sequence[Value]], RowKind]:
    """Give a judge of rows with these fields that knows plain people at a glance."""
    names = [at for at, field in enumerate(fields) if field in ("name", "child_name")]
    ids = [at for at, field in enumerate(fields) if field and field.endswith("resident_id")]
    if not names or not ids:
        return partial(kind_of_row, fields)
    name_at, id_at = names[0], ids[0]

    def judge(values: Sequence[Value]) -> RowKind:
        name, number, first = values[name_at], values[id_at], values[0]
        if (
            name.__class__ is str
            and number.__class__ is str
            and len(number) == 18
            and name[:1] not in _WORD_STARTS
            and (first.__class__ is not str or first[:1] not in _WORD_STARTS)
        ):
            return RowKind.DATA
        return kind_of_row(fields, values)

    return judge


def kind_of_row(fields: Sequence[str | None], values: Sequence[Value]) -> RowKind:
    """Tell what a row is.

    Parameters
    ----------
    fields, values
        Of the table's columns, in the same order.
    """
    filled = {i: v for i, v in enumerate(values) if not is_blank(v)}
    said = {fields[i] for i in filled} - {"row_number"}
    if not said:
        return _kind_of_numbered_row(fields, filled)
    texts = [_SPACE.sub("", str(value)[:_LONGEST_NOTE]) for value in filled.values()]
    if _is_note(texts) and not _has_id(fields, filled):
        return RowKind.NOTE
    if said <= _PREFILLED or _counts_columns(list(filled.values())):
        return RowKind.NOTE
    if len(said) == 1:
        return _kind_of_lone_cell(fields, filled)
    return RowKind.DATA


def _kind_of_numbered_row(fields: Sequence[str | None], filled: Mapping[int, Value]) -> RowKind:
    """Tell a row that holds at most its 序号: a line left free, or a title across the sheet."""
    text = next((v for i, v in filled.items() if isinstance(v, str)), "")
    return RowKind.NOTE if text and text.strip(" 0123456789.、") != "" else RowKind.BLANK


def _is_note(texts: Sequence[str]) -> bool:
    first = texts[0]
    if _EXAMPLE.fullmatch(first) or _FOOTER.fullmatch(first):
        return True
    return any(_TOTAL.fullmatch(text) for text in texts[:3])


def _has_id(fields: Sequence[str | None], filled: Mapping[int, Value]) -> bool:
    """Whether somebody's ID stands in the row: then it is a person, whatever else it says."""
    return any(
        (fields[i] or "").endswith("resident_id")
        and sum(character.isdigit() for character in str(value)) >= _FEWEST_ID_DIGITS
        for i, value in filled.items()
    ) and not any(_EXAMPLE.fullmatch(str(value)) for value in filled.values())


def _counts_columns(values: Sequence[Value]) -> bool:
    """Whether the row only numbers the columns: 1 2 3 …, (1) (2) (3), 甲 乙 1 2."""
    texts = [str(v)[:-2] if isinstance(v, float) and v.is_integer() else str(v) for v in values]
    plain = [text.strip(" ()（）栏列") for text in texts]
    numbers = [text for text in plain if text not in _ORDINALS]
    if len(plain) < 3 or not numbers or not all(text.isdecimal() for text in numbers):
        return False
    counted = [int(text) for text in numbers]
    return all(b == a + 1 for a, b in itertools.pairwise(counted)) and counted[0] <= 2


def _kind_of_lone_cell(fields: Sequence[str | None], filled: Mapping[int, Value]) -> RowKind:
    """Tell a lone cell: somebody's name or ID is data, anything else is a remark."""
    alone = {i: v for i, v in filled.items() if fields[i] != "row_number"}
    if len(alone) > 1:
        return RowKind.DATA  # unknown columns only: odd, but somebody wrote a line
    (at, value), *_ = alone.items()
    named = is_identity(fields[at]) and len(str(value)) <= _LONGEST_NAME
    return RowKind.DATA if named else RowKind.NOTE
