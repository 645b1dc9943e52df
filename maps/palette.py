"""Palette: colours and bands that stay apart in black-and-white print and for the colour-blind.

Each theme runs from light to dark in one hue, dark where somebody is needed; "none" and "no
data" are drawn by their outline, not by a colour, so they are never taken for a small number.
"""

from dataclasses import dataclass

EDGE = "#333333"
OUTLINE = "#5b6b7b"
LINK = "#777777"


@dataclass(frozen=True, slots=True)
class Swatch:
    """How one band is drawn, and what the legend says to it."""

    label_zh: str
    fill: str | None
    dash: str | None = None


NO_DATA = Swatch("无台账数据", None, "3 3")
NO_CHILDREN = Swatch("台账中无待结对儿童", None)

COVERED = Swatch("全部结对", "#ffffd4")
NEARLY = Swatch("结对率 90% 以上、不足 100%", "#fed98e")
PARTLY = Swatch("结对率 50% 以上、不足 90%", "#fe9929")
HARDLY = Swatch("结对率不足 50%", "#993404")

NONE_LEFT = Swatch("无未结对儿童", None)
LEFT = (Swatch("1–2 名", "#fed98e"), Swatch("3–5 名", "#fe9929"), Swatch("6 名以上", "#993404"))

NONE_FREE = Swatch("无剩余名额", None)
FREE = (Swatch("1–2 个", "#c6dbef"), Swatch("3–5 个", "#6baed6"), Swatch("6 个以上", "#08519c"))

CHILD_PAIRED = Swatch("已结对儿童", "#fdae61")
CHILD_LEFT = Swatch("未结对儿童", "#7f0000")
CAREGIVER = Swatch("爱心妈妈", "#2171b5")

RUNGS = ("#08306b", "#2171b5", "#9ecae1", "#fdae61", "#a63603")


def coverage_swatch(paired: int, children: int) -> Swatch:
    """Give the band of a coverage; whole numbers, so that 89.9 % is never called 90."""
    if children == 0:
        return NO_CHILDREN
    if paired == children:
        return COVERED
    if 10 * paired >= 9 * children:
        return NEARLY
    return PARTLY if 2 * paired >= children else HARDLY


def count_swatch(count: int, none: Swatch, bands: tuple[Swatch, Swatch, Swatch]) -> Swatch:
    """Give the band of a count: none, 1 to 2, 3 to 5, 6 and more."""
    if count == 0:
        return none
    return bands[0] if count <= 2 else bands[1] if count <= 5 else bands[2]
