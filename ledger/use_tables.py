"""Tables of the answers about single people (原因、人选、交接), as paper and page show them.

Each builder takes a ``Speech``, whose language is the table's. Nobody reads a failed check out
of them: what the rules forbid is 不可安排.
"""

from collections.abc import Iterable, Sequence

from casework import left_over, wording
from casework.answers import ChildRanking, RankedCaregiver, Ranking, WhyPair, WhyUnpaired
from casework.people import CaregiverId, ChildId
from casework.plan_answers import Handover, HandoverLine, HandoverReason
from casework.proposals import Pair, Unpaired
from casework.wording_use import Speech, difference, heading
from ledger.print_table import Cell, PrintColumn, PrintTable

_HANDOVER_SIGNATURES = ("移交人（签字）：", "接收人（签字）：", "见证人（签字）：", "日期：")


def columns(speech: Speech, *wanted: tuple[str, float]) -> tuple[PrintColumn, ...]:
    """Give columns by the key of their heading; narrow ones are centred."""
    return tuple(
        PrintColumn(heading(key, speech.language), width, centred=width < 20)
        for key, width in wanted
    )


def title(speech: Speech, key: str) -> str:
    """Give the title of a table, the unit's name first."""
    return speech.dossier.unit_name + heading(key, speech.language)


def unpaired_table(speech: Speech, answers: Sequence[WhyUnpaired]) -> PrintTable:
    """Lay out why children are left over, what proves it and what would help."""
    return PrintTable(
        sheet="未结对原因和办法",
        title=title(speech, "title_unpaired"),
        lead=_lead(speech, len(answers)),
        columns=columns(
            speech,
            ("number", 5),
            ("id", 11),
            ("child", 10),
            ("place", 18),
            ("reason", 16),
            ("proof", 36),
            ("remedy", 66),
            ("responsible", 15),
            ("due", 12),
        ),
        rows=[(n, *_unpaired(speech, why)) for n, why in enumerate(answers, 1)],
        when_empty=speech.phrase("nobody_left"),
    )


def pairs_table(
    speech: Speech, answers: Sequence[WhyPair], conditional: dict[ChildId, Pair]
) -> PrintTable:
    """Lay out why pairs are as they are and who would be next."""
    return PrintTable(
        sheet="结对理由",
        title=title(speech, "title_pairs"),
        lead=_lead(speech, len(answers)),
        columns=columns(
            speech,
            ("number", 5),
            ("id", 11),
            ("child", 10),
            ("place", 18),
            ("caregiver", 10),
            ("caregiver_home", 18),
            ("rung", 11),
            ("distance", 11),
            ("why", 70),
            ("missing", 18),
        ),
        rows=[
            (n, *_pair(speech, why), _missing(speech, conditional.get(why.child)))
            for n, why in enumerate(answers, 1)
        ],
        when_empty=speech.phrase("no_pairs"),
    )


def caregivers_table(speech: Speech, ranking: Ranking) -> PrintTable:
    """Lay out the caregivers a child could have, the cheapest first."""
    return PrintTable(
        sheet="可选爱心妈妈",
        title=title(speech, "title_caregivers"),
        lead=speech.phrase(
            "ranked_for",
            child=f"{speech.child(ranking.child)}（{child_home(speech, ranking.child)}）",
            shown=len(ranking.caregivers),
            possible=ranking.possible,
        )
        + ("" if ranking.is_proven else speech.phrase("not_proven")),
        columns=columns(
            speech,
            ("number", 5),
            ("id", 12),
            ("caregiver", 14),
            ("caregiver_home", 19),
            ("phone", 14),
            ("rung", 12),
            ("distance", 12),
            ("cost", 44),
            ("moves", 44),
            ("missing", 20),
        ),
        rows=[(n, *_ranked(speech, line)) for n, line in enumerate(ranking.caregivers, 1)],
        when_empty=speech.phrase("nobody_possible"),
    )


def children_table(speech: Speech, ranking: ChildRanking) -> PrintTable:
    """Lay out the households a caregiver could take, the cheapest first."""
    name = speech.caregiver(ranking.caregiver)
    return PrintTable(
        sheet="可选儿童",
        title=title(speech, "title_children"),
        lead=speech.phrase(
            "ranked_for_caregiver",
            caregiver=f"{name}（{speech.caregiver_home(ranking.caregiver)}）",
            shown=len(ranking.households),
            possible=ranking.possible,
        )
        + ("" if ranking.is_proven else speech.phrase("not_proven")),
        columns=columns(
            speech,
            ("number", 5),
            ("id", 12),
            ("children", 16),
            ("place", 19),
            ("now", 14),
            ("rung", 12),
            ("distance", 12),
            ("effect", 48),
            ("moves", 48),
        ),
        rows=[
            (
                n,
                speech.number(line.children[0]),
                speech.children(line.children),
                child_home(speech, line.children[0]),
                speech.caregiver(line.now),
                *speech.near(line.rung, line.metres).values(),
                difference(line.difference, speech.language),
                speech.moves(line.moves),
            )
            for n, line in enumerate(ranking.households, 1)
        ],
        when_empty=speech.phrase("nobody_possible"),
    )


