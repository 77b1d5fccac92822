"""One series without a window: its display set and its frames, from a folder or from this desk's cache."""

import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Progress
from readingroom.display.stack import Stack, stacks
from readingroom.pixels.decode import decode_frame
from readingroom.pixels.encoded import Encoded, header, open_lightly
from readingroom.pixels.frame import Frame, SuvTags
from readingroom.record.from_dicom import study_of
from readingroom.record.tags import DatasetTags
from readingroom.settings.places import Profile
from readingroom.verbs.files import bytes_of, files_below, path_of

_UID = re.compile(r"[0-9]+(\.[0-9]+)+")


@dataclass(frozen=True, slots=True)
class SeriesAtHand:
    """A display set, how to get its frame number n (from 0) and an object's bytes, and what was passed over to get it."""

    stack: Stack
    frame_at: Callable[[int], Frame]
    part10_of: Callable[[str], bytes]
    notes: tuple[str, ...] = ()


def series_at(what: str, profile: Profile) -> SeriesAtHand:
    """The series in a folder, or the series of that UID in the cache; the set with the most frames where it has several."""
    path = path_of(what)
    if not path.exists() and _UID.fullmatch(what):
        return _at_this_desk(what, profile)
    if not path.is_dir():
        raise ReaderError(f"{what} is neither a folder nor a series.", "Name a folder with one series, or its UID.")
    headers: list[DatasetTags] = []
    where: dict[str, Path] = {}
    for file in files_below(path):
        try:
            dataset = header(bytes_of(file))
        except ReaderError:
            continue
        sop_uid = str(dataset.get("SOPInstanceUID", ""))
        if sop_uid and dataset.get("StudyInstanceUID"):
            headers.append(DatasetTags(dataset))
            where[sop_uid] = file
    if not headers:
        raise ReaderError(f"{what} holds no DICOM images.", "Name a folder with one series.")
    studies: dict[str, list[DatasetTags]] = {}
    for tags in headers:
        studies.setdefault(str(tags.values(0x0020000D)[0]), []).append(tags)
    found = [stack for uid, tags in studies.items() for stack in stacks(study_of(uid, tags))]
    return _largest(found, what, lambda sop_uid: bytes_of(where[sop_uid]))


def _at_this_desk(series_uid: str, profile: Profile) -> SeriesAtHand:
    from readingroom.cache.shelf import open_shelf
    from readingroom.settings.load import load
    from readingroom.settings.secrets import open_secrets

    key = open_secrets(profile).desk_key()
    with closing(open_shelf(profile.cache, key, load(profile).disk)) as shelf:
        for row in shelf.rows():
            study = shelf.study(row.study_uid)
            series = study.series_named(series_uid) if study is not None else None
            if study is None or series is None:
                continue
            here = {uid: shelf.get(uid, study.uid) for uid in (i.sop_uid for i in series.instances)}
            whole = {uid: part10 for uid, part10 in here.items() if part10 is not None}
            if len(whole) < len(here):
                missing = len(here) - len(whole)
                raise ReaderError(f"{missing} of {len(here)} objects are not on this desk.", "Fetch the study first.")
            return _largest([s for s in stacks(study) if s.series_uid == series_uid], series_uid, whole.__getitem__)
    raise ReaderError(f"The series {series_uid} is not on this desk.", "Fetch its study first: readingroom fetch.")


def _largest(found: list[Stack], what: str, part10_of: Callable[[str], bytes]) -> SeriesAtHand:
    images = [stack for stack in found if stack.is_read]
    if not images:
        raise ReaderError(f"{what} holds no images.", "Name a folder with one series.")
    stack = max(images, key=lambda one: len(one.frames))
    others = len(images) - 1
    notes = (f"the largest of {len(images)} display sets: {stack.description or stack.series_uid}",) if others else ()
    return SeriesAtHand(stack, _Frames(stack, part10_of).at, part10_of, notes)


class _Frames:
    """The frames of a stack; the last object is kept open, because many frames may be in one."""

    def __init__(self, stack: Stack, part10_of: Callable[[str], bytes]) -> None:
        self._stack, self._part10_of = stack, part10_of
        self._open: tuple[str, Encoded] | None = None

    def at(self, index: int) -> Frame:
        """Frame number index (from 0), decoded."""
        ref = self._stack.frames[index]
        if self._open is None or self._open[0] != ref.sop_uid:
            self._open = ref.sop_uid, open_lightly(self._part10_of(ref.sop_uid))
        return decode_frame(self._open[1], ref.frame)


def counted(at: SeriesAtHand, show: Callable[[Progress], None]) -> Callable[[int], Frame]:
    """The same frames, with the reader told how many were read."""
    done = 0

    def frame_at(index: int) -> Frame:
        nonlocal done
        done += 1
        show(Progress(min(done, len(at.stack.frames)), len(at.stack.frames), "images"))
        return at.frame_at(index)

    return frame_at


def with_uptake(frame_at: Callable[[int], Frame]) -> tuple[Callable[[int], Frame], list[SuvTags]]:
    """The same frames, and what those that were read so far say about SUV."""
    uptake: list[SuvTags] = []

    def noted(index: int) -> Frame:
        frame = frame_at(index)
        if frame.facts.suv is not None:
            uptake.append(frame.facts.suv)
        return frame

    return noted, uptake
