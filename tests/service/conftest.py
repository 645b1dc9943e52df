"""Made-up files that the tests of the doors share."""

import shutil
from pathlib import Path

import pytest

from ledger.sample_files import write_sample
from service.workflows.ledgers import today
from service.workflows.proposals_on_record import Ask, hand_in, propose
from tests.installation import UNIT as UNIT_CODE
from tests.installation import Installation
from tests.unit_on_record import form_of, put_on_record, record_desk, second_officer, town_code
from tests.unit_on_record import sample as write_unit

UNIT = "大渡口区"


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the ledgers of a small unit, in good order."""
    folder: Path = tmp_path_factory.mktemp("sample")
    write_sample(folder, UNIT)
    return folder


@pytest.fixture(scope="session")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the same unit's township workbooks, damaged as offices do."""
    folder: Path = tmp_path_factory.mktemp("damaged")
    write_sample(folder, UNIT, flaws=True)
    return folder / "镇街"


@pytest.fixture(autouse=True)
def own_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the made key and the logs out of the user's own folder."""
    monkeypatch.setenv("NUANTONG_CONFIG", str(tmp_path / "config"))
    monkeypatch.delenv("NUANTONG_KEY", raising=False)
    monkeypatch.delenv("NUANTONG_LANG", raising=False)


# --- a unit on record: two officers, a township, a proposal that is handed in -------------------


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    return write_unit(tmp_path_factory.mktemp("sample"), today())


@pytest.fixture(scope="session")
def stocked(installation, files, tmp_path_factory):
    """Give an installation whose unit's ledgers are on record, with a second officer."""
    home = tmp_path_factory.mktemp("stocked")
    store = installation.open_store(home / "data")
    put_on_record(store, files)
    tokens = {"second": second_officer(store), "town": second_officer(store, "town", town_code())}
    store.close()
    shutil.copytree(home / "data-keys", home / "keys")
    (home / "tokens.json").write_text((installation.folder / "tokens.json").read_text())
    copied = Installation(home)
    copied.tokens |= tokens
    return copied


@pytest.fixture
def unit(stocked, tmp_path):
    with stocked.client(tmp_path / "data") as client:
        yield client


@pytest.fixture
def second(stocked, unit):
    return stocked.beside(unit, "second")


@pytest.fixture
def town(stocked, unit):
    return stocked.beside(unit, "town")


@pytest.fixture
def submitted(unit):
    """Give a proposal of the first officer's that is handed in."""
    desk = record_desk(unit)
    made = propose(desk, Ask(UNIT_CODE, with_noted=True)).id
    hand_in(desk, made)
    return made


@pytest.fixture
def approved(second, submitted):
    page = second.get(f"/proposals/{submitted}")
    asked = form_of(page, "key", "version") | {"what": "all"}
    assert second.post(f"/proposals/{submitted}/approve", data=asked).status_code == 200