def handover_table(speech: Speech, answer: Handover) -> PrintTable:
    """Lay out who takes over a caregiver's children, and who answers for each today."""
    return PrintTable(
        sheet="交接表",
        title=title(speech, "title_handover"),
        lead=speech.phrase(
            "handover_of",
            caregiver=speech.caregiver(answer.caregiver),
            why=wording.label(answer.why, speech.language),
            n=len(answer.lines),
        )
        + (speech.phrase("at_once") if answer.why is HandoverReason.SUSPENDED else "")
        + (speech.phrase("others_move", moves=speech.moves(answer.moves)) if answer.moves else ""),
        columns=columns(
            speech,
            ("number", 5),
            ("id", 11),
            ("child", 10),
            ("place", 18),
            ("today", 18),
            ("successor", 12),
            ("caregiver_home", 18),
            ("phone", 14),
            ("rung", 11),
            ("distance", 11),
            ("missing", 18),
            ("others", 46),
            ("handed_over", 14),
            ("signed", 10),
        ),
        rows=[(n, *_handed(speech, line), "", "") for n, line in enumerate(answer.lines, 1)],
        when_empty=speech.phrase("no_children_with_her"),
        signatures=_HANDOVER_SIGNATURES,
    )


def child_home(speech: Speech, child: ChildId) -> str:
    """Name a child's township and village."""
    record = speech.dossier.children.get(child)
    village = record.village_name if record else ""
    return speech.dossier.township_name(child) + village


def phone_of(speech: Speech, caregiver: CaregiverId | None) -> str:
    """Give a caregiver's phone number."""
    record = speech.dossier.caregivers.get(caregiver) if caregiver else None
    return record.phone if record else ""


def _lead(speech: Speech, count: int) -> str:
    dossier = speech.dossier
    return speech.phrase("lead", on=wording.day(dossier.on), n=count)


def _unpaired(speech: Speech, why: WhyUnpaired) -> tuple[Cell, ...]:
    dossier = speech.dossier
    line = Unpaired(why.child, why.reason)
    return (
        speech.number(why.child),
        speech.child(why.child),
        child_home(speech, why.child),
        left_over.cause(line, dossier, speech.language),
        speech.shortage(why.shortage),
        _numbered(speech.remedies(why)),
        dossier.responsible_zh(why.child),
        wording.due(dossier.programme, dossier.on).isoformat(),
    )


def _numbered(texts: Sequence[str]) -> str:
    if len(texts) == 1:
        return texts[0]
    return "\n".join(f"{n}. {text}" for n, text in enumerate(texts, 1))


def _pair(speech: Speech, why: WhyPair) -> tuple[Cell, ...]:
    return (
        speech.number(why.child),
        speech.child(why.child),
        child_home(speech, why.child),
        speech.caregiver(why.caregiver),
        speech.caregiver_home(why.caregiver),
        *speech.near(why.rung, why.metres).values(),
        speech.why_pair(why),
    )


def _missing(speech: Speech, pair: Pair | None) -> str:
    return wording.facts(pair.conditional, speech.language) if pair else ""


def _ranked(speech: Speech, line: RankedCaregiver) -> tuple[Cell, ...]:
    mark = speech.phrase("proposed") if line.is_proposed else ""
    return (
        speech.number(line.caregiver),
        speech.caregiver(line.caregiver) + mark,
        speech.caregiver_home(line.caregiver),
        phone_of(speech, line.caregiver),
        *speech.near(line.rung, line.metres).values(),
        difference(line.difference, speech.language),
        speech.moves(line.moves),
        wording.facts(line.conditional, speech.language),
    )


def _handed(speech: Speech, line: HandoverLine) -> tuple[Cell, ...]:
    dossier = speech.dossier
    near = speech.near(line.rung, line.metres).values() if line.successor else ("", "")
    left = wording.label(line.left, speech.language)
    return (
        speech.number(line.child),
        speech.child(line.child),
        child_home(speech, line.child),
        wording.responsible(dossier.programme, speech.township(line.township)),
        speech.caregiver(line.successor) if line.successor else left,
        speech.caregiver_home(line.successor),
        phone_of(speech, line.successor),
        *near,
        wording.facts(line.conditional, speech.language),
        _others(speech, line.others),
    )


def _others(speech: Speech, others: Iterable[RankedCaregiver]) -> str:
    lines = (
        f"{speech.caregiver(other.caregiver)}（{wording.label(other.rung, speech.language)}）："
        f"{difference(other.difference, speech.language)}"
        for other in others
    )
    return "\n".join(lines)
