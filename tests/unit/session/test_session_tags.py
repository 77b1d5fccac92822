"""The tags of an object come from the shelf, off the reader's thread, and never for a reader who has gone on."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.fakes.desk import HandDesk, archive_of
from tests.fakes.objects import STUDY
from tests.fakes.phantom import slices

from readingroom.base.errors import ReaderError
from readingroom.record.study import FrameRef
from readingroom.session.opening import open_case
from readingroom.session.tag_reading import ObjectTags, TagReading


class Reader:
    """What a reader of tags was told."""

    def __init__(self) -> None:
        self.hand = HandDesk(archive_of("North", slices(4)))
        open_case(self.hand.desk, STUDY)
        self.hand.crank().later(1.0)
        self.told: list[ObjectTags] = []
        self.troubles: list[ReaderError] = []
        self.tags = TagReading(self.hand.desk, self.told.append, self.troubles.append, lambda rows: None)
        case = self.hand.desk.case
        assert case is not None
        self.refs: tuple[FrameRef, ...] = case.stacks[0].frames


@pytest.fixture
def reader() -> Iterator[Reader]:
    yield Reader()


def test_the_tags_of_an_object_on_the_shelf_come(reader: Reader) -> None:
    reader.tags.read(reader.refs[1])
    reader.hand.crank()
    (one,) = reader.told
    values = {row.path: row.value for row in one.every.tags.rows}
    assert one.ref == reader.refs[1] and values["0008,0018"] == one.ref.sop_uid and one.differing is None


def test_what_differs_from_the_object_before_comes_with_them(reader: Reader) -> None:
    reader.tags.read(reader.refs[1], before=reader.refs[0])
    reader.hand.crank()
    differing = reader.told[0].differing
    assert differing is not None
    paths = [row.path for row in differing.tags.rows]
    assert "0020,0032" in paths and "0010,0010" not in paths


def test_only_the_last_asked_for_arrives(reader: Reader) -> None:
    for ref in reader.refs[:3]:
        reader.tags.read(ref)
    reader.hand.crank()
    assert [one.ref for one in reader.told] == [reader.refs[2]] and not reader.troubles


def test_nothing_arrives_for_a_reader_who_left(reader: Reader) -> None:
    reader.tags.read(reader.refs[0])
    reader.tags.stop()
    reader.hand.crank()
    assert not reader.told and not reader.troubles


def test_an_object_that_is_not_here_is_said(reader: Reader) -> None:
    reader.tags.read(replace(reader.refs[0], sop_uid="1.2.3"))
    reader.hand.crank()
    assert "not here yet" in reader.troubles[0].problem and not reader.told
