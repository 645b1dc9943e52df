"""The policy against a second statement of it, written apart and sharing no code with it."""

import itertools
from datetime import date

import pytest

from casework import access_rules
from casework.access import (
    UNSEEN,
    Action,
    Actor,
    BasisKind,
    Field,
    LawfulBasis,
    Reason,
    Role,
    SignedPaper,
    Target,
    area,
    decide,
)

# y yes, p own pair, b booked session, o another's work, l lawful basis, g open grant,
# r also the round around the own area; after the colon the fields that go with it.
TABLE = """
action              | city  | unit  | township | caregiver | team | auditor | system
own_account         | y:    | y:    | y:       | y:        | y:   | y:      | -
child_list          | -     | y:O   | y:W      | -         | -    | -       | y:O
child_read          | -     | y:O   | y:W      | p:M       | -    | -       | y:O
caregiver_list      | -     | y:O   | y:W      | -         | -    | -       | y:O
caregiver_read      | -     | y:O   | y:W      | p:M       | -    | -       | y:O
id_number_read      | -     | lg:I  | -        | -         | -    | -       | lg:I
person_write        | -     | y:O   | -        | -         | -    | -       | y:O
person_erase        | -     | y:O   | -        | -         | -    | -       | y:O
ledger_import       | -     | y:O   | -        | -         | -    | -       | y:O
ledger_export       | -     | lg:O  | -        | -         | -    | -       | lg:O
person_export       | -     | l:O   | -        | -         | -    | -       | l:O
rows_propose        | -     | -     | y:W      | -         | -    | -       | y:
rows_confirm        | -     | y:O   | -        | -         | -    | -       | y:O
proposal_create     | -     | y:O   | -        | -         | -    | -       | y:O
proposal_read       | y:V   | y:O   | y:W      | -         | -    | -       | y:O
proposal_approve    | -     | o:O   | -        | -         | -    | -       | o:O
pairing_read        | -     | y:O   | y:W      | p:M       | -    | -       | y:O
pairing_write       | -     | y:O   | -        | -         | -    | -       | y:O
caregiver_suspend   | -     | y:O   | y:W      | -         | -    | -       | y:O
care_write          | -     | -     | -        | p:NRLE    | -    | -       | y:
care_read           | -     | y:NRLE| y:NRLE   | p:NRLE    | -    | -       | y:NRLE
task_read           | -     | y:O   | y:W      | -         | -    | -       | y:O
task_write          | -     | y:O   | y:W      | -         | -    | -       | y:O
declaration_write   | -     | y:RTC | -        | -         | -    | -       | y:RTC
declaration_read    | y:RTC | y:RTC | -        | -         | -    | -       | y:RTC
hand_in_write       | -     | y:VC  | -        | -         | -    | -       | y:VC
hand_in_read        | y:VC  | y:VC  | -        | -         | -    | -       | y:VC
hand_in_receive     | y:VC  | -     | -        | -         | -    | -       | y:VC
round_generate      | y:RTC | -     | -        | -         | -    | -       | y:RTC
round_read          | r:RT  | r:RT  | r:RT     | -         | r:RT | r:RT    | r:RT
session_roster      | -     | y:NZSRC | -      | -         | b:NZS | -      | y:NZSRC
map_aggregate       | y:RT  | y:RT  | y:RT     | -         | -    | y:RT    | y:RT
map_points          | -     | y:RTPN | -       | -         | -    | -       | y:RTPN
job_read            | y:RT  | y:RT  | y:RT     | -         | -    | -       | y:RT
audit_read          | -     | -     | -        | -         | -    | y:      | y:
user_manage         | y:    | y:    | -        | -         | -    | -       | y:
grant_ask           | -     | y:    | -        | -         | -    | -       | y:
grant_approve       | -     | o:    | -        | -         | -    | -       | o:
maintain            | -     | -     | -        | -         | -    | -       | y:
"""
NAMES = """
id_number name contact address point birth_date age age_band sex category causes family needs
checks area pairing counts
"""
LETTERS = dict(zip("INCAPBGZSKUFEHRLT", NAMES.split(), strict=True))
SETS = {
    "O": "NCAPBGZSKUFEHRLT",  # an office: everything but the ID number
    "W": "NCABGZSKUFERLT",  # a township: no points, no background checks
    "M": "NCABGSKFERL",  # a caregiver, of her own pair
    "V": "GSKRLT",  # the city: nobody's name
}

HOMES = {
    "city": "500000",
    "unit": "500000/500104",
    "township": "500000/500104/500104001",
    "caregiver": "500000/500104/500104001",
    "team": "500000",
    "auditor": "500000",
    "system": "",
}
FITTING = {"city": {1}, "unit": {2}, "township": {3}, "caregiver": {2, 3, 4}, "team": {1, 2}} | {
    "auditor": {1, 2},
    "system": {0},
}
PLACES = (
    "500000",
    "500000/500104",
    "500000/500104/500104001",
    "500000/500104/500104001/500104001203",
    "500000/500104/500104002",
    "500000/500105/500105001",
    "500000/5001",
    "510000/500104/500104001",
    "",
)
BASIS = LawfulBasis(BasisKind.STATUTORY_DUTY, "张主任", date(2021, 9, 1))
PAPER = SignedPaper("李主席", date(2021, 9, 1), "2021-7")


def cells():
    lines = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()]
    head, *rest = lines
    return {(line[0], role): cell for line in rest for role, cell in zip(head, line, strict=True)}


CELLS = cells()


