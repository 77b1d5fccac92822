"""What was read is what the glass painted: image by image, never what was only scrolled past, and there after a restart."""

from pathlib import Path

import pytest
from tests.fakes.breasts import NOW, examination
from tests.fakes.desk import MemoryRegion, archive_of
from tests.fakes.objects import STUDY
from tests.fakes.phantom import slices
from tests.fakes.windows import Windows

from readingroom.display.completeness import Seen, SeenSet
from readingroom.session.arranging import scroll_to


def seen_of(glass: Windows) -> SeenSet:
    assert glass.desk.case is not None
    return glass.desk.reads.seen(glass.desk.case.stacks[0])


def test_an_image_on_the_glass_is_seen_and_its_neighbour_is_not(reading: Windows) -> None:
    assert reading.desk.case is not None
    shown = reading.desk.case.tiles[0].index
    reading.wait(lambda: seen_of(reading).full)
    assert seen_of(reading).full == ((shown, shown),) and dict(seen_of(reading).windows).keys() == {"soft tissue"}
    viewport = reading.station.reading.grid.viewports[0]
    viewport.refresh()
    strip = viewport.picture.strip
    assert strip is not None
    assert [what for _, _, what in strip.parts] == [Seen.UNSEEN, Seen.FULL, Seen.UNSEEN]


def test_images_that_are_jumped_over_between_two_refreshes_are_not_seen(reading: Windows) -> None:
    reading.wait(lambda: seen_of(reading).full)
    before = seen_of(reading).full
    for index in range(20):
        scroll_to(reading.desk, 0, index)
    reading.wait(lambda: ((19, 19),) in (seen_of(reading).full[-1:],))
    assert seen_of(reading).full == (*before, (19, 19))


def test_a_hidden_window_reads_nothing(reading: Windows) -> None:
    reading.wait(lambda: seen_of(reading).full)
    reading.station.reading.hide()
    scroll_to(reading.desk, 0, 0)
    reading.rest(0.4)
    assert (0, 0) not in seen_of(reading).full


def test_what_was_read_is_there_when_the_program_comes_back(tmp_path: Path) -> None:
    region = MemoryRegion(archive_of("North", slices(20)))
    with Windows(tmp_path / "profile", region=region) as glass:
        glass.show().open_whole(STUDY)
        glass.wait(lambda: seen_of(glass).full)
        before = seen_of(glass)
    with Windows(tmp_path / "profile", region=region) as glass:
        glass.show()
        if glass.desk.case is None:
            glass.open_whole(STUDY)
        assert seen_of(glass).full[:1] == before.full[:1]


@pytest.mark.parametrize("width", [1400, 1401, 1403])
def test_four_viewports_of_any_window_are_equally_large_so_that_one_scale_is_one(tmp_path: Path, width: int) -> None:
    with Windows(tmp_path / "profile", region=MemoryRegion(archive_of("North", examination()))) as glass:
        glass.show().open_whole(NOW)
        window = glass.station.reading
        window.resize(width, 901)
        glass.rest(0.2)
        sizes = {window.grid.viewports[tile].device_size() for tile in range(4)}
        scales = {window.grid.viewports[tile].camera().zoom for tile in range(4)}  # type: ignore[union-attr]
        assert len(sizes) == len(scales) == 1


def test_one_key_walks_all_four_views_one_to_one(tmp_path: Path) -> None:
    views = examination(size=(1200, 900))
    with Windows(tmp_path / "profile", region=MemoryRegion(archive_of("North", views))) as glass:
        glass.show().open_whole(NOW)
        glass.station.reading.grid.walk(1)
        assert glass.desk.case is not None
        assert [view.zoom for view in glass.desk.case.tiles] == [1.0] * 4
