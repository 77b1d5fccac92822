"""What can hang in one viewport: a study's series split into stacks, each in the order in which it is scrolled."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from readingroom.geometry.grid import StackGeometry, normal_of, parallel, stack_geometry
from readingroom.geometry.plane import Plane, dot, plane_of
from readingroom.pixels.encoded import class_name
from readingroom.record.study import FramePlace, FrameRef, Instance, Series, Study, Vector

PROJECTIONS = frozenset({"CR", "DX", "MG", "IO", "PX", "RG", "RTIMAGE", "BMD"})
MOVING = frozenset({"US", "IVUS", "XA", "RF", "ES", "XC", "GM", "OPT", "IVOCT"})
SAME_POSITION_MM = 0.01
SPLITTING_MARKS = ("b_value", "echo", "temporal_position", "phase", "stack_id", "image_type", "acquisition")
"""What may tell frames at one position apart, in the order in which it is tried."""
_MARK_WORDS = {"b_value": "b", "echo": "echo", "temporal_position": "time", "phase": "phase", "stack_id": "stack", "acquisition": "acquisition"}  # fmt: skip
LEAST_TURNING = 4
"""So many images, each of an orientation of its own, are kept as one stack in the order of their numbers."""
MOST_SETS_BY_MARK = 2
"""A mark may make at most one set for so many positions, or as many as frames share a position: more explain nothing."""


@dataclass(frozen=True, slots=True)
class Stack:
    """One display set: frames and their places in scrolling order, along the normal where positions allow.

    kind: "stack", "cine" (moves in time), "localizer", "single" (one projection), "document" (nothing to show as image).
    expected: frames that should be there, None where the archive did not say or it cannot be told for this part of a
    series. note: what a reader must know about completeness and geometry, "" when nothing.
    """

    id: str
    study_uid: str
    series_uid: str
    modality: str
    description: str
    kind: str
    frames: tuple[FrameRef, ...]
    places: tuple[FramePlace, ...]
    rows: int
    columns: int
    geometry: StackGeometry
    expected: int | None = None
    frame_of_reference_uid: str = ""
    frame_time_ms: float | None = None
    note: str = ""

    @property
    def is_image(self) -> bool:
        """Whether a viewport can show it."""
        return self.kind != "document"

    def plane(self, index: int) -> Plane | None:
        """The plane of a frame (index from 0), or None where the header does not place it."""
        if not 0 <= index < len(self.places):
            return None
        place = self.places[index]
        return plane_of(place.position_mm, place.orientation, place.spacing_mm, self.rows, self.columns)

    def nearest(self, point_mm: Vector) -> int:
        """Index of the frame whose plane lies nearest to a patient point along the normal; 0 where none is placed."""
        best, least = 0, float("inf")
        for index, place in enumerate(self.places):
            if place.position_mm is None or place.orientation is None:
                continue
            normal = normal_of(place.orientation)
            distance = abs(dot(point_mm, normal) - dot(place.position_mm, normal))
            if distance < least - 1e-9:
                best, least = index, distance
        return best

    def index_of(self, ref: FrameRef) -> int | None:
        """Where a frame is in this stack (from 0), or None."""
        return self.frames.index(ref) if ref in self.frames else None


@dataclass(frozen=True, slots=True)
class _Shot:
    """One frame with its object: what is sorted and split."""

    ref: FrameRef
    place: FramePlace
    of: Instance

    @property
    def order(self) -> tuple[float, str, str, int]:
        return (
            float("inf") if self.of.number is None else self.of.number,
            self.of.content_time,
            self.ref.sop_uid,
            self.ref.frame,
        )

    def mark(self, name: str) -> str:
        return next((value for key, value in self.place.marks if key == name), "")


def stacks(study: Study) -> tuple[Stack, ...]:
    """Every frame and every document of a study, each in exactly one stack, series by series."""
    return tuple(stack for series in study.series for stack in series_stacks(study.uid, series))


def series_stacks(study_uid: str, series: Series) -> tuple[Stack, ...]:
    """The stacks of one series, in the order of their first images."""
    found = [_stack(study_uid, series, kind, shots, name) for kind, shots, name in _sets(series)]
    found.sort(key=lambda pair: pair[0])
    return tuple(_counted([stack for _, stack in found], series))


def _sets(series: Series) -> Iterator[tuple[str, list[_Shot], str]]:
    """Kind, frames in order, and what tells the set from its siblings."""
    once = {instance.sop_uid: instance for instance in series.instances}
    for name, documents in _grouped([i for i in once.values() if not i.is_image], lambda i: i.sop_class).items():
        yield "document", [shot for i in documents for shot in _shots(i)], class_name(name)
    loose: list[_Shot] = []
    for instance in once.values():
        if not instance.is_image:
            continue
        if instance.frames > 1:
            yield from _of_multi_frame(series, instance)
        elif series.modality in PROJECTIONS and not _is_localizer(instance):
            yield "single", _shots(instance), " ".join(part for part in (instance.laterality, instance.view) if part)
        else:
            loose.extend(_shots(instance))
    yield from _of_slices(loose, "stack")


def _of_multi_frame(series: Series, instance: Instance) -> Iterator[tuple[str, list[_Shot], str]]:
    shots = _shots(instance)
    placed = all(shot.place.position_mm is not None for shot in shots)
    if placed and series.modality not in ("US", "XA", "RF"):
        yield from _of_slices(shots, "stack")
    else:
        moves = series.modality in MOVING or instance.frame_time_ms is not None
        yield "cine" if moves else "stack", shots, ""


def _shots(instance: Instance) -> list[_Shot]:
    mosaic = "MOSAIC" in (part.upper() for part in instance.image_type)
    found = []
    for ref in instance.frame_refs():
        place = instance.place(ref.frame)
        # A mosaic tiles many slices in one image: its position is that of none of them.
        found.append(_Shot(ref, replace(place, position_mm=None) if mosaic else place, instance))
    return found


def _is_localizer(instance: Instance) -> bool:
    return any(part.upper() in ("LOCALIZER", "SCOUT", "TOPOGRAM") for part in instance.image_type[2:])


def _of_slices(shots: Sequence[_Shot], kind: str) -> Iterator[tuple[str, list[_Shot], str]]:
    """Frames of equal size, orientation and purpose together; those at one position told apart."""
    for group in _alike(shots):
        here = "localizer" if _is_localizer(group[0].of) else kind
        unplaced = group[0].place.position_mm is None or group[0].place.orientation is None
        if unplaced or not _same_kind(group[0], group[-1]):
            yield here, sorted(group, key=lambda shot: shot.order), ""
            continue
        for part, name in _told_apart(group):
            yield here, part, name


def _alike(shots: Sequence[_Shot]) -> list[list[_Shot]]:
    groups: list[list[_Shot]] = []
    for shot in shots:
        home = next((group for group in groups if _same_kind(group[0], shot)), None)
        if home is None:
            groups.append([shot])
        else:
            home.append(shot)
    return _turning_together(groups)


def _turning_together(groups: list[list[_Shot]]) -> list[list[_Shot]]:
    """Many images each of its own orientation are one rotating view (a radial MIP), not as many stacks."""
    alone = [group for group in groups if len(group) == 1]
    whirl: dict[tuple[int, int, bool], list[_Shot]] = _grouped(
        [group[0] for group in alone if group[0].place.orientation is not None],
        lambda shot: (shot.of.rows, shot.of.columns, _is_localizer(shot.of)),
    )
    together = [shots for shots in whirl.values() if len(shots) >= LEAST_TURNING]
    merged = {id(shot) for shots in together for shot in shots}
    return [group for group in groups if id(group[0]) not in merged or len(group) > 1] + together


def _same_kind(one: _Shot, other: _Shot) -> bool:
    if (one.of.rows, one.of.columns) != (other.of.rows, other.of.columns):
        return False
    if _is_localizer(one.of) != _is_localizer(other.of):
        return False
    if (one.place.position_mm is None) != (other.place.position_mm is None):
        return False
    a, b = one.place.orientation, other.place.orientation
    return parallel(a, b) if a is not None and b is not None else a is b


def _told_apart(group: list[_Shot]) -> list[tuple[list[_Shot], str]]:
    """Sets in which no two frames share a position, split by what differs between those that do."""
    parts: list[tuple[list[_Shot], str]] = [(group, "")]
    for mark in SPLITTING_MARKS:
        split: list[tuple[list[_Shot], str]] = []
        for part, name in parts:
            sets = _by_mark(part, mark)
            for value, members in sets.items():
                said = _said(mark, value, list(sets))
                split.append((members, name if len(members) == len(part) else f"{name}, {said}".lstrip(", ")))
        parts = split
    return [found for part, name in parts for found in _by_turn(part, name)]


def _said(mark: str, value: str, values: Sequence[str]) -> str:
    """What tells one set from its siblings, in words: "b 1000", or the part of ImageType that the others lack."""
    if not value:
        return f"no {_MARK_WORDS.get(mark, mark)}"
    if mark != "image_type":
        return f"{_MARK_WORDS[mark]} {value}"
    common = set.intersection(*(set(other.split("\\")) for other in values))
    return " ".join(word for word in value.split("\\") if word not in common) or value


def _by_mark(part: list[_Shot], mark: str) -> dict[str, list[_Shot]]:
    positions = _at_positions(part)
    most = max(len(here) for here in positions)
    values = {shot.mark(mark) for shot in part}
    if most == 1 or len(positions) == 1 or len(values) == 1:
        return {"": part}
    explains = any(len({shot.mark(mark) for shot in here}) > 1 for here in positions)
    if not explains or len(values) > max(most, len(positions) // MOST_SETS_BY_MARK):
        return {"": part}
    return _grouped(sorted(part, key=lambda shot: shot.order), lambda shot: shot.mark(mark))


def _by_turn(part: list[_Shot], name: str) -> list[tuple[list[_Shot], str]]:
    """The first frame of every position, then the second, and so on; frames all at one position stay together."""
    positions = _at_positions(part)
    most = max(len(here) for here in positions)
    if most == 1 or len(positions) == 1:
        return [([shot for here in positions for shot in here], name)]
    turns = []
    for turn in range(most):
        members = [here[turn] for here in positions if turn < len(here)]
        turns.append((members, f"{name}, {turn + 1} of {most}".lstrip(", ")))
    return turns


def _at_positions(part: Sequence[_Shot]) -> list[list[_Shot]]:
    """Frames along the normal, those at one position together in the order of their numbers."""
    assert part[0].place.orientation is not None
    normal = normal_of(part[0].place.orientation)

    def depth(shot: _Shot) -> float:
        return dot(shot.place.position_mm or (0.0, 0.0, 0.0), normal)

    positions: list[list[_Shot]] = []
    for shot in sorted(part, key=lambda s: (depth(s), s.order)):
        if positions and depth(shot) - depth(positions[-1][0]) <= SAME_POSITION_MM:
            positions[-1].append(shot)
        else:
            positions.append([shot])
    for here in positions:
        here.sort(key=lambda shot: shot.order)
    return positions


def _named(description: str, name: str) -> str:
    """The series' description with what tells this set apart, where the description does not say it already."""
    said = set(description.casefold().replace("-", " ").split())
    if not name or (description and set(name.casefold().split()) <= said):
        return description
    return f"{description}, {name}" if description else name


