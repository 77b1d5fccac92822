"""The real windows, offscreen, in front of a patient whose every pixel is known."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.desk import MemoryRegion, archive_of
from tests.fakes.objects import STUDY
from tests.fakes.phantom import OTHER_SERIES, SECOND_SERIES, other_slices, slices
from tests.fakes.windows import Windows


@pytest.fixture
def region() -> MemoryRegion:
    """North holds the patient's series of 20 images and a scout of 9, which hangs last, and somebody else's examination of 4."""
    assert OTHER_SERIES != SECOND_SERIES
    second = slices(9, series=SECOND_SERIES, description="Scout", first_z_mm=5.0)
    return MemoryRegion(archive_of("North", slices(20), second, other_slices(4)))


@pytest.fixture
def glass(tmp_path: Path, region: MemoryRegion) -> Iterator[Windows]:
    """Windows with the worklist on the screen."""
    with Windows(tmp_path / "profile", region=region) as windows:
        windows.show()
        yield windows
        assert not windows.raised, windows.raised


@pytest.fixture
def reading(glass: Windows) -> Windows:
    """The same with the patient's study open, every frame decoded, one viewport on the glass."""
    glass.open_whole(STUDY)
    glass.station.reading.showNormal()
    glass.station.reading.resize(1400, 900)
    stack = glass.desk.case.stacks[0]  # type: ignore[union-attr]
    glass.wait(lambda: all(glass.desk.book.has(ref) for ref in stack.frames))
    viewport = glass.station.reading.grid.viewports[0]
    viewport.setFocus()
    glass.wait(lambda: viewport.hasFocus())
    return glass