def fields_of(letters):
    spelled = "".join(SETS.get(letter, letter) for letter in letters)
    return {LETTERS[letter] for letter in spelled}


def below(place, scope):
    return scope == "" or place == scope or place.startswith(scope + "/")


def stated(action, actor, target):
    """State by the table alone what must come out: None for no, else the fields."""
    cell = CELLS[action, str(actor.role)]
    place, scope = "/".join(target.area), "/".join(actor.scope)
    if cell == "-" or not actor.is_active:
        return None
    if (scope.count("/") + 1 if scope else 0) not in FITTING[str(actor.role)]:
        return None
    how, letters = cell.split(":")
    if not (below(place, scope) or (how == "r" and below(scope, place))):
        return None
    mine = target.author == actor.id
    wanting = (
        ("p" in how and not [p for p in target.pairings if p in actor.own_pairs])
        or ("b" in how and target.session not in actor.booked_sessions)
        or ("o" in how and not target.author)
        or ("o" in how and mine and not (target.paper and actor.is_only_officer))
        or ("l" in how and not target.basis)
        or ("g" in how and (action, target.id) not in {tuple(g) for g in actor.open_grants})
    )
    return None if wanting else fields_of(letters)


def actors(role, action):
    homes = (HOMES[role], "500000/500104/500104001/500104001203/9")
    grants = (frozenset({(Action(action), "c1")}), frozenset({(Action(action), "c2")}))
    for active, home, pairs, booked, only, grant in itertools.product(
        (True, False), homes, ({"p1"}, {"p9"}), ({"s1"}, ()), (True, False), grants
    ):
        scope = tuple(home.split("/")) if home else ()
        pairs, booked = frozenset(pairs), frozenset(booked)
        yield Actor("me", Role(role), scope, active, pairs, booked, grant, only)


def targets():
    for place, author, paper, basis in itertools.product(
        PLACES, ("", "me", "another"), (None, PAPER), (None, BASIS)
    ):
        path = tuple(place.split("/")) if place else ()
        yield Target("child", path, "c1", author, frozenset({"p1", "p2"}), "s1", basis, paper)


def test_the_second_statement_speaks_of_every_action_and_every_role():
    assert {(str(action), str(role)) for action in Action for role in Role} <= set(CELLS)
    assert set(LETTERS.values()) == {str(field) for field in Field}


@pytest.mark.parametrize("role", [str(role) for role in Role])
def test_every_action_area_and_attribute_is_decided_as_the_second_statement_says(role):
    asked = mismatches = 0
    everything = tuple(targets())
    for action in Action:
        for actor in actors(role, action):
            for target in everything:
                decision = decide(actor, action, target)
                expected = stated(str(action), actor, target)
                given = {str(f) for f in decision.fields} if decision.allow else None
                asked += 1
                mismatches += given != expected or (
                    not decision.allow and decision.fields != set()
                )
    assert (mismatches, asked) == (0, len(Action) * 64 * len(everything))


def test_a_code_that_begins_like_the_own_is_another_area():
    unit = Actor("u", Role.UNIT, area("5001"))
    assert not decide(unit, Action.CHILD_READ, Target("child", area("500104", "500104001"))).allow


def test_outside_is_told_apart_only_to_ourselves():
    unit = Actor("u", Role.UNIT, area("500104"))
    decision = decide(unit, Action.CHILD_READ, Target("child", area("500105")))
    assert decision.reason in UNSEEN
    caregiver = Actor("c", Role.CAREGIVER, area("500104", "500104001"), own_pairs=frozenset("a"))
    foreign = Target("child", area("500104", "500104001"), pairings=frozenset("b"))
    assert decide(caregiver, Action.CHILD_READ, foreign).reason in UNSEEN


def test_the_only_officer_approves_her_own_by_the_leaders_paper_and_it_says_so():
    officer = Actor("u", Role.UNIT, area("500104"), is_only_officer=True)
    own = Target("proposal", area("500104"), author="u", paper=PAPER)
    assert decide(officer, Action.PROPOSAL_APPROVE, own).reason is Reason.ALLOWED_BY_PAPER


def test_no_list_and_no_export_ever_gives_an_id_number():
    for action in Action:
        for role in Role:
            rule = access_rules.RULES[action].get(role)
            if rule and Field.ID_NUMBER in rule.fields:
                assert action is Action.ID_NUMBER_READ
                assert rule.needs == {access_rules.Need.BASIS, access_rules.Need.GRANT}


@pytest.mark.parametrize(
    ("role", "scope", "made", "over", "may"),
    [
        (Role.UNIT, area("500104"), Role.TOWNSHIP, area("500104", "500104001"), True),
        (Role.UNIT, area("500104"), Role.TOWNSHIP, area("500105", "500105001"), False),
        (Role.UNIT, area("500104"), Role.CITY, area(), False),
        (Role.UNIT, area("500104"), Role.AUDITOR, area("500104"), False),
        (Role.UNIT, area("500104"), Role.UNIT, area(), False),
        (Role.CITY, area(), Role.UNIT, area("500105"), True),
        (Role.CITY, area(), Role.UNIT, area(), False),
        (Role.TOWNSHIP, area("500104", "1"), Role.CAREGIVER, area("500104", "1"), False),
        (Role.SYSTEM, (), Role.CITY, area(), True),
        (Role.SYSTEM, (), Role.SYSTEM, (), False),
    ],
)
def test_an_account_is_made_by_whom_it_is_below(role, scope, made, over, may):
    assert access_rules.may_appoint(role, scope, made, over) is may
