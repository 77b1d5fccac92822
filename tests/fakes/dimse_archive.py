"""A small archive that speaks DIMSE, and behaves until it is told which fault to play."""

import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Self

from pydicom import Dataset, dcmread
from pynetdicom import AE, AllStoragePresentationContexts, build_role, evt
from tests.fakes.orthanc import free_port

from readingroom.archive.dimse_line import COMMITMENT, COMMITMENT_INSTANCE, FIND, GET, MOVE, SYNTAXES, VERIFICATION

SHALLOW = frozenset({"SOPInstanceUID", "SOPClassUID", "InstanceNumber", "Rows", "Columns", "QueryRetrieveLevel"})
FAULTS = (
    "slow", "refuses keys", "breaks off", "sends less", "no destination", "no room", "changes", "no commitment",
    "gets nothing",
)  # fmt: skip


class DimseArchive:
    """Answers as "PACS"; services: what it offers; shallow: image-level answers hold next to nothing."""

    def __init__(
        self,
        part10s: Sequence[bytes] = (),
        services: Sequence[str] = (VERIFICATION, FIND, GET, MOVE),
        desk_port: int = 0,
        shallow: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.objects = {str(_read(one).SOPInstanceUID): one for one in part10s}
        self.fault = ""
        self.shallow = shallow
        self.keys: list[frozenset[str]] = []
        self.sent: list[str] = []
        self.refused: list[str] = []
        self.released = threading.Event()
        self.port = free_port()
        self._desk_port = desk_port
        self._services = services
        self._tls = tls
        self._server: Any = None

    def __enter__(self) -> Self:
        entity = AE(ae_title="PACS")
        entity.require_called_aet = True
        for one in self._services:
            entity.add_supported_context(one)
        for context in AllStoragePresentationContexts:
            entity.add_supported_context(context.abstract_syntax, list(SYNTAXES), scu_role=True, scp_role=True)
        handlers = [
            (evt.EVT_C_ECHO, lambda event: 0x0000),
            (evt.EVT_C_FIND, self._find),
            (evt.EVT_C_GET, self._get),
            (evt.EVT_C_MOVE, self._move),
            (evt.EVT_C_STORE, self._store),
            (evt.EVT_N_ACTION, self._commit),
        ]
        address = ("127.0.0.1", self.port)
        self._server = entity.start_server(address, block=False, evt_handlers=handlers, ssl_context=self._tls)
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()

    def _find(self, event: Any) -> Iterator[tuple[int, Dataset | None]]:
        asked = event.identifier
        keys = frozenset(one.keyword for one in asked)
        self.keys.append(keys)
        if self.fault == "slow":
            self.released.wait(20)
        if self.fault == "refuses keys" and "InstitutionName" in keys:
            yield 0xA900, None
            return
        seen: set[str] = set()
        for found in map(_read, self.objects.values()):
            level = str(asked.QueryRetrieveLevel)
            own = {"STUDY": "StudyInstanceUID", "SERIES": "SeriesInstanceUID", "IMAGE": "SOPInstanceUID"}[level]
            if str(found[own].value) in seen or not _fits(found, asked):
                continue
            seen.add(str(found[own].value))
            if event.is_cancelled:
                yield 0xFE00, None
                return
            yield 0xFF00, self._answer(found, keys, level)

    def _answer(self, found: Dataset, keys: frozenset[str], level: str) -> Dataset:
        answer = Dataset()
        for key in keys:
            if key in found and not (level == "IMAGE" and self.shallow and key not in SHALLOW):
                answer[key] = found[key]
        answer.QueryRetrieveLevel = level
        return answer

    def _get(self, event: Any) -> Iterator[Any]:
        found = self._wanted(event.identifier)
        yield len(found)
        if self.fault == "gets nothing":
            for _ in found:
                yield 0xA702, None
            return
        yield from self._operations(event, found)

    def _move(self, event: Any) -> Iterator[Any]:
        if self.fault == "no destination":
            yield None, None
            return
        found = self._wanted(event.identifier)
        contexts = [
            c for c in AllStoragePresentationContexts if c.abstract_syntax in {one.SOPClassUID for one in found}
        ]
        yield "127.0.0.1", self._desk_port, {"contexts": contexts}
        yield len(found)
        yield from self._operations(event, found)

    def _operations(self, event: Any, found: Sequence[Dataset]) -> Iterator[tuple[int, Dataset | None]]:
        for number, one in enumerate(found):
            if event.is_cancelled:
                yield 0xFE00, None
                return
            if self.fault == "breaks off" and number == 2:
                event.assoc.abort()
                return
            if self.fault == "sends less" and number == len(found) - 1:
                yield 0xA702, None
                return
            self.sent.append(str(one.SOPInstanceUID))
            yield 0xFF00, one

    def _store(self, event: Any) -> int:
        if self.fault == "no room":
            return 0xA700
        part10 = event.encoded_dataset()
        if self.fault == "changes":
            part10 = part10.replace(b"CT chest", b"CT chess")
        self.objects.setdefault(str(event.request.AffectedSOPInstanceUID), part10)
        return 0x0000

    def _commit(self, event: Any) -> tuple[int, None]:
        asked = event.action_information
        threading.Thread(target=self._report, args=(asked,), daemon=True).start()
        return 0x0000, None

    def _report(self, asked: Dataset) -> None:
        time.sleep(0.05)
        refused = self.fault == "no commitment"
        report = Dataset()
        report.TransactionUID = asked.TransactionUID
        items = list(asked.ReferencedSOPSequence)
        if refused:
            for item in items:
                item.FailureReason = 0x0213
            report.FailedSOPSequence = items
        else:
            report.ReferencedSOPSequence = items
        entity = AE(ae_title="PACS")
        entity.add_requested_context(COMMITMENT)
        role = build_role(COMMITMENT, scp_role=True)
        desk = entity.associate("127.0.0.1", self._desk_port, ae_title="READINGROOM", ext_neg=[role])
        if desk.is_established:
            desk.send_n_event_report(report, 2 if refused else 1, COMMITMENT, COMMITMENT_INSTANCE)
            desk.release()

    def _wanted(self, asked: Dataset) -> list[Dataset]:
        return [dcmread(BytesIO(one)) for one in self.objects.values() if _fits(_read(one), asked)]


def send_unasked(part10: bytes, port: int, title: str = "READINGROOM") -> int | None:
    """Send an object that nobody asked for to a desk's own port; the status of its answer, None without one."""
    found = dcmread(BytesIO(part10))
    entity = AE(ae_title="STRANGER")
    entity.add_requested_context(found.SOPClassUID, found.file_meta.TransferSyntaxUID)
    desk = entity.associate("127.0.0.1", port, ae_title=title)
    if not desk.is_established:
        return None
    try:
        return int(desk.send_c_store(found).Status)
    finally:
        desk.release()


def certificates(folder: Path) -> Mapping[str, Path]:
    """A certificate of 127.0.0.1 that is its own authority, and its key, as PEM files."""
    import datetime
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = {"cert": folder / "cert.pem", "key": folder / "key.pem"}
    files["cert"].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files["key"].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


def _read(part10: bytes) -> Dataset:
    return dcmread(BytesIO(part10), stop_before_pixels=True)


def _fits(found: Dataset, asked: Dataset) -> bool:
    """UIDs and single values as they stand; names and descriptions by wildcard, letters as they are written."""
    import fnmatch

    for element in asked:
        wanted = element.value
        if element.keyword == "QueryRetrieveLevel" or wanted in (None, "", []) or element.VR == "SQ":
            continue
        here = "" if element.keyword not in found else found[element.keyword].value
        several = [wanted] if isinstance(wanted, str) or not hasattr(wanted, "__iter__") else list(wanted)
        if element.keyword == "ModalitiesInStudy":
            here = found.Modality
        if element.VR == "DA":
            first, _, last = str(wanted).partition("-")
            if not (first <= str(here) and (not last or str(here) <= last)):
                return False
        elif not any(fnmatch.fnmatchcase(str(here), str(one)) for one in several):
            return False
    return True
