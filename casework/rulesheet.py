"""Rule sheet: the rules of a proposal in the officer's words, each with its source (规则与依据).

Written from the programme in force, so a changed preset prints changed rules.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from casework.dossier import Dossier
from casework.people import Category
from casework.programme import Programme
from casework.proposals import Proof, ProofStatus, Unknown
from casework.wording import facts, label

_SEX_RULES = {
    "second_adult": "女童与男性结对的，须先落实第二位成年人陪同安排",
    "allowed": "不作限制",
    "forbidden": "女童不与男性结对",
}


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule as printed: what it is about, what it says, where it comes from."""

    topic: str
    rule: str
    source: str


def rule_lines(dossier: Dossier) -> tuple[RuleLine, ...]:
    """Give every rule the proposal was made by, in the order in which they decide."""
    programme = dossier.programme
    return (
        *_scope_lines(programme),
        *_priority_lines(programme),
        *_place_lines(dossier),
        *_condition_lines(programme),
        *_follow_up_lines(programme),
    )


def method_lines(dossier: Dossier) -> tuple[RuleLine, ...]:
    """Say how the answer was found, what is proven of it, and how to make it again."""
    return (
        RuleLine(
            "方法",
            "在规则允许的结对中求最小费用流，按上列次序逐级求最优；结果再经独立程序核对",
            "",
        ),
        RuleLine("结论", proof_in_words(dossier.proposal.proof), ""),
        RuleLine("规则文件", dossier.programme.name, dossier.programme.title_zh),
        RuleLine("基准日期", dossier.on.isoformat(), "年龄、查询有效期等均按此日判断"),
        RuleLine(
            "指纹",
            dossier.proposal.fingerprint or "（无）",
            "台账、规则和日期不变，指纹和结果就不变，与行的次序无关",
        ),
    )


def proof_in_words(proof: Proof) -> str:
    """Say what is proven, as a person would ask it."""
    if proof.status is ProofStatus.OPTIMAL and proof.certificate_verified:
        return "已证明：按上列次序，没有更好的安排；证明（对偶证书）已逐项验算"
    if proof.status is ProofStatus.OPTIMAL:
        return "求解程序证明没有更好的安排；未另作证书验算"
    return f"{label(proof.status)}：安排符合全部规则，但不能断定没有更好的安排"


def _scope_lines(programme: Programme) -> Iterator[RuleLine]:
    yield RuleLine(
        "关爱对象",
        f"{_categories(programme.mandatory)}，未满 {programme.under_age_years} 周岁",
        "通知二",
    )
    if programme.optional:
        text = _categories(programme.optional)
        if Category.LEFT_BEHIND in programme.optional:
            text += f"，未满 {programme.left_behind_under_age_years} 周岁"
            if programme.left_behind_needs_poor_guardianship:
                text += "，监护情况为差"
        yield RuleLine("建议纳入", text, "通知二（建议）")
    leaves = {"birthday": "生日当天", "first_of_next_month": "生日次月 1 日"}
    yield RuleLine("年满退出", f"自{leaves[programme.age_out]}起", "项目规则")


def _priority_lines(programme: Programme) -> Iterator[RuleLine]:
    yield RuleLine("一、全覆盖", "有爱心妈妈的儿童最多；应纳入的先于建议纳入的", "通知五（一）")
    yield RuleLine("二、保持稳定", "原有结对尽量不动；工作人员指定的结对不调整", "通知三（一）2")
    yield RuleLine(
        "三、就近属地",
        "同村（社区）先于同镇街，再次邻近镇街、本区县内、超出就近范围",
        "通知三（一）2",
    )
    yield RuleLine(
        "四、路程", "直线距离之和最小；距离未知的按就近范围上限计，不作为零", "项目规则"
    )
    yield RuleLine("五、均衡", "最远的尽量近，各人负担尽量均匀，仍相同的按编号取定", "项目规则")


def _place_lines(dossier: Dossier) -> Iterator[RuleLine]:
    programme = dossier.programme
    counted = "每名儿童占一个名额" if programme.places_count_children else "一户占一个名额"
    together = "同户兄弟姐妹由同一位爱心妈妈结对，" if programme.siblings_share_caregiver else ""
    yield RuleLine(
        "一对一",
        f"{together}{counted}；未注明名额的按 {programme.default_places} 计，"
        f"一人最多结对 {programme.max_children} 名儿童",
        "通知三（一）2",
    )
    beyond = "超出的列为最后一级并注明" if programme.beyond_reach_allowed else "超出的不结对"
    if dossier.reach_m is not None:
        yield RuleLine(
            "就近范围", f"直线 {dossier.reach_m / 1000:g} 公里；{beyond}", "通知三（一）2"
        )
    kin = "可以" if programme.kin_may_be_caregiver else "不"
    yield RuleLine("回避", f"亲属{kin}与儿童结对；台账注明回避的不结对", "项目规则")
    yield RuleLine("性别", _SEX_RULES[programme.girl_with_male_caregiver], "项目规则")


def _condition_lines(programme: Programme) -> Iterator[RuleLine]:
    needed = [unknown for unknown in Unknown if unknown in programme.needed]
    if needed:
        yield RuleLine(
            "条件结对",
            f"{facts(needed)}未查明的，可以建议，查明前不得实施",
            "未成年人保护法第六十二条；个人信息保护法第三十一条",
        )
    yield RuleLine(
        "从业查询", f"有效期 {programme.check_valid_days} 天", "未成年人保护法第六十二条"
    )


def _follow_up_lines(programme: Programme) -> Iterator[RuleLine]:
    yield RuleLine(
        "未结对儿童",
        f"逐一注明原因和办法，由{programme.responsible_zh}负责，{programme.due_days} 天内办结",
        "通知三（三）1",
    )
    yield RuleLine(
        "由人决定", "本表是建议，经负责人审定签字后方可实施", "个人信息保护法第二十四条"
    )


def _categories(categories: frozenset[Category]) -> str:
    return "、".join(label(category) for category in Category if category in categories)