def _stack(
    study_uid: str, series: Series, kind: str, shots: list[_Shot], name: str
) -> tuple[tuple[float, str, str, int], Stack]:
    first = min(shots, key=lambda shot: shot.order)
    places = tuple(shot.place for shot in shots)
    spatial = kind not in ("document", "single", "cine")
    geometry = stack_geometry(places, first.of.rows, first.of.columns) if spatial else StackGeometry(False)
    stack = Stack(
        id=f"{series.uid}/{first.ref.sop_uid}/{first.ref.frame}",
        study_uid=study_uid,
        series_uid=series.uid,
        modality=series.modality,
        description=name if kind == "document" else _named(series.description, name),
        kind=kind,
        frames=tuple(shot.ref for shot in shots),
        places=places,
        rows=first.of.rows,
        columns=first.of.columns,
        geometry=geometry,
        frame_of_reference_uid=series.frame_of_reference_uid,
        frame_time_ms=first.of.frame_time_ms,
        note=geometry.note if len(shots) > 1 and geometry.note != "no positions" else "",
    )
    return first.order, stack


def _counted(found: list[Stack], series: Series) -> Iterator[Stack]:
    """The stacks with what should be there: objects that are missing can be laid to a stack only where there is one."""
    missing = 0 if series.expected is None else series.expected - len(series.instances)
    for stack in found:
        if series.expected is None:
            yield stack
        elif missing <= 0:
            yield replace(stack, expected=len(stack.frames))
        elif len(found) == 1:
            yield replace(stack, expected=len(stack.frames) + missing, note=_with(stack.note, f"{missing} not here"))
        else:
            yield replace(stack, note=_with(stack.note, f"{missing} images of this series are not here"))


def _with(note: str, more: str) -> str:
    return f"{note}; {more}" if note else more


def _grouped[K, T](things: Sequence[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = {}
    for thing in things:
        groups.setdefault(key(thing), []).append(thing)
    return groups
