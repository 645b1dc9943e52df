"""Papers of pairings on record: the sheet the leader signs, notices to both sides (文书).

They name people, so they are made for the unit's own staff only, and who made them is audited.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from casework.access import Action, Target, area
from casework.approvals import Proposed
from casework.errors import Conflict, NotFound
from casework.pairings import Pairing, PairingState, ProposalId
from casework.people import CaregiverId, ChildId
from casework.proposals import Pair
from casework.records import CaregiverRecord, ChildRecord
from casework.safeguarding import told_outside
from casework.wording import day, facts, label
from ledger.pairing_papers import ApprovalSheet, Notice, Part, approval_sheet_pdf, notices_pdf
from ledger.record.deciding import require
from ledger.record.pairings import list_pairings
from service.outputs import write_whole
from service.workflows.proposals_on_record import Shown, cost_in_words, shown_in
from service.workflows.unit_on_record import Desk, UnitOnRecord, unit_on_record

_CARE = (
    "每周见面一次，每半个月谈心一次，每月与监护人交流一次，每季度与班主任沟通一次，"
    "每学期参加一次亲子活动，每年陪孩子过一次节"
)
_FOR_GUARDIANS = (
    "结对自愿：您和孩子可以随时提出调整或不再结对，不影响其他救助。",
    "有意见或发现不妥，可直接向区县妇联反映，或拨打 12338、12345；遇到危险请拨打 110。"
    "不必经过村（社区）、镇街或爱心妈妈本人。",
    "孩子的个人信息只用于本项目，请不要把本通知拍照外传。",
)
_FOR_CAREGIVERS = (
    "尊重孩子和监护人的意愿，不单独带孩子过夜或外出到陌生地方。",
    "发现孩子受到或可能受到侵害的，必须立即报警（110）并报告区县妇联，这是法定义务。",
    "孩子和家庭的情况要保密，不发布、不转发孩子的照片和信息。",
)


class _Names:
    """Names of a unit's people by id; the id where a row is gone."""

    def __init__(self, unit: UnitOnRecord) -> None:
        ledgers = unit.ledgers
        self.unit = ledgers.unit.name
        self.children: dict[str, ChildRecord] = {c.id: c for c in ledgers.children}
        self.caregivers: dict[str, CaregiverRecord] = {c.id: c for c in ledgers.caregivers}
        self._held = {row.id: row for row in ledgers.held_children}

    def child(self, child: ChildId) -> str:
        """Give a child's name."""
        if child in self._held:
            return self._held[child].name
        return self.children[child].name if child in self.children else child

    def caregiver(self, caregiver: CaregiverId) -> str:
        """Give a caregiver's name."""
        found = self.caregivers.get(caregiver)
        return found.name if found else caregiver

    def township(self, child: ChildId) -> str:
        """Give a child's township as written."""
        if child in self._held:
            return self._held[child].township_name
        return self.children[child].township_name if child in self.children else ""


def approval_sheet(desk: Desk, proposal: ProposalId) -> bytes:
    """Set the sheet on which a proposal is approved (审批表), as PDF."""
    with desk.store.reading(desk.actor, "print the approval sheet") as book:
        shown = shown_in(desk, book, proposal)
        target = Target("proposal", area(shown.proposal.unit), proposal)
        require(book, Action.PROPOSAL_CREATE, target)
        book.note("approval_sheet", "proposal", proposal, names=True)
    return approval_sheet_pdf(_sheet(shown, _Names(shown.unit)))


def write_notices(
    desk: Desk, unit: str, wanted: Sequence[str], folder: Path, since: date | None = None
) -> tuple[Path, ...]:
    """Write the notices of pairings, one PDF for guardians and one for caregivers.

    Parameters
    ----------
    wanted
        Ids of pairings; none: all that are active. Those of an ended pairing say that it ended.
    since
        Of the active ones only those that began on this day or later.

    Raises
    ------
    NotFound
        When there is none to tell of, or none of that id.
    """
    with desk.store.reading(desk.actor, "print notices") as book:
        require(book, Action.PAIRING_WRITE, Target("pairing", area(unit)))
        names = _Names(unit_on_record(book, unit, desk.reader))
        found = [r.pairing for r in list_pairings(book, unit=unit, in_force=False)]
        chosen = _chosen(found, wanted, since or date.min)
        book.note("notices", "pairing", [p.id for p in chosen], names=True)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for title, notices in (
        ("致监护人通知单", [_to_guardian(p, names, desk) for p in chosen]),
        ("致爱心妈妈通知单", [_to_caregiver(p, names, desk) for p in chosen]),
    ):
        path = folder / f"{title}.pdf"
        write_whole(path, notices_pdf(title, notices))
        written.append(path)
    return tuple(written)


def _chosen(found: Sequence[Pairing], wanted: Sequence[str], since: date) -> list[Pairing]:
    if wanted:
        known: dict[str, Pairing] = {p.id: p for p in found}
        if set(wanted) - known.keys():
            raise NotFound("没有其中的结对 / there is no such pairing")
        chosen = [known[pairing] for pairing in wanted]
    else:
        active = (p for p in found if p.state is PairingState.ACTIVE)
        chosen = [p for p in active if p.started_on and p.started_on >= since]
    quiet = [p for p in chosen if p.state in (PairingState.SUSPENDED, PairingState.PROPOSED)]
    if quiet:
        raise Conflict(
            "核查期间不发通知 / no notice goes out while an inquiry runs or before approval"
        )
    if not chosen:
        raise NotFound("没有可以通知的结对 / there is no pairing to tell of")
    return chosen


