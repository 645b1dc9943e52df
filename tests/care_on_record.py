"""A pairing that has begun, with its child and caregiver on record, for tests of care."""

from datetime import date

from casework.access import SYSTEM_ACTOR
from casework.pairings import Approval, Pairing, PairingId, PairingState
from ledger.record.accounts import named_account, set_person
from ledger.record.pairings import Seat, add
from tests.figures_on_record import put

PAIRING = PairingId("p1")


def begin(store, unit: str, township: str, began: date, pairing: str = PAIRING) -> tuple[str, str]:
    """Put a child, a caregiver and their pairing on record; give the two ids."""
    child_id, caregiver_id = put(store, children=1, caregivers=1, unit=unit, township=township)
    made = Pairing(
        id=PairingId(pairing),
        child=child_id,
        caregiver=caregiver_id,
        household=child_id,
        proposed_by="li",
        proposed_on=began,
        state=PairingState.ACTIVE,
        approval=Approval("wang", began),
        started_on=began,
    )
    with store.writing(SYSTEM_ACTOR, "begin") as book:
        add(book, made, Seat(unit, township, "", township), began)
    return child_id, caregiver_id


def let_in(store, name: str, caregiver_id: str) -> None:
    """Give an account to a caregiver."""
    with store.writing(SYSTEM_ACTOR, "let in") as book:
        set_person(book, named_account(book, name), caregiver_id)
