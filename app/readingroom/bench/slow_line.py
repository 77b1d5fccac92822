"""A line as it is at home: everything between a program and a port goes through at a pace, after a delay, or is cut."""

import asyncio
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from time import perf_counter
from typing import Self

PIECE = 8 * 1024
_CREDIT_S = 0.02
"""How far behind its pace the line may catch up, so that a late timer costs no bandwidth."""
_ALONE = "import sys; from readingroom.bench.slow_line import alone; alone(int(sys.argv[1]))"


@dataclass(frozen=True, slots=True)
class Pace:
    """Bytes per second towards the program and from it, and seconds one way."""

    down_bytes_s: float
    up_bytes_s: float
    one_way_s: float


HOME = Pace(20e6 / 8, 5e6 / 8, 0.020)
"""20 Mbit/s down, 5 Mbit/s up, 40 ms there and back."""


@dataclass
class _Lane:
    """One direction, shared by every connection: the moment up to which it is taken."""

    bytes_s: float
    taken_until: float = 0.0

    async def pass_through(self, size: int) -> None:
        """Return when so many bytes have passed."""
        self.taken_until = max(self.taken_until, perf_counter() - _CREDIT_S) + size / self.bytes_s
        wait = self.taken_until - perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)


@dataclass
class SlowLine:
    """A port of its own that leads to another port of this machine.

    cut_after: bytes towards the program after which every connection ends, once; what comes later goes through.
    brought: bytes that reached the program.
    """

    target: int
    pace: Pace = HOME
    cut_after: int | None = None
    brought: int = 0
    cuts: int = 0
    port: int = 0
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def __enter__(self) -> Self:
        self._down, self._up = _Lane(self.pace.down_bytes_s), _Lane(self.pace.up_bytes_s)
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", self.port))
        self.port = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, name="slow line", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _stop(self) -> None:
        self._server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for writer in tuple(self._writers):
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # The handshake of a real line takes its round trip before a first byte is sent.
        await asyncio.sleep(2 * self.pace.one_way_s)
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.close()
            return
        pair = {writer, far_writer}
        self._writers |= pair
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._carry(reader, far_writer, self._up, False))
                both.create_task(self._carry(far_reader, writer, self._down, True))
        finally:
            self._writers -= pair
            for one in pair:
                one.close()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, lane: _Lane, down: bool
    ) -> None:  # fmt: skip
        on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        sending = asyncio.create_task(self._deliver(on_the_way, writer, down))
        piece = b"?"
        with suppress(OSError):
            while piece:
                piece = await reader.read(PIECE)
                await lane.pass_through(len(piece))
                on_the_way.put_nowait((perf_counter() + self.pace.one_way_s, piece))
        if piece:
            on_the_way.put_nowait((0.0, b""))
        await sending

    async def _deliver(
        self, on_the_way: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter, down: bool
    ) -> None:  # fmt: skip
        with suppress(OSError):
            while True:
                at, piece = await on_the_way.get()
                await asyncio.sleep(max(0.0, at - perf_counter()))
                if not piece:
                    break
                if down and self.cut_after is not None and self.brought + len(piece) >= self.cut_after:
                    writer.write(piece[: self.cut_after - self.brought])
                    self.brought, self.cut_after = self.cut_after, None
                    self.cuts += 1
                    for one in tuple(self._writers):
                        one.close()
                    return
                writer.write(piece)
                await writer.drain()
                self.brought += len(piece) if down else 0
        # Either end gone, both are told: what the archive still sends must not fill the line.
        writer.close()


class LineApart:
    """A slow line in a process of its own, so that it takes no time from the program that is measured."""

    def __init__(self, target: int) -> None:
        self._target = target

    def __enter__(self) -> Self:
        words = [sys.executable, "-c", _ALONE, str(self._target)]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        told = self._process.stdout.readline() if self._process.stdout is not None else ""
        self.port = int(told or 0)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def alone(target: int) -> None:
    """Be a slow line to a port until standard input ends; the own port is the first line of standard output."""
    with SlowLine(target) as line:
        sys.stdout.write(f"{line.port}\n")
        sys.stdout.flush()
        sys.stdin.read()
