"""The line breaks midway, or a colleague is first: nothing typed is lost, nothing done twice."""

from contextlib import ExitStack

import openpyxl
import pytest

from casework.access import SYSTEM_ACTOR
from ledger.record.import_list import list_imports
from ledger.record.key_ring import KeyRing
from ledger.record.people import PageAsk, history_of, page_of
from ledger.record.store import Store
from ledger.record.wishes import wishes_of
from service.access import COOKIE
from service.workflows.ledgers import today
from tests.installation import UNIT
from tests.served import serving
from tests.unit_on_record import CHILDREN, put_on_record, sample, second_officer

pytestmark = [pytest.mark.browser, pytest.mark.slow]
UNKNOWN = "没有收到服务器的答复，不知道是否已经保存"


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory):
    return sample(tmp_path_factory.mktemp("ledgers"), today())


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


class Server:
    """A server that can be stopped and started again where it was."""

    def __init__(self, home):
        self.home, self.running = home, ExitStack()
        self.served = self.running.enter_context(serving(home))
        self.served.tokens["second"] = ""

    def stop(self):
        self.running.close()

    def start(self):
        self.running.enter_context(serving(self.home, "--port", self.served.port))


@pytest.fixture(scope="module")
def server(home, ledgers):
    server = Server(home)
    store = Store.open(home / "data", KeyRing.load(home / "keys"))
    put_on_record(store, ledgers)
    server.served.tokens["second"] = second_officer(store)
    store.close()
    yield server
    server.stop()


def shorter(ledger):
    """Give a ledger without its last row: one that says what is on record comes to nothing."""
    book = openpyxl.load_workbook(ledger)
    book.worksheets[0].delete_rows(book.worksheets[0].max_row)
    book.save(ledger.with_name("少一行.xlsx"))
    return ledger.with_name("少一行.xlsx")


@pytest.fixture
def store(home, server):
    store = Store.open(home / "data", KeyRing.load(home / "keys"))
    yield store
    store.close()


def a_child(store, n=0):
    with store.reading(SYSTEM_ACTOR, "test") as book:
        return page_of(book, PageAsk("child", UNIT, "", None, None, 9)).people[n].record


def versions(store, person):
    with store.reading(SYSTEM_ACTOR, "test") as book:
        return len(history_of(book, person))


def corrects(page, served, person, name, why="写错"):
    page.goto(f"{served.address}children/{person}")
    page.locator("summary", has_text="更正").click()
    page.get_by_label("姓名", exact=True).fill(name)
    page.get_by_label("更正原因").fill(why)


def save(page):
    page.get_by_role("button", name="保存更正").click()


def loses_the_answer(page):
    """Let the server do what is asked next, and its answer never arrive."""
    page.evaluate(
        """() => {
            const whole = window.fetch;
            window.fetch = async (...asked) => {
                window.fetch = whole;
                await whole(...asked);
                throw new TypeError("the line broke");
            };
        }"""
    )


def test_a_correction_whose_answer_is_lost_is_kept_once_and_told(page, server, store):
    served, child = server.served, a_child(store)
    served.sign_in(page, "unit")
    corrects(page, served, child.id, "王小一")
    loses_the_answer(page)
    save(page)
    page.get_by_role("alert").filter(has_text=UNKNOWN).wait_for()
    assert page.get_by_label("更正原因").input_value() == "写错"
    assert versions(store, child.id) == 2
    save(page)
    page.get_by_text("刚才那一次其实已经保存好了").wait_for()
    page.get_by_role("heading", name="王小一").wait_for()
    assert versions(store, child.id) == 2


def test_a_correction_that_never_left_is_still_typed_and_is_kept_when_the_line_is_back(
    page, server, store
):
    served, child = server.served, a_child(store, 1)
    served.sign_in(page, "unit")
    corrects(page, served, child.id, "王小二")
    page.context.set_offline(True)
    save(page)
    page.get_by_role("alert").filter(has_text=UNKNOWN).wait_for()
    assert versions(store, child.id) == 1
    page.context.set_offline(False)
    save(page)
    page.get_by_role("heading", name="王小二").wait_for()
    assert versions(store, child.id) == 2
    # The same with a server that is down and comes back.
    page.locator("summary", has_text="更正").click()
    page.get_by_label("姓名", exact=True).fill("王小三")
    page.get_by_label("更正原因").fill("又写错")
    server.stop()
    save(page)
    page.get_by_role("alert").filter(has_text=UNKNOWN).wait_for()
    server.start()
    save(page)
    page.get_by_role("heading", name="王小三").wait_for()
    assert versions(store, child.id) == 3


