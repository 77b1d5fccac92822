"""One workstation per profile: a second start hands its study to the first and ends."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from readingroom.base.errors import ReaderError
from readingroom.base.log import LOG

UID = re.compile(r"[0-9]+(\.[0-9]+)+")
MOST_BYTES = 4096
PATIENCE_MS = 3000


def bell_of(folder: Path) -> str:
    """The name of a profile's doorbell; nobody reads the folder from it."""
    return f"readingroom-{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:24]}"


class Doorbell(QObject):
    """Listens for studies that other processes of the same user hand over; asked(study_uid) is called for each."""

    def __init__(self, folder: Path, asked: Callable[[str], None]) -> None:
        super().__init__()
        self._asked = asked
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._came)
        # Left behind by a process that died; the lock of the desk says that no other one lives.
        QLocalServer.removeServer(bell_of(folder))
        if not self._server.listen(bell_of(folder)):
            LOG.warning("the desk cannot be rung at: %s", self._server.errorString())

    def close(self) -> None:
        """Listen no more."""
        self._server.close()

    def _came(self) -> None:
        while (caller := self._server.nextPendingConnection()) is not None:
            caller.readyRead.connect(lambda caller=caller: self._hear(caller))
            caller.disconnected.connect(caller.deleteLater)

    def _hear(self, caller: QLocalSocket) -> None:
        if caller.bytesAvailable() > MOST_BYTES:
            caller.abort()
            return
        if not caller.canReadLine():
            return
        study_uid = _study_in(bytes(caller.readLine().data()))
        caller.write(b'{"ok": true}\n' if study_uid else b'{"ok": false}\n')
        caller.flush()
        caller.disconnectFromServer()
        if study_uid:
            self._asked(study_uid)


def ring(folder: Path, study_uid: str) -> bool:
    """Hand a study to the workstation that is open on a profile; False where none is. ReaderError where it is deaf."""
    socket = QLocalSocket()
    socket.connectToServer(bell_of(folder))
    if not socket.waitForConnected(PATIENCE_MS):
        return False
    socket.write(json.dumps({"open": study_uid}).encode() + b"\n")
    socket.waitForBytesWritten(PATIENCE_MS)
    while not socket.canReadLine():
        if not socket.waitForReadyRead(PATIENCE_MS):
            raise ReaderError("The workstation that is open does not answer.", "Open the study from its worklist.")
    if b"true" not in bytes(socket.readLine().data()):
        raise ReaderError("The workstation that is open did not take the study.", "Check the study's UID.")
    return True


def _study_in(line: bytes) -> str:
    """The study that a line names, or "" where it names none."""
    try:
        told = json.loads(line.decode())
        uid = told["open"]
    except (ValueError, KeyError, TypeError):
        return ""
    return uid if isinstance(uid, str) and len(uid) <= 64 and UID.fullmatch(uid) else ""
