"""A port of its own in front of another, through which every first byte of an answer comes late."""

import socket
import threading
from contextlib import suppress
from typing import Self


class Late:
    """Whoever connects to `port` is led to `target` after so many seconds."""

    def __init__(self, target: int, late_s: float) -> None:
        self._target = target
        self._late_s = late_s
        self._left = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _accept(self) -> None:
        while not self._left.is_set():
            try:
                here, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._lead, args=(here,), daemon=True).start()

    def _lead(self, here: socket.socket) -> None:
        with here, suppress(OSError):
            if self._left.wait(self._late_s):
                return
            with socket.create_connection(("127.0.0.1", self._target)) as there:
                back = threading.Thread(target=_pump, args=(there, here), daemon=True)
                back.start()
                _pump(here, there)
                back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
