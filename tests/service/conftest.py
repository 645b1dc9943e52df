"""Made-up files that the tests of the doors share."""

from pathlib import Path

import pytest

from ledger.sample_files import write_sample

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
