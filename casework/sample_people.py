"""Made-up people: names, resident IDs, phones, children with their households, caregivers.

Nobody in them is real. Names are drawn from common characters. A resident ID has a right check
digit, so that every rule can be tried, and two things no real one is likely to have: the
unit's region code of today, though for most birth dates another was in use (Chongqing's begin
in 1997), and a sequence number from 970 to 999, where stations deal these out from the lowest.
Phones are 162 0000-0009: a prefix without an area in the public numbering tables. Improbable
is not impossible: never look a number up, never dial it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from stdnum.cn.ric import calc_check_digit

from casework.findings import Where
from casework.people import (
    CaregiverId,
    CaregiverRole,
    CaregiverStatus,
    Category,
    CheckResult,
    ChildId,
    ChildStatus,
    GuardianshipRating,
    Sex,
)
from casework.records import CaregiverRecord, ChildRecord
from casework.sample_draw import Draw, parameters, years_before
from casework.sample_places import SampleArea, SampleHome, SampleVillage, make_home

FIRST_SEQUENCE = 970
LAST_SEQUENCE = 999


class Registry:
    """Deals out resident IDs and phones of one unit, each once."""

    def __init__(self, unit_code: str) -> None:
        """Start with nothing dealt out."""
        self._region = parameters()["zones"]["id_region"].get(unit_code, unit_code)
        self._ids: set[str] = set()
        self._phones = 0

    def resident_id(self, born: date, sex: Sex) -> str | None:
        """Give a free number; None when all made-up ones of that day are dealt out."""
        odd = 1 if sex is Sex.MALE else 0
        for sequence in range(FIRST_SEQUENCE + odd, LAST_SEQUENCE + 1, 2):
            body = f"{self._region}{born:%Y%m%d}{sequence}"
            if body not in self._ids:
                self._ids.add(body)
                return body + calc_check_digit(body + "0")
        return None

    def person(self, age_years: int, sex: Sex, on: date, draw: Draw) -> tuple[date, str]:
        """Give a birth date that makes this age on the day, with a free number."""
        for _ in range(1000):
            born = draw.birth_date(age_years, on)
            number = self.resident_id(born, sex)
            if number is not None:
                return born, number
        raise ValueError("too many made-up people of one age: ask for fewer")

    def phone(self) -> str:
        """Give the next free number; the order looks shuffled."""
        self._phones += 1
        return f"162000{self._phones * 7919 % 100_000:05d}"


class ChildMaker:
    """Makes the children of one unit, household by household."""

    def __init__(self, area: SampleArea, registry: Registry, on: date, draw: Draw) -> None:
        """Prepare; nothing is drawn yet."""
        self._area, self._registry, self._on, self._draw = area, registry, on, draw
        self._households = 0

    def household(
        self, village: SampleVillage, most: int, *, left_behind: bool
    ) -> list[ChildRecord]:
        """Make one household of at most so many children."""
        draw, rules = self._draw, parameters()["children"]
        count = min(most, draw.weighted(rules["sibling_groups"]))
        self._households += 1
        first = self._first(make_home(self._area, village, draw), left_behind=left_behind)
        if count > 1:
            first = replace(first, siblings=f"H{self._households:04d}")
        return [self._child(first, left_behind=left_behind) for _ in range(count)]

    def _first(self, lives: SampleHome, *, left_behind: bool) -> ChildRecord:
        """Make what the children of a household have in common."""
        draw, rules, words = self._draw, parameters()["children"], parameters()["words"]
        relation = draw.weighted(rules["left_behind_relations" if left_behind else "relations"])
        surname = draw.early(words["surnames"])
        parent = relation in ("父亲", "母亲")
        sex = Sex.MALE if relation[-1] in "父亲舅" and relation != "母亲" else Sex.FEMALE
        own_surname = surname if relation in ("祖父", "父亲", "伯父", "姑姑") else ""
        number = self._registry.person(
            draw.whole(34, 48) if parent else draw.whole(46, 76), sex, self._on, draw
        )[1]
        group = self._area.unit.group
        ethnicities = words["ethnicities"]
        given, consent_on = agreed(draw.weighted(rules["consent"]), self._on, draw)
        return ChildRecord(
            id=ChildId(""),
            where=Where(),
            name=surname,
            home=lives.home,
            unit_name=self._area.unit.name,
            township_name=lives.village.township.name,
            village_name=lives.village.name,
            category=self._category(left_behind=left_behind),
            ethnicity=draw.weighted(ethnicities.get(group, ethnicities["other"])),
            village_group=lives.group,
            address=lives.address,
            guardian_name=adult_name(sex, draw, own_surname),
            guardian_relation=relation,
            guardian_phone=self._registry.phone(),
            guardian_resident_id=number,
            guardianship=self._guardianship(left_behind=left_behind),
            consent_given=given,
            consent_on=consent_on,
        )

    def _category(self, *, left_behind: bool) -> Category:
        if left_behind:
            return Category.LEFT_BEHIND
        orphan = self._draw.chance(parameters()["children"]["scattered_orphan"])
        return Category.SCATTERED_ORPHAN if orphan else Category.DE_FACTO_UNATTENDED

    def _guardianship(self, *, left_behind: bool) -> GuardianshipRating:
        rules = parameters()["children"]
        if left_behind and self._draw.chance(rules["left_behind_poor"]):
            return GuardianshipRating.POOR
        if left_behind:
            return GuardianshipRating.FAIR
        return GuardianshipRating(self._draw.weighted(rules["guardianship"]))

    def _child(self, sibling: ChildRecord, *, left_behind: bool) -> ChildRecord:
        """Make one child who shares all that a household shares."""
        draw, rules = self._draw, parameters()["children"]
        age_years = draw.age(rules["ages"])
        if left_behind:
            age_years = min(age_years, 15)
        sex = Sex.MALE if draw.chance(rules["boys"]) else Sex.FEMALE
        born, number = self._registry.person(age_years, sex, self._on, draw)
        disabled = draw.chance(rules["disability"])
        child = replace(
            sibling,
            name=sibling.name + given_name("boys" if sex is Sex.MALE else "girls", draw),
            resident_id=number,
            sex=sex,
            birth_date=born,
            has_disability=disabled,
            health="残疾" if disabled else "健康",
            status=ChildStatus(draw.weighted(rules["status"])),
        )
        return self._schooled(child, age_years)

    def _schooled(self, child: ChildRecord, age_years: int) -> ChildRecord:
        """Say where somebody of this age goes to school, and whether as a boarder."""
        stage = "未入学" if age_years < 3 else "幼儿园" if age_years < 6 else "小学"
        if age_years >= 12:
            stage = "初中" if age_years < 15 else self._draw.one(("高中", "中职"))
        rules = parameters()["children"]["boarding_from_age"]
        share = max((s for age, s in rules if age <= age_years), default=0.0)
        boards = self._draw.chance(share / 2 if self._area.unit.group == "CORE" else share)
        place = child.township_name.removesuffix("街道")
        schools = {"未入学": "", "幼儿园": f"{place}中心幼儿园", "小学": f"{place}中心小学"}
        return replace(
            child,
            school_stage=stage,
            school_name=schools.get(stage, f"{place}中学"),
            boarding=boards if age_years >= 6 else False,
        )


def make_caregiver(
    area: SampleArea, village: SampleVillage, registry: Registry, on: date, draw: Draw
) -> CaregiverRecord:
    """Make a caregiver of a village (爱心妈妈)."""
    rules, lives = parameters()["caregivers"], make_home(area, village, draw)
    sex = Sex.FEMALE if draw.chance(rules["women"]) else Sex.MALE
    born, number = registry.person(draw.age(rules["ages"]), sex, on, draw)
    status = CaregiverStatus(draw.weighted(rules["status"]))
    result, check_on = _check(on, draw)
    signed, signed_on = agreed(draw.weighted(rules["commitment"]), on, draw)
    role = CaregiverRole(draw.weighted(rules["role"]))
    since = on - timedelta(days=draw.whole(200, 2000))
    return CaregiverRecord(
        id=CaregiverId(""),
        where=Where(),
        name=adult_name(sex, draw),
        home=lives.home,
        unit_name=area.unit.name,
        township_name=village.township.name,
        village_name=village.name,
        resident_id=number,
        sex=sex,
        birth_date=born,
        phone=registry.phone(),
        role=role,
        workplace=_workplace(role, village),
        address=lives.address,
        places=draw.weighted(rules["places"]),
        available_from=since if draw.chance(0.5) else None,
        available_to=on - timedelta(days=20) if status is CaregiverStatus.LEFT else None,
        check_on=check_on,
        check_result=result,
        check_expires_on=check_on and check_on + timedelta(days=365),
        commitment_signed=signed,
        commitment_on=signed_on,
        trained={"yes": True, "no": False}.get(draw.weighted(rules["trained"])),
        status=status,
    )


def _check(on: date, draw: Draw) -> tuple[CheckResult | None, date | None]:
    """Draw a background check: nine in ten valid, some expired, some never made."""
    outcome = draw.weighted(parameters()["caregivers"]["check"])
    if not outcome:
        return None, None
    expired = outcome == "expired"
    days = draw.whole(370, 700) if expired else draw.whole(1, 350)
    result = CheckResult.FAILED if outcome == "failed" else CheckResult.PASSED
    return result, on - timedelta(days=days)


def _workplace(role: CaregiverRole, village: SampleVillage) -> str:
    if role is CaregiverRole.TEACHER:
        return f"{village.township.name.removesuffix('街道')}中心小学"
    if role.is_cadre:
        return f"{village.name}妇联"
    return "个体" if role is CaregiverRole.ENTREPRENEUR else ""


def agreed(answer: str, on: date, draw: Draw) -> tuple[bool | None, date | None]:
    """Turn yes, no or nothing into a truth value and, for most yeses, the day it was given."""
    if answer != "yes":
        return (False if answer else None), None
    return True, draw.day(years_before(on, 2), on) if draw.chance(0.9) else None


def given_name(kind: str, draw: Draw) -> str:
    """Make up a given name of one or two characters."""
    characters = parameters()["words"][kind]
    return "".join(draw.several(characters, 1 if draw.chance(0.15) else 2))


def adult_name(sex: Sex, draw: Draw, surname: str = "") -> str:
    """Make up the name of a man or woman; without a surname one is drawn."""
    surname = surname or draw.early(parameters()["words"]["surnames"])
    return surname + given_name("men" if sex is Sex.MALE else "women", draw)


def numbered_children(children: Iterator[ChildRecord], prefix: str) -> Iterator[ChildRecord]:
    """Give each child the ledger's number (编号), which is also her id."""
    for n, child in enumerate(children, 1):
        number = f"{prefix}E{n:04d}"
        yield replace(child, id=ChildId(number), number=number)


def numbered_caregivers(
    caregivers: Iterator[CaregiverRecord], prefix: str
) -> Iterator[CaregiverRecord]:
    """Give each caregiver the ledger's number (编号), which is also her id."""
    for n, caregiver in enumerate(caregivers, 1):
        number = f"{prefix}A{n:04d}"
        yield replace(caregiver, id=CaregiverId(number), number=number)
