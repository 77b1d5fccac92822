"""Whatever an examination and its prior hold is in the tray, and every image of it comes to the glass from there."""

from io import BytesIO
from pathlib import Path

from pydicom import dcmread
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests.fakes.desk import MemoryRegion, archive_of
from tests.fakes.objects import STUDY, as_part10, ct_slice
from tests.fakes.phantom import SECOND_SERIES, prior_slices, slices
from tests.fakes.windows import Windows

CLASSES = {
    "SR": "1.2.840.10008.5.1.4.1.1.88.11", "OT": "1.2.840.10008.5.1.4.1.1.7", "CT": "1.2.840.10008.5.1.4.1.1.2",
    "PR": "1.2.840.10008.5.1.4.1.1.11.1", "SM": "1.2.840.10008.5.1.4.1.1.77.1.6",
}  # fmt: skip


def one(number: int, modality: str, has_pixels: bool, description: str) -> bytes:
    """A series of one object of the examination."""
    ds = dcmread(BytesIO(ct_slice(number, series=f"{STUDY}.{number}")))
    ds.SOPClassUID, ds.Modality, ds.SeriesDescription, ds.SeriesNumber = (
        CLASSES[modality],
        modality,
        description,
        number,
    )
    if description == "Topogram":
        ds.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    if not has_pixels:
        del ds.PixelData, ds.Rows, ds.Columns
    return as_part10(ds)


def test_every_display_set_has_a_card_and_every_image_comes_to_the_glass_from_it(tmp_path: Path) -> None:
    others = [
        one(31, "SR", False, "Report"), one(32, "PR", False, "State"), one(33, "OT", True, "Capture"),
        one(34, "CT", True, "Topogram"), one(35, "SM", False, "Slide"), one(36, "CT", False, "Header only"),
    ]  # fmt: skip
    whole = slices(6), slices(6, series=SECOND_SERIES, description="Lung 1.0"), prior_slices(6), *([o] for o in others)
    with Windows(tmp_path / "profile", region=MemoryRegion(archive_of("North", *whole))) as windows:
        windows.show().open_whole(STUDY)
        windows.wait(lambda: windows.desk.case is not None and windows.desk.case.priors)
        case, tray = windows.desk.case, windows.station.reading.tray
        assert case is not None
        windows.wait(lambda: {card.stack.id for card in tray.cards} == {stack.id for stack in windows.desk.case.stacks})  # type: ignore[union-attr]
        assert {f"{STUDY}.{number}" for number in range(31, 37)} <= {stack.series_uid for stack in case.stacks}
        for card in [card for card in tray.cards if card.stack.is_image]:
            QTest.mouseDClick(card, Qt.MouseButton.LeftButton)
            windows.turn()
            now = windows.desk.case
            assert now is not None and now.tiles[now.active].stack_id == card.stack.id, card.stack.description
            home = now.study_of(card.stack.study_uid)
            assert home is not None and home.patient.id == now.study.patient.id
        assert not windows.raised
