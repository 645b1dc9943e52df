"""A large ledger in a browser: watched, loaded again, stopped; then read, confirmed, undone."""

from contextlib import closing

import openpyxl
import pytest
from stdnum.cn.ric import calc_check_digit

from ledger.record.key_ring import KeyRing
from ledger.record.store import Store
from service.worker import run
from service.workflows.ledgers import today
from tests.served import serving
from tests.service import pretend_work
from tests.service.pretend_work import at_work
from tests.unit_on_record import CHILDREN, sample

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROWS = 3_000


@pytest.fixture
def large(tmp_path):
    """Give the sample's ledger with each row told many times over, of other children."""
    book = openpyxl.load_workbook(sample(tmp_path / "sample", today()) / CHILDREN)
    sheet = book.active
    heads, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    number, code, name = (heads.index(h) for h in ("身份证号码", "编号", "儿童姓名"))
    for n in range(ROWS):
        row = list(rows[n % len(rows)])
        turn, was = n // len(rows), str(row[number])
        body = was[:14] + f"{turn % 100:02d}{turn // 100 * 2 + int(was[16]) % 2}"
        row[number], row[code] = body + calc_check_digit(body + "0"), f"L-{n:05d}"
        row[name] = f"{row[name]}{chr(0x4E00 + n)}"
        for column, value in enumerate(row, 1):
            sheet.cell(n + 2, column).value = value
    book.save(tmp_path / "large.xlsx")
    return tmp_path / "large.xlsx"


def send(page, at, path):
    page.goto(at + "imports")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="读取并比对", exact=True).click()
    page.wait_for_url("**/imports/read/*")


def test_a_large_ledger_is_watched_stopped_read_confirmed_and_undone(page, large, tmp_path):
    home = tmp_path / "home"
    with (
        serving(home, "--no-worker") as served,
        closing(Store.open(home / "data", KeyRing.load(home / "keys"))) as store,
    ):
        served.sign_in(page, "unit")
        with at_work(store, home, pretend_work.reads):  # never done, however fast the machine is
            send(page, served.address, large)
            page.get_by_text("900/3000").first.wait_for()
            page.reload()
            page.get_by_text("900/3000").first.wait_for()
            page.get_by_role("button", name="停止", exact=True).click()
            page.get_by_text("已停止").first.wait_for()
        assert not [path for path in home.rglob("imports/*") if path.is_dir()]
        page.goto(served.address + "imports")
        page.get_by_text("还没有导入过").wait_for()
        with at_work(store, home, run):
            send(page, served.address, large)
            page.get_by_role("link", name="查看并确认").click(timeout=60_000)
            page.get_by_role("button", name="确认入库").click()
            page.wait_for_url("**/imports/read/*")
            page.get_by_text("已入库。").wait_for(timeout=60_000)
            page.get_by_role("link", name="整批撤销").click()
            page.get_by_role("button", name="整批撤销").click()
            page.wait_for_url("**/imports/read/*")
            page.get_by_text("已整批撤销").wait_for(timeout=60_000)
