"""Signs of session dates: every piece of writing that the reader knows, as patterns."""

import re

from casework.rounds import Slot
from casework.writing import narrowed, without_invisible

NUMERALS = {n: i for i, n in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
NUMERAL = "〇零一二两三四五六七八九十廿卅"
IN_WORDS = re.compile(
    rf"(?<![周期拜第{NUMERAL}])[{NUMERAL}]+"
    rf"(?=[月日号场天]|[、,\-][{NUMERAL}]+[日号、,\-])"
)
DASHES = re.compile(r"[\-‐‑‒–—―−~〜∼]+|至|到")
TIGHT = re.compile(r"\s*([年月日号.\-/、,;:])\s*")


def prepare(text: str) -> str:
    """Bring every way of typing the same sign to one."""
    text = narrowed(without_invisible(text)).replace("·", ".").replace("．", ".")
    text = re.sub(r"(?<=\d)\s*。\s*(?=\d)", ".", text).replace("。", "、")
    text = TIGHT.sub(r"\1", DASHES.sub("-", text))
    text = IN_WORDS.sub(lambda match: str(_arabic(match[0])), text)
    return re.sub(r"\s+", " ", text).strip(" 、,;")


def _arabic(words: str) -> int:
    """Turn numerals up to 39 into a number: 十六, 二十一, 廿三, 三十."""
    words = words.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = words.rpartition("十")
    if len(tens) > 1 or len(ones) > 1:
        return 99  # no day of any month
    high = NUMERALS[tens] if tens else 1
    return (high * 10 if ten else 0) + (NUMERALS[ones] if ones else 0)


NOISE = re.compile(
    r"(拟定于|拟定|拟于|拟|计划于|计划|预计于|预计|暂定于|暂定|初步定于|初定于|初定)"
    r"|定于|开展时间|团辅时间|举办时间|活动时间|时间|日期|开展|举行|举办|团辅|活动|分别|为|于|在"
    r"|第\d{1,2}[场期批天次]|第[一二三四五六七八九十]{1,2}[场期批天次]|起(?=-)|止(?!\d)"
    r"|[()\[\]【】:]| "
)
OPEN = re.compile(
    r"(?:其余|其他|余下|剩余|另外?)?(?:\d{1,2}场)?(?:具体)?(?:时间|日期)?"
    r"(?:待定|未定|暂未确定|尚未确定|未确定|待确定|待通知|另行通知|另定|再定|待商定|待协商)"
)
WHOLE = re.compile(r"(20\d\d)(?:年|-|\.|/)(\d{1,2})(?:月|-|\.|/)(\d{1,2})(?!\d)([日号]?)")
RUN = re.compile(r"(20\d\d)(\d\d)(\d\d)(?!\d)")
NO_UNIT = r"(?![\d场天期人个次点时:月])"
MONTH_DAY = re.compile(rf"(\d{{1,2}})月份?:?(\d{{1,2}}){NO_UNIT}([日号]?)")
MONTH = re.compile(r"\d{1,2}月")
DOTTED = re.compile(rf"(\d{{1,2}})[./](\d{{1,2}})(?![./]\d){NO_UNIT}([日号]?)")
DAY = re.compile(rf"(\d{{1,2}}){NO_UNIT}([日号]?)")
SEPARATOR = re.compile(r"以及|[、,;和及与+&]")
INNER_SEPARATOR = re.compile(r"[./](?=\d)")
WEEKDAYS = re.compile(
    r"(?:周|星期|礼拜)[一二三四五六日天]"
    r"(?:[、,和\-]?(?:周|星期|礼拜)?(?<!\d)[一二三四五六日天](?!\d))*"
)
WEEKEND = re.compile(r"周末|双休日")
PART = re.compile(r"上下午|上、下午|上午|早上|下午|全天|整天|半天")
CLOCK = re.compile(
    r"(\d{1,2})(?::(\d\d)|[点时](\d\d分?|半)?)(?:-(\d{1,2})(?::(\d\d)|[点时](\d\d分?|半)?))?"
)
ALL_SESSIONS = re.compile(r"(?:一共|共计|总共|合计|共)(\d{1,2})场次?")
EACH_SESSIONS = re.compile(r"(?:每天|每日|各)(?:开展|举办)?(\d)场次?")
SESSIONS = re.compile(r"(\d{1,2})场次?")
DAY_COUNT = re.compile(r"(?:连续|一共|共计|共)?(\d{1,2})天")
INEXACT = re.compile(
    r"左右|前后|大约|约|[上中下]旬|月?底|月?初|月末|周末|国庆|中秋|寒假|暑假|以?前|以?后|之[前后]|起|每周|每逢|每"
)
PARTS = {
    "上下午": (Slot.MORNING, Slot.AFTERNOON),
    "上、下午": (Slot.MORNING, Slot.AFTERNOON),
    "上午": (Slot.MORNING,),
    "早上": (Slot.MORNING,),
    "下午": (Slot.AFTERNOON,),
    "全天": (Slot.DAY,),
    "整天": (Slot.DAY,),
}
