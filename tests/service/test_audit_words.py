"""Whatever is recorded has words for the auditor."""

import re
from pathlib import Path

import pytest

from casework.access import Action
from casework.pairing_life import Step
from ledger.record.audit import Outcome
from ledger.record.proposals import ProposalState
from ledger.record.rounds import What
from service.audit_words import OUTCOMES, deed, deeds, outcome


def noted() -> set[str]:
    """Give every action that the code notes by name."""
    found = set()
    for room in ("ledger/record", "service"):
        for path in Path(room).rglob("*.py"):
            found |= set(re.findall(r'\.note\(\s*"([^"]+)"', path.read_text(encoding="utf-8")))
    return found


def test_every_action_has_words():
    actions = {str(action) for action in Action} | noted()
    actions |= {f"pairing_{step}" for step in Step} | {f"round.{what}" for what in What}
    actions |= {f"proposal_{state}" for state in ProposalState}
    assert actions - set(deeds()) == set()


def test_every_outcome_has_words():
    assert set(OUTCOMES) == {str(each) for each in Outcome}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_has_no_words_stands_as_it_is_recorded(lang):
    assert deed("something new", lang) == "something new"
    assert outcome("something new", lang) == "something new"


def test_in_english_it_stands_as_recorded():
    assert deed("child_read", "zh") == "查看儿童档案"
    assert deed("child_read", "en") == "child read"
