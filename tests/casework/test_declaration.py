"""Declarations: read as offices write them, and what does not fit together is told (A01-A20)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.declaration import FIELDS_ZH, read_declaration
from casework.declaration_cells import Contact, Count, read_contact, read_count
from casework.declaration_checks import Known, check_declaration
from casework.declaration_rules import DeclarationRules
from casework.errors import Unreadable
from casework.findings import Severity, Where, rule_texts
from casework.round_rules import Round
from casework.rounds import Closure
from geo.areas import Gazetteer

RULES = DeclarationRules.from_toml()
AREAS = Gazetteer.on(date(2021, 9, 15))
GOOD = {
    "unit": "武隆区",
    "children_total": 201,
    "children_6_plus": 178,
    "participants_children": 120,
    "participants_caregivers": 130,
    "sessions": 2,
    "dates": "10月16-17日",
    "contact": "冉文静 13800000000",
    "remarks": None,
}


def locate(field):
    return Where("申报表.xlsx", "Sheet1", 3, FIELDS_ZH[field])


def judged(known=None, rules=RULES, submitted_on=None, **changes):
    form, reading = read_declaration(GOOD | changes, locate, rules, AREAS, submitted_on)
    checks = check_declaration(form, rules, known or Known())
    return form, [finding.rule for finding in (*reading, *checks)]


def told(known=None, rules=RULES, submitted_on=None, **changes):
    return judged(known, rules, submitted_on, **changes)[1]


def test_a_form_that_fits_has_nothing_to_tell():
    form, rules = judged()
    assert rules == []
    assert (form.unit, form.sessions, form.contact) == (
        "500156",
        2,
        Contact("冉文静", "13800000000"),
    )


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("A01", {"unit": "天堂区"}),
        ("A01", {"unit": None}),
        ("A02", {"children_total": None}),
        ("A02", {"participants_caregivers": "30-40"}),
        ("A02_rough", {"participants_caregivers": "约130人"}),
        ("A03", {"children_total": 177}),
        ("A04", {"children_6_plus": 119}),
        ("A04_remark", {"children_6_plus": 119, "remarks": "另有学龄前儿童1名"}),
        ("A05", {"sessions": 0, "dates": None}),
        (
            "A05",
            {"children_6_plus": 0, "participants_children": 0, "participants_caregivers": 0},
        ),
        ("A06", {"sessions": 5}),
        ("A06", {"sessions": 1}),
        ("A06_blank", {"dates": None}),
        ("A07", {"dates": "9月14-15日"}),
        ("A07", {"dates": "11月30日、12月1日"}),
        ("A08", {"dates": "10月16日、18日"}),
        ("A08_rest_days", {"dates": "10月17日、23日"}),
        ("A09", {"dates": "10月1-2日"}),
        ("A10", {"dates": "10月9-10日"}),
        (
            "A11",
            {"participants_children": 29, "participants_caregivers": 29, "children_6_plus": 50},
        ),
        ("A11", {"sessions": 1, "dates": "10月16日", "participants_children": 151}),
        ("A12", {"participants_caregivers": 59}),
        ("A12", {"participants_caregivers": 241}),
        ("A13", {"contact": "冉文静"}),
        ("A13", {"contact": "13800000000"}),
        ("A13", {"contact": "冉文静 1380000000"}),
        ("A13", {"contact": None}),
        ("A15", {"participants_children": 88, "participants_caregivers": 88}),
        ("A20", {"dates": "待定"}),
        ("dates_inexact", {"dates": "10月16日左右"}),
        ("dates_day_missing", {"dates": "10月"}),
    ],
)
def test_a_form_that_does_not_fit_is_told_by_its_rule_alone(rule, changes):
    assert told(**changes) == [rule]


@pytest.mark.parametrize(
    "changes",
    [
        {"unit": "武隆"},
        {"unit": "武隆区妇联"},
        {"children_6_plus": 201, "participants_children": 200, "participants_caregivers": 200},
        {"children_6_plus": 120},
        {"sessions": 4},
        {"sessions": 3, "dates": "10月16日上午、10月17日"},
        {"sessions": "2场", "dates": "10月16日上午、下午"},
        {"sessions": 3, "dates": "10月16日（2场）、17日（1场）"},
        {"dates": "9月15-16日"},
        {"dates": "11月29-30日"},
        {"participants_children": 30, "participants_caregivers": 30, "children_6_plus": 60},
        {"participants_caregivers": 60},
        {"participants_caregivers": 240},
        {"contact": "办公室：冉主任，023-77700000"},
        {"contact": None, "contact_name": "冉文静", "contact_phone": 13800000000},
        {"participants_children": 89, "participants_caregivers": 89},
    ],
)
def test_a_form_that_just_fits_is_left_alone(changes):
    assert told(**changes) == []


def test_a_missing_number_is_told_once_and_not_by_every_rule_that_needs_it():
    assert told(children_6_plus=None) == ["A02"]
    assert told(sessions=None) == ["A02"]


def test_a_unit_that_takes_no_part_fits():
    nobody = {"participants_children": 0, "participants_caregivers": 0, "sessions": 0}
    assert told(**nobody, dates=None) == ["A15"]


def test_open_dates_leave_room_for_more_sessions_and_not_for_fewer():
    assert told(dates="10月16日，其余待定", sessions=5) == ["A20"]
    assert told(dates="10月16-17日，其余待定", sessions=1) == ["A06", "A20"]


def test_one_session_a_day_is_one_session_a_day():
    rules = Round.from_toml().as_rules()
    rules["days"]["sessions_per_day"] = 1
    one_a_day = DeclarationRules.from_toml(of_round=Round.from_rules(rules))
    assert told(rules=one_a_day, sessions=4) == ["A06"]
    assert told(rules=one_a_day, sessions=2) == []


def test_rest_days_may_count_alone_where_the_office_says_so():
    rules = Round.from_toml().as_rules()
    rules["days"]["consecutive_in"] = "allowed_days"
    in_rest_days = DeclarationRules.from_toml(of_round=Round.from_rules(rules))
    assert told(rules=in_rest_days, dates="10月17日、23日") == []
    assert told(rules=in_rest_days, dates="10月17日、24日") == ["A08"]


def test_a_closed_unit_cannot_hold_a_session():
    closed = Known(closures=(Closure("500156", date(2021, 10, 17), date(2021, 10, 30), "疫情"),))
    assert told(closed) == ["A09_closed"]
    elsewhere = Known(closures=(Closure("500101", date(2021, 10, 17), date(2021, 10, 30)),))
    assert told(elsewhere) == []


def test_the_ledger_the_last_round_and_the_townships_may_say_otherwise():
    ledger = {"children_total": 200, "children_6_plus": 178, "participants_caregivers": 400}
    assert told(Known(ledger=ledger)) == ["A14"]
    assert told(Known(ledger=ledger | {"children_total": 201})) == []
    assert told(Known(ledger={"participants_caregivers": 129})) == ["A14"]
    assert told(Known(last_round={"children_total": 250})) == []  # 49 of 250
    assert told(Known(last_round={"children_total": 252})) == ["A16"]
    assert told(Known(townships={"participants_children": 121})) == ["A18"]
    assert told(Known(townships={"participants_children": 120})) == []


def test_a_form_handed_in_again_or_late_says_so():
    assert told(Known(version=2)) == ["A17"]
    assert told(submitted_on=date(2021, 9, 15)) == []
    assert told(submitted_on=date(2021, 9, 16)) == ["A19"]


def test_a_year_whose_holidays_nobody_knows_is_still_checked_for_the_rest():
    rules = Round.from_toml().as_rules()
    rules["window"] = {"start": date(2031, 9, 15), "end": date(2031, 11, 30)}
    later = DeclarationRules.from_toml(of_round=Round.from_rules(rules))
    assert told(rules=later, dates="10月16日、17日") == []
    assert told(rules=later, dates="10月16日、18日") == ["A08"]


def test_all_that_is_wrong_is_told_at_once_in_order():
    rules = told(unit="天堂区", children_total=100, dates="10月16日、18日", contact=None)
    assert rules == ["A01", "A03", "A08", "A13"]


def test_severities_are_those_of_the_programme():
    severities = {rule: text.severity for rule, text in rule_texts().items()}
    errors = {rule for rule in severities if severities[rule] is Severity.ERROR}
    numbered = {f"A{n:02}" for n in range(1, 21)}
    assert numbered & errors == {
        *("A01", "A02", "A03", "A04", "A05", "A06", "A07", "A08", "A13", "A18")
    }
    assert {r for r in numbered if severities[r] is Severity.INFO} == {"A17", "A20"}


def test_every_finding_can_be_said_in_both_languages():
    worst = GOOD | {"unit": "天堂区", "children_total": "约100", "dates": "某日", "contact": ""}
    form, reading = read_declaration(worst, locate, RULES, AREAS, date(2021, 9, 20))
    same = {"children_total": 1, "children_6_plus": 1}
    known = Known(ledger=same, last_round=same, townships=same, version=3)
    for finding in (*reading, *check_declaration(form, RULES, known)):
        said = (finding.message_zh, finding.message_en, finding.remedy_zh, finding.remedy_en)
        assert all(said)
        assert "{" not in "".join(said)


def test_no_finding_shows_a_name_or_a_phone_that_slipped_into_another_column():
    secret = "冉文静13987654321"
    slipped = dict.fromkeys(FIELDS_ZH, secret)
    form, reading = read_declaration(slipped, locate, RULES, AREAS)
    shown = [
        str(finding.as_json()) for finding in (*reading, *check_declaration(form, RULES, Known()))
    ]
    assert len(shown) >= 6
    assert not any("文静" in text or "87654" in text for text in shown)


@pytest.mark.parametrize(
    ("written", "count"),
    [
        (30, Count(30)),
        (30.0, Count(30)),
        ("30", Count(30)),
        ("３０", Count(30)),
        ("30人", Count(30)),
        ("30 名", Count(30)),
        ("1,024", Count(1024)),
        ("三十", Count(30)),
        ("两场", Count(2)),
        ("二十一人", Count(21)),
        ("约30人", Count(30, is_rough=True)),
        ("30人左右", Count(30, is_rough=True)),
        ("30余人", Count(30, is_rough=True)),
        ("近30人", Count(30, is_rough=True)),
        (0, Count(0)),
        (30.5, Count(None)),
        (-3, Count(None)),
        ("-3", Count(None)),
        ("30-40", Count(None)),
        ("30+5", Count(None)),
        ("待定", Count(None)),
        ("", Count(None)),
        (None, Count(None)),
        (True, Count(None)),
        (float("inf"), Count(None)),
        ("30人（其中留守5人）", Count(None)),
    ],
)
def test_a_number_of_people_is_one_whole_number(written, count):
    assert read_count(written) == count


@pytest.mark.parametrize(
    ("written", "contact"),
    [
        ("冉文静 13800000000", Contact("冉文静", "13800000000")),
        ("冉文静13800000000", Contact("冉文静", "13800000000")),
        ("13800000000（冉文静）", Contact("冉文静", "13800000000")),
        ("联系人：冉文静，电话：138-0000-0000", Contact("冉文静", "13800000000")),
        ("冉主任 023-77700000", Contact("冉主任", "023-77700000")),
        ("冉文静 （023）7770 0000", Contact("冉文静", "023-77700000")),
        ("冉文静 77700000", Contact("冉文静", "023-77700000")),
        ("武隆区妇联办公室 冉文静 13800000000", Contact("武隆", "13800000000")),
        ("冉文静/13800000000；向莉/13900000000", Contact("冉文静", "13800000000")),
        ("冉文静", Contact("冉文静", "")),
        ("1380000000", Contact("", "")),
        ("", Contact("", "")),
    ],
)
def test_a_contact_is_a_name_and_a_phone_in_any_order(written, contact):
    found = read_contact(written)
    assert found.phone == contact.phone
    assert bool(found.name) == bool(contact.name)
    if not written.startswith("武隆"):
        assert found.name == contact.name


@given(st.one_of(st.text(max_size=40), st.floats(), st.integers(), st.booleans(), st.none()))
def test_no_cell_breaks_the_reading(value):
    cells = dict.fromkeys(FIELDS_ZH, value)
    form, reading = read_declaration(cells, locate, RULES, AREAS)
    for finding in (*reading, *check_declaration(form, RULES, Known())):
        assert finding.message_zh


def test_rules_of_ones_own_change_only_what_they_name(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text("due_on = 2021-09-30\n[doubt]\nparticipation_share = 0.9\n")
    rules = DeclarationRules.from_toml(path)
    assert told(rules=rules, submitted_on=date(2021, 9, 16)) == ["A15"]
    assert rules.age_on == RULES.age_on


@pytest.mark.parametrize("text", ["dew_on = 1", "[doubt]\nchange_share = 'x'", "=", "doubt = 3"])
def test_rules_that_are_none_are_refused(tmp_path, text):
    path = tmp_path / "rules.toml"
    path.write_text(text)
    with pytest.raises(Unreadable):
        DeclarationRules.from_toml(path)
