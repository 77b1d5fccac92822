"""Archives of the tests at the other end of a slow line: what is asked of them, in which order, and what they pack."""

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

import numpy as np
from pydicom import dcmread
from tests.fakes.archives import MemoryArchive

from readingroom.base.jobs import Ticket
from readingroom.record.search import Received
from readingroom.record.study import Study

PLAIN, JPEG_LS = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.80"


class SaidSpeed:
    """A line as fast as the test says."""

    def __init__(self, bytes_per_s: float | None, kind: str) -> None:
        self.bytes_per_s, self.kind = bytes_per_s, kind


class FarArchive(MemoryArchive):
    """A memory archive over a line. packs, renders: whether it does; alters: its packed copies lose something."""

    def __init__(
        self, name: str, part10s: Sequence[bytes] = (), kind: str = "slow", bytes_per_s: float = 2.5e6
    ) -> None:
        super().__init__(name, part10s)
        self.link = SaidSpeed(bytes_per_s if kind else None, kind)
        self.packs, self.renders, self.alters = True, True, False

    def study(self, study_uid: str) -> Study:
        return super().study(study_uid)

    def object(self, study_uid: str, series_uid: str, sop_uid: str, ticket: Ticket) -> Received:
        return replace(super().object(study_uid, series_uid, sop_uid, ticket), transfer_syntax=PLAIN)

    def packed(self, study_uid: str, series_uid: str, sop_uid: str, ticket: Ticket) -> Received | None:
        self._ask(f"packed {sop_uid}")
        ticket.checkpoint()
        if not self.packs:
            return None
        plain = super().object(study_uid, series_uid, sop_uid, ticket)
        self.calls.pop()
        part10 = packed(plain.part10, self.alters)
        return replace(plain, part10=part10, transfer_syntax=JPEG_LS, transcoded=True)

    def preview(self, study_uid: str, series_uid: str, sop_uid: str, ticket: Ticket) -> bytes | None:
        self._ask(f"preview {sop_uid}")
        ticket.checkpoint()
        return rendered(self.objects[sop_uid]) if self.renders else None

    def asked(self, what: str) -> list[str]:
        """The last parts of the SOP Instance UIDs that were asked for so, in order."""
        return [call.rpartition(".")[2] for call in self.calls if call.startswith(what)]


def packed(part10: bytes, alters: bool = False) -> bytes:
    """An object in JPEG-LS lossless, by a library that the product does not encode with; alters: one pixel differs."""
    from pydicom.uid import JPEGLSLossless

    ds = dcmread(BytesIO(part10))
    if alters:
        pixels = ds.pixel_array.copy()
        pixels[0, 0] += 1
        ds.PixelData = pixels.tobytes()
    ds.compress(JPEGLSLossless, generate_instance_uid=False)
    out = BytesIO()
    ds.save_as(out, enforce_file_format=True)
    return out.getvalue()


def rendered(part10: bytes) -> bytes:
    """An image as a lossy JPEG, through the whole range of its values."""
    import imagecodecs

    pixels = dcmread(BytesIO(part10)).pixel_array.astype(np.float64)
    grey = (255 * (pixels - pixels.min()) / max(1.0, np.ptp(pixels))).astype(np.uint8)
    return bytes(imagecodecs.jpeg8_encode(grey, level=30))
