"""Pages by several processes at one address; the lock that holds their desks together."""

import asyncio
import re
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from casework.errors import Busy
from service.desk_lock import DeskLock
from service.serving import listen, sockets_for
from tests.desks import desk_at
from tests.served import serving


@pytest.mark.slow
def test_two_processes_serve_one_desk(tmp_path):
    with serving(tmp_path, "--processes", "2", "--no-worker") as served:
        headers = served.headers("unit")
        with httpx2.Client(
            base_url=served.address, headers=headers, trust_env=False, timeout=60
        ) as client:
            for number in range(12):
                client.post(f"/api/v1/files?name={number}.xlsx", content=b"x")
            assert len(client.get("/api/v1/files").json()) == 12


@pytest.mark.slow
def test_whichever_process_is_asked_tells_the_measures_of_all(tmp_path):
    counted = re.compile(r'route="/supervision",status="200"\} (\d+)')
    with serving(tmp_path, "--processes", "2", "--no-worker") as served:

        def ask(path):  # each on a connection of its own: they are dealt out to the processes
            headers = served.headers("unit") if path == "supervision" else {}
            url = f"{served.address}{path}"
            return httpx2.get(url, headers=headers, trust_env=False, timeout=60)

        for _ in range(20):
            assert ask("supervision").status_code == 200
        time.sleep(0.2)  # a request is counted when its answer has left
        answers = [ask("metrics").text for _ in range(8)]
    assert {int(counted.search(text)[1]) for text in answers} == {20}
    assert all('nuantong_jobs{state="queued"} 0.0' in text for text in answers)


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("--processes", "2")])
def test_a_server_told_to_stop_closes_its_database_and_is_done(tmp_path, options):
    with serving(tmp_path, *options) as served:
        httpx2.get(f"{served.address}healthz", trust_env=False, timeout=60)
        files = [*(tmp_path / "data").glob("record.sqlite*")]
        assert all(path.stat().st_mode & 0o077 == 0 for path in files)
    assert served.left_with == [0]
    assert [path.name for path in (tmp_path / "data").glob("record.sqlite*")] == ["record.sqlite"]


def test_a_list_of_files_loses_none_when_two_hands_write_at_once(tmp_path):
    def put(name):
        desk = desk_at(tmp_path)
        for number in range(10):
            file_id, path = desk.draft("a.xlsx", "ledger")
            path.write_bytes(f"{name}{number}".encode())
            desk.accept(file_id, f"{name}{number}.xlsx", "ledger")

    hands = [threading.Thread(target=put, args=(name,)) for name in "ab"]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert len(desk_at(tmp_path).files) == 20


def test_whoever_holds_the_lock_may_take_it_again_and_others_wait(tmp_path):
    mine, theirs, told = DeskLock(tmp_path / ".lock"), DeskLock(tmp_path / ".lock"), []

    def other():
        with theirs.held():
            told.append("theirs")

    with mine.held(), mine.held():
        thread = threading.Thread(target=other)
        thread.start()
        time.sleep(0.05)
        told.append("mine")
    thread.join()
    assert told == ["mine", "theirs"]


def test_a_small_answer_is_not_held_back_until_the_browser_has_acknowledged_the_last():
    async def hears() -> int:
        found = asyncio.get_running_loop().create_future()

        def answered(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            theirs = writer.get_extra_info("socket")
            found.set_result(theirs.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        with listen("127.0.0.1", 0) as listening:
            server = await asyncio.start_server(answered, sock=listening)
            _, writer = await asyncio.open_connection(*listening.getsockname())
            told = await found
            writer.close()
            server.close()
        return told

    with ThreadPoolExecutor(1) as aside:  # a browser's loop may run in this thread
        assert aside.submit(lambda: asyncio.run(hears())).result()


def test_each_process_has_a_socket_at_the_one_address_which_is_nobody_elses():
    sockets = sockets_for(2, listen("127.0.0.1", 0))
    address = sockets[0].getsockname()
    try:
        assert sockets[0] is not sockets[1]
        assert sockets[1].getsockname() == address
        with pytest.raises(Busy):
            listen(*address)
        callers = [socket.create_connection(address) for _ in range(40)]
        taken = []
        for one in sockets:
            one.setblocking(False)
            taken.append(0)
            while True:
                try:
                    one.accept()[0].close()
                except BlockingIOError:
                    break
                taken[-1] += 1
        for caller in callers:
            caller.close()
    finally:
        for one in sockets:
            one.close()
    assert sum(taken) == 40
    assert min(taken) > 0
