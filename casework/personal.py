"""Personal details in free text: what must not leave a unit in a remark (备注中的个人信息).

Found are the words of the unit's own ledgers (names, addresses), and every run of digits as
long as a phone number. A text is judged without spaces and invisible signs, so that “张 三” is
found too. Nicknames and people outside the ledgers are not.
"""

import re
from collections.abc import Iterable

from casework.records import CaregiverRecord, ChildRecord, HeldRow
from casework.writing import narrowed, without_invisible

_LONG_NUMBER = re.compile(r"\d(?:[ \-—_.·]?\d){6,}")
_DAY = re.compile(r"20\d\d\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}")
_GAPS = re.compile(r"[\s·.]+")
_SHORTEST_ADDRESS = 5


def names_in_ledgers(
    children: Iterable[ChildRecord],
    caregivers: Iterable[CaregiverRecord],
    held: Iterable[HeldRow] = (),
) -> frozenset[str]:
    """Collect the names and addresses that no free text may hold."""
    names: set[str] = set()
    addresses: set[str] = set()
    for child in children:
        names |= {child.name, child.guardian_name, child.caregiver_name}
        addresses.add(child.address)
    for caregiver in caregivers:
        names.add(caregiver.name)
        addresses.add(caregiver.address)
    names |= {row.name for row in held}
    kept = {_bare(name) for name in names}
    kept_addresses = {_bare(address) for address in addresses}
    return frozenset(
        {name for name in kept if len(name) > 1}
        | {address for address in kept_addresses if len(address) >= _SHORTEST_ADDRESS}
    )


def has_long_number(text: str, round_year: int) -> bool:
    """Whether the text holds digits that may be a resident ID, a phone or a birth date.

    Days of the round's year and later are no birth dates of children who take part.
    """
    narrow = narrowed(without_invisible(text))
    rest = _DAY.sub(lambda day: "" if int(day[0][:4]) >= round_year else day[0], narrow)
    return _LONG_NUMBER.search(rest) is not None


def names_a_person(text: str, names: frozenset[str]) -> bool:
    """Whether the text holds one of the names or addresses."""
    bare = _bare(text)
    return bool(bare) and any(name in bare for name in names)


def _bare(text: str) -> str:
    return _GAPS.sub("", narrowed(without_invisible(text)))
