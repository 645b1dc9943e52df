"""Demo accounts: one for each role, in demo data only (演示账号).

Passwords are made at random in each run, printed once and written to ``accounts.txt``; a run over
an older demo begins its store anew.
"""

from pathlib import Path

from casework.access import SYSTEM_ACTOR, AreaPath, Role, area
from casework.pairings import PairingState
from geo.areas import Gazetteer
from ledger.record.accounts import Account, add_account
from ledger.record.book import Book
from ledger.record.engine import FILE
from ledger.record.key_ring import KeyRing
from ledger.record.pairings import standing
from ledger.record.passwords import made_password
from ledger.record.store import Store
from ledger.sample_files import DUE
from service.on_record import KEYS
from service.outputs import write_whole

LISTED = "accounts.txt"
DAY = "demo-today.txt"
"""In a demo's data folder: the day its people are made up for, which the pages take for today."""


def make_store(out: Path) -> None:
    """Begin the store of a demo anew."""
    for path in (out / "data").glob(f"{FILE}*"):
        path.unlink()
    (out / "data").mkdir(parents=True, exist_ok=True)
    write_whole(out / "data" / DAY, DUE.isoformat().encode())
    Store.create(out / "data", KeyRing.load(out / KEYS)).close()


def make_accounts(out: Path, unit: str, team: str) -> str:
    """Make the accounts of a demo's store; give and write the list of them.

    Parameters
    ----------
    team
        Code of the team that the account ``team`` signs in for.
    """
    store = Store.open(out / "data", KeyRing.load(out / KEYS))
    lines = []
    try:
        with store.writing(SYSTEM_ACTOR, "demo") as book:
            caregiver, township = _somebody(book, unit)
            own = {Role.TEAM: (team, ""), Role.CAREGIVER: ("", caregiver)}
            for name, (role, scope, zh) in _accounts(unit, township).items():
                password = made_password()
                account = Account("", name, role, scope, *own.get(role, ("", "")))
                add_account(book, account, password)
                lines.append(f"{name:<10} {password}  {zh}")
    finally:
        store.close()
    text = "\n".join(lines)
    write_whole(out / LISTED, f"{text}\n".encode())
    (out / LISTED).chmod(0o600)
    return text


def _somebody(book: Book, unit: str) -> tuple[str, str]:
    """Give a caregiver who serves in her own township, and its code."""
    for found in standing(book, unit):
        is_own = found.seat.township == found.seat.caregiver_township
        if found.pairing.state is PairingState.ACTIVE and is_own:
            return found.pairing.caregiver, found.seat.township
    return "", Gazetteer.on(DUE).townships(unit)[0].code


def _accounts(unit: str, township_code: str) -> dict[str, tuple[Role, AreaPath, str]]:
    """Give name, role, area and what to call it: two units, and who belongs to the first."""
    places = Gazetteer.on(DUE)
    other = next(u for u in places.units if u.code != unit)
    township = places.township(township_code)
    own, local = area(unit), area(unit, township.code)
    name = places.unit(unit).name
    return {
        "city": (Role.CITY, area(), "市妇联 / city office"),
        "unit": (Role.UNIT, own, f"{name}妇联 / unit"),
        "unit2": (Role.UNIT, area(other.code), f"{other.name}妇联 / another unit"),
        "township": (Role.TOWNSHIP, local, f"{name}{township.name} / township"),
        "caregiver": (Role.CAREGIVER, local, f"{township.name}爱心妈妈 / caregiver"),
        "team": (Role.TEAM, area(), "团辅团队 / counselling team"),
        "auditor": (Role.AUDITOR, area(), "审计 / auditor"),
    }
