"""Checklist (条件结对核查清单): what must be established before a pair may be active.

One line is one thing to do: a caregiver's check is asked for once, whatever the number of
children beside her.
"""

from dataclasses import dataclass

from casework import wording
from casework.dossier import Dossier, reading_order
from casework.people import CaregiverId, ChildId
from casework.proposals import Pair, Unknown
from casework.records import CaregiverRecord, ChildRecord
from ledger.print_table import Cell, PrintColumn, PrintTable

_COLUMNS = (
    PrintColumn("序号", 5.5, centred=True),
    PrintColumn("镇街", 12, centred=True),
    PrintColumn("爱心妈妈", 10, centred=True),
    PrintColumn("结对儿童", 18, centred=True),
    PrintColumn("尚缺事项", 16),
    PrintColumn("向谁核实", 22),
    PrintColumn("联系电话", 14, centred=True),
    PrintColumn("怎么办", 36),
    PrintColumn("核实结果", 17, centred=True),
    PrintColumn("核实日期", 12),
    PrintColumn("核实人", 11),
)
_BOXES = "□ 已查明\n□ 不符合"


@dataclass(frozen=True, slots=True)
class Errand:
    """One fact to establish: about a caregiver, a child, or the two together.

    ``fact`` is None where a locked pair is one to be kept apart by the ledger.
    """

    fact: Unknown | None
    caregiver: CaregiverId | None
    child: ChildId | None


def errands(dossier: Dossier) -> dict[Errand, tuple[Pair, ...]]:
    """List what is to be done, township by township, with the pairs that wait for it."""
    order = reading_order(dossier)
    waiting: dict[Errand, tuple[Pair, ...]] = {}
    for pair in sorted(dossier.proposal.pairs, key=lambda pair: order[pair.child]):
        facts: list[Unknown | None] = list(pair.conditional)
        if (pair.child, pair.caregiver) in dossier.contested:
            facts.insert(0, None)
        for fact in facts:
            errand = _errand(fact, pair)
            waiting[errand] = (*waiting.get(errand, ()), pair)
    by_township = sorted(
        waiting, key=lambda errand: _township_code(_asked(dossier, errand, waiting[errand][0]))
    )
    return {errand: waiting[errand] for errand in by_township}


def _errand(fact: Unknown | None, pair: Pair) -> Errand:
    if fact is Unknown.GUARDIAN_CONSENT:
        return Errand(fact, None, pair.child)
    of_both = fact in (None, Unknown.SECOND_ADULT)
    return Errand(fact, pair.caregiver, pair.child if of_both else None)


def checklist_table(dossier: Dossier) -> PrintTable:
    """Lay the errands out for the people who run them."""
    todo = errands(dossier)
    conditional = len({pair.child for pairs in todo.values() for pair in pairs})
    return PrintTable(
        sheet="条件结对核查清单",
        title=f"{dossier.unit_name}条件结对核查清单",
        lead=(
            f"基准日期：{wording.day(dossier.on)}　　{conditional} 对待核查，共 {len(todo)} 件事；"
            "全部查明前，有关结对不得实施"
        ),
        columns=_COLUMNS,
        rows=[
            (number, *_cells(dossier, errand, pairs))
            for number, (errand, pairs) in enumerate(todo.items(), start=1)
        ],
        when_empty="无。建议的结对材料齐全",
    )


def _cells(dossier: Dossier, errand: Errand, pairs: tuple[Pair, ...]) -> tuple[Cell, ...]:
    asked = _asked(dossier, errand, pairs[0])
    township = asked.township_name if asked else ""
    guardian, phone = "", ""
    if isinstance(asked, ChildRecord):
        guardian, phone = asked.guardian_name, asked.guardian_phone
    elif asked is not None:
        phone = asked.phone
    chair = wording.responsible(dossier.programme, township)
    return (
        township,
        dossier.caregiver_name(pairs[0].caregiver),
        "、".join(dossier.child_name(pair.child) for pair in pairs),
        *_what_to_do(errand.fact, guardian, chair, phone),
        _BOXES,
        "",
        "",
    )


def _what_to_do(
    fact: Unknown | None, guardian: str, chair: str, phone: str
) -> tuple[Cell, Cell, Cell, Cell]:
    """Say what is missing, whom to ask, where to call, and how."""
    if fact is None:
        say = {key: text["zh"] for key, text in wording.texts()["Contested"].items()}
        return (say["name"], say["ask"], "", say["how"])
    return (
        wording.label(fact),
        wording.whom_to_ask(fact, guardian, chair),
        phone,
        wording.how_to_establish(fact),
    )


def _asked(dossier: Dossier, errand: Errand, pair: Pair) -> ChildRecord | CaregiverRecord | None:
    """Give the row of the person the errand goes to: the child's home or the caregiver."""
    if errand.fact is Unknown.GUARDIAN_CONSENT:
        return dossier.children.get(pair.child)
    return dossier.caregivers.get(pair.caregiver)


def _township_code(record: ChildRecord | CaregiverRecord | None) -> str:
    return record.home.township if record else ""
