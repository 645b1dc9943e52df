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
    hatch: str | None = None

    @property
    def paint(self) -> str | None:
        """Give the colour or the pattern that the area is filled with; None where it is blank."""
        return f"url(#nt-{self.hatch})" if self.hatch else self.fill


_HATCHES = {
    "unknown": '<circle cx="4" cy="4" r=".9" fill="#777"/>',
    "some": '<rect width="8" height="8" fill="#e7d4c0"/><path d="M2 0V8M6 0V8" stroke="#8a7663"/>',
    "hidden": '<rect width="8" height="8" fill="#d5d5d5"/>'
    '<path d="M-2 2L2-2M0 8L8 0M6 10L10 6" stroke="#555" stroke-width="1.2"/>',
}
"""What is no figure is drawn by a pattern: a dashed edge is lost beside a neighbour's."""

PATTERNS = "".join(
    f'<pattern id="nt-{name}" width="8" height="8" patternUnits="userSpaceOnUse">{drawn}</pattern>'
    for name, drawn in _HATCHES.items()
)
"""For the ``defs`` of an SVG that paints such swatches, once in a page."""


def swatch_svg(swatch: Swatch) -> str:
    """Draw a swatch by itself, as for the legend of a paper."""
    dashes = f' stroke-dasharray="{swatch.dash}"' if swatch.dash else ""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 28 16" width="28" height="16">'
        f'<defs>{PATTERNS}</defs><rect x="1" y="1" width="26" height="14" '
        f'fill="{swatch.paint or "none"}" stroke="{EDGE}" stroke-width="1.4"{dashes}/></svg>'
    )


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