def test_an_upload_that_breaks_keeps_the_chosen_file_and_comes_in_once(
    page, server, store, ledgers
):
    served = server.served
    served.sign_in(page, "unit")
    page.goto(served.address + "imports")
    with store.reading(SYSTEM_ACTOR, "test") as book:
        before = len(list_imports(book, UNIT))
    page.locator("input[type=file]").set_input_files(shorter(ledgers / CHILDREN))
    page.context.set_offline(True)
    page.get_by_role("button", name="读取并比对").click()
    page.get_by_role("alert").filter(has_text=UNKNOWN).wait_for()
    page.context.set_offline(False)
    loses_the_answer(page)
    page.get_by_role("button", name="读取并比对").click()
    page.get_by_role("alert").filter(has_text=UNKNOWN).wait_for()
    page.get_by_role("button", name="读取并比对").click()
    page.get_by_text("刚才那一次其实已经保存好了").wait_for()
    with store.reading(SYSTEM_ACTOR, "test") as book:
        assert len(list_imports(book, UNIT)) == before + 1


def test_a_lock_whose_answer_is_lost_is_noted_once_and_can_be_taken_back(page, server, store):
    served = server.served
    served.sign_in(page, "unit")
    page.goto(served.address + "proposals")
    page.locator("#propose-now").click()
    page.wait_for_url("**/proposals/*", timeout=60_000)
    page.locator("tr:not(.left-over) .ask-why").first.click()
    page.get_by_label("原因（必填").fill("家访时约定")
    loses_the_answer(page)
    page.get_by_role("button", name="锁定这一对").click()
    page.get_by_role("alert").filter(has_text=UNKNOWN).wait_for()
    page.get_by_role("button", name="锁定这一对").click()
    page.get_by_text("刚才那一次其实已经保存好了").wait_for()
    assert page.locator("#propose-now").is_enabled()
    with store.reading(SYSTEM_ACTOR, "test") as book:
        assert [line.why for line in wishes_of(book, UNIT)] == ["家访时约定"]
    page.context.set_offline(True)
    page.locator(".wishes").get_by_role("button", name="撤回").click()
    page.get_by_role("alert").filter(has_text=UNKNOWN).wait_for()
    page.context.set_offline(False)
    page.locator(".wishes").get_by_role("button", name="撤回").click()
    page.get_by_text("已撤回这条意见").wait_for()
    with store.reading(SYSTEM_ACTOR, "test") as book:
        assert wishes_of(book, UNIT) == ()


def test_of_two_officers_the_second_sees_who_changed_what_and_goes_on_with_her_typing(
    page, server, store
):
    served, child = server.served, a_child(store, 2)
    served.sign_in(page, "unit")
    corrects(page, served, child.id, "赵小明", why="户口本为准")
    context = page.context.browser.new_context(locale="zh-CN")
    context.add_cookies(
        [{"name": COOKIE, "value": served.tokens["second"], "url": served.address}]
    )
    other = context.new_page()
    corrects(other, served, child.id, "赵晓明")
    save(other)
    other.get_by_role("heading", name="赵晓明").wait_for()
    save(page)
    page.get_by_role("alert").filter(has_text="刚被别人改过").wait_for()
    page.get_by_role("button", name="看最新的，保留所填").click()
    page.get_by_role("heading", name="赵晓明").wait_for()
    page.get_by_role("alert").filter(has_text="您填的还在，没有保存").wait_for()
    page.get_by_text("最近一次更改：second").wait_for()
    page.get_by_text(f"姓名：{child.name} → 赵晓明").first.wait_for()
    assert page.get_by_label("姓名", exact=True).input_value() == "赵小明"
    assert page.get_by_label("更正原因").input_value() == "户口本为准"
    save(page)
    page.get_by_role("heading", name="赵小明").wait_for()
    assert versions(store, child.id) == 3

    # Both look at one proposal: the first hands it in, the second would take it back.
    page.goto(served.address + "proposals")
    page.locator("#propose-now").click()
    page.wait_for_url("**/proposals/*", timeout=60_000)
    other.goto(page.url)
    page.get_by_role("button", name="提交审批").click()
    page.get_by_text("已提交，等另一位").wait_for()
    other.get_by_role("button", name="撤回", exact=True).click()
    other.get_by_role("button", name="看最新的，保留所填").click()
    other.locator("h2", has_text="待审批").wait_for()
    context.close()
