"""Dossiers made by hand for tests of workbooks and maps: nobody in them is real."""

import random
from dataclasses import replace
from datetime import date

from casework.dossier import Dossier, held_by_child
from casework.findings import Where
from casework.people import (
    CaregiverId,
    CaregiverRole,
    Category,
    CheckResult,
    ChildId,
    Home,
    HouseholdId,
    Sex,
)
from casework.programme import Programme
from casework.proposals import (
    Ended,
    Ending,
    Left,
    Objective,
    Pair,
    Proof,
    ProofStatus,
    Proposal,
    Rung,
    Unknown,
    Unpaired,
)
from casework.records import CaregiverRecord, ChildRecord, HeldRow
from geo.place import Place, Precision

ON = date(2021, 9, 15)
UNIT = "500156"
PROGRAMME = Programme.from_toml()
TOWNSHIPS = {
    "500156001": "凤山街道",
    "500156101": "白马镇",
    "500156102": "江口镇",
    "500156104": "火炉镇",
    "500156109": "桐梓镇",
    "500156202": "石桥苗族土家族乡",
    "500156209": "浩口苗族仡佬族乡",
}
VILLAGES = ("大坪村", "青龙社区", "石板桥村", "永安村")
SURNAMES, GIVEN = (
    "王李张刘陈杨赵黄周吴冉田",
    ("小雨", "子涵", "佳怡", "浩", "思琪", "宇轩", "梦", "建国"),
)
EMPTY = Proposal(
    (), (), (), Objective(0, 0, 0, 0, 0, 0, (0, 0, 0, 0, 0)), Proof(ProofStatus.OPTIMAL, True)
)


def home(
    township: str = "500156101", village: str | None = "大坪村", place: Place | None = None
) -> Home:
    precision = Precision.VILLAGE if place else Precision.UNKNOWN
    return Home(UNIT, township, village, place, precision)


def child(key: str = "C-1", **changes: object) -> ChildRecord:
    where = changes.get("home") or home()
    known = {
        "id": ChildId(key),
        "where": Where("儿童台账.xlsx", "困境儿童台账", 4),
        "name": "王小雨",
        "home": where,
        "unit_name": "武隆区",
        "township_name": TOWNSHIPS.get(where.township, where.township),
        "village_name": where.village or "",
        "category": Category.SCATTERED_ORPHAN,
        "sex": Sex.FEMALE,
        "birth_date": date(2011, 3, 2),
        "guardian_name": "王大山",
        "guardian_phone": "13800000000",
    }
    return ChildRecord(**(known | changes))


def caregiver(key: str = "M-1", **changes: object) -> CaregiverRecord:
    where = changes.get("home") or home()
    known = {
        "id": CaregiverId(key),
        "where": Where("爱心妈妈台账.xlsx", "爱心妈妈台账", 4),
        "name": "冉春梅",
        "home": where,
        "unit_name": "武隆区",
        "township_name": TOWNSHIPS.get(where.township, where.township),
        "village_name": where.village or "",
        "sex": Sex.FEMALE,
        "phone": "13900000000",
        "role": CaregiverRole.VILLAGE_CHAIR,
        "check_result": CheckResult.PASSED,
        "check_expires_on": date(2022, 3, 1),
        "commitment_signed": True,
    }
    return CaregiverRecord(**(known | changes))


def pair(child: str = "C-1", caregiver: str = "M-1", **changes: object) -> Pair:
    known = {
        "child": ChildId(child),
        "caregiver": CaregiverId(caregiver),
        "household": HouseholdId(f"H-{child}"),
        "rung": Rung.SAME_VILLAGE,
        "metres": 620,
    }
    return Pair(**(known | changes))


def held(key: str = "C-9", **changes: object) -> HeldRow:
    known = {
        "id": key,
        "where": Where("白马镇.xlsx", "困境儿童台账", 12),
        "name": "田佳怡",
        "township_name": "白马镇",
        "cells": (("姓名", "田佳怡"),),
        "rules": ("id_check_digit",),
    }
    return HeldRow(**(known | changes))


