"""The sheet 公平对照 of the proposal workbook: near and far for each group of children."""

from casework import wording
from casework.dossier import Dossier
from casework.fairness import Divide, GroupLine, compare_groups
from casework.proposals import Rung
from casework.wording import Language
from ledger.print_table import Cell, PrintColumn, PrintTable

_HEADINGS: dict[Language, tuple[str, ...]] = {
    "zh": ("按", "类别", "儿童", "已结对", "未结对", "其中待补正"),
    "en": ("by", "group", "children", "paired", "left over", "of these waiting"),
}
_FAR: dict[Language, tuple[str, ...]] = {
    "zh": ("距离中位数（米）", "最远（米）", "距离未知"),
    "en": ("median metres", "farthest (m)", "distance unknown"),
}
_UNKNOWN: dict[Language, str] = {"zh": "台账未填", "en": "not in the ledger"}
_TITLES: dict[Language, tuple[str, str]] = {
    "zh": (
        "分镇街、性别、残疾情况的结对对照",
        "看有没有哪一类儿童明显更远、更多人未结对；距离只统计已知的",
    ),
    "en": (
        "Pairs by township, sex and disability",
        "whether any group is farther off or left over more often; known distances only",
    ),
}


def fairness_table(dossier: Dossier, language: Language = "zh") -> PrintTable:
    """Lay the groups out side by side."""
    title, lead = _TITLES[language]
    rungs = [wording.label(rung, language) for rung in Rung]
    return PrintTable(
        sheet="公平对照",
        title=f"{dossier.unit_name}{title}" if language == "zh" else title,
        lead=lead,
        columns=(
            PrintColumn(_HEADINGS[language][0], 10, centred=True),
            PrintColumn(_HEADINGS[language][1], 18, centred=True),
            *(PrintColumn(heading, 9) for heading in _HEADINGS[language][2:]),
            *(PrintColumn(rung, 9) for rung in rungs),
            *(PrintColumn(heading, 11) for heading in _FAR[language]),
        ),
        rows=[_cells(line, language) for line in compare_groups(dossier) if line.children],
        when_empty="",
    )


def _cells(line: GroupLine, language: Language) -> tuple[Cell, ...]:
    far = line.distances
    return (
        wording.label(line.divide, language),
        _name(line, language),
        line.children,
        line.paired,
        line.left,
        line.needs_data,
        *line.rung_counts,
        "—" if far.median_m is None else far.median_m,
        "—" if far.worst_m is None else far.worst_m,
        far.unknown,
    )


def _name(line: GroupLine, language: Language) -> str:
    if line.group is None:
        return _UNKNOWN[language]
    if line.divide is Divide.TOWNSHIP:
        return str(line.group)
    return wording.label(line.group, language)  # type: ignore[arg-type]
