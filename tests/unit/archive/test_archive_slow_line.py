"""The slow line that tests and benchmarks stand behind keeps its pace, its delay, and cuts where it is told to."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from readingroom.bench.slow_line import Pace, SlowLine

QUICK = Pace(2e6, 1e6, 0.010)


@pytest.fixture
def source() -> Iterator[int]:
    """A port that answers whatever is said with 400 000 bytes."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                one, _ = server.accept()
            except OSError:
                return
            with one:
                one.recv(100)
                try:
                    one.sendall(b"x" * 400_000)
                except OSError:
                    continue

    threading.Thread(target=serve, daemon=True).start()
    yield server.getsockname()[1]
    server.close()


def everything(port: int) -> int:
    """How many bytes come before the end."""
    with socket.create_connection(("127.0.0.1", port)) as one:
        one.sendall(b"please")
        came = 0
        while piece := one.recv(65536):
            came += len(piece)
        return came


def test_bytes_come_at_the_pace_of_the_line_and_no_slower_than_that_by_much(source: int) -> None:
    with SlowLine(source, QUICK) as line:
        began = time.perf_counter()
        assert everything(line.port) == 400_000
        # 0.2 s for the bytes, 0.02 s for the handshake, 0.02 s there and back.
        assert time.perf_counter() - began >= 0.2 + 0.04 - 0.03
        assert line.brought == 400_000


def test_two_connections_share_the_line(source: int) -> None:
    with SlowLine(source, QUICK) as line:
        began = time.perf_counter()
        threads = [threading.Thread(target=everything, args=(line.port,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert time.perf_counter() - began >= 0.4


@pytest.mark.parametrize("at", [1, 4_000, 399_999])
def test_a_cut_falls_at_the_very_byte_and_only_once(source: int, at: int) -> None:
    with SlowLine(source, QUICK, cut_after=at) as line:
        assert everything(line.port) == at
        assert everything(line.port) == 400_000
        assert line.cuts == 1