def dossier(
    children: tuple[ChildRecord, ...] = (),
    caregivers: tuple[CaregiverRecord, ...] = (),
    pairs: tuple[Pair, ...] = (),
    left: tuple[Unpaired, ...] = (),
    ended: tuple[Ended, ...] = (),
    held: tuple[HeldRow, ...] = (),
) -> Dossier:
    counts = [sum(pair.rung is rung for pair in pairs) for rung in Rung]
    metres = sum(pair.metres or 0 for pair in pairs)
    return Dossier(
        proposal=replace(
            EMPTY,
            pairs=pairs,
            unpaired=left,
            ended=ended,
            objective=Objective(
                len(pairs), 0, 0, sum(p.rung for p in pairs), metres, metres, tuple(counts)
            ),
            fingerprint="9f" * 32,
        ),
        children={record.id: record for record in children},
        caregivers={record.id: record for record in caregivers},
        programme=PROGRAMME,
        on=ON,
        unit_name="武隆区",
        held=held_by_child(held),
        reach_m=8000,
    )


def unit_dossier(size: int = 60, seed: int = 7) -> Dossier:
    """Make up a unit of some size in which everything occurs that a proposal can hold."""
    draw = random.Random(seed)
    children = tuple(_drawn_child(draw, number) for number in range(size))
    caregivers = tuple(_drawn_caregiver(draw, number) for number in range(size))
    pairs, left = [], []
    for number, (record, mother) in enumerate(zip(children, caregivers, strict=True)):
        if number % 9 == 8:
            left.append(Unpaired(record.id, draw.choice([*Left][:3])))
            continue
        pairs.append(_drawn_pair(draw, record, mother))
    waiting = (held("C-900"), held("C-901", name="杨梦", township_name="江口镇"))
    left += [Unpaired(ChildId(row.id), Left.NEEDS_DATA) for row in waiting]
    ended = tuple(
        Ended(line.child, CaregiverId("M-0001"), reason)
        for line, reason in zip([*left[:3], *pairs[:4]], Ending, strict=False)
    )
    return dossier(children, caregivers, tuple(pairs), tuple(left), ended, waiting)


def _drawn_home(draw: random.Random) -> Home:
    place = Place(107.3 + draw.random() * 0.7, 29.2 + draw.random() * 0.4)
    known = place if draw.random() < 0.6 else None
    return home(draw.choice([*TOWNSHIPS][:-1]), draw.choice((*VILLAGES, None)), known)


def _name(draw: random.Random) -> str:
    return draw.choice(SURNAMES) + draw.choice(GIVEN)


def _drawn_child(draw: random.Random, number: int) -> ChildRecord:
    return child(
        f"C-{number:04}",
        name=_name(draw),
        home=_drawn_home(draw),
        sex=draw.choice([*Sex]),
        birth_date=date(draw.randrange(2004, 2018), draw.randrange(1, 13), 7),
        category=draw.choice([Category.SCATTERED_ORPHAN, Category.DE_FACTO_UNATTENDED]),
        guardian_name=_name(draw),
    )


def _drawn_caregiver(draw: random.Random, number: int) -> CaregiverRecord:
    return caregiver(
        f"M-{number:04}",
        name=_name(draw),
        home=_drawn_home(draw),
        role=draw.choice([*CaregiverRole, None]),
        places=draw.choice((1, 1, 1, 2)),
    )


def _drawn_pair(draw: random.Random, record: ChildRecord, mother: CaregiverRecord) -> Pair:
    known = record.home.place and mother.home.place
    unknown = draw.sample([*Unknown], k=draw.choice((0, 0, 1, 2)))
    return pair(
        record.id,
        mother.id,
        rung=draw.choice([*Rung]),
        metres=draw.randrange(40, 12_000) if known else None,
        kept=draw.random() < 0.5,
        locked=draw.random() < 0.1,
        conditional=tuple(fact for fact in Unknown if fact in unknown),
        neighbours_approximate=draw.random() < 0.5,
    )