def _sheet(shown: Shown, names: _Names) -> ApprovalSheet:
    proposal, answer = shown.proposal, shown.proposal.answer
    lines = proposal.proposed
    kept = sum(pair.kept for pair in lines.pairs)
    waits = sum(bool(shown.unit.now.unknown(p.child, p.caregiver)) for p in lines.pairs)
    counts = (
        f"新结对 {len(lines.pairs) - kept} 对，保留 {kept} 对，解除 {len(lines.ended)} 对，"
        f"未结对 {len(answer['unpaired'])} 名，待补事项 {waits} 对"
    )
    head = (
        ("申报单位", names.unit),
        ("判断日期", day(proposal.on)),
        ("合计", counts),
    )
    parts = (_pairs(shown, lines, names), _ended(lines, names), _left(answer, names))
    return ApprovalSheet(
        "困境儿童结对审批表",
        head,
        (*parts, _overridden(shown, names)),
        f"建议 {proposal.id}　指纹 {proposal.fingerprint[:16]}",
    )


def _pairs(shown: Shown, lines: Proposed, names: _Names) -> Part:
    order = sorted(lines.pairs, key=lambda p: (names.township(p.child), p.household, p.child))
    rows = [
        (
            str(number),
            names.township(pair.child),
            names.child(pair.child),
            names.caregiver(pair.caregiver),
            label(pair.rung),
            _kind(pair),
            facts(shown.unit.now.unknown(pair.child, pair.caregiver)) or "无",
        )
        for number, pair in enumerate(order, 1)
    ]
    headings = ("序号", "镇街", "儿童", "爱心妈妈", "就近", "结对", "生效前待补事项")
    return Part("一、拟结对", headings, (0.6, 1.4, 1.2, 1.2, 1.2, 1, 3), rows)


def _kind(pair: Pair) -> str:
    kind = "保留" if pair.kept else "新结"
    return f"{kind}（指定）" if pair.locked else kind


def _ended(lines: Proposed, names: _Names) -> Part:
    rows = [
        (
            str(number),
            names.township(line.child),
            names.child(line.child),
            names.caregiver(line.caregiver),
            label(line.reason),
        )
        for number, line in enumerate(lines.ended, 1)
    ]
    headings = ("序号", "镇街", "儿童", "原爱心妈妈", "原因")
    return Part("二、拟解除", headings, (0.6, 1.4, 1.2, 1.2, 3), rows)


def _left(answer: Mapping[str, Any], names: _Names) -> Part:
    rows = [
        (
            str(number),
            names.township(ChildId(line["child"])),
            names.child(ChildId(line["child"])),
            line["reason_zh"],
            line["remedy_zh"],
            day(date.fromisoformat(line["due"])),
        )
        for number, line in enumerate(answer["unpaired"], 1)
    ]
    headings = ("序号", "镇街", "儿童", "原因", "办法", "期限")
    return Part("三、尚未结对", headings, (0.6, 1.2, 1.2, 1.6, 4, 1.2), rows)


def _overridden(shown: Shown, names: _Names) -> Part:
    rows = [
        (
            names.child(said.child),
            names.caregiver(said.caregiver),
            label(said.kind),
            said.override.why,
            cost_in_words(said.override.cost),
        )
        for said in shown.said
    ]
    headings = ("儿童", "爱心妈妈", "人工意见", "原因", "代价")
    return Part("四、人工调整", headings, (1.2, 1.2, 1, 3, 3), rows)


def _to_guardian(pairing: Pairing, names: _Names, desk: Desk) -> Notice:
    child = names.child(pairing.child)
    record = names.children.get(pairing.child)
    guardian = record.guardian_name if record and record.guardian_name else f"{child}的监护人"
    mother = names.caregivers.get(pairing.caregiver)
    called = names.caregiver(pairing.caregiver)
    reach = f"，联系电话 {mother.phone}" if mother and mother.phone else ""
    if pairing.closure is not None:
        told = label(told_outside(pairing.closure.reason))
        body = [f"{child}与爱心妈妈{called}的结对自{day(pairing.closure.on)}起结束（{told}）。"]
        body.append("后续安排由镇街妇联与您联系。")
    else:
        since = f"自{day(pairing.started_on)}起" if pairing.started_on else "办妥手续后"
        body = [f"按照困境儿童关爱服务项目安排，{since}由爱心妈妈{called}与{child}结对{reach}。"]
        body.append(f"她将：{_CARE}。")
    return Notice(
        "结对通知单",
        guardian,
        body,
        _FOR_GUARDIANS,
        f"{names.unit}妇女联合会",
        desk.reader.on,
        "监护人签收：　　　　　　　　　日期：　　　　年　　月　　日",
    )


def _to_caregiver(pairing: Pairing, names: _Names, desk: Desk) -> Notice:
    child, called = names.child(pairing.child), names.caregiver(pairing.caregiver)
    record = names.children.get(pairing.child)
    if pairing.closure is not None:
        told = label(told_outside(pairing.closure.reason))
        body = [f"您与{child}的结对自{day(pairing.closure.on)}起结束（{told}）。"]
        body.append("请协助做好告别和交接，感谢您的陪伴。")
    else:
        since = f"自{day(pairing.started_on)}起" if pairing.started_on else "办妥手续后"
        body = [f"{since}请您与{child}结对。{_family(record)}", f"请您做到：{_CARE}。"]
    return Notice(
        "结对通知单",
        called,
        body,
        _FOR_CAREGIVERS,
        f"{names.unit}妇女联合会",
        desk.reader.on,
        "爱心妈妈签收：　　　　　　　　日期：　　　　年　　月　　日",
    )


def _family(record: ChildRecord | None) -> str:
    """Say how she reaches the child's guardian: what she needs and no more."""
    if record is None or not record.guardian_name:
        return ""
    phone = f"，电话 {record.guardian_phone}" if record.guardian_phone else ""
    return f"监护人：{record.guardian_name}{phone}。"
